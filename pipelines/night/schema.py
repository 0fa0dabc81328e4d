"""The tables that a load fills, made ready in the work file; a list that is read no longer is dropped."""

from __future__ import annotations

import duckdb

from pipelines.clio import lists as clio
from pipelines.evidence import tables as evidence
from pipelines.tables.described import describe
from pipelines.tables.ready import make_ready
from pipelines.xero import lists as xero

RAW = (*clio.TABLES, *xero.TABLES)


def create_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create every table and column that is not there yet; true if a raw table of an older version lacked a column."""
    older = make_ready(connection, (*RAW, *evidence.TABLES))
    for name in clio.NO_LONGER_READ:
        connection.execute(f"drop table if exists clio.{name}")
        connection.execute(f"drop table if exists staging.stg_clio__{name}")
    describe(connection, RAW)
    return any(table in RAW for table in older)
