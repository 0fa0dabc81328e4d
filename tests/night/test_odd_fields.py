"""Each declared field of each list, odd in every way: the record is refused in a sentence, or the field is left empty
and named; nothing else of the record changes, and no amount becomes another one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.clio import lists as clio
from pipelines.errors import BadRecord
from pipelines.tables.columns import Column, Table
from pipelines.tables.converter import SCALES, Converter, Unread
from pipelines.tables.values import LONGEST
from pipelines.xero import lists as xero
from sandbox.engine import time
from sandbox.serving.server import Sandbox
from tests.night.test_reading import STARTED, Reader
from tests.support.sandbox_http import rich_firm

ABSENT = object()
ODD: dict[str, Any] = {
    "null": None,
    "absent": ABSENT,
    "empty text": "",
    "long text": "9" * 200_000,
    "object": {"a": 1},
    "array": [1],
    "true": True,
    "words": "next Tuesday",
    "half a character": "\ud83d",
    "three decimals": Decimal("27.826"),
    "huge": Decimal("1e40"),
    "not a number": "NaN",
    "year 0": "0000-13-45",
}
LISTS = [*clio.LISTS, *(one for one in xero.LISTS if one is not xero.TRIAL_BALANCE)]
FIELDS = [
    (one, table, column)
    for one in LISTS
    for table in one.tables
    for column in table.columns
    if column.paths[0][0] != "#"
]


def richer_firm(name: str = "Harbor Law") -> Any:
    """Also money of a client on no matter, and credit of each kind in use."""
    firm = rich_firm(name)
    client = next(iter(firm.clio.tables["contacts"].values()))
    firm.deposit(client, "80.00", None, firm.today)
    bill = firm.bill(client, [time("Advice", "1.00", "300.00")])
    for resource in ("Overpayments", "Prepayments"):
        credit = next(iter(firm.xero.tables[resource].values()))
        firm.apply_in_xero(resource, credit, bill, "20.00")
    return firm


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """What the two systems send of a firm in which everything happens, by list."""
    with pytest.MonkeyPatch.context() as patch, Sandbox([richer_firm()]) as sandbox:
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        reader = Reader(sandbox, tmp_path_factory.mktemp("odd"))
        yield {f"{one.main.schema}.{one.name}": reader.records(one) for one in LISTS}


def owner_of(table: Table, column: Column, record: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """The object in which a column's field stands, and its path there; None where the record has no such part."""
    path = column.paths[0]
    items = record.get(table.items) or [] if table.items else [record]
    if not items:
        return None
    return (record, (path[0][1:], *path[1:])) if path[0].startswith("^") else (items[0], path)


def damaged(table: Table, column: Column, record: dict[str, Any], value: Any) -> dict[str, Any] | None:
    """The record with one odd field in it."""
    spoilt = copy.deepcopy(record)
    found = owner_of(table, column, spoilt)
    if found is None:
        return None
    owner, path = found
    for step in path[:-1]:
        owner[step] = dict(owner[step]) if isinstance(owner.get(step), dict) else {}
        owner = owner[step]
    for name in (path[-1], path[-1] + "String"):
        owner.pop(name, None)
    for other in column.paths[1:]:
        found[0].pop(other[0], None)
    if value is not ABSENT:
        owner[path[-1]] = value
    return spoilt


def sample(table: Table, column: Column, rows: list[dict[str, Any]]) -> dict[str, Any]:
    found = next((row for row in rows if owner_of(table, column, row) is not None), None)
    assert found is not None, f"the firm of the tests has no {table.qualified}"
    return found


@pytest.mark.parametrize(
    ("one", "table", "column"), FIELDS, ids=[f"{table.qualified}.{column.name}" for _, table, column in FIELDS]
)
def test_an_odd_field_is_refused_in_a_sentence_or_left_empty_and_named(
    records: dict[str, list[dict[str, Any]]], one: Any, table: Table, column: Column
) -> None:
    record = sample(table, column, records[f"{one.main.schema}.{one.name}"])
    good = Converter("f", STARTED).table(table, [record]).to_pylist()[0]
    for name, value in ODD.items():
        spoilt = damaged(table, column, record, value)
        assert spoilt is not None
        converter = Converter("f", STARTED)
        try:
            row = converter.table(table, [spoilt]).to_pylist()[0]
        except BadRecord as refused:
            assert not column.may_be_unread, name
            assert "Nothing was published" in str(refused) and len(str(refused)) < 500, name
            assert "9999" not in str(refused) and "Tuesday" not in str(refused), name
            continue
        assert {k: v for k, v in row.items() if k != column.name} == {k: v for k, v in good.items() if k != column.name}
        found = row[column.name]
        is_empty = value is None or value is ABSENT or value == ""
        if is_empty:
            assert found is None and not column.is_needed and column.name not in table.key, name
            assert not converter.unread, "what is not there is not unreadable"
        elif found is None:
            assert {(bad.table, bad.column) for bad in converter.unread} == {(table.qualified, column.name)} or (
                len(column.paths[0]) > 1
            ), name
        elif name == "long text":
            assert column.kind == "text" and len(found) < 2_000
            assert {(bad.table, bad.column) for bad in converter.unread} == {(table.qualified, column.name)}
        elif column.kind in SCALES and not isinstance(value, str):
            assert abs(found - value) <= Decimal(1).scaleb(-SCALES[column.kind]), name
            assert column.kind != "money" or found == value, name


def test_what_takes_part_in_a_sum_must_be_readable() -> None:
    """Amounts that may be unread are few, and each is one that no sum, match or day asks for."""
    spared = {f"{t.qualified}.{c.name}" for _, t, c in FIELDS if c.kind in ("money", "rate", "fx") and c.may_be_unread}
    assert spared == {
        "clio.bills.sub_total",
        "clio.bank_transactions.amount",
        "clio.bank_transactions.current_account_balance",
        "clio.outstanding_client_balances.pending_payments_total",
        "xero.invoices.total_discount",
    }


@pytest.mark.parametrize("items", ["text", 7, {"a": 1}, ["text"], [None]])
def test_parts_that_are_no_parts_are_refused_in_a_sentence(items: Any) -> None:
    with pytest.raises(BadRecord, match=r"xero invoice_lines i-1: field LineItems should be an array of objects"):
        Converter("f", STARTED).table(xero.INVOICES.tables[1], [{"InvoiceID": "i-1", "LineItems": items}])


def test_half_a_character_is_replaced_and_two_halves_are_one() -> None:
    lines = [{"id": 1, "total": 1, "description": text} for text in ("a\ud83d", "\ud83d\ude00", "plain")]
    converter = Converter("f", STARTED)
    rows = converter.table(clio.LINE_ITEMS.main, lines).to_pylist()
    assert [row["description"] for row in rows] == ["a\ufffd", "\U0001f600", "plain"] and not converter.unread


def test_two_texts_that_are_too_long_are_never_taken_for_one() -> None:
    """Cut alike they would agree, and empty they would too: each keeps its beginning and a mark of its own."""
    texts = ["x" * LONGEST, "x" * LONGEST + "a", "x" * LONGEST + "b", "x" * LONGEST + "a"]
    lines = [{"id": number, "total": 1, "description": text} for number, text in enumerate(texts)]
    converter = Converter("f", STARTED)
    whole, first, other, again = (
        row["description"] for row in converter.table(clio.LINE_ITEMS.main, lines).to_pylist()
    )
    assert whole == texts[0]
    assert first == again != other and first.startswith("x" * 1000) and f"({LONGEST + 1} characters, " in first
    assert converter.unread == {Unread("clio.line_items", "description", "description", str(n)) for n in (1, 2, 3)}


def test_an_id_without_end_is_refused_and_not_repeated() -> None:
    bill = {"id": "7" * (LONGEST + 1), "state": "paid", "total": 1, "due": 1, "balance": 0}
    with pytest.raises(BadRecord, match=r"^clio bills of a very long id: field id should be text of at most 65536"):
        Converter("f", STARTED).table(clio.BILLS.main, [bill])


def test_an_unread_field_is_named_with_its_record(tmp_path: Path) -> None:
    converter = Converter("f", STARTED)
    bill = {"id": 7, "state": "paid", "total": 1, "due": 1, "balance": 0, "sub_total": Decimal("27.826")}
    row = converter.table(clio.BILLS.main, [bill]).to_pylist()[0]
    assert row["sub_total"] is None
    assert [tuple(bad) for bad in converter.unread] == [("clio.bills", "sub_total", "sub_total", "7")]
