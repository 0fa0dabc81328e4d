"""The tables of evidence: what the night itself knows, beside what the two systems said.

``nights`` and ``lists`` say when and how each list was read and how it was proven whole, ``accepted_losses`` which
lists lost records on a person's word, ``unread_fields`` which fields of records still held could not be read and are
null for it, or were too long and are shortened. The others carry tonight's settings, bank statements and what people
decided (``matches.csv``, ``acceptances.csv``), so that the SQL that judges reads one file and nothing else.
"""

from __future__ import annotations

from typing import Any

import duckdb

from pipelines.tables.columns import Declared, columns

ROWS_PER_STATEMENT = 200
Row = tuple[Any, ...]


def _table(name: str, declaration: str) -> Declared:
    return Declared("evidence", name, columns(declaration))


NIGHTS = _table(
    "nights",
    """
    run_id          text!
    as_of_date      date
    started_at      moment
    loaded_at       moment
    is_full         flag
    api_calls_clio  count
    api_calls_xero  count
    rows_loaded     int
    version         text
    built_by        text
    """,
)
LISTS = _table(
    "lists",
    """
    run_id         text!
    system         text!
    list_name      text!
    mode           text
    asked_since    moment
    started_at     moment
    pages          count
    rows_fetched   int
    rows_stated    int
    rows_vanished  int
    proof          text
    shows_deleted  flag
    """,
)
ACCEPTED_LOSSES = _table(
    "accepted_losses",
    """
    run_id     text!
    list       text!
    rows_held  int
    rows_lost  int
    """,
)
UNREAD_FIELDS = _table(
    "unread_fields",
    """
    table_name   text!
    column_name  text!
    field        text
    record_id    text!
    """,
)
FIRMS = _table(
    "firms",
    """
    firm_name     text
    timezone      text
    start_date    date
    grace_hours   count
    clio_web_url  text
    """,
)
NOT_FROM_CLIO = _table(
    "not_from_clio",
    """
    kind   text!
    value  text!
    """,
)
TRUST_ACCOUNTS = _table(
    "trust_accounts",
    """
    clio_bank_account          text
    xero_bank_account          text
    xero_liability_account     text
    clio_bank_account_id       id
    xero_bank_account_id       id
    xero_liability_account_id  id
    is_kept_by_journals        flag
    """,
)
OPERATING_ACCOUNTS = _table(
    "operating_accounts",
    """
    clio_bank_account     text
    xero_bank_account     text
    clio_bank_account_id  id
    xero_bank_account_id  id
    """,
)
FEE_ACCOUNTS = _table(
    "fee_accounts",
    """
    xero_account     text
    xero_account_id  id
    """,
)
MATCHES = _table(
    "matches",
    """
    clio_bill_id     id!
    xero_invoice_id  id!
    decided_by       text
    decided_at       moment
    reason           text
    position         count
    """,
)
ACCEPTANCES = _table(
    "acceptances",
    """
    exception_id  id!
    code          text
    subject_key   text
    ar_effect     money
    clio_value    text
    xero_value    text
    accepted_by   text
    accepted_at   moment
    expires_on    date
    reason        text
    withdrawn_at  moment
    position      count
    fingerprint   text
    """,
)
STATEMENTS = _table(
    "statements",
    """
    statement_id          id!
    position              count!
    kind                  text!
    clio_bank_account_id  id!
    clio_bank_account     text
    statement_date        date!
    opening_balance       money
    closing_balance       money!
    first_line_date       date
    currency              text
    imported_at           moment
    """,
)
STATEMENT_LINES = _table(
    "statement_lines",
    """
    statement_id  id!
    position      count!
    line_date     date!
    amount        money!
    description   text
    reference     text
    bank_line_id  text
    """,
)
TABLES = (
    NIGHTS,
    LISTS,
    ACCEPTED_LOSSES,
    UNREAD_FIELDS,
    FIRMS,
    NOT_FROM_CLIO,
    TRUST_ACCOUNTS,
    OPERATING_ACCOUNTS,
    FEE_ACCOUNTS,
    MATCHES,
    ACCEPTANCES,
    STATEMENTS,
    STATEMENT_LINES,
)


def replace_rows(connection: duckdb.DuckDBPyConnection, table: Declared, firm_ids: list[str], rows: list[Row]) -> None:
    """These rows in place of all that the firms had."""
    sql = f"delete from {table.qualified} where firm_id in (select unnest(?))"  # noqa: S608  (names are ours)
    connection.execute(sql, [firm_ids])
    add_rows(connection, table, rows)


def add_rows(connection: duckdb.DuckDBPyConnection, table: Declared, rows: list[Row]) -> None:
    """More rows, cells in the order declared, many to a statement. A file of an earlier version may have its columns in
    another order, so they are named."""
    names = ", ".join(column.name for column in table.stored)
    marks = f"({', '.join('?' * len(table.stored))})"
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        part = rows[start : start + ROWS_PER_STATEMENT]
        values = [cell for row in part for cell in row]
        connection.execute(
            f"insert into {table.qualified} ({names}) values {', '.join([marks] * len(part))}",  # noqa: S608
            values,
        )
