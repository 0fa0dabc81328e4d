"""Rows of a list as a dlt resource: its own table and those of its nested lists, merged on their keys.

What a list is and how it is read stand with its system; here is only how rows travel. They are Arrow tables, already
of the declared columns, so dlt neither infers nor normalizes; a record that is loaded twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

import pyarrow as pa

from pipelines.quiet_dlt import dlt
from pipelines.tables.columns import Table
from pipelines.tables.unchanged import BATCH_ROWS

Rows: TypeAlias = Iterator[tuple[Table, pa.Table]]


def resource(tables: Sequence[Table], readers: Sequence[Callable[[], Rows]]) -> Any:
    """The resource of a list, named as its first table. Each of ``readers`` gives the rows of its tables for one firm,
    part by part."""

    def rows() -> Iterator[Any]:
        waiting = {table: Waiting(table) for table in tables}
        for table, arrow in chain.from_iterable(read() for read in readers):
            yield from (_marked(full) for full in waiting[table].add(arrow))
        for rest in waiting.values():
            yield from (_marked(last) for last in rest.flush())

    return dlt.resource(rows, name=tables[0].name, parallelized=True)


def _marked(item: tuple[Table, pa.Table]) -> Any:
    """Rows that say which table they go into, and how."""
    table, arrow = item
    hints = dlt.mark.make_hints(
        table_name=table.name,
        columns=table.dlt_columns(),
        primary_key=table.primary_key,
        write_disposition="merge",
    )
    return dlt.mark.with_hints(arrow, hints, create_table_variant=True)


class Waiting:
    """Small tables are put together before dlt sees them: a firm of a few bills costs it no file of its own."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._parts: list[pa.Table] = []
        self._rows = 0

    def add(self, part: pa.Table) -> Rows:
        """Take a part; give back all of it when there is enough."""
        if part.num_rows:
            self._parts.append(part)
            self._rows += part.num_rows
        if self._rows >= BATCH_ROWS:
            yield from self.flush()

    def flush(self) -> Rows:
        """Give back what is left."""
        if self._parts:
            parts, self._parts, self._rows = self._parts, [], 0
            yield self._table, pa.concat_tables(parts).combine_chunks()
