"""Rows that came just as we hold them: they are not loaded a second time, only marked as read tonight.

Most of what a night reads, it reads to prove that nothing is missing. A record is unchanged when its own row and the
rows of all its nested lists are those we hold, cell by cell; everything else goes the way of a first night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.tables.columns import Table
from pipelines.tables.held import Held

# Rows are gathered to so many before they are compared, and before dlt sees them.
BATCH_ROWS = 20_000
Tables = Sequence[tuple[Table, pa.Table]]


class Unchanged:
    """The keys of one firm's records that need no loading, by list."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._keys: dict[tuple[Table, ...], list[pa.Array]] = {}

    def sift(self, arrows: Tables) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a list's tables, whole records of it, without those of unchanged records."""
        tables = tuple(table for table, _ in arrows)
        keys = self._unchanged(arrows) if arrows and self._held.count(tables[0]) else None
        if keys is None or not len(keys):
            yield from arrows
            return
        self._keys.setdefault(tables, []).append(keys)
        for table, arrow in arrows:
            yield table, arrow.filter(pc.invert(pc.is_in(arrow.column(table.key[0]), value_set=keys)))

    def _unchanged(self, arrows: Tables) -> pa.Array:
        main, _ = arrows[0]
        differing = " union all ".join(
            _differing(table, f"tonight_{place}", main.key[0]) for place, (table, _) in enumerate(arrows)
        )
        sql = f"""
            select distinct {main.key[0]} from tonight_0
            where {main.key[0]} not in (select key from ({differing}) where key is not null)
        """  # noqa: S608  (names are ours)
        named = {f"tonight_{place}": arrow for place, (_, arrow) in enumerate(arrows)}
        rows = self._held.rows(sql, *[self._held.firm_id] * len(arrows), **named)
        return pa.array([row[0] for row in rows], arrows[0][1].schema.field(main.key[0]).type)

    def mark(self, connection: duckdb.DuckDBPyConnection, loaded_at: datetime) -> None:
        """Say of every row of an unchanged record that it was read tonight."""
        for tables, keys in self._keys.items():
            connection.register("unchanged_keys", pa.table({"key": pa.chunked_array(keys)}))
            for table in tables:
                sql = f"""
                    update {table.qualified} set loaded_at = ?
                    where firm_id = ? and {table.key[0]} in (select key from unchanged_keys)
                """  # noqa: S608  (names are ours)
                connection.execute(sql, [loaded_at, self._held.firm_id])
            connection.unregister("unchanged_keys")


def _differing(table: Table, tonight: str, main_key: str) -> str:
    """Keys of the records of which this table holds another row than tonight's, or tonight has another than it."""
    columns = ", ".join(column.name for column in table.columns)
    key = table.key[0]
    held = f"""
        {table.qualified}
        where firm_id = ? and {key} in (select {main_key} from tonight_0) and {table.is_there}
    """  # noqa: S608  (names are ours)
    return rows_that_differ(f"{key} as key", columns, tonight, held)


def rows_that_differ(shown: str, columns: str, one: str, other: str) -> str:
    """SQL that shows something of each row that stands more often in one table than in the other. Rows of a kind are
    counted, because `except all` numbers every one of them, which takes four times as long."""
    return f"""
        select {shown} from (
            select {columns}, 1 as times from {one} union all
            select {columns}, -1 as times from {other}
        ) group by {columns} having sum(times) <> 0
    """  # noqa: S608  (names are ours)
