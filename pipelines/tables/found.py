"""Records as they came, and as rows of their list's tables: each is turned into rows once, whoever asks.

Proofs look at tonight's records beside those that are held, in SQL, and afterwards the same records are loaded. Both
take their rows from here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.tables.columns import Record, Table
from pipelines.tables.converter import Converter
from pipelines.tables.listed import Listed


class Batch:
    """Some records of a list, such as a page of it, and their rows, made when they are first asked for."""

    def __init__(self, converter: Converter, listed: Listed, records: list[Record]) -> None:
        self.records = records
        self.listed = listed
        self._converter = converter
        self._rows: dict[Table, pa.Table] = {}
        self._lock = threading.Lock()

    @property
    def is_converted(self) -> bool:
        """Whether somebody asked for its rows."""
        return bool(self._rows)

    def rows(self, table: Table) -> pa.Table:
        """The rows of one of the list's tables. Raises BadRecord where one cannot be exact."""
        with self._lock:
            if table not in self._rows:
                self._rows[table] = self._converter.table(table, self.records)
            return self._rows[table]

    def tables(self) -> Iterator[tuple[Table, pa.Table]]:
        """The rows, table by table; none where there are no records."""
        for table in self.listed.tables if self.records else ():
            yield table, self.rows(table)


class Found(Mapping[str, Record]):
    """Records of a list by id, gathered from several queries: what comes later stands in place of what came before."""

    def __init__(self, converter: Converter, listed: Listed, records: Iterable[Record] = ()) -> None:
        self.listed = listed
        self._converter = converter
        self._by_id = {listed.id_of(record): record for record in records}
        self._parts = [Batch(converter, listed, list(self._by_id.values()))]

    def __getitem__(self, number: str) -> Record:
        return self._by_id[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def records(self) -> list[Record]:
        """The records alone."""
        return list(self._by_id.values())

    def joined(self, *others: Found) -> Found:
        """These records and those, which take the place of records with their ids."""
        both = Found(self._converter, self.listed)
        every = (self, *others)
        both._by_id = {number: record for one in every for number, record in one._by_id.items()}
        both._parts = [both._still_to_convert(part) for one in every for part in one._parts]
        return both

    def rows(self, table: Table) -> pa.Table:
        """The rows of one of the list's tables. Raises BadRecord where one cannot be exact."""
        parts = [self._standing(part, table) for part in self._parts if part.records]
        return pa.concat_tables(parts) if parts else table.arrow_schema.empty_table()

    def tables(self) -> Iterator[tuple[Table, pa.Table]]:
        """The rows, table by table; none where there are no records."""
        for table in self.listed.tables if self._by_id else ():
            yield table, self.rows(table)

    def _still_to_convert(self, part: Batch) -> Batch:
        """A part without the records that another took the place of, unless it was turned into rows before."""
        standing = [record for record in part.records if self._by_id[self.listed.id_of(record)] is record]
        is_as_it_was = part.is_converted or len(standing) == len(part.records)
        return part if is_as_it_was else Batch(self._converter, self.listed, standing)

    def _standing(self, part: Batch, table: Table) -> pa.Table:
        """A part's rows without those of records that another took the place of."""
        rows = part.rows(table)
        ids = ((self.listed.id_of(record), record) for record in part.records)
        replaced = [number for number, record in ids if self._by_id[number] is not record]
        if not replaced:
            return rows
        own = rows.column(table.key[0])
        return rows.filter(pc.invert(pc.is_in(own, value_set=pa.array(replaced, own.type))))


Records: TypeAlias = Batch | Found
