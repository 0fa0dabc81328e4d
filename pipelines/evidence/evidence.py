"""Tonight's settings and decisions as evidence, and what only the database can say about them."""

from __future__ import annotations

from importlib import metadata

import duckdb

from pipelines.errors import UsageError
from pipelines.evidence.accounts import MappedAccounts
from pipelines.evidence.decided import read_acceptances, read_matches
from pipelines.evidence.tables import (
    ACCEPTANCES,
    FEE_ACCOUNTS,
    FIRMS,
    MATCHES,
    NOT_FROM_CLIO,
    OPERATING_ACCOUNTS,
    TRUST_ACCOUNTS,
    Row,
)
from pipelines.firm.settings import Firm
from pipelines.tables.columns import Declared


def version() -> str:
    """The version of this program, as it stands in every statement."""
    return metadata.version("tieout")


def check_settings(connection: duckdb.DuckDBPyConnection, firm: Firm) -> None:
    """What only the database can say about the settings: whether it understands the number pattern."""
    pattern = firm.not_from_clio.number_pattern
    if pattern is not None:
        try:
            connection.execute("select regexp_matches('', ?)", [pattern])
        except duckdb.Error:
            raise UsageError(
                f"Firm {firm.id}: not_from_clio.number_pattern = {pattern!r} is not understood (no look-ahead, no "
                'back-references). Write a simpler one, such as "^RENT-".'
            ) from None


def settings_rows(firm: Firm, accounts: MappedAccounts) -> dict[Declared, list[Row]]:
    """Tonight's settings and decisions, by table."""
    own = firm.not_from_clio
    not_from_clio: list[Row] = [
        *((firm.id, "contact", name) for name in own.contacts),
        *((firm.id, "account_code", code) for code in own.account_codes),
        *((firm.id, "number_pattern", pattern) for pattern in (own.number_pattern,) if pattern),
    ]
    return {
        FIRMS: [(firm.id, firm.name, firm.timezone, firm.start_date, firm.grace_hours, firm.clio.web)],
        NOT_FROM_CLIO: not_from_clio,
        TRUST_ACCOUNTS: accounts.trust,
        OPERATING_ACCOUNTS: accounts.operating,
        FEE_ACCOUNTS: accounts.fees,
        MATCHES: read_matches(firm),
        ACCEPTANCES: read_acceptances(firm),
    }
