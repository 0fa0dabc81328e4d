"""A file of an earlier version: a table or a column that is declared since reaches it by itself, raw or evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pytest

from pipelines.evidence import tables as evidence
from pipelines.evidence.tables import add_rows, replace_rows
from pipelines.night.schema import create_tables
from pipelines.tables.held import Held

OF_THE_FILE = """
    select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
    where schema_name in ('clio', 'xero', 'evidence') order by all
"""


@pytest.fixture
def file() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_tables(connection)
    return connection


def described(file: duckdb.DuckDBPyConnection) -> list[Any]:
    return file.execute(OF_THE_FILE).fetchall()


def test_every_column_that_a_file_lacks_is_added(file: duckdb.DuckDBPyConnection) -> None:
    new = described(file)
    of_table: dict[str, list[str]] = {}
    for schema, table, column, *_ in new:
        of_table.setdefault(f"{schema}.{table}", []).append(column)
    assert len(of_table) > 40
    for most in range(max(map(len, of_table.values())) - 1):
        for table, columns in of_table.items():
            if most < len(columns) - 1:
                file.execute(f"alter table {table} drop column {columns[most]}")
        create_tables(file)
        assert described(file) == new


def test_a_table_that_a_file_lacks_is_created(file: duckdb.DuckDBPyConnection) -> None:
    new = described(file)
    for table in ("clio.bills", "xero.invoice_lines", "evidence.acceptances"):
        file.execute(f"drop table {table}")
    assert not create_tables(file)
    assert described(file) == new


def test_only_a_lacking_raw_column_asks_for_every_list_whole(file: duckdb.DuckDBPyConnection) -> None:
    assert not create_tables(file)
    file.execute("alter table evidence.lists drop column proof")
    assert not create_tables(file)
    file.execute("alter table xero.payments drop column reference")
    assert create_tables(file)
    assert not create_tables(file)


def test_rows_of_evidence_come_into_their_columns_where_an_older_file_has_them_in_another_order(
    file: duckdb.DuckDBPyConnection,
) -> None:
    """Where a column is declared before others, an older file has it last."""
    file.execute("alter table evidence.matches drop column decided_by")
    create_tables(file)
    row = ("f", "1", "a", "A. Keeper", datetime(2026, 11, 1), "renumbered", 0)
    add_rows(file, evidence.MATCHES, [row] * 401)
    names = ", ".join(column.name for column in evidence.MATCHES.stored)
    assert file.execute(f"select {names} from evidence.matches").fetchall() == [row] * 401
    replace_rows(file, evidence.MATCHES, ["another"], [])
    assert Held(file, "f").total("select count(*) from evidence.matches where firm_id = ?") == 401
    replace_rows(file, evidence.MATCHES, ["f"], [row])
    assert file.execute(f"select {names} from evidence.matches").fetchall() == [row]
