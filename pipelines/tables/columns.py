"""A column is declared once: its name, its type and where it stands in a record.

From that one line come the ``fields`` that Clio is asked for, the Arrow schema, dlt's column hints, the ``create
table`` and the conversion of records. A declaration reads like the table it makes::

    id            id
    issued_at     date
    client_name   text    client.name

The third word is the path in the record (the column's own name if left out); ``^`` starts at the parent record of a
nested list, ``#`` is the position in that list, ``a|b`` takes the first path that leads somewhere.

Strictness goes where sums are made. ``money!`` must be there: without it a sum would be short without a word.
``money`` may be empty, and a value that cannot be read exactly refuses the record by name (``BadRecord``): it takes
part in a sum, a match or a day. ``money?`` takes part in none: what cannot be read is null, counted and named
(``Converter.unread``), and the night goes on. Of a text half a character (one half of a surrogate pair) is replaced,
and of one that is longer than either system keeps any the beginning is kept, which is named as well.

An amount has two decimals; binary-float noise, where a sender wrote 0.1 + 0.2, is put right. Dates are
calendar days, moments are naive UTC. What is missing, null or empty is null. What is not declared is not looked at,
so a new field breaks nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.errors import BadRecord

Record = Mapping[str, Any]

ARROW = {
    "id": pa.string(),
    "text": pa.string(),
    "money": pa.decimal128(18, 2),
    "rate": pa.decimal128(18, 4),
    "fx": pa.decimal128(20, 10),
    "date": pa.date32(),
    "moment": pa.timestamp("us"),
    "flag": pa.bool_(),
    "int": pa.int64(),
}
SQL = {
    "id": "varchar",
    "text": "varchar",
    "money": "decimal(18,2)",
    "rate": "decimal(18,4)",
    "fx": "decimal(20,10)",
    "date": "date",
    "moment": "timestamp",
    "flag": "boolean",
    "int": "bigint",
}
DLT: dict[str, dict[str, Any]] = {
    "id": {"data_type": "text"},
    "text": {"data_type": "text"},
    "money": {"data_type": "decimal", "precision": 18, "scale": 2},
    "rate": {"data_type": "decimal", "precision": 18, "scale": 4},
    "fx": {"data_type": "decimal", "precision": 20, "scale": 10},
    "date": {"data_type": "date"},
    "moment": {"data_type": "timestamp", "timezone": False},
    "flag": {"data_type": "bool"},
    "int": {"data_type": "bigint"},
}
FLOAT_NOISE = Decimal("1e-9")
LONGEST_ID_SHOWN = 100
LONGEST = 65_536  # characters of a text; the longest that either system documents is a sixteenth of it
KEPT = 1_000  # characters of one that is longer


@dataclass(frozen=True)
class Column:
    """One column of a raw table."""

    name: str
    kind: str
    paths: tuple[tuple[str, ...], ...]
    is_needed: bool = False
    may_be_unread: bool = False

    @property
    def sql(self) -> str:
        """Its type in the warehouse."""
        return SQL[self.kind]


def columns(declaration: str) -> tuple[Column, ...]:
    """Read a declaration: one column per line, ``name kind [path]``, the kind marked ``!`` or ``?`` or neither."""
    found = []
    for line in declaration.strip().splitlines():
        name, kind, *path = line.split()
        paths = tuple(tuple(p.split(".")) for p in (path or [name])[0].split("|"))
        found.append(Column(name, kind.rstrip("!?"), paths, kind.endswith("!"), kind.endswith("?")))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Table:
    """One raw table.

    ``items`` names the nested list that its rows come from, if they are not the records themselves. ``closed``
    names the columns whose meaning decides sums: a word that is not listed there stops the night. ``ours`` are
    columns that the loader fills by itself, after the load.
    """

    schema: str
    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    items: str = ""
    closed: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    ours: tuple[Column, ...] = ()

    @property
    def qualified(self) -> str:
        """Name with its schema, for SQL."""
        return f"{self.schema}.{self.name}"

    @property
    def is_there(self) -> str:
        """SQL for the rows that were not marked as gone; those of most tables are deleted when they are."""
        return "vanished_at is null" if self.ours else "true"

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Key inside the warehouse: the firm is part of every key."""
        return ("firm_id", *self.key)

    @cached_property
    def every_column(self) -> tuple[Column, ...]:
        """Declared columns between the two that the loader adds."""
        return (Column("firm_id", "id", ()), *self.columns, Column("loaded_at", "moment", ()))

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """Arrow schema; only keys are not null."""
        return pa.schema([pa.field(c.name, ARROW[c.kind], c.name not in self.primary_key) for c in self.every_column])

    def dlt_columns(self) -> dict[str, Any]:
        """dlt's hints. Each column has a dict of its own: dlt writes into the ones it is given."""
        return {
            c.name: {"name": c.name, "nullable": c.name not in self.primary_key, **DLT[c.kind]}
            for c in self.every_column
        }

    def ddl(self) -> str:
        """``create table``, so that every table is there before its first row."""
        lines = [
            f"{c.name} {SQL[c.kind]}{' not null' if c.name in self.primary_key else ''}"
            for c in (*self.every_column, *self.ours)
        ]
        return f"create table if not exists {self.qualified} ({', '.join(lines)})"


def clio_fields(tables: Iterable[Table]) -> str:
    """The ``fields`` parameter that yields these tables: one level of braces, as Clio allows."""
    plain: list[str] = []
    nested: dict[str, list[str]] = {}
    for table in tables:
        for column in table.columns:
            for path in column.paths:
                if path[0] == "#" or path[0].startswith("^"):
                    continue
                full = (table.items, *path) if table.items else path
                if len(full) == 1:
                    plain.append(full[0])
                elif full[1] not in nested.setdefault(full[0], []):
                    nested[full[0]].append(full[1])
    return ",".join(chain(dict.fromkeys(plain), (f"{k}{{{','.join(v)}}}" for k, v in nested.items())))


# Values. Each reader takes a value that is neither None nor "" and raises ValueError(expected) when it cannot be exact.


def read_text(value: Any) -> str:
    """Ids and text: numbers become text, nothing is trimmed."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ValueError(f"text of at most {LONGEST} characters")
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("text")
    return str(value)


def mend_text(value: str) -> str:
    """Text in which half a character, which no file can hold, is replaced by the sign for one that is unknown."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shorten(text: str) -> str:
    """The beginning of a text that is too long, and what tells it from every other text with that beginning."""
    mark = f"\u2026 ({len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:32]})"
    return text[:KEPT] + mark


def read_decimal(value: Any) -> Decimal:
    """A number, or a number written as text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("a number")
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        raise ValueError("a number")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError("a number") from None
    if not number.is_finite():
        raise ValueError("a number")
    return number


def read_flag(value: Any) -> bool:
    """true, false, or the same words as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError("true or false")


def read_int(value: Any) -> int:
    """A whole number."""
    number = read_decimal(value)
    if number != number.to_integral_value():
        raise ValueError("a whole number")
    return int(number)


MS_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
EPOCH = datetime(1970, 1, 1)


def _ms_date(text: str) -> tuple[datetime, timedelta] | None:
    """``/Date(1539993600000+1300)/`` as a moment and its offset; None where it says 0, which stands for nothing."""
    match = MS_DATE.match(text)
    if match is None:
        raise ValueError("a date")
    if int(match[1]) == 0:
        return None
    offset = timedelta()
    if match[2]:
        size = timedelta(hours=int(match[2][1:3]), minutes=int(match[2][3:5]))
        offset = -size if match[2][0] == "-" else size
    return EPOCH + timedelta(milliseconds=int(match[1])), offset


def read_date(value: Any) -> date | None:
    """A calendar day, as its sender wrote it: no zone is applied but the one that stands in the value."""
    if not isinstance(value, str):
        raise ValueError("a date")
    try:
        if value.startswith("/"):
            moment = _ms_date(value)
            return moment and (moment[0] + moment[1]).date()
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).date()
    except (ValueError, OverflowError):
        raise ValueError("a date") from None


def read_moment(value: Any) -> datetime | None:
    """A moment in UTC. ISO with Z, with an offset, with none (UTC), with up to seven digits; or ``/Date(ms)/``."""
    if not isinstance(value, str):
        raise ValueError("a date and time")
    try:
        if value.startswith("/"):
            moment = _ms_date(value)
            return moment and moment[0]
        found = datetime.fromisoformat(value)
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError("a date and time") from None


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

    def tables(self, tables: Sequence[Table], records: Sequence[Record]) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a list's tables in these records, table by table; none where there are no records."""
        for table in tables if records else ():
            yield table, self.table(table, records)

    def _array(
        self, table: Table, column: Column, values: list[Any], rows: list[Record], parents: list[Record]
    ) -> pa.Array:
        """One column, read cell by cell only when a cell is refused: to say which, or to go on without it."""
        closed = table.closed.get(column.name)
        is_needed = column.is_needed or column.name in table.key
        try:
            cells = self._cells(column, values)
            if not (is_needed and None in cells) and (closed is None or closed.issuperset(cells)):
                return pa.array(cells, ARROW[column.kind])
        except (ValueError, OverflowError, pa.ArrowException):
            pass
        owners = parents if table.items else rows
        return pa.array(
            [self._cell(table, column, value, owner) for value, owner in zip(values, owners, strict=True)],
            ARROW[column.kind],
        )

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
        number = read_decimal(value)
        scale = SCALES[kind]
        if number.as_tuple().exponent >= -scale:  # type: ignore[operator]  # finite, so a number
            exact = number
        else:
            exact = number.quantize(Decimal(1).scaleb(-scale))
            if kind == "money" and abs(exact - number) > FLOAT_NOISE * max(abs(number), Decimal(1)):
                raise ValueError("an amount with no more than two decimals")
        if exact.adjusted() >= DIGITS[kind] - scale:
            raise ValueError(f"a number of at most {DIGITS[kind] - scale} digits before the point")
        return exact

    def _must_read(self, table: Table, column: Column, value: Any, owner: Record) -> Any:
        """The cell, or ``BadRecord`` if it is one that the column was refused for."""
        empty = value is None or value == ""
        closed = table.closed.get(column.name)
        expected, cell = "", None
        try:
            cell = None if empty else self._cells(column, [value])[0]
            expected = "" if _fits(column, cell) else "a value that can be stored"
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


def _fits(column: Column, cell: Any) -> bool:
    """Whether the warehouse has room for it: half of a surrogate pair and very large whole numbers have none."""
    try:
        pa.array([cell], ARROW[column.kind])
    except (ValueError, OverflowError, pa.ArrowException):
        return False
    return True


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
        if not isinstance(record, Mapping):
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
        if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
            odd = items if not isinstance(items, list) else next(i for i in items if not isinstance(i, Mapping))
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
        path = (first[0][1:], *first[1:])
        return [_reach(parent, path) for parent in parents]
    if len(column.paths) > 1:
        return [next((v for p in column.paths if (v := _reach(row, p)) is not None), None) for row in rows]
    if column.kind == "date":
        return [_day(row, first) for row in rows]
    if len(first) == 1:
        return [row.get(first[0]) for row in rows]
    return [_reach(row, first) for row in rows]


def _day(row: Record, path: tuple[str, ...]) -> Any:
    value = _reach(row, path)
    if isinstance(value, str) and (match := MS_DATE.match(value)) and int(match[1]) != 0:
        return _reach(row, (*path[:-1], path[-1] + "String")) or value
    return value
