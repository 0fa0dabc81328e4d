"""One firm's two systems tonight, and what was read of them so far."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import pyarrow as pa

from pipelines.api.proof import ListResult
from pipelines.clio.lists import ClioList
from pipelines.clio.night import ClioNight
from pipelines.evidence.accounts import MappedAccounts
from pipelines.firm.settings import Firm
from pipelines.tables.columns import Table
from pipelines.tables.converter import Converter
from pipelines.tables.found import Records
from pipelines.tables.unchanged import BATCH_ROWS, Unchanged
from pipelines.xero.lists import XeroList
from pipelines.xero.night import XeroNight

AnyList: TypeAlias = ClioList | XeroList


@dataclass
class Books:
    """One firm's two systems tonight; ``held`` is how many records of each list were held before."""

    firm: Firm
    clio: ClioNight
    xero: XeroNight
    converter: Converter
    accounts: MappedAccounts
    day: date
    unchanged: Unchanged
    held: dict[Table, int]
    named: frozenset[tuple[str, str]] = frozenset()
    losses: list[tuple[str, int, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def changed(self, batches: Iterable[Records]) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a list that are not just as we hold them, table by table, many batches at a time."""
        gathered: dict[Table, list[pa.Table]] = {}
        rows = 0
        for records in batches:
            for table, arrow in self.counted(records):
                gathered.setdefault(table, []).append(arrow)
                rows += arrow.num_rows
            if rows >= BATCH_ROWS:
                yield from self.unchanged.sift([(table, pa.concat_tables(parts)) for table, parts in gathered.items()])
                gathered, rows = {}, 0
        yield from self.unchanged.sift([(table, pa.concat_tables(parts)) for table, parts in gathered.items()])

    def counted(self, records: Records) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a batch, table by table, counted."""
        for table, arrow in records.tables():
            with self.lock:
                self.rows[table.qualified] = self.rows.get(table.qualified, 0) + arrow.num_rows
            yield table, arrow

    @property
    def results(self) -> list[ListResult]:
        """How each list was read and proven."""
        return [*self.clio.results.values(), *self.xero.results.values()]

    def result(self, one: AnyList) -> ListResult:
        """How this list was read and proven. Raises KeyError for one that was not read."""
        return (self.clio if one.main.schema == "clio" else self.xero).results[one.name]
