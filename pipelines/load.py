"""One night's load."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines import clio, evidence, xero


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every raw table that is not there yet, so that SQL finds all of them even when they are empty."""
    for schema in ("clio", "xero"):
        connection.execute(f"create schema if not exists {schema}")
    for table in (*clio.TABLES, *xero.TABLES):
        connection.execute(table.ddl())
    evidence.create_tables(connection)


def create_empty(path: str | Path) -> None:
    """An empty warehouse with every raw table."""
    with duckdb.connect(str(path)) as connection:
        create_tables(connection)
