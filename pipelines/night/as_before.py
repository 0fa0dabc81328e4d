"""Which tables of tonight's work file hold what they held in the file that the night goes on from, to the last cell.

What was built from nothing else need not be built again (`flows.night.build`). Each table is compared with that file
itself, so nothing has to be believed of how the night was loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.evidence import tables as evidence
from pipelines.night.schema import RAW
from pipelines.tables.columns import LOADED_AT, Declared, Table
from pipelines.tables.duck import attached_to_read
from pipelines.tables.unchanged import rows_that_differ

PART_ROWS = 200_000  # are compared at a time, so that a million lines take no more memory than these


def tables_as_before(connection: duckdb.DuckDBPyConnection, before: Path, built_by: str) -> frozenset[str]:
    """Their qualified names; none where the file of `before` was built by anything else than `built_by`, or cannot be
    opened, as while somebody else has it open for writing."""
    try:
        with attached_to_read(connection, before, "before"):
            if not _was_built_by(connection, built_by):
                return frozenset()
            return frozenset(table.qualified for table in (*RAW, *evidence.TABLES) if _is_as_before(connection, table))
    except duckdb.IOException:
        return frozenset()


def _was_built_by(connection: duckdb.DuckDBPyConnection, built_by: str) -> bool:
    sql = "select built_by from before.evidence.nights order by started_at desc limit 1"
    try:
        return connection.execute(sql).fetchone() == (built_by,)
    except duckdb.BinderException:  # a file of an earlier version says nothing of it
        return False


def _is_as_before(connection: duckdb.DuckDBPyConnection, table: Declared) -> bool:
    """Each row that stands in either file stands as often in the other. A table that an earlier version did not have,
    or had otherwise, is not as before."""
    before = f"before.{table.qualified}"
    stamped = f"select 1 from {before} where {_stamped_after_its_reading(table)} limit 1"  # noqa: S608  (names are ours)
    try:
        return not any(
            connection.execute(sql).fetchone() for sql in (*_differences(connection, table, before), stamped)
        )
    except (duckdb.BinderException, duckdb.CatalogException):
        return False


def _differences(connection: duckdb.DuckDBPyConnection, table: Declared, before: str) -> Iterator[str]:
    """SQL for one row that differs, a part of the table at a time: equal rows fall into the same part."""
    said = ", ".join(column.name for column in table.stored if column is not LOADED_AT)
    [(rows,)] = connection.execute(f"select count(*) from {table.qualified}").fetchall()  # noqa: S608
    parts = rows // PART_ROWS + 1
    for part in range(parts):
        here, there = (f"{name} where hash({said}) % {parts} = {part}" for name in (table.qualified, before))
        yield f"{rows_that_differ('1', said, here, there)} limit 1"


def _stamped_after_its_reading(table: Declared) -> str:
    """When a row was read is no part of what it says. But by that moment a stamp of the record's own is believed or not
    (the macro `change_stamp`): a row with one from after its reading may say something else tonight."""
    if not isinstance(table, Table):
        return "false"
    stamps = [column.name for column in table.columns if column.kind == "moment"]
    return " or ".join(f"{stamp} > {LOADED_AT.name}" for stamp in stamps) or "false"
