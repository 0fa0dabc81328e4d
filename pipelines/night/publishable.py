"""Whether a work file may be published: closed, whole, of tonight, and of one firm alone."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import GiveUp
from pipelines.firm.published import stray_logs
from pipelines.tables.duck import connect_to_read


def check_publishable(file: Path, firm_id: str, run_id: str) -> str | None:
    """Refuse a file that is open, half written, of another night or of more than one firm. Returns the night
    before."""
    if logs := stray_logs(file):
        raise GiveUp(
            f"{file}: a closed file was expected, found changes not yet in it ({logs[0].name}). Nothing was published."
        )
    try:
        with connect_to_read(file) as connection:
            strangers = _tables_with_strangers(connection, firm_id)
            nights = connection.execute("select run_id from evidence.nights order by started_at").fetchall()
    except duckdb.Error as error:
        raise GiveUp(f"{file}: cannot be read ({type(error).__name__}). Nothing was published.") from None
    if strangers:
        raise GiveUp(
            f"{file}: rows of {firm_id} alone were expected, found others in {', '.join(strangers)}. Not published."
        )
    if not nights or nights[-1][0] != run_id:
        raise GiveUp(f"{file}: night {run_id} was expected to be the last in it, and is not. Nothing was published.")
    return str(nights[-2][0]) if len(nights) > 1 else None


def _tables_with_strangers(connection: duckdb.DuckDBPyConnection, firm_id: str) -> list[str]:
    tables = connection.execute(
        "select table_schema || '.' || table_name from information_schema.columns"
        " where column_name = 'firm_id' order by 1"
    ).fetchall()
    found = []
    for (table,) in tables:
        sql = f"select 1 from {table} where firm_id is distinct from ? limit 1"  # noqa: S608  (names from the catalog)
        if connection.execute(sql, [firm_id]).fetchall():
            found.append(str(table))
    return found
