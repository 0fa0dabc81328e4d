"""A column that is read as a whole says what its cells would say one by one: the two readings of a value are held
against each other, in the spellings of both systems and in spellings near them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import BadRecord
from pipelines.tables import converter
from pipelines.tables.columns import ARROW, Table, columns
from pipelines.tables.converter import Converter, Unread
from pipelines.tables.values import LONGEST
from pipelines.tables.whole import read_whole

NOW = datetime(2026, 11, 20, 3, 0, 0)
SPELLINGS = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S+13:00",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S.%f0-0830",
    "%G-W%V-%u",
    "%Y%m%d",
)
ODD = st.sampled_from(["", None, "x", " ", "/Date(0)/", "/Date(-0+1300)/", "9999-12-31T23:59:59-12:00", "0000-01-01"])


def milliseconds(number: int) -> str:
    return f"/Date({number}{['', '+0000', '-1130'][number % 3]})/"


def changed(text: str, place: int, letter: str) -> str:
    place %= len(text)
    return text[:place] + letter + text[place + 1 :]


dates = st.one_of(
    st.builds(datetime.strftime, st.datetimes(), st.sampled_from(SPELLINGS)),
    st.integers(-(10**15), 10**15).map(milliseconds),
)
times = st.one_of(
    *(st.lists(st.datetimes().map(lambda day, way=way: day.strftime(way)), min_size=1) for way in SPELLINGS),
    st.lists(st.integers(-(10**15), 10**15).map(milliseconds), min_size=1),
    st.lists(st.one_of(dates, ODD)),
    st.lists(st.builds(changed, dates, st.integers(0, 30), st.sampled_from("0129:-+/ TZ.W\u0661"))),
)
numbers = st.one_of(
    st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)),
    st.lists(st.decimals(min_value=-(10**6), max_value=10**6, places=2) | st.integers(-(10**6), 10**6) | st.none()),
)
anything = st.lists(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.text(max_size=20),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.sampled_from(["", "\ud800", "x" * (LONGEST + 1), "é" * LONGEST, "true", "12.50", [], {}]),
        dates,
    )
)
of_one_kind = st.one_of(
    *(
        st.lists(st.none() | one, min_size=1)
        for one in (st.booleans(), st.integers(-(2**64), 2**64), st.text(max_size=20), dates)
    )
)


def read(kind: str, values: Sequence[Any]) -> tuple[Any, frozenset[Unread]]:
    """What comes of a column: its cells, or the refusal's text; and what could not be read."""
    table = Table("clio", "things", columns(f"id id\nthing {kind} client.thing"), key=("id",))
    reading = Converter("harbor-law", NOW)
    try:
        cells = reading.table(table, [{"id": n, "client": {"thing": value}} for n, value in enumerate(values)])
        return cells.column("thing").to_pylist(), frozenset(reading.unread)
    except BadRecord as error:
        return str(error), frozenset(reading.unread)


@pytest.mark.parametrize("kind", sorted(ARROW))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(times, numbers, of_one_kind, anything), st.sampled_from(["", "!", "?"]))
def test_a_column_says_what_its_cells_say(kind: str, values: list[Any], mark: str) -> None:
    as_a_whole = read(kind + mark, values)
    with patch.object(converter, "read_whole", return_value=None):
        assert read(kind + mark, values) == as_a_whole


@pytest.mark.parametrize(
    ("kind", "values", "cells"),
    [
        ("id", [7, None, 8], ["7", None, "8"]),
        ("id", ["a-1", "", None], ["a-1", None, None]),
        ("text", ["Ada Quill", ""], ["Ada Quill", None]),
        ("money", [Decimal("12.5"), 7, None], [Decimal("12.50"), Decimal("7.00"), None]),
        ("rate", [Decimal("0.125")], [Decimal("0.1250")]),
        ("fx", [Decimal("1.0833333333"), 1], [Decimal("1.0833333333"), Decimal("1.0000000000")]),
        ("date", ["2026-01-31", None, ""], [date(2026, 1, 31), None, None]),
        ("date", ["2026-01-31T00:00:00", None], [date(2026, 1, 31), None]),
        ("moment", ["2026-01-31T23:59:59Z", None], [datetime(2026, 1, 31, 23, 59, 59), None]),
        ("moment", ["2026-01-31T10:59:59+13:00"], [datetime(2026, 1, 30, 21, 59, 59)]),
        ("moment", ["/Date(1539993600000+0000)/", "/Date(0)/"], [datetime(2018, 10, 20), None]),
        ("flag", [True, False, None], [True, False, None]),
        ("int", [0, 1, None], [0, 1, None]),
        ("text", [None, None], [None, None]),
    ],
)
def test_what_both_systems_write_needs_no_second_look(kind: str, values: list[Any], cells: list[Any]) -> None:
    whole = read_whole(kind, values)
    assert whole is not None and whole.to_pylist() == cells and whole.type == ARROW[kind]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("id", [Decimal("1.5")]),  # Arrow would write 1
        ("id", [1, "a"]),
        ("int", [Decimal("1.5")]),
        ("text", [True]),
        ("text", ["x" * (LONGEST + 1)]),
        ("money", [Decimal("0.005")]),
        ("date", ["0000-01-01"]),  # Arrow knows a year nought
        ("moment", ["0001-01-01T00:00:00+13:00"]),
        ("moment", ["2026-01-31T23:59:59"]),
        ("moment", ["/Date(1539993600000)/", "2026-01-31T23:59:59Z"]),
        ("flag", ["true"]),
    ],
)
def test_what_arrow_would_read_otherwise_is_left_to_the_cells(kind: str, values: list[Any]) -> None:
    assert read_whole(kind, values) is None
