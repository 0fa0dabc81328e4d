"""A table of the work file is declared once: its name and its columns, each on one line. Raw tables and evidence alike.

From those lines come the ``create table``, the columns that a file of an earlier version still lacks
(`pipelines.tables.ready`), and, of a raw table, the ``fields`` that Clio is asked for, the Arrow schema, dlt's column
hints and the conversion of records (`pipelines.tables.converter`). A declaration reads like the table it makes::

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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import pyarrow as pa

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
    "count": "integer",  # of evidence alone
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


@dataclass(frozen=True)
class Column:
    """One column of a table. ``paths`` are where a raw one stands in a record."""

    name: str
    kind: str
    paths: tuple[tuple[str, ...], ...]
    is_needed: bool = False
    may_be_unread: bool = False

    @property
    def sql(self) -> str:
        """Its type in the warehouse."""
        return SQL[self.kind]


FIRM = Column("firm_id", "id", ())
LOADED_AT = Column("loaded_at", "moment", ())


def columns(declaration: str) -> tuple[Column, ...]:
    """Read a declaration: one column per line, ``name kind [path]``, the kind marked ``!`` or ``?`` or neither."""
    found = []
    for line in declaration.strip().splitlines():
        name, kind, *path = line.split()
        paths = tuple(tuple(p.split(".")) for p in (path or [name])[0].split("|"))
        found.append(Column(name, kind.rstrip("!?"), paths, kind.endswith("!"), kind.endswith("?")))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Declared:
    """A table as the work file keeps it; the firm comes first. In evidence, ``!`` marks a column that is never null."""

    schema: str
    name: str
    columns: tuple[Column, ...]

    @property
    def qualified(self) -> str:
        """Name with its schema, for SQL."""
        return f"{self.schema}.{self.name}"

    @property
    def stored(self) -> tuple[Column, ...]:
        """Every column, in the order of a new file; one of an earlier version may have them in another."""
        return (FIRM, *self.columns)

    @property
    def never_null(self) -> frozenset[str]:
        """Columns that are declared not null."""
        return frozenset({FIRM.name, *(column.name for column in self.columns if column.is_needed)})

    def ddl(self) -> str:
        """``create table``, so that every table is there before its first row."""
        never = self.never_null
        lines = [f"{c.name} {c.sql}{' not null' if c.name in never else ''}" for c in self.stored]
        return f"create table {self.qualified} ({', '.join(lines)})"


@dataclass(frozen=True, eq=False)
class Table(Declared):
    """One raw table.

    ``items`` names the nested list that its rows come from, if they are not the records themselves. ``closed``
    names the columns whose meaning decides sums: a word that is not listed there stops the night. ``ours`` are
    columns that the loader fills by itself, after the load.
    """

    key: tuple[str, ...]
    items: str = ""
    closed: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    ours: tuple[Column, ...] = ()

    @property
    def is_there(self) -> str:
        """SQL for the rows that were not marked as gone; those of most tables are deleted when they are."""
        return "vanished_at is null" if self.ours else "true"

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Key inside the warehouse: the firm is part of every key."""
        return (FIRM.name, *self.key)

    @property
    def never_null(self) -> frozenset[str]:
        """Only keys are: what else must be there, the conversion of records sees to."""
        return frozenset(self.primary_key)

    @cached_property
    def every_column(self) -> tuple[Column, ...]:
        """Declared columns between the two that the loader adds."""
        return (FIRM, *self.columns, LOADED_AT)

    @property
    def stored(self) -> tuple[Column, ...]:
        """Every column, in the order of a new file."""
        return (*self.every_column, *self.ours)

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
