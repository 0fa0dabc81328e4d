"""What changed in Xero since the last reading, and whether that is believed tonight.

* A list that costs no more calls whole than its changes do is read whole.
* Beyond that: the records that changed last and the number of all of them, in one call; where more changed than it
  holds, changed since (``If-Modified-Since``). Documents also the open ones and, by id, those that were open and are
  shown no more (a due date can move without a stamp). Then Xero's own count of records must be ours, in the one form
  that the last sweep showed; if it is not, the list is swept.
* Open invoices come in brief, without their lines. One that is not just as we hold it, in its stamp, its figures or
  any other field, is read with them. A line alone does not change without a word: what Xero changes without a stamp is,
  of a document that is paid in part, what makes no journal, such as a due date; a line makes one.
* Where an open document changed its state or its figures and not its stamp, no stamp is believed tonight, and all
  lists are swept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.api.once import Keeps, once
from pipelines.api.walk import Walk
from pipelines.tables.columns import Record
from pipelines.tables.found import Found
from pipelines.tables.values import read_decimal, read_moment
from pipelines.xero.asking import IDS_PER_CALL, Asking
from pipelines.xero.lists import LISTS, OPEN, XeroList
from pipelines.xero.paging import XERO_PAGE, walk_xero, xero_count, xero_latest

DOCUMENTS = tuple(one for one in LISTS if one.open_now)
# The figures by which a change of a document shows.
FIGURES = (
    ("total", "Total"),
    ("amount_due", "AmountDue"),
    ("amount_paid", "AmountPaid"),
    ("amount_credited", "AmountCredited"),
    ("remaining_credit", "RemainingCredit"),
)


class Changes(Keeps):
    """The changes of one firm's lists."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self._asking = asking
        self._held = asking.held

    @once
    def is_whole_each_night(self, one: XeroList) -> bool:
        """Whether all of a list costs no more calls than what changed in it."""
        if self._asking.full or not one.paged:
            return True
        whole = _pages(self._held.count(one.main))
        changes = 1 if one.has_order else 2
        if one.open_now:
            changes += _pages(len(self._were_open(one)))
        return whole == 1 or whole + 1 <= changes  # several pages are followed by a second look

    def changed(self, one: XeroList) -> Found:
        """Changes since the last reading, proven by Xero's own count; a sweep if they cannot be believed."""
        if self._held.since("xero", one.main) is None:
            return self._asking.swept(one)
        result = self._asking.result(one)
        if why := self._unstamped():
            found = self._asking.swept(one)
            result.proof += f"; swept, as {why}"
            return found
        found = self._changes(one)
        if not one.has_order:
            result.stated = xero_count(Walk(self._asking.api, one.name), one)
            result.pages += 1
        ours = self._expected(one, found)
        if result.stated == ours:
            result.proof = "what we hold and what changed are as many as Xero states"
            return found
        found = self._asking.swept(one)
        result.proof += f"; swept, as Xero stated another number of records than {ours or 'one we can know'}"
        return found

    @once
    def _changes(self, one: XeroList) -> Found:
        """What changed since the last reading; of documents also each that is open now, or was open and is in no list
        of tonight."""
        since = self._held.since("xero", one.main)
        assert since is not None
        result = self._asking.result(one)
        result.mode, result.asked_since = "incremental", since
        found = self._since(one, since)
        if not one.open_now:
            return found
        open_now, others = self._open_now(one, found)
        known, gone = self._asking.look_up(one, others)
        result.gone |= gone
        return open_now.joined(known, found)

    def _open_now(self, one: XeroList, said: Found) -> tuple[Found, set[str]]:
        """The documents that are open, with their lines, and the ids of those to be asked for besides: they were open
        and are shown no more, or are shown in brief and are not as we hold them."""
        were_open = self._were_open(one) - said.keys()
        if one.brief:
            shown = self._walk(one, {**one.open_now, **one.brief})
            changed = self._not_as_held(one, shown) - said.keys()
            if len(changed) <= IDS_PER_CALL * _pages(len(shown)):  # by id in no more calls than all of them
                return self._asking.found(one), changed | (were_open - shown.keys())
        shown = self._walk(one, one.open_now)
        return shown, were_open - shown.keys()

    def _walk(self, one: XeroList, asked: dict[str, str]) -> Found:
        walk = Walk(self._asking.api, one.name)
        found = self._asking.found(one, walk_xero(walk, one, asked))
        self._asking.note(one, replace(walk, stated=None), "")
        return found

    def _not_as_held(self, one: XeroList, brief: Found) -> set[str]:
        """The ids of these documents of which any field that decides something is not as we hold it, or which we do
        not hold."""
        decisive = ", ".join(column.name for column in one.main.columns if not column.may_be_unread)
        sql = f"select {decisive} from tonight except select {decisive} from {one.main.qualified} where firm_id = ?"  # noqa: S608
        return {row[0] for row in self._held.rows(sql, self._asking.firm_id, tonight=brief.rows(one.main))}

    def _since(self, one: XeroList, since: datetime) -> Found:
        """What changed since a moment: the records that changed last, as far as these reach, else asked for by it."""
        found = self._asking.found(one)
        if one.has_order:
            walk = Walk(self._asking.api, one.name)
            latest = xero_latest(walk, one)
            self._asking.note(one, walk, "")
            found = self._asking.found(one, [latest.rows])
            if latest.reaches(since):
                return found
        walk = Walk(self._asking.api, one.name, held=self._held.count(one.main))
        changed = self._asking.found(one, walk_xero(walk, one, headers=modified_since(since)))
        self._asking.note(one, replace(walk, stated=None), "")
        return found.joined(changed)

    def _were_open(self, one: XeroList) -> set[str]:
        return self._held.ids(one.main, "status in (select unnest(?))", list(OPEN))

    @once
    def _unstamped(self) -> str:
        """Why "changed since" is not believed tonight; empty where nothing speaks against it. A document whose state or
        figures changed while its stamp stayed tells that other stamps may have stayed too: payments, above all."""
        for one in DOCUMENTS:
            if self.is_whole_each_night(one) or self._held.since("xero", one.main) is None:
                continue
            changes = self._changes(one)
            if self._asking.result(one).gone:
                return f"{one.resource} lost a document without a word"
            held = self._held_figures(one, changes)
            odd = [key for key, record in changes.items() if key in held and _is_unstamped(held[key], record)]
            if odd:
                return f"{one.resource} changed {odd[0]} without a stamp"
        return ""

    def _held_figures(self, one: XeroList, keys: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """By id what we hold of these documents: their stamp, their state and their figures."""
        own = {column.name for column in one.main.columns}
        figures = [(name, field) for name, field in FIGURES if name in own]
        names = ", ".join(name for name, _ in figures)
        sql = f"""
            select {one.main.key[0]}, updated_at, status, {names} from {one.main.qualified}
            where firm_id = ? and {one.main.key[0]} in (select unnest(?))
        """  # noqa: S608  (names are ours)
        return {
            key: (stamp, status, {field: value for (_, field), value in zip(figures, values, strict=True)})
            for key, stamp, status, *values in self._held.rows(sql, self._asking.firm_id, list(keys))
        }

    def _expected(self, one: XeroList, found: Found) -> int | None:
        """How many records Xero should state, given what we hold and tonight's changes, in the form that the last whole
        reading showed: with deleted records or without. None where there are some and no reading ever told."""
        every = (self._held.ids(one.main) | found.keys()) - self._asking.result(one).gone
        if "status" not in one.main.closed:
            return len(every)
        deleted = self._held.ids(one.main, "status = 'DELETED'") - found.keys()
        deleted |= {key for key, record in found.items() if record.get("Status") == "DELETED"}
        shows_deleted = self._held.shows_deleted("xero", one.main)
        if deleted and shows_deleted is None:
            return None
        return len(every) if shows_deleted else len(every - deleted)


def _is_unstamped(held: tuple[Any, ...], record: Record) -> bool:
    """A record of another state or other figures than the one held, with the stamp of the one held."""
    stamp, status, figures = held
    try:
        is_same_stamp = read_moment(record.get("UpdatedDateUTC")) == stamp
        ours = {field: read_decimal(record[field]) for field in figures if record.get(field) not in (None, "")}
    except ValueError:  # the reading that keeps it says so by name
        return False
    theirs = {field: figures[field] for field in ours if figures[field] is not None}
    return is_same_stamp and (record.get("Status") != status or any(ours[field] != theirs[field] for field in theirs))


def _pages(records: int) -> int:
    return max(1, -(-records // XERO_PAGE))


def modified_since(moment: datetime) -> dict[str, str]:
    """The header, in the one spelling that Xero documents; any other is ignored without a word."""
    return {"If-Modified-Since": moment.strftime("%Y-%m-%dT%H:%M:%S")}
