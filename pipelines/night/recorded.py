"""What a night leaves in evidence: tonight's settings and decisions in place of last night's, and one more night."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from pipelines.api.proof import ListResult
from pipelines.clio import lists as clio
from pipelines.evidence import evidence, statement_evidence, tables
from pipelines.evidence.tables import add_rows, replace_rows
from pipelines.night.books import Books
from pipelines.xero import lists as xero


def write_evidence(
    connection: duckdb.DuckDBPyConnection, books: list[Books], run_id: str, started_at: datetime, built_by: str
) -> None:
    """Settings in place of last night's, and one more night; `built_by` says what will build upon it."""
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    firm_ids = [one.firm.id for one in books]
    settings = [evidence.settings_rows(one.firm, one.accounts) for one in books]
    connection.execute("begin")
    for table in settings[0]:
        replace_rows(connection, table, firm_ids, [row for rows in settings for row in rows[table]])
    for one in books:
        statement_evidence.replace_statements(connection, one.firm.id, one.firm.folder)
    add_rows(connection, tables.NIGHTS, [_night_row(one, run_id, started_at, loaded_at, built_by) for one in books])
    add_rows(connection, tables.LISTS, [_list_row(run_id, result) for one in books for result in one.results])
    losses = [(one.firm.id, run_id, *loss) for one in books for loss in one.losses]
    add_rows(connection, tables.ACCEPTED_LOSSES, losses)
    _keep_unread(connection, books, started_at)
    connection.execute("commit")


def _keep_unread(connection: duckdb.DuckDBPyConnection, books: list[Books], loaded_at: datetime) -> None:
    """The fields that could not be read, of each record as it was last read; none of a record that is gone."""
    for any_list in (*clio.LISTS, *xero.LISTS):
        main = any_list.main
        sql = f"""
            delete from evidence.unread_fields as unread
            where firm_id in (select unnest(?)) and table_name in (select unnest(?)) and not exists (
                select 1 from {main.qualified} as whole
                where whole.firm_id = unread.firm_id and whole.{main.key[0]}::varchar = unread.record_id
                  and whole.loaded_at < ?)
        """  # noqa: S608  (names are ours)
        names = [table.qualified for table in any_list.tables]
        connection.execute(sql, [[one.firm.id for one in books], names, loaded_at])
    rows = [(one.firm.id, *unread) for one in books for unread in sorted(one.converter.unread)]
    add_rows(connection, tables.UNREAD_FIELDS, rows)


def _night_row(one: Books, run_id: str, started_at: datetime, loaded_at: datetime, built_by: str) -> tables.Row:
    firm = one.firm
    return (
        firm.id,
        run_id,
        one.day,
        started_at,
        loaded_at,
        one.clio.full,
        one.clio.api.calls,
        one.xero.api.calls,
        sum(one.rows.values()),
        evidence.version(),
        built_by,
    )


def _list_row(run_id: str, result: ListResult) -> tables.Row:
    return (
        result.firm_id,
        run_id,
        result.system,
        result.name,
        result.mode,
        result.asked_since,
        result.started_at,
        result.pages,
        result.rows,
        result.stated,
        result.vanished,
        result.proof,
        result.shows_deleted,
    )
