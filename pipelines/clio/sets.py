"""Line items, allocations and interest charges: the set of each bill that changed is replaced as a whole.

It is what changed since, plus the rows we hold of these bills, asked for by id (what does not come back is gone), or
the bills' rows one bill at a time, or a sweep: whichever is fewest calls. A set that does not add up to its bill is
read again by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from pipelines.clio import lists as clio
from pipelines.clio.asking import Asking
from pipelines.clio.bills import Bills
from pipelines.clio.changes import Changes
from pipelines.clio.lists import ClioList
from pipelines.tables.found import Found, Records
from pipelines.tables.sql import read_sql

_sql = partial(read_sql, __package__)


class Sets:
    """Rows of the lists that hang on one firm's bills."""

    def __init__(self, asking: Asking, changes: Changes, bills: Bills) -> None:
        self._asking = asking
        self._changes = changes
        self._bills = bills
        self._held = asking.held

    def read(self, one: ClioList) -> Iterator[Records]:
        """A list of them: whole where that is no dearer, else the sets of the bills that changed."""
        if one.whole_if_adds_up and not self._changes.are_asked_for(one):
            yield self._whole_adding_up(one)
            return
        found = self._changes.changed(one)
        if self._asking.result(one).mode == "full":
            yield found
            return
        bills = self._bills.changed()
        held = self._held.ids_of(one.main, "bill_id", bills) - found.keys()
        by_id, by_bill = self._asking.calls_by_id(one, len(held)), len(bills) * (1 + len(one.also))
        if -(-self._held.count(one.main) // one.limit) < min(by_id, by_bill):
            yield from self._asking.sweep(one)
            return
        yield self._of_bills(one, found, bills, held, is_by_id=by_id <= by_bill)

    def _of_bills(self, one: ClioList, found: Found, bills: set[str], held: set[str], *, is_by_id: bool) -> Found:
        """The sets of these bills: what changed, and what of the rows held is still there."""
        result = self._asking.result(one)
        result.mode = "sets"
        if is_by_id:
            again, gone = self._asking.reread(one, held)
            result.rows += len(again)
        else:
            again, gone = self._bill_by_bill(one, bills, held)
        found = found.joined(again)
        result.gone |= gone
        odd = self._not_adding_up(one, bills, found, gone)
        again, gone = self._bill_by_bill(one, odd, self._held.ids_of(one.main, "bill_id", odd) - found.keys())
        result.gone |= gone
        result.proof = f"sets of {len(bills)} changed bills, {len(odd)} of them read bill by bill"
        return found.joined(again)

    def _whole_adding_up(self, one: ClioList) -> Found:
        """All of them, believed when none that we hold is missing and those of changed bills add up to the bills."""
        found = self._asking.once_through(one)
        missing = self._asking.held_ids(one) - found.keys()
        if not missing and not self._not_adding_up(one, self._bills.changed(), found, set()):
            self._asking.result(one).proof = "all that we hold, and what changed adds up to the bills"
            return found
        return self._asking.swept(one)

    def _bill_by_bill(self, one: ClioList, bills: Iterable[str], held: set[str]) -> tuple[Found, set[str]]:
        """The whole set of each of these bills; what we hold of them and is not in it is asked for by id, then
        gone."""
        queries = [{"bill_id": bill, **further} for bill in sorted(bills) for further in ({}, *one.also)]
        found = self._asking.found(one).joined(*(self._asking.ask(one, query) for query in queries))
        again, gone = self._asking.reread(one, held - found.keys())
        return found.joined(again), gone

    def _not_adding_up(self, one: ClioList, bills: set[str], found: Found, gone: set[str]) -> set[str]:
        """Changed bills, alive and held tonight, whose set does not add up to the figure that the bill states."""
        if not bills:
            return set()
        sql = _sql("sets_that_do_not_add_up").format(held=one.main.qualified, adds_up=one.adds_up)
        tonight, stated = found.rows(one.main), self._bills.bills().rows(clio.BILLS.main)
        values = (self._asking.firm_id, list(gone), list(bills))
        return {row[0] for row in self._held.rows(sql, *values, tonight=tonight, stated=stated)}
