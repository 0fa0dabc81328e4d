"""Clio records as JSON text.

The benchmark reads hundreds of thousands of rows, so a row is written by a function compiled once per
request from the columns asked for, and not by walking a generic encoder. Money is written digit for digit
from its decimal, so the sandbox never passes an amount through a binary float.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quote
from typing import Any

from sandbox.clio.fields import Column

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[int, Row]]
Writer = Callable[[Row], str]


def timestamp(value: datetime) -> str:
    text = (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="seconds")
    return text[:19] + "Z"


def etag_of(row: Row) -> str:
    """Clio's etag carries literal double quotes; it changes with the record's update stamp."""
    given = row.get("etag")
    if given is not None:
        return str(given)
    return f'"{zlib.crc32(repr((row.get("id"), row.get("updated_at"))).encode()):08x}"'


_SCALARS: dict[type, Callable[[Any], str]] = {
    str: quote,
    Decimal: str,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    date: lambda value: f'"{value.isoformat()}"',
    datetime: lambda value: f'"{timestamp(value)}"',
    float: repr,
}


def to_json(value: Any) -> str:
    """Any value of a record as compact JSON text."""
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{quote(str(key))}:{to_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(to_json, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")


def row_writer(columns: tuple[Column, ...], tables: Tables) -> Writer:
    """A function that writes one row with exactly these columns."""
    template = "{" + ",".join(quote(column.name) + ":%s" for column in columns) + "}"
    writers = [_value_writer(column, tables) for column in columns]

    def write(row: Row) -> str:
        return template % tuple([value(row) for value in writers])

    return write


def _id_writer(name: str) -> Writer:
    """By far the most common association: its id alone."""

    def write(row: Row) -> str:
        value = row.get(name)
        return "null" if value is None else f'{{"id":{to_json(value.get("id"))}}}'

    return write


def _value_writer(column: Column, tables: Tables) -> Writer:
    name = column.name
    if column.link is not None:
        return _link_writer(column, tables)
    if name == "etag":
        return lambda row: quote(etag_of(row))

    def plain(row: Row) -> str:
        value = row.get(name)
        scalar = _SCALARS.get(type(value))
        return scalar(value) if scalar is not None else to_json(value)

    return plain


def _link_writer(column: Column, tables: Tables) -> Writer:
    """An association shows the record as it is now; the copy kept in the row serves when it is gone."""
    assert column.link is not None
    name, many = column.name, column.link.many
    if not many and [item.name for item in column.inner] == ["id"]:
        return _id_writer(name)
    inner = row_writer(column.inner, tables)
    records = tables.get(column.link.table or "", {})

    def one(value: Row) -> str:
        return inner(records.get(value.get("id", 0), value))

    def write(row: Row) -> str:
        value = row.get(name)
        if many:
            return "[" + ",".join(map(one, value or ())) + "]"
        return "null" if value is None else one(value)

    return write
