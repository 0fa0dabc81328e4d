"""A column of cells read as a whole, by Arrow: the way that nearly every column goes, in a third of the time.

What comes of it is what `pipelines.tables.values` would read cell by cell, or nothing: then some cell is odd, or
written in a way that only the readers of cells know.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.tables.columns import ARROW
from pipelines.tables.values import LONGEST

DAY = len("2026-01-31")
IN_MILLISECONDS = r"^/Date\((?P<ms>-?[0-9]{1,13})(?:[+-][0-9]{4})?\)/$"  # from 1653 to 2286
FIRST, LAST = "0001-01-03", "9999-12-29"  # of what Python can write in any zone; Arrow goes further

Reader: TypeAlias = Callable[[list[Any]], pa.Array | None]


def read_whole(kind: str, values: list[Any]) -> pa.Array | None:
    """The column of this kind, empty cells as nulls; None where a cell needs to be looked at by itself."""
    types = frozenset(map(type, values)) - {type(None)}
    if not types:
        return pa.nulls(len(values), ARROW[kind])
    reader = READERS.get((kind, types))
    try:
        return reader(values) if reader else None
    except (ValueError, OverflowError, pa.ArrowException):
        return None


def _bounded_texts(values: list[Any]) -> pa.Array | None:
    return None if max(map(len, filter(None, values)), default=0) > LONGEST else _texts(values)


def _texts(values: list[Any]) -> pa.Array:
    return pa.array([value or None for value in values] if "" in values else values, pa.string())


def _whole_numbers_as_texts(values: list[Any]) -> pa.Array:
    return pa.array(values, pa.int64()).cast(pa.string())


def _dates(values: list[Any]) -> pa.Array | None:
    """Days, or moments without a zone, of which the day is taken as it is written."""
    written = list(filter(None, values))
    if not _can_be_written(written):
        return None
    as_written = ARROW["date"] if set(map(len, written)) == {DAY} else pa.timestamp("s")
    return _texts(values).cast(as_written).cast(ARROW["date"])


def _moments(values: list[Any]) -> pa.Array | None:
    """Moments that say their zone, or count milliseconds."""
    written = list(filter(None, values))
    if written and written[0].startswith("/"):
        return _counted_moments(_texts(values))
    return _texts(values).cast(pa.timestamp("us", "UTC")).view(ARROW["moment"]) if _can_be_written(written) else None


def _counted_moments(texts: pa.Array) -> pa.Array | None:
    milliseconds = pc.struct_field(pc.extract_regex(texts, IN_MILLISECONDS), "ms").cast(pa.int64())
    if milliseconds.null_count != texts.null_count:
        return None
    some = pc.if_else(pc.equal(milliseconds, 0), pa.scalar(None, pa.int64()), milliseconds)
    return some.view(pa.timestamp("ms")).cast(ARROW["moment"])


def _can_be_written(texts: list[str]) -> bool:
    return bool(texts) and min(texts) >= FIRST and max(texts) <= LAST


def _as(kind: str) -> Reader:
    return lambda values: pa.array(values, ARROW[kind])


READERS: dict[tuple[str, frozenset[type]], Reader] = {
    **{(kind, frozenset({str})): _bounded_texts for kind in ("id", "text")},
    **{(kind, frozenset({int})): _whole_numbers_as_texts for kind in ("id", "text")},
    **{
        (kind, frozenset(types)): _as(kind)  # refused where a number has more digits than the column
        for kind in ("money", "rate", "fx")
        for types in ({int}, {Decimal}, {int, Decimal})
    },
    ("int", frozenset({int})): _as("int"),
    ("flag", frozenset({bool})): _as("flag"),
    ("date", frozenset({str})): _dates,
    ("moment", frozenset({str})): _moments,
}
