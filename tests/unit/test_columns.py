"""Conversion is exact or fails, and fails by naming the record and nothing of its content."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.clio import lists as clio
from pipelines.errors import BadRecord
from pipelines.tables.columns import Column, Table, columns
from pipelines.tables.converter import Converter
from pipelines.tables.described import of_column
from pipelines.tables.values import read_date, read_flag, read_moment
from pipelines.xero import lists as xero

NOW = datetime(2026, 11, 23, 2, 0)
TABLE = Table(
    "clio",
    "bills",
    key=("id",),
    closed={"state": frozenset({"draft", "paid"})},
    columns=columns("""
        id         id
        state      text
        total      money
        price      rate
        issued_at  date
        seen_at    moment
        shared     flag
        rank       int
        rate       fx
        client_id  id     client.id
    """),
)


def convert(**fields: Any) -> dict[str, Any]:
    record = {"id": 7, "state": "paid", **fields}
    row: dict[str, Any] = Converter("harbor-law", NOW).table(TABLE, [record]).to_pylist()[0]
    return row


def refusal(**fields: Any) -> str:
    with pytest.raises(BadRecord) as caught:
        convert(**fields)
    return str(caught.value)


@settings(deadline=None)
@given(st.decimals(min_value=Decimal("-9999999999999999.99"), max_value=Decimal("9999999999999999.99"), places=2))
def test_no_digit_of_an_amount_is_lost(amount: Decimal) -> None:
    """From the JSON text to decimal(18,2), as a number and as text."""
    for text in (str(amount), f'"{amount}"'):
        record = json.loads(f'{{"total": {text}}}', parse_float=Decimal)
        assert convert(**record)["total"] == amount


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (100, "100.00"),
        (Decimal("12.5"), "12.50"),
        ("46.00", "46.00"),
        (" 7.10 ", "7.10"),
        (Decimal("1E+2"), "100.00"),
        (Decimal("1.10000"), "1.10"),
        (-3, "-3.00"),
        ("", None),
        (None, None),
    ],
)
def test_amounts_come_as_numbers_or_as_text(value: Any, amount: str | None) -> None:
    assert convert(total=value)["total"] == (None if amount is None else Decimal(amount))


def test_what_binary_floats_did_to_an_amount_is_put_right() -> None:
    converter = Converter("harbor-law", NOW)
    noisy = [{"id": n, "state": "paid", "total": Decimal(repr(0.1 + 0.2 * n))} for n in range(1, 4)]
    found = converter.table(TABLE, noisy).column("total").to_pylist()
    assert found == [Decimal("0.30"), Decimal("0.50"), Decimal("0.70")]


@pytest.mark.parametrize(
    "value",
    [
        "12,50",
        "abc",
        True,
        Decimal("1.005"),
        "1.005",
        [],
        {},
        Decimal("99999999999999999.00"),
        "NaN",
        "Infinity",
        "1_0.5",
    ],
)
def test_an_amount_that_is_not_exact_is_refused_by_name(value: Any) -> None:
    text = refusal(total=value)
    assert "clio bills 7" in text and "field total" in text
    assert not isinstance(value, str) or value not in text


def test_rates_are_rounded_to_four_places() -> None:
    assert convert(price=Decimal("0.166666666667"))["price"] == Decimal("0.1667")


@pytest.mark.parametrize(("field", "digits"), [("total", 16), ("price", 14), ("rate", 10)])
def test_a_number_of_too_many_digits_is_refused_however_long_it_is(field: str, digits: int) -> None:
    """Of more than 28 digits Python's decimals cannot be rounded: the night ended without naming the record."""
    for long in (digits + 1, 30, 60):
        expected = f"field {field} should be a number of at most {digits} digits before the point"
        assert expected in refusal(**{field: Decimal("7" * long + ".88953196674")})


def test_what_cannot_be_stored_is_refused_by_name() -> None:
    assert "field rank should be a value that can be stored" in refusal(rank=2**70)
    assert "field client.id should be a value that can be stored" in refusal(client={"id": "\ud800"})


def test_a_missing_id_is_refused() -> None:
    assert "field id should be there, found nothing" in refusal(id=None)


def test_a_state_nobody_has_heard_of_is_refused_and_named() -> None:
    text = refusal(state="half_paid")
    assert "one of draft, paid" in text and "half_paid" in text
    assert "text of 23 characters" in refusal(state="Ada Quill owes us money")
    assert "found nothing" in refusal(state=None)


def test_unknown_fields_and_redacted_associations_are_no_trouble() -> None:
    assert convert(brand_new={"x": 1}, client={"redacted": True})["client_id"] is None
    assert convert(client=[])["client_id"] is None
    assert convert(client={"id": 12})["client_id"] == "12"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2018-10-20", date(2018, 10, 20)),
        ("2018-10-20T00:00:00", date(2018, 10, 20)),
        ("2018-10-20T21:10:00", date(2018, 10, 20)),
        ("/Date(1539993600000+0000)/", date(2018, 10, 20)),
        ("/Date(1539946800000+1300)/", date(2018, 10, 20)),
        ("/Date(1540011600000-0500)/", date(2018, 10, 20)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("/Date(0+0000)/", None),
    ],
)
def test_days_read_as_their_sender_meant_them(value: str, day: date | None) -> None:
    assert read_date(value) == day


@pytest.mark.parametrize(
    "value",
    [
        "2026-07-01T12:00:00Z",
        "2026-07-01T12:00:00+00:00",
        "2026-07-01T05:00:00-07:00",
        "2026-07-01T12:00:00.0000000Z",
        "2026-07-01T12:00:00.0000000",
        "2026-07-01T12:00:00",
        "2026-07-01 12:00:00+00:00",
        "/Date(1782907200000+0000)/",
        "/Date(1782907200000)/",
        "/Date(1782907200000+1300)/",
    ],
)
def test_moments_of_any_spelling_are_one_moment(value: str) -> None:
    assert read_moment(value) == datetime(2026, 7, 1, 12)


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "/Date(x)/", 20260101, "01/02/2026"])
def test_what_is_no_date_is_refused_by_name(value: Any) -> None:
    assert "field issued_at should be a date" in refusal(issued_at=value)
    assert "field seen_at should be a date and time" in refusal(seen_at=value)


def test_a_day_prefers_the_text_beside_it() -> None:
    """Xero sends a text twin; it is the calendar day whatever the milliseconds say. A zero date has a twin as well."""
    note = {
        "InvoiceID": "i",
        "Status": "PAID",
        "Date": "/Date(1539946800000+0000)/",
        "DateString": "2018-10-20T00:00:00",
        **dict.fromkeys(("SubTotal", "TotalTax", "Total", "AmountDue"), 0),
    }
    note |= {"DueDate": "/Date(0+0000)/", "DueDateString": "1970-01-01T00:00:00"}
    row = Converter("f", NOW).table(xero.INVOICES.main, [note]).to_pylist()[0]
    assert row["date"] == date(2018, 10, 20) and row["due_date"] is None


@pytest.mark.parametrize(("value", "flag"), [(True, True), ("false", False), ("True", True)])
def test_flags_come_as_words_too(value: Any, flag: bool) -> None:
    assert read_flag(value) is flag


def test_a_number_is_no_flag() -> None:
    assert "field shared should be true or false" in refusal(shared=1)


def test_parts_of_a_record_become_rows_with_their_place() -> None:
    invoice = {"InvoiceID": "i-1", "Status": "PAID", "LineItems": [{"LineAmount": "2.50"}, {"AccountId": "a"}]}
    rows = (
        Converter("f", NOW).table(xero.INVOICES.tables[1], [invoice, {"InvoiceID": "i-2", "LineItems": []}]).to_pylist()
    )
    assert [(r["invoice_id"], r["position"], r["line_amount"], r["account_id"]) for r in rows] == [
        ("i-1", 0, Decimal("2.50"), None),
        ("i-1", 1, None, "a"),
    ]


def test_a_bad_part_is_named_by_its_record() -> None:
    invoice = {"InvoiceID": "i-1", "Status": "PAID", "LineItems": [{"LineAmount": "x"}]}
    with pytest.raises(BadRecord, match="xero invoice_lines i-1: field LineAmount"):
        Converter("f", NOW).table(xero.INVOICES.tables[1], [invoice])


def test_a_record_whose_values_are_large_is_still_whole() -> None:
    text = "é" * 20_000 + "\n\u00a0"
    assert (
        Converter("f", NOW)
        .table(clio.LINE_ITEMS.main, [{"id": 1, "total": 0, "description": text}])
        .to_pylist()[0]["description"]
        == text
    )


def test_clio_is_asked_for_what_is_declared_one_level_deep() -> None:
    assert clio.INTEREST_CHARGES.fields == "id,date,description,total,created_at,updated_at,bill{id}"
    for one in clio.LISTS:
        assert one.fields.count("{") == one.fields.count("}") and "}{" not in one.fields and "{{" not in one.fields


def test_each_column_has_hints_of_its_own() -> None:
    """dlt writes into the hints it is given: a shared dict would give one column's type to another."""
    hints = clio.BILLS.main.dlt_columns()
    assert len({id(hint) for hint in hints.values()}) == len(hints)
    assert hints["total"] == {"name": "total", "nullable": True, "data_type": "decimal", "precision": 18, "scale": 2}
    assert hints["updated_at"]["timezone"] is False


def test_every_table_begins_with_the_firm_and_has_a_key() -> None:
    for table in (*clio.TABLES, *xero.TABLES):
        names = [column.name for column in table.every_column]
        assert names[0] == "firm_id" and names[-1] == "loaded_at" and len(set(names)) == len(names)
        assert set(table.primary_key) <= set(names), table.qualified


def test_a_column_knows_its_type() -> None:
    assert Column("a", "money", (("a",),)).sql == "decimal(18,2)"


def test_a_raw_column_says_which_field_it_was_read_from() -> None:
    said = {table.qualified: {one.name: of_column(table, one) for one in table.every_column} for table in clio.TABLES}
    assert said["clio.bills"]["client_name"] == "client.name of the record in Clio"
    assert said["clio.bill_matters"]["bill_id"] == "id of the record in Clio"
    assert said["clio.bill_matters"]["matter_id"] == "matters.id of the record in Clio"
    assert said["clio.bill_matters"]["position"] == "place in matters of the record in Clio, from 0"
    assert said["clio.bill_matters"]["firm_id"] == "the firm, as tieout.toml names it"
