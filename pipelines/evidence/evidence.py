"""Evidence: what the night itself knows, beside what the two systems said.

``evidence.nights`` and ``evidence.lists`` say when and how each list was read and how it was proven whole,
``evidence.accepted_losses`` which lists lost records on a person's word, ``evidence.unread_fields`` which fields of
records still held could not be read and are null for it, or were too long and are shortened. The other tables carry
tonight's settings and what people decided (``matches.csv``, ``acceptances.csv``), so that the SQL that judges reads one
file and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import UsageError
from pipelines.evidence.accounts import MappedAccounts
from pipelines.firm import decisions
from pipelines.firm.decisions import DecisionFile
from pipelines.firm.settings import Firm
from pipelines.tables.columns import read_decimal, read_moment

DDL = """
create schema if not exists evidence;
create table if not exists evidence.nights (
    firm_id varchar not null, run_id varchar not null, firm_name varchar, timezone varchar, start_date date,
    grace_hours integer, as_of_date date, started_at timestamp, loaded_at timestamp, is_full boolean,
    clio_web_url varchar, api_calls_clio integer, api_calls_xero integer, rows_loaded bigint, version varchar);
create table if not exists evidence.lists (
    firm_id varchar not null, run_id varchar not null, system varchar not null, list_name varchar not null,
    mode varchar, asked_since timestamp, started_at timestamp, pages integer, rows_fetched bigint, rows_stated bigint,
    rows_vanished bigint, proof varchar, shows_deleted boolean);
alter table evidence.lists add column if not exists shows_deleted boolean;
create table if not exists evidence.accepted_losses (
    firm_id varchar not null, run_id varchar not null, list varchar not null, rows_held bigint, rows_lost bigint);
create table if not exists evidence.unread_fields (
    firm_id varchar not null, table_name varchar not null, column_name varchar not null, field varchar,
    record_id varchar not null);
create table if not exists evidence.not_from_clio (
    firm_id varchar not null, kind varchar not null, value varchar not null);
create table if not exists evidence.trust_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, xero_liability_account varchar,
    clio_bank_account_id varchar, xero_bank_account_id varchar, xero_liability_account_id varchar,
    is_kept_by_journals boolean);
alter table evidence.trust_accounts add column if not exists is_kept_by_journals boolean;
create table if not exists evidence.operating_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, clio_bank_account_id varchar,
    xero_bank_account_id varchar);
create table if not exists evidence.fee_accounts (
    firm_id varchar not null, xero_account varchar, xero_account_id varchar);
create table if not exists evidence.matches (
    firm_id varchar not null, clio_bill_id varchar not null, xero_invoice_id varchar not null, decided_by varchar,
    decided_at timestamp, reason varchar, position integer);
create table if not exists evidence.acceptances (
    firm_id varchar not null, exception_id varchar not null, code varchar, subject_key varchar, ar_effect decimal(18,2),
    clio_value varchar, xero_value varchar, accepted_by varchar, accepted_at timestamp, expires_on date, reason varchar,
    withdrawn_at timestamp, position integer, fingerprint varchar);
alter table evidence.acceptances add column if not exists fingerprint varchar;
"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is not there yet."""
    connection.execute(DDL)


ROWS_PER_STATEMENT = 200
Row = tuple[Any, ...]


def version() -> str:
    """The version of this program, as it stands in every statement."""
    return metadata.version("tieout")


# What people decided


class Line:
    """One line of a file of decisions; reads its cells and names file, line and column when one is wrong."""

    def __init__(self, path: Path, number: int, cells: Mapping[str, str]) -> None:
        self._where = f"{path}, line {number}"
        self._cells = cells

    def text(self, column: str) -> str | None:
        """A cell, or None if it is empty."""
        return self._cells[column].strip() or None

    def required(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.text(column)
        if found is None:
            raise UsageError(f"{self._where}: {column} is empty. Write a value, or remove the line.")
        return found

    def read(self, column: str, reader: Callable[[str], Any], expected: str) -> Any:
        """A cell of a certain kind, or None if it is empty."""
        found = self.text(column)
        if found is None:
            return None
        try:
            return reader(found)
        except ValueError:
            raise UsageError(f"{self._where}: {column} should be {expected}, found {found[:40]!r}.") from None

    def moment(self, column: str) -> datetime | None:
        """A moment in UTC."""
        found: datetime | None = self.read(column, read_moment, "a date and time such as 2026-11-23T09:00:00Z")
        return found


def _lines(file: DecisionFile) -> Iterator[Line]:
    for number, cells in enumerate(file.rows(), start=2):
        yield Line(file.path, number, cells)


def read_matches(firm: Firm) -> list[Row]:
    """``matches.csv``: the links that stand. Of several lines about a bill the last holds, and may say: no invoice."""
    standing: dict[str, Row] = {}
    for position, line in enumerate(_lines(decisions.matches(firm.folder))):
        bill, invoice = line.required("clio_bill_id"), line.text("xero_invoice_id")
        row = (
            firm.id,
            bill,
            invoice,
            line.text("decided_by"),
            line.moment("decided_at"),
            line.text("reason"),
            position,
        )
        standing.pop(bill, None)
        if invoice is not None:
            standing[bill] = row
    return list(standing.values())


def read_acceptances(firm: Firm) -> list[Row]:
    """``acceptances.csv``, every line of it: which one holds is decided where the exceptions are."""
    return [
        (
            firm.id,
            line.required("exception_id"),
            line.text("code"),
            line.text("subject_key"),
            line.read("ar_effect", read_cents, "an amount such as -120.00"),
            line.text("clio_value"),
            line.text("xero_value"),
            line.text("accepted_by"),
            line.moment("accepted_at"),
            line.read("expires_on", date.fromisoformat, "a day such as 2026-12-31"),
            line.text("reason"),
            line.moment("withdrawn_at"),
            position,
            line.text("fingerprint"),
        )
        for position, line in enumerate(_lines(decisions.acceptances(firm.folder)))
    ]


def read_cents(text: str) -> Decimal:
    """An amount with no more than two decimals."""
    amount = read_decimal(text)
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("an amount with two decimals")
    return amount


# Writing


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


def settings_rows(firm: Firm, accounts: MappedAccounts) -> dict[str, list[Row]]:
    """Tonight's settings and decisions, by table."""
    own = firm.not_from_clio
    not_from_clio: list[Row] = [
        *((firm.id, "contact", name) for name in own.contacts),
        *((firm.id, "account_code", code) for code in own.account_codes),
        *((firm.id, "number_pattern", pattern) for pattern in (own.number_pattern,) if pattern),
    ]
    return {
        "not_from_clio": not_from_clio,
        "trust_accounts": accounts.trust,
        "operating_accounts": accounts.operating,
        "fee_accounts": accounts.fees,
        "matches": read_matches(firm),
        "acceptances": read_acceptances(firm),
    }


def replace_rows(connection: duckdb.DuckDBPyConnection, table: str, firm_ids: list[str], rows: list[Row]) -> None:
    """These rows in place of all that the firms had."""
    sql = f"delete from evidence.{table} where firm_id in (select unnest(?))"  # noqa: S608  (names are ours)
    connection.execute(sql, [firm_ids])
    add_rows(connection, table, rows)


def add_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """More rows, many to a statement."""
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        part = rows[start : start + ROWS_PER_STATEMENT]
        marks = f"({', '.join('?' * len(part[0]))})"
        values = [cell for row in part for cell in row]
        connection.execute(f"insert into evidence.{table} values {', '.join([marks] * len(part))}", values)  # noqa: S608
