"""Records to rows: each cell as its column declares it (`pipelines.tables.columns`), or the end of the night.

A column is read as a whole (`pipelines.tables.whole`), and cell by cell where that cannot read it; a cell that is
refused is named, or the night goes on without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.errors import BadRecord
from pipelines.tables.columns import ARROW, Column, Record, Table
from pipelines.tables.values import (
    LONGEST,
    MS_DATE,
    mend_text,
    read_date,
    read_decimal,
    read_flag,
    read_int,
    read_moment,
    read_text,
    shorten,
)
from pipelines.tables.whole import read_whole

FLOAT_NOISE = Decimal("1e-9")
LONGEST_ID_SHOWN = 100
READERS: dict[str, Callable[[Any], Any]] = {
    "id": read_text,
    "text": read_text,
    "date": read_date,
    "moment": read_moment,
    "flag": read_flag,
    "int": read_int,
}
SCALES = {"money": 2, "rate": 4, "fx": 10}
DIGITS = {"money": 18, "rate": 18, "fx": 20}


class Unread(NamedTuple):
    """A field that could not be read and is null for it, or a text shortened: of which table, and in which record."""

    table: str
    column: str
    field: str
    record_id: str


class Converter:
    """Records to Arrow tables for one firm and one load; names what it could not read."""

    def __init__(self, firm_id: str, loaded_at: datetime) -> None:
        self.firm_id = firm_id
        self.loaded_at = loaded_at
        self.unread: set[Unread] = set()

    def table(self, table: Table, records: Sequence[Record]) -> pa.Table:
        """The rows of ``table`` in these records, which are parents where the table is a nested list."""
        rows, parents, positions = _rows(table, records)
        arrays = [pa.repeat(pa.scalar(self.firm_id), len(rows))]
        for column in table.columns:
            values = _values(column, rows, parents, positions)
            arrays.append(self._array(table, column, values, rows, parents))
        arrays.append(pa.repeat(pa.scalar(self.loaded_at, pa.timestamp("us")), len(rows)))
        return pa.Table.from_arrays(arrays, schema=table.arrow_schema)

    def _array(
        self, table: Table, column: Column, values: list[Any], rows: list[Record], parents: list[Record]
    ) -> pa.Array:
        """One column, each cell by itself only when one is refused: to say which, or to go on without it."""
        whole = read_whole(column.kind, values)
        if whole is None:
            whole = self._read(column, values)
        if whole is not None and _may_stand(table, column, whole):
            return whole
        owners = parents if table.items else rows
        return pa.array(
            [self._cell(table, column, value, owner) for value, owner in zip(values, owners, strict=True)],
            ARROW[column.kind],
        )

    def _read(self, column: Column, values: list[Any]) -> pa.Array | None:
        """A column of which some cells are written in a way that only the readers of cells know; None where one is
        refused."""
        try:
            return _stored(column, self._cells(column, values))
        except ValueError:
            return None

    def _cell(self, table: Table, column: Column, value: Any, owner: Record) -> Any:
        """One cell of a column that holds a bad one: mended, null or shortened and counted, or the end of the night."""
        if column.kind == "text" and isinstance(value, str) and column.name not in table.closed:
            text = mend_text(value)
            if len(text) <= LONGEST:
                return text or None
            self._name(table, column, owner)
            return shorten(text)
        try:
            return self._must_read(table, column, value, owner)
        except BadRecord:
            if not column.may_be_unread:
                raise
        self._name(table, column, owner)
        return None

    def _name(self, table: Table, column: Column, owner: Record) -> None:
        where = ".".join((table.items, *column.paths[0]) if table.items else column.paths[0])
        self.unread.add(Unread(table.qualified, column.name, where, str(record_id(table, owner))))

    def _cells(self, column: Column, values: list[Any]) -> list[Any]:
        if column.kind in SCALES:
            return [None if v is None or v == "" else self._number(column.kind, v) for v in values]
        reader = READERS[column.kind]
        return [None if v is None or v == "" else reader(v) for v in values]

    def _number(self, kind: str, value: Any) -> Decimal:
        """A number at the column's scale. More decimals than that are an error in money, rounded in rates."""
        exact = number = read_decimal(value)
        scale, room = SCALES[kind], DIGITS[kind] - SCALES[kind]
        if number.adjusted() < room and number.as_tuple().exponent < -scale:  # type: ignore[operator]  # it is finite
            exact = number.quantize(Decimal(1).scaleb(-scale))
            if kind == "money" and abs(exact - number) > FLOAT_NOISE * max(abs(number), Decimal(1)):
                raise ValueError("an amount with no more than two decimals")
        if exact.adjusted() >= room:
            raise ValueError(f"a number of at most {room} digits before the point")
        return exact

    def _must_read(self, table: Table, column: Column, value: Any, owner: Record) -> Any:
        """The cell, or ``BadRecord`` if it is one that the column was refused for."""
        empty = value is None or value == ""
        closed = table.closed.get(column.name)
        expected, cell = "", None
        try:
            cell = None if empty else self._cells(column, [value])[0]
            expected = "a value that can be stored" if _stored(column, [cell]) is None else ""
            if cell is None and (column.is_needed or column.name in table.key):
                expected = "there"
            elif closed is not None and cell not in closed:
                expected = f"one of {', '.join(sorted(word for word in closed if word))}"
        except ValueError as error:
            expected = str(error)
        if expected:
            raise BadRecord(
                f"{table.schema} {table.name}",
                record_id(table, owner),
                ".".join(column.paths[0]),
                expected,
                describe(value, closed is not None),
            )
        return cell


def _may_stand(table: Table, column: Column, cells: pa.Array) -> bool:
    """Whether none is missing that must be there, and each word is one that is known."""
    if cells.null_count and (column.is_needed or column.name in table.key):
        return False
    closed = table.closed.get(column.name)
    return closed is None or closed.issuperset(cells.unique().to_pylist())


def _stored(column: Column, cells: list[Any]) -> pa.Array | None:
    """The cells as the warehouse stores them, or None: it has no room for more decimals than the column's, half of a
    surrogate pair, very large whole numbers."""
    try:
        return pa.array(cells, ARROW[column.kind])
    except (ValueError, OverflowError, pa.ArrowException):
        return None


def record_id(table: Table, record: Record) -> object:
    """The id by which a person finds a record: of the parent, for a row of a nested list."""
    for column in table.columns:
        if column.kind == "id" and column.name in table.key:
            found = _reach(record, tuple(step.lstrip("^") for step in column.paths[0]))
            if found is not None:
                return found if len(str(found)) <= LONGEST_ID_SHOWN else "of a very long id"
    return "without an id"


def describe(value: Any, is_word: bool = False) -> str:
    """What kind of thing was found, without saying what it was; a status word may be named."""
    if value is None:
        return "nothing"
    if is_word and isinstance(value, str) and re.fullmatch(r"[A-Za-z_-]{1,40}", value):
        return f"{value!r}"
    if isinstance(value, Decimal):
        return f"a number with {max(0, -int(value.as_tuple().exponent))} decimals"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    return f"a value of type {type(value).__name__}"


def _reach(record: Any, path: tuple[str, ...]) -> Any:
    """Follow a path; anything that is not an object on the way (``[]`` may stand for null) is nothing."""
    for step in path:
        if not isinstance(record, dict):
            return None
        record = record.get(step)
    return record


def _rows(table: Table, records: Sequence[Record]) -> tuple[list[Record], list[Record], list[int]]:
    """Rows with their parents and positions; a record is its own parent where the table is not nested."""
    if not table.items:
        return list(records), list(records), [0] * len(records)
    rows: list[Record] = []
    parents: list[Record] = []
    positions: list[int] = []
    for record in records:
        items = _reach(record, tuple(table.items.split("."))) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            odd = items if not isinstance(items, list) else next(i for i in items if not isinstance(i, dict))
            name = f"{table.schema} {table.name}"
            raise BadRecord(name, record_id(table, record), table.items, "an array of objects", describe(odd))
        for position, item in enumerate(items):
            rows.append(item)
            parents.append(record)
            positions.append(position)
    return rows, parents, positions


def _values(column: Column, rows: list[Record], parents: list[Record], positions: list[int]) -> list[Any]:
    """The raw cells of a column. Days prefer the text twin that Xero sends beside ``/Date(ms)/``."""
    first = column.paths[0]
    if first[0] == "#":
        return list(positions)
    if first[0].startswith("^"):
        return _cells_at((first[0][1:], *first[1:]), parents)
    if len(column.paths) > 1:
        return [next((v for p in column.paths if (v := _reach(row, p)) is not None), None) for row in rows]
    cells = _cells_at(first, rows)
    if column.kind == "date" and any(isinstance(cell, str) and cell.startswith("/") for cell in cells):
        return [_day(row, first) for row in rows]
    return cells


def _cells_at(path: tuple[str, ...], rows: list[Record]) -> list[Any]:
    """What `_reach` finds in each row; the two shortest paths, which nearly all are, without asking it."""
    if len(path) == 1:
        return [row.get(path[0]) for row in rows]
    if len(path) == 2:
        first, second = path
        return [inner.get(second) if isinstance(inner := row.get(first), dict) else None for row in rows]
    return [_reach(row, path) for row in rows]


def _day(row: Record, path: tuple[str, ...]) -> Any:
    value = _reach(row, path)
    if isinstance(value, str) and (match := MS_DATE.match(value)) and int(match[1]) != 0:
        return _reach(row, (*path[:-1], path[-1] + "String")) or value
    return value
