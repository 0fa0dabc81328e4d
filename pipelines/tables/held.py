"""What the work file holds from earlier nights, for one firm: the other side of "what changed since".

Read before the load begins, through cursors of one connection, so that several lists can ask at the same time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.tables.columns import Table
from pipelines.tables.ready import make_ready

OVERLAP = timedelta(minutes=10)
FULL_EVERY = timedelta(days=6, hours=12)


class Held:
    """Questions about the rows of one firm."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, firm_id: str) -> None:
        self._connection = connection
        self.firm_id = firm_id

    def rows(self, sql: str, *values: Any, **tables: pa.Table) -> list[tuple[Any, ...]]:
        """Rows of a query; Arrow tables may take part under the names given, copied: joins cannot be pushed into
        Arrow."""
        with self._connection.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(f"arrow_{name}", table)
                cursor.execute(f"create temp table {name} as select * from arrow_{name}")  # noqa: S608
            return cursor.execute(sql, list(values)).fetchall()

    def count(self, table: Table) -> int:
        """Rows of this firm, those apart that were gone before."""
        return int(self.total(f"select count(*) from {table.qualified} where firm_id = ? and {table.is_there}"))  # noqa: S608

    def ids(self, table: Table, where: str = "true", *values: Any) -> set[str]:
        """Keys of this firm's rows for which the condition holds."""
        sql = f"select {table.key[0]} from {table.qualified} where firm_id = ? and {where}"  # noqa: S608
        return {row[0] for row in self.rows(sql, self.firm_id, *values)}

    def ids_of(self, table: Table, column: str, among: Iterable[str]) -> set[str]:
        """Keys of the rows whose ``column`` is among these."""
        return self.ids(table, f"{column} in (select unnest(?))", list(among))

    def total(self, sql: str, **tables: pa.Table) -> Any:
        """The one value of a query, with this firm as its only parameter, as often as it is asked for."""
        return self.rows(sql, *([self.firm_id] * sql.count("?")), **tables)[0][0]

    def last_full(self) -> datetime | None:
        """When everything was last read whole."""
        sql = "select max(started_at) from evidence.nights where firm_id = ? and is_full"
        found: datetime | None = self.rows(sql, self.firm_id)[0][0]
        return found

    def last_started(self) -> datetime | None:
        """When the latest night that is held began."""
        sql = "select max(started_at) from evidence.nights where firm_id = ?"
        found: datetime | None = self.rows(sql, self.firm_id)[0][0]
        return found

    def is_full_due(self, now: datetime) -> bool:
        """Never read whole, or a week ago."""
        last = self.last_full()
        return last is None or now - last >= FULL_EVERY

    def shows_deleted(self, system: str, table: Table) -> bool | None:
        """Whether the last whole reading that could tell showed deleted records; None where none could."""
        sql = """
            select shows_deleted from evidence.lists
            where firm_id = ? and system = ? and list_name = ? and shows_deleted is not null
            order by started_at desc limit 1
        """
        rows = self.rows(sql, self.firm_id, system, table.name)
        return rows[0][0] if rows else None

    def since(self, system: str, table: Table) -> datetime | None:
        """From when to ask for changes: the start of the last reading, or the newest change we hold if that is
        older.

        Less an overlap, because a change can become visible a little after its own stamp. The newest change also
        guards against a clock of ours that runs ahead of theirs.
        """
        read = self._last_read(system, table)
        newest = self.total(f"select max(updated_at) from {table.qualified} where firm_id = ?")  # noqa: S608
        if read is None or newest is None:
            return None
        earliest: datetime = min(read, newest)
        return earliest - OVERLAP

    def recent(self, system: str, table: Table) -> datetime | None:
        """What changed before this was there to be seen by the last reading; what changed later may not have been."""
        read = self._last_read(system, table)
        return None if read is None else read - OVERLAP

    def _last_read(self, system: str, table: Table) -> datetime | None:
        sql = "select max(started_at) from evidence.lists where firm_id = ? and system = ? and list_name = ?"
        found: datetime | None = self.rows(sql, self.firm_id, system, table.name)[0][0]
        return found


def holding_nothing(firm_id: str, tables: Sequence[Table]) -> Held:
    """Nothing of any of these tables: the side of a reading that stands by itself."""
    connection = duckdb.connect()
    make_ready(connection, tables)
    return Held(connection, firm_id)
