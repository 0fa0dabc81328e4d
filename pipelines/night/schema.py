"""The tables that a load fills, made ready in the work file: what is declared and not there yet is created, a column
that an earlier version of ours did not have is added, a list that is read no longer is dropped."""

from __future__ import annotations

import duckdb

from pipelines.clio import lists as clio
from pipelines.evidence import evidence, statement_evidence
from pipelines.tables.described import describe
from pipelines.xero import lists as xero


def create_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create every raw table and column that is not there yet; true if a table of an older version lacked a
    column."""
    for schema in ("clio", "xero"):
        connection.execute(f"create schema if not exists {schema}")
    for table in (*clio.TABLES, *xero.TABLES):
        connection.execute(table.ddl())
    for name in clio.NO_LONGER_READ:
        connection.execute(f"drop table if exists clio.{name}")
        connection.execute(f"drop table if exists staging.stg_clio__{name}")
    evidence.create_tables(connection)
    statement_evidence.create_tables(connection)
    there = set(
        connection.execute("select table_schema, table_name, column_name from information_schema.columns").fetchall()
    )
    lacking = [
        (table, column)
        for table in (*clio.TABLES, *xero.TABLES)
        for column in (*table.every_column, *table.ours)
        if (table.schema, table.name, column.name) not in there
    ]
    for table, column in lacking:
        connection.execute(f"alter table {table.qualified} add column {column.name} {column.sql}")
    describe(connection, (*clio.TABLES, *xero.TABLES))
    return bool(lacking)
