"""Imported bank statements as tables: ``evidence.statements`` and ``evidence.statement_lines``.

The files under ``statements/`` are the truth; each night replaces the tables with what the files say. A statement whose
account is not mapped any more stays in the files and is left out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from pipelines.bank.statements import Kept, StatementStore, TrustAccountRef
from pipelines.evidence.tables import STATEMENT_LINES, STATEMENTS, Row, replace_rows


def check(folder: Path) -> None:
    """Read every statement of a firm, so that a broken file is found before any document is fetched."""
    StatementStore(folder).kept()


def replace_statements(connection: duckdb.DuckDBPyConnection, firm_id: str, folder: Path) -> int:
    """Put the firm's statements into the tables, in place of what they held; the number of rows.

    ``evidence.trust_accounts`` and ``clio.bank_accounts`` must hold tonight's rows: they say which account is meant.
    """
    accounts = [
        (TrustAccountRef(configured, account_id), name)
        for configured, account_id, name in connection.execute(
            "select mapped.clio_bank_account, mapped.clio_bank_account_id, coalesce(account.name, '')"
            " from evidence.trust_accounts as mapped left join clio.bank_accounts as account"
            " on mapped.firm_id = account.firm_id and mapped.clio_bank_account_id = account.id"
            " where mapped.firm_id = ? and mapped.clio_bank_account_id is not null",
            [firm_id],
        ).fetchall()
    ]
    statements: list[Row] = []
    lines: list[Row] = []
    for position, kept in enumerate(StatementStore(folder).kept()):
        account = _account_of(kept, accounts)
        if account is not None:
            statements.append(_statement(firm_id, position, kept, account.id))
            lines.extend(_lines(firm_id, kept))
    replace_rows(connection, STATEMENTS, [firm_id], statements)
    replace_rows(connection, STATEMENT_LINES, [firm_id], lines)
    return len(statements) + len(lines)


def _account_of(kept: Kept, accounts: Iterable[tuple[TrustAccountRef, str]]) -> TrustAccountRef | None:
    """The mapped account that a statement is of; the settings may call it by another name or its id by now."""
    for account, name in accounts:
        by_name = TrustAccountRef(name, account.id)
        by_id = TrustAccountRef(account.id, account.id)
        if kept.is_of(account) or kept.is_of(by_name) or kept.is_of(by_id):
            return account
    return None


def _statement(firm_id: str, position: int, kept: Kept, account_id: str) -> Row:
    entry = kept.entry
    imported_at = datetime.fromisoformat(entry["imported_at"]).replace(tzinfo=None) if entry["imported_at"] else None
    return (
        firm_id,
        entry["statement_id"],
        position,
        entry["kind"],
        account_id,
        entry["clio_bank_account"],
        kept.day,
        Decimal(entry["opening_balance"]) if entry["opening_balance"] else None,
        kept.closing,
        date.fromisoformat(entry["first_line_date"]) if entry["first_line_date"] else None,
        entry["currency"] or None,
        imported_at,
    )


def _lines(firm_id: str, kept: Kept) -> Iterator[Row]:
    for position, line in enumerate(kept.lines):
        texts = (line.description or None, line.reference or None, line.bank_id or None)
        yield (firm_id, kept.entry["statement_id"], position, line.day, line.amount, *texts)
