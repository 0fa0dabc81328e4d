"""What came just as it is held is not loaded again: a record with all its parts, to the last cell, or none of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import duckdb
import pytest

from pipelines.clio import lists as clio
from pipelines.night.schema import create_tables
from pipelines.tables.converter import Converter
from pipelines.tables.held import Held
from pipelines.tables.unchanged import Unchanged
from pipelines.xero import lists as xero

FIRST, SECOND = datetime(2026, 11, 21, 2), datetime(2026, 11, 22, 2)


def invoice(number: str, lines: int) -> dict[str, Any]:
    return {
        "InvoiceID": number,
        "Status": "DRAFT",
        "Date": "2026-11-01T00:00:00",
        **dict.fromkeys(("SubTotal", "TotalTax", "Total", "AmountDue"), 5),
        "LineItems": [{"Description": f"line {line}", "LineAmount": 5} for line in range(lines)],
    }


@pytest.fixture
def held() -> Held:
    """Three invoices, of two lines, one and none, and a firm beside with the same ids."""
    connection = duckdb.connect()
    create_tables(connection)
    for firm in ("f", "other"):
        for table in xero.INVOICES.tables:
            rows = Converter(firm, FIRST).table(table, [invoice("a", 2), invoice("b", 1), invoice("c", 0)])
            connection.register("rows", rows)
            connection.execute(f"insert into {table.qualified} by name select * from rows")
    return Held(connection, "f")


def second_night(held: Held, records: list[dict[str, Any]]) -> tuple[set[str], Unchanged]:
    """The ids that have to be loaded."""
    unchanged = Unchanged(held)
    arrows = [(table, Converter("f", SECOND).table(table, records)) for table in xero.INVOICES.tables]
    [(_, invoices), (_, lines)] = unchanged.sift(arrows)
    ids = set(invoices.column("invoice_id").to_pylist())
    assert set(lines.column("invoice_id").to_pylist()) <= ids
    return ids, unchanged


def test_nothing_is_loaded_that_is_held(held: Held) -> None:
    ids, unchanged = second_night(held, [invoice("a", 2), invoice("b", 1), invoice("c", 0)])
    assert ids == set()
    connection = held._connection
    unchanged.mark(connection, SECOND)
    for table in ("invoices", "invoice_lines"):
        sql = f"select firm_id, loaded_at from xero.{table} group by all order by all"
        assert connection.execute(sql).fetchall() == [("f", SECOND), ("other", FIRST)]


@pytest.mark.parametrize(
    ("change", "loaded"),
    {
        "another amount": (lambda rows: rows[0].update(Total=6), {"a"}),
        "a field that was empty": (lambda rows: rows[0].update(Reference="x"), {"a"}),
        "a reworded line": (lambda rows: rows[0]["LineItems"][1].update(Description="reworded"), {"a"}),
        "lines in another order": (lambda rows: rows[0]["LineItems"].reverse(), {"a"}),
        "a line less": (lambda rows: rows[0]["LineItems"].pop(), {"a"}),
        "the last line": (lambda rows: rows[1]["LineItems"].pop(), {"b"}),
        "the first line": (lambda rows: rows[2]["LineItems"].append({"LineAmount": 1}), {"c"}),
        "a new invoice": (lambda rows: rows.append(invoice("d", 1)), {"d"}),
        "fewer invoices": (lambda rows: rows.pop(), set()),
    }.values(),
)
def test_whatever_differs_is_loaded_with_all_its_parts(
    held: Held, change: Callable[[Any], object], loaded: set[str]
) -> None:
    rows = copy.deepcopy([invoice("a", 2), invoice("b", 1), invoice("c", 0)])
    change(rows)
    assert second_night(held, rows)[0] == loaded


def test_a_bill_that_had_vanished_is_loaded_again() -> None:
    connection = duckdb.connect()
    create_tables(connection)
    bill = {"id": 7, "state": "paid", "total": 1, "due": 1, "balance": 0}
    rows = Converter("f", FIRST).table(clio.BILLS.main, [bill])
    connection.register("rows", rows)
    connection.execute("insert into clio.bills by name select *, ?::timestamp as vanished_at from rows", [FIRST])
    arrows = [(table, Converter("f", SECOND).table(table, [bill])) for table in clio.BILLS.tables]
    [(_, bills), _] = Unchanged(Held(connection, "f")).sift(arrows)
    assert bills.num_rows == 1
