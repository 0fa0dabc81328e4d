"""The tables of the work file made ready: what is declared and not there yet is created, and a column that an earlier
version did not have is added. Nothing is said twice: the declaration is all there is (`pipelines.tables.columns`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.tables.columns import Declared


def make_ready(connection: duckdb.DuckDBPyConnection, tables: Sequence[Declared]) -> list[Declared]:
    """Create every table and column that is not there yet. Returns the tables of an older version, which lacked a
    column; what it is in rows that are there already, nobody knows: null."""
    there: dict[tuple[str, str], set[str]] = {}
    catalog = (
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = current_database()"
    )
    for schema, name, column in connection.execute(catalog).fetchall():
        there.setdefault((schema, name), set()).add(column)
    older = []
    statements = [f"create schema if not exists {schema}" for schema in sorted({table.schema for table in tables})]
    for table in tables:
        held = there.get((table.schema, table.name))
        if held is None:
            statements.append(table.ddl())
            continue
        lacking = [column for column in table.stored if column.name not in held]
        statements += [f"alter table {table.qualified} add column {column.name} {column.sql}" for column in lacking]
        if lacking:
            older.append(table)
    connection.execute(";\n".join(statements))
    return older
