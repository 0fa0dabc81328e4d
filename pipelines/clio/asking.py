"""Asking Clio for one firm's records: a query page by page, a list whole, or records by their ids.

Whatever is asked is counted in the list's row of evidence. What is held from earlier nights limits how long a walk may
be, and is what a whole reading is measured against.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from pipelines.api.http import Api
from pipelines.api.proof import ListResult, has_shrunk, refuse_returned
from pipelines.api.walk import Walk
from pipelines.clio.lists import ClioList
from pipelines.clio.paging import NEWEST_FIRST, highest_id, walk_clio
from pipelines.tables.columns import Record
from pipelines.tables.converter import Converter
from pipelines.tables.found import Batch, Found
from pipelines.tables.held import Held

IDS_PER_CALL = 50


def is_dead(record: Record) -> bool:
    """A void or deleted bill, a voided allocation: records that a plain list may leave out."""
    return record.get("state") in ("void", "deleted") or bool(record.get("voided_at"))


class Asking:
    """Asks for one firm, from any thread."""

    def __init__(self, api: Api, held: Held, converter: Converter, *, full: bool) -> None:
        self.api = api
        self.firm_id = held.firm_id
        self.full = full
        self.held = held
        self.results: dict[str, ListResult] = {}
        self._converter = converter
        self._lock = threading.Lock()

    def result(self, one: ClioList) -> ListResult:
        """The list's row of evidence."""
        with self._lock:
            now = datetime.now(UTC).replace(tzinfo=None)
            return self.results.setdefault(one.name, ListResult(self.firm_id, "clio", one.name, now))

    def held_ids(self, one: ClioList) -> set[str]:
        """Ids of the records that are held, those apart that were gone before."""
        return self.held.ids(one.main, one.main.is_there)

    def found(self, one: ClioList, batches: Iterable[Iterable[Record]] = ()) -> Found:
        """Records of several pages, by id."""
        return Found(self._converter, one, (record for batch in batches for record in batch))

    def ask(self, one: ClioList, extra: Mapping[str, str] | None = None, *, tail: bool = False) -> Found:
        """One query to its end, which `tail` proves."""
        walk = self._walk(one)
        found = self.found(one, walk_clio(walk, one, extra or {}, tail=tail))
        self._count(one, walk)
        return found

    def highest_id(self, one: ClioList) -> str | None:
        """The highest id of a list that can be ordered; None where the list is empty."""
        highest = highest_id(self._walk(one), one)
        self.result(one).pages += 1
        return highest

    def _walk(self, one: ClioList) -> Walk:
        return Walk(self.api, one.name, held=self.held.count(one.main))

    def _count(self, one: ClioList, walk: Walk) -> None:
        result = self.result(one)
        result.pages += walk.pages
        result.rows += walk.rows

    # A list whole

    def sweep(self, one: ClioList) -> Iterator[Batch]:
        """Every record there is, including those that only a further query shows."""
        result = self.result(one)
        result.mode, result.asked_since = "full", None
        walk = self._walk(one)
        dead = 0
        for batch in walk_clio(walk, one):
            dead += sum(is_dead(record) for record in batch)
            yield Batch(self._converter, one, batch)
        result.shows_deleted = True if dead else None
        result.proof = "highest id seen" if one.ordered else "last page asked for twice"
        for further in one.also:
            side = self._walk(one)
            for batch in walk_clio(side, one, further, tail=False):
                fresh = walk.take(batch, "id", one.limit)
                walk.pages -= 1
                yield Batch(self._converter, one, fresh)
            walk.pages += side.pages
        self._count(one, walk)

    def swept(self, one: ClioList) -> Found:
        """The same, by id."""
        return self.found(one, (batch.records for batch in self.sweep(one)))

    def whole(self, one: ClioList) -> Found:
        """Every record there is, in as few calls as show it: newest first, down to the oldest that we hold."""
        held = self.held_ids(one)
        if self.full or not held or not one.ordered:
            return self.swept(one)
        found = self.once_through(one, NEWEST_FIRST)
        shown = [int(number) for number in found if number.isdecimal()]
        result = self.result(one)
        result.shows_deleted = True if any(map(is_dead, found.values())) else None
        if shown != sorted(shown, reverse=True) or len(shown) < len(found):
            return self.swept(one)
        for further in () if self.held.shows_deleted("clio", one.main) else one.also:
            found = found.joined(self.once_through(one, further))
        if held - found.keys():
            found = self.swept(one)
            self._confirm_gone(one, held - found.keys())
            return found
        result.proof = "newest first, with all that we hold"
        return found

    def once_through(self, one: ClioList, extra: Mapping[str, str] | None = None) -> Found:
        """One walk, whose end something else has to prove."""
        result = self.result(one)
        result.mode, result.asked_since = "full", None
        return self.ask(one, extra)

    def _confirm_gone(self, one: ClioList, missing: set[str]) -> None:
        """Of the records that a whole reading left out, those that are gone when asked for: what hangs on them is read
        again tonight. Where many are missing the list lost a right, which the end of the night says."""
        if missing and not has_shrunk(len(missing), self.held.count(one.main)):
            again, gone = self.reread(one, missing)
            refuse_returned(self.result(one), set(again))
            self.result(one).gone |= gone

    # By id

    def reread(self, one: ClioList, ids: Iterable[str]) -> tuple[Found, set[str]]:
        """These records as they are now, and the ids that are no longer there: asked for twice, beside one that
        is."""
        wanted = sorted(set(ids))
        found: dict[str, Record] = {}
        for further in ({}, *one.also):
            missing = [number for number in wanted if number not in found]
            found.update(self._by_ids(one, missing, further))
        missing = [number for number in wanted if number not in found]
        if missing:
            canary = next(iter(found), None) or self._any_id(one)
            found.update(self._by_ids(one, missing, {}, canary))
        gone = {number for number in missing if number not in found}
        return self.found(one, [[found[number] for number in wanted if number in found]]), gone

    def _by_ids(
        self, one: ClioList, ids: list[str], further: dict[str, str], canary: str | None = None
    ) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for start in range(0, len(ids), IDS_PER_CALL - 1):
            chunk = ids[start : start + IDS_PER_CALL - 1] + ([canary] if canary else [])
            walk = self._walk(one)
            page = self.found(one, walk_clio(walk, one, {"ids[]": chunk, **further}, tail=False))
            self.result(one).pages += walk.pages
            if canary and canary not in page:
                raise walk.fail(f"record {canary} was expected when asked for by id, found nothing")
            found.update(page)
        return found

    def _any_id(self, one: ClioList) -> str | None:
        walk = self._walk(one)
        for batch in walk_clio(walk, one, {"limit": 1}, tail=False):
            for record in batch:
                return one.id_of(record)
        return None

    def calls_by_id(self, one: ClioList, records: int) -> int:
        """How many calls so many records cost when they are asked for by id."""
        return -(-records // (IDS_PER_CALL - 1)) * (1 + len(one.also))
