"""What each raw column is, kept in the warehouse file: the field of the API's record that it was read from.

Any client shows it beside the column. It comes out of the declarations (`pipelines.tables.columns`), so it never names
another field than the one that is read. Tables, and what is no API's, are described by dbt with its sources.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.tables.columns import Column, Table

ADDED = {
    "firm_id": "the firm, as tieout.toml names it",
    "loaded_at": "when this row was loaded, UTC",
    "vanished_at": "when the record was first found to be no longer returned, UTC",
}


def describe(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Write a comment on every column of these tables, which are there, where it does not say so yet."""
    said = set(
        connection.execute("select schema_name, table_name, column_name, comment from duckdb_columns()").fetchall()
    )
    comments = [
        f"comment on column {table.qualified}.{column.name} is '{words}'"
        for table in tables
        for column in table.stored
        if (table.schema, table.name, column.name, words := of_column(table, column)) not in said
    ]
    if comments:
        connection.execute(";\n".join(comments))


def of_column(table: Table, column: Column) -> str:
    """One column in words; names alone, so nothing in it asks for quoting."""
    if column not in table.columns:
        return ADDED[column.name]
    return " or else ".join(_field(path, table) for path in column.paths)


def _field(path: tuple[str, ...], table: Table) -> str:
    record = f"the record in {table.schema.capitalize()}"
    if path[0] == "#":
        return f"place in {table.items} of {record}, from 0"
    if path[0].startswith("^"):
        return f"{'.'.join(path).removeprefix('^')} of {record}"
    return f"{'.'.join((table.items, *path) if table.items else path)} of {record}"
