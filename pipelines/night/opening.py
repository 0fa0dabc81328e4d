"""Before any document: everything that a person has to put right is found here.

Settings, decisions and bank statements are read, credentials are renewed, and the two systems say who they are: Clio by
its bank accounts, Xero by its organisation and its chart of accounts, against which the settings are resolved.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb

from pipelines.api.clock import refuse_before
from pipelines.api.http import Transport
from pipelines.api.tokens import Grant, grant_of
from pipelines.clio import lists as clio
from pipelines.clio.night import ClioNight, clio_api
from pipelines.errors import GiveUp, UsageError
from pipelines.evidence import decided, evidence, statement_evidence
from pipelines.evidence.accounts import Accounts, MappedAccounts, resolve_accounts
from pipelines.firm.settings import Firm
from pipelines.night.books import Books
from pipelines.tables.converter import Converter
from pipelines.tables.found import Found
from pipelines.tables.held import Held
from pipelines.tables.unchanged import Unchanged
from pipelines.xero import lists as xero
from pipelines.xero.night import XeroNight
from pipelines.xero.tenant import xero_api

PREPARING = 4
SAMPLE = 40


def open_books(
    connection: duckdb.DuckDBPyConnection,
    firms: Sequence[Firm],
    transport: Transport,
    started_at: datetime,
    full: bool,
    day: date | None,
) -> list[Books]:
    """Everything that can be wrong before documents are fetched, for all firms."""
    for firm in firms:
        evidence.check_settings(connection, firm)
        decided.read_matches(firm)
        decided.read_acceptances(firm)
        statement_evidence.check(firm.folder)
    grants = [(firm, grant_of(firm, "clio", transport), grant_of(firm, "xero", transport)) for firm in firms]

    def open_one(one: tuple[Firm, Grant, Grant]) -> Books:
        judged = day or as_of(one[0], started_at)
        return _open(Held(connection, one[0].id), *one, transport, started_at, full, judged)

    with ThreadPoolExecutor(PREPARING) as pool:
        return list(pool.map(open_one, grants))


def _open(
    held: Held,
    firm: Firm,
    clio_grant: Grant,
    xero_grant: Grant,
    transport: Transport,
    started_at: datetime,
    full: bool,
    day: date,
) -> Books:
    refuse_before(firm.id, started_at, held.last_started())
    full = full or held.is_full_due(started_at)
    converter = Converter(firm.id, started_at)
    api, organisation = xero_api(firm, xero_grant, transport, held)
    clio_night = ClioNight(clio_api(firm, clio_grant, transport), held, converter, full=full)
    xero_night = XeroNight(api, held, organisation, converter, full=full, as_of=day)
    _refuse_another_account(clio_night, held)
    try:
        mapped = _map_accounts(firm, clio_night.bank_accounts(), xero_night.accounts())
    except UsageError:
        if full:
            raise
        mapped = _map_accounts(firm, clio_night.bank_accounts_again(), xero_night.accounts_again())
    before = {one.main: held.count(one.main) for one in (*clio.LISTS, *xero.LISTS)}
    return Books(firm, clio_night, xero_night, converter, mapped, day, Unchanged(held), before)


def _refuse_another_account(night: ClioNight, held: Held) -> None:
    """Clio's token says nothing of whose it is. Where every bank account that we held has made place for another one,
    and none of our contacts is known by its id, it is another firm's: not one record of it may come into this file."""
    accounts = held.ids(clio.BANK_ACCOUNTS.main, clio.BANK_ACCOUNTS.main.is_there)
    contacts = sorted(held.ids(clio.CONTACTS.main))
    if not accounts or not contacts or accounts & night.bank_accounts().keys():
        return
    known, _ = night.reread(clio.CONTACTS, contacts[:SAMPLE])
    if not known:
        raise GiveUp(
            f"{held.firm_id}: clio: the account that was read before was expected, found one with none of its bank "
            "accounts and contacts: another account of Clio is connected. Nothing was read of it. Check whose "
            f"credentials these are, or connect the firm again (tieout connect {held.firm_id} clio)."
        )


def _map_accounts(firm: Firm, ours: Found, theirs: Found) -> MappedAccounts:
    return resolve_accounts(firm, Accounts(firm, ours.records, theirs.records))


def as_of(firm: Firm, started_at: datetime) -> date:
    """The night's day, in the firm's own zone."""
    return started_at.replace(tzinfo=UTC).astimezone(ZoneInfo(firm.timezone)).date()
