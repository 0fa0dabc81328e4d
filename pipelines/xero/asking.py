"""Asking Xero for one firm's records: a list whole, or records by their ids.

Whatever is asked is counted in the list's row of evidence. What makes a list whole is Xero's own count of its records;
a list without pages states none, so two replies must agree, or one be exactly what we hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from pipelines.api.http import Api
from pipelines.api.proof import ListResult
from pipelines.api.walk import Walk
from pipelines.errors import NotFound
from pipelines.tables.columns import Record
from pipelines.tables.converter import Converter
from pipelines.tables.found import Batch, Found
from pipelines.tables.held import Held
from pipelines.tables.sql import read_sql
from pipelines.xero.lists import XeroList
from pipelines.xero.paging import walk_xero

IDS_PER_CALL = 40


class Asking:
    """Asks for one firm, from any thread. Kept for a second look are the walks through lists of several pages, and the
    lists that were believed as they are held, with the bank balances of before."""

    def __init__(self, api: Api, held: Held, converter: Converter, *, full: bool) -> None:
        self.api = api
        self.firm_id = held.firm_id
        self.full = full
        self.held = held
        self.results: dict[str, ListResult] = {}
        self.walks: dict[XeroList, Walk] = {}
        self.as_known: list[XeroList] = []
        self.balances: list[tuple[Any, ...]] = []
        self._converter = converter

    def result(self, one: XeroList) -> ListResult:
        """The list's row of evidence."""
        now = datetime.now(UTC).replace(tzinfo=None)
        return self.results.setdefault(one.name, ListResult(self.firm_id, "xero", one.name, now))

    def note(self, one: XeroList, walk: Walk, proof: str) -> None:
        """Count a walk, and say what it proved."""
        result = self.result(one)
        result.pages += walk.pages
        result.rows += walk.rows
        result.stated = walk.stated if walk.stated is not None else result.stated
        result.proof = proof

    def batch(self, one: XeroList, records: list[Record]) -> Batch:
        """Records as one batch."""
        return Batch(self._converter, one, records)

    def found(self, one: XeroList, batches: Iterable[Iterable[Record]] = ()) -> Found:
        """Records of several pages, by id."""
        return Found(self._converter, one, (record for batch in batches for record in batch))

    def sweep(self, one: XeroList) -> Iterator[Batch]:
        """Every record there is; a second look later if the list has several pages."""
        result = self.result(one)
        result.mode, result.asked_since = "full", None
        walk = Walk(self.api, one.name, held=self.held.count(one.main))
        known = frozenset(self.held.ids(one.main)) if one.has_no_number and not self.full else None
        if one.moves_balances:
            self.balances = self.bank_balances()
        deleted = 0
        for batch in walk_xero(walk, one, known=known):
            deleted += sum(record.get("Status") == "DELETED" for record in batch)
            yield self.batch(one, batch)
        if deleted or ("status" in one.main.closed and self.held.ids(one.main, "status = 'DELETED'")):
            result.shows_deleted = deleted > 0
        if walk.pages > 1:
            self.walks[one] = walk
        elif walk.stated is not None and walk.rows != walk.stated:
            raise walk.fail(f"{walk.stated} records were expected, found {walk.rows}")
        proof = "as many records as Xero states" if walk.stated is not None else "two replies agree"
        if walk.is_as_known:
            self.as_known.append(one)
            proof = "exactly the records held, and nothing says that there are others"
        self.note(one, walk, proof)

    def swept(self, one: XeroList) -> Found:
        """The same, by id."""
        return self.found(one, (batch.records for batch in self.sweep(one)))

    def in_two_replies(self, one: XeroList) -> Found:
        """A list without pages, named alike by two replies in a row, whatever is held."""
        walk = Walk(self.api, one.name)
        found = self.found(one, walk_xero(walk, one))
        self.note(one, walk, "two replies agree")
        return found

    def look_up(self, one: XeroList, ids: set[str]) -> tuple[Found, set[str]]:
        """Records that a reading left out, asked for by id: those that Xero still knows, and those it does not."""
        known: list[Record] = []
        gone: set[str] = set()
        if one.by_ids:
            wanted = sorted(ids)
            for start in range(0, len(wanted), IDS_PER_CALL):
                walk = Walk(self.api, one.name)
                for batch in walk_xero(walk, one, {"IDs": ",".join(wanted[start : start + IDS_PER_CALL])}):
                    known.extend(batch)
            ids = ids - {one.id_of(record) for record in known}
        for number in sorted(ids):
            try:
                known.extend(self.api.get(f"{one.resource}/{number}").rows(one.envelope))
            except NotFound:
                gone.add(number)
        return self.found(one, [known]), gone

    def bank_balances(self) -> list[tuple[Any, ...]]:
        """What the trial balance that was loaded last has on each bank account."""
        return self.held.rows(read_sql(__package__, "bank_balances"), *[self.firm_id] * 3)
