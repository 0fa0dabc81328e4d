"""Records of several queries, by id: each is turned into rows once, and what came later stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from pipelines.clio import lists as clio
from pipelines.errors import BadRecord
from pipelines.tables.columns import Record, Table
from pipelines.tables.converter import Converter
from pipelines.tables.found import Batch, Found
from pipelines.xero import lists as xero

BILLS, MATTERS = clio.BILLS.tables


class Counting(Converter):
    """Counts how often a record is turned into rows of a table."""

    def __init__(self) -> None:
        super().__init__("f", datetime(2026, 11, 27))
        self.times: Counter[tuple[str, str]] = Counter()

    def table(self, table: Table, records: Sequence[Record]) -> pa.Table:
        self.times.update((table.name, str(record["id"])) for record in records)
        return super().table(table, records)


def bill(number: int, total: str, *matters: int) -> dict[str, Any]:
    figures = dict.fromkeys(("total", "due", "balance"), total)
    return {"id": number, "state": "draft", **figures, "matters": [{"id": matter} for matter in matters]}


@pytest.fixture
def converter() -> Counting:
    return Counting()


def shown(found: Batch | Found) -> dict[str, list[tuple[str, str]]]:
    """The rows of both tables in short, by id."""
    rows = {table.name: arrow.to_pylist() for table, arrow in found.tables()}
    return {
        "bills": sorted((row["id"], str(row["total"])) for row in rows["bills"]),
        "bill_matters": sorted((row["bill_id"], row["matter_id"]) for row in rows["bill_matters"]),
    }


def test_whoever_asks_gets_the_same_rows(converter: Counting) -> None:
    found = Found(converter, clio.BILLS, [bill(1, "5.00", 7, 8), bill(2, "6.00")])
    assert found.rows(BILLS).num_rows == 2
    assert shown(found) == {"bills": [("1", "5.00"), ("2", "6.00")], "bill_matters": [("1", "7"), ("1", "8")]}
    assert shown(found.joined(Found(converter, clio.BILLS, [bill(3, "7.00")])))["bills"][-1] == ("3", "7.00")
    assert set(converter.times.values()) == {1}


@pytest.mark.parametrize("is_asked_before", [False, True])
def test_what_comes_later_takes_the_place_with_all_its_parts(converter: Counting, is_asked_before: bool) -> None:
    before = Found(converter, clio.BILLS, [bill(1, "5.00", 7, 8), bill(2, "6.00", 9)])
    if is_asked_before:
        before.rows(BILLS)
    later = before.joined(
        Found(converter, clio.BILLS, [bill(3, "1.00")]), Found(converter, clio.BILLS, [bill(1, "9.00", 8)])
    )
    assert list(later) == ["1", "2", "3"] and later["1"]["total"] == "9.00"
    assert shown(later) == {
        "bills": [("1", "9.00"), ("2", "6.00"), ("3", "1.00")],
        "bill_matters": [("1", "8"), ("2", "9")],
    }
    assert before["1"]["total"] == "5.00" and shown(before)["bills"] == [("1", "5.00"), ("2", "6.00")]
    assert not is_asked_before or converter.times["bills", "2"] == 1


def test_a_record_that_was_replaced_unseen_is_never_turned_into_rows(converter: Counting) -> None:
    later = Found(converter, clio.BILLS, [bill(1, "5.00")]).joined(Found(converter, clio.BILLS, [bill(1, "9.00")]))
    assert shown(later)["bills"] == [("1", "9.00")]
    assert converter.times["bills", "1"] == 1


def test_of_a_page_that_names_a_record_twice_the_later_one_stands(converter: Counting) -> None:
    assert shown(Found(converter, clio.BILLS, [bill(1, "5.00"), bill(1, "9.00")]))["bills"] == [("1", "9.00")]


def test_nothing_found_has_no_rows(converter: Counting) -> None:
    nothing = Found(converter, clio.BILLS)
    assert list(nothing.tables()) == [] and list(Batch(converter, clio.BILLS, []).tables()) == []
    assert nothing.rows(MATTERS).num_rows == 0 and nothing.rows(MATTERS).schema == MATTERS.arrow_schema


def test_a_record_that_cannot_be_exact_is_refused_whoever_asks(converter: Counting) -> None:
    found = Found(converter, clio.BILLS, [bill(1, "5.005")])
    for _ in range(2):
        with pytest.raises(BadRecord):
            found.rows(BILLS)


def test_the_key_of_each_list_is_the_field_of_its_id() -> None:
    assert {one.key for one in clio.LISTS} == {"id"}
    keys = {one.name: one.key for one in xero.LISTS}
    assert keys["invoices"] == "InvoiceID" and keys["trial_balance"] == "as_of_date"
