"""One firm's Xero tonight: the organisation first, then every list whole, or what changed.

Nothing is fetched before the organisation is known to be the firm's (`pipelines.xero.tenant`).

* A list that costs no more calls whole than its changes do is read whole.
* Beyond that: the records that changed last and the number of all of them, in one call; where more changed than it
  holds, changed since (``If-Modified-Since``). Documents also the open ones and, by id, those that were open and are
  shown no more (a due date can move without a stamp). Then Xero's own count of records must be ours, in the one form
  that the last sweep showed; if it is not, the list is swept.
* Where an open document changed its state or its figures and not its stamp, no stamp is believed tonight, and all
  lists are swept.
* A list without pages states no number. Accounts, batches and transfers that are exactly those we hold are believed in
  one reply, as long as no payment, bank transaction or line of the trial balance names another and no bank account's
  balance there moved, as a transfer's would; else two replies must agree.
* A list of several pages is sorted by its changes, so one that changes while we read moves to the end and its
  neighbour may slip through: what changed since the reading began is asked for once more when all lists have been
  read, and replaces the earlier rows.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.api.http import Api
from pipelines.api.once import once
from pipelines.api.proof import ListResult
from pipelines.api.reply import OddBody, kind_of, objects
from pipelines.api.walk import Walk
from pipelines.errors import BadRecord, NotFound, Refused, TryAgain
from pipelines.tables.columns import Record
from pipelines.tables.converter import Converter
from pipelines.tables.held import Held
from pipelines.tables.sql import read_sql
from pipelines.tables.values import read_decimal, read_moment
from pipelines.xero import lists as xero
from pipelines.xero.lists import OPEN, Reading, XeroList
from pipelines.xero.paging import XERO_PAGE, walk_xero, xero_count, xero_latest

DOCUMENTS = tuple(one for one in xero.LISTS if one.open_now)
# The figures by which a change of a document shows.
FIGURES = (
    ("total", "Total"),
    ("amount_due", "AmountDue"),
    ("amount_paid", "AmountPaid"),
    ("amount_credited", "AmountCredited"),
    ("remaining_credit", "RemainingCredit"),
)
# A report that is another than the one asked for: no figure is taken from it.
NOT_AS_ASKED = "not as asked"
SPELLED_DAY = re.compile(r"\b(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})\b", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IDS_PER_CALL = 40
MARGIN = timedelta(seconds=5)
DEAD = ("DELETED", "VOIDED")
Records = dict[str, Record]


class XeroNight:
    """Reads the lists of one firm. ``read`` is called once per list, from any thread; ``read_again`` when all are
    read."""

    def __init__(self, api: Api, held: Held, organisation: Record, *, full: bool, as_of: date) -> None:
        self.api = api
        self.firm_id = held.firm_id
        self.full = full
        self.results: dict[str, ListResult] = {}
        self._held = held
        self._organisation = organisation
        self._as_of = as_of
        self._moving: list[XeroList] = []
        self._as_known: list[XeroList] = []
        self._balances: list[tuple[Any, ...]] = []
        self._walks: dict[str, Walk] = {}
        self._lock = threading.RLock()
        self._kept: dict[Any, Any] = {}

    # The lists

    def read(self, xero_list: XeroList) -> Iterator[list[Record]]:
        """Tonight's records of a list, in batches."""
        match xero_list.reading:
            case Reading.MAPPED:
                proof = "one record, of the organisation mapped to the firm"
                self._note(xero_list, Walk(self.api, xero_list.name, 1, 1), proof)
                yield [self._organisation]
            case Reading.FIRST:
                yield self.accounts()
            case Reading.REPORT:
                yield from self._trial_balance()
            case Reading.RECORDS:
                yield from self._unless_refused(xero_list) if xero_list.may_be_refused else self._records(xero_list)

    def _records(self, xero_list: XeroList) -> Iterator[list[Record]]:
        """All of a list, or its changes where that costs less."""
        if self._is_whole_each_night(xero_list):
            yield from self._sweep(xero_list)
        else:
            yield list(self._changed(xero_list).values())

    def _unless_refused(self, xero_list: XeroList) -> Iterator[list[Record]]:
        """A list that the connected user may have no right to: refused, it is empty, and what was held goes."""
        try:
            yield from self._records(xero_list)
        except Refused:
            result = self.result(xero_list)
            result.mode, result.proof = "refused", "Xero refuses the list: figures from it are missing"

    @once
    def accounts(self) -> list[Record]:
        """The chart of accounts, before anything else: the mapping in the settings is resolved against it."""
        return [record for batch in self._sweep(xero.ACCOUNTS) for record in batch]

    def accounts_again(self) -> list[Record]:
        """The same in two replies that agree, before a person is told that there is no such account."""
        self._as_known.clear()
        found = self._kept[("accounts",)] = self._in_two_replies(xero.ACCOUNTS)
        return found

    def _in_two_replies(self, xero_list: XeroList) -> list[Record]:
        walk = Walk(self.api, xero_list.name)
        found = [record for batch in walk_xero(walk, xero_list) for record in batch]
        self._note(xero_list, walk, "two replies agree")
        return found

    @once
    def _is_whole_each_night(self, xero_list: XeroList) -> bool:
        """Whether all of a list costs no more calls than what changed in it."""
        if self.full or not xero_list.paged:
            return True
        main = xero_list.main
        whole = _pages(self._held.count(main))
        changes = 1 if xero_list.has_order else 2
        if xero_list.open_now:
            changes += _pages(len(self._held.ids(main, "status in (select unnest(?))", list(OPEN))))
        return whole == 1 or whole + 1 <= changes  # several pages are followed by a second look

    def result(self, xero_list: XeroList) -> ListResult:
        """The list's row of evidence."""
        now = datetime.now(UTC).replace(tzinfo=None)
        return self.results.setdefault(xero_list.name, ListResult(self.firm_id, "xero", xero_list.name, now))

    def _note(self, xero_list: XeroList, walk: Walk, proof: str) -> None:
        result = self.result(xero_list)
        result.pages += walk.pages
        result.rows += walk.rows
        result.stated = walk.stated if walk.stated is not None else result.stated
        result.proof = proof

    def _sweep(self, xero_list: XeroList) -> Iterator[list[Record]]:
        """Every record there is; a second look later if the list has several pages."""
        result = self.result(xero_list)
        result.mode, result.asked_since = "full", None
        walk = Walk(self.api, xero_list.name, held=self._held.count(xero_list.main))
        known = frozenset(self._held.ids(xero_list.main)) if xero_list.has_no_number and not self.full else None
        if xero_list.moves_balances:
            self._balances = self._bank_balances()
        deleted = 0
        for batch in walk_xero(walk, xero_list, known=known):
            deleted += sum(record.get("Status") == "DELETED" for record in batch)
            yield batch
        if deleted or ("status" in xero_list.main.closed and self._held.ids(xero_list.main, "status = 'DELETED'")):
            result.shows_deleted = deleted > 0
        if walk.pages > 1:
            self._moving.append(xero_list)
            self._walks[xero_list.name] = walk
        elif walk.stated is not None and walk.rows != walk.stated:
            raise walk.fail(f"{walk.stated} records were expected, found {walk.rows}")
        proof = "as many records as Xero states" if walk.stated is not None else "two replies agree"
        if walk.is_as_known:
            self._as_known.append(xero_list)
            proof = "exactly the records held, and nothing says that there are others"
        self._note(xero_list, walk, proof)

    def _changed(self, xero_list: XeroList) -> Records:
        """Changes since the last reading, proven by Xero's own count; a sweep if they cannot be believed."""
        if self._held.since("xero", xero_list.main) is None:
            return self._gather(xero_list, self._sweep(xero_list))
        if why := self._unstamped():
            found = self._gather(xero_list, self._sweep(xero_list))
            self.result(xero_list).proof += f"; swept, as {why}"
            return found
        found = dict(self._changes(xero_list))
        result = self.result(xero_list)
        if not xero_list.has_order:
            result.stated = xero_count(Walk(self.api, xero_list.name), xero_list)
            result.pages += 1
        ours = self._expected(xero_list, found)
        if result.stated == ours:
            result.proof = "what we hold and what changed are as many as Xero states"
            return found
        found = self._gather(xero_list, self._sweep(xero_list))
        result.proof += f"; swept, as Xero stated another number of records than {ours or 'one we can know'}"
        return found

    @once
    def _changes(self, xero_list: XeroList) -> Records:
        """What changed since the last reading; of documents also each that is open now, or was open and is in no list
        of tonight."""
        since = self._held.since("xero", xero_list.main)
        assert since is not None
        result = self.result(xero_list)
        result.mode, result.asked_since = "incremental", since
        found = self._since(xero_list, since)
        if not xero_list.open_now:
            return found
        still = Walk(self.api, xero_list.name)
        open_now = self._gather(xero_list, walk_xero(still, xero_list, xero_list.open_now))
        self._note(xero_list, replace(still, stated=None), "")
        were_open = self._held.ids(xero_list.main, "status in (select unnest(?))", list(OPEN))
        known, gone = self.look_up(xero_list, were_open - found.keys() - open_now.keys())
        result.gone |= gone
        return {**open_now, **{str(record.get(xero_list.key)): record for record in known}, **found}

    def _since(self, xero_list: XeroList, since: datetime) -> Records:
        """What changed since a moment: the records that changed last, as far as these reach, else asked for by it."""
        found: Records = {}
        if xero_list.has_order:
            walk = Walk(self.api, xero_list.name)
            latest = xero_latest(walk, xero_list)
            self._note(xero_list, walk, "")
            found = self._gather(xero_list, iter([latest.rows]))
            if latest.reaches(since):
                return found
        walk = Walk(self.api, xero_list.name, held=self._held.count(xero_list.main))
        found |= self._gather(xero_list, walk_xero(walk, xero_list, headers=modified_since(since)))
        self._note(xero_list, replace(walk, stated=None), "")
        return found

    @once
    def _unstamped(self) -> str:
        """Why "changed since" is not believed tonight; empty where nothing speaks against it. A document whose state or
        figures changed while its stamp stayed tells that other stamps may have stayed too: payments, above all."""
        for xero_list in DOCUMENTS:
            if self._is_whole_each_night(xero_list) or self._held.since("xero", xero_list.main) is None:
                continue
            changes = self._changes(xero_list)
            if self.result(xero_list).gone:
                return f"{xero_list.resource} lost a document without a word"
            held = self._held_figures(xero_list)
            odd = [key for key, record in changes.items() if key in held and _is_unstamped(held[key], record)]
            if odd:
                return f"{xero_list.resource} changed {odd[0]} without a stamp"
        return ""

    def _held_figures(self, xero_list: XeroList) -> dict[str, tuple[Any, ...]]:
        """By id what we hold of a document: its stamp, its state and its figures."""
        main = xero_list.main
        names = ", ".join(name for name, _ in FIGURES if name in {column.name for column in main.columns})
        sql = f"select {main.key[0]}, updated_at, status, {names} from {main.qualified} where firm_id = ?"  # noqa: S608
        columns = [field for name, field in FIGURES if name in names.split(", ")]
        return {
            row[0]: (row[1], row[2], dict(zip(columns, row[3:], strict=True)))
            for row in self._held.rows(sql, self.firm_id)
        }

    def _expected(self, xero_list: XeroList, found: Records) -> int | None:
        """How many records Xero should state, given what we hold and tonight's changes, in the form that the last whole
        reading showed: with deleted records or without. None where there are some and no reading ever told."""
        main = xero_list.main
        every = (self._held.ids(main) | found.keys()) - self.result(xero_list).gone
        if "status" not in main.closed:
            return len(every)
        deleted = self._held.ids(main, "status = 'DELETED'") - found.keys()
        deleted |= {key for key, record in found.items() if record.get("Status") == "DELETED"}
        shows_deleted = self._held.shows_deleted("xero", main)
        if deleted and shows_deleted is None:
            return None
        return len(every) if shows_deleted else len(every - deleted)

    def _gather(self, xero_list: XeroList, batches: Iterator[list[Record]]) -> Records:
        return {str(record.get(xero_list.key)): record for batch in batches for record in batch}

    # When all lists are read

    def read_again(self) -> Iterator[tuple[XeroList, list[Record]]]:
        """What changed while lists of several pages were read; then each must be whole."""
        for xero_list in self._moving:
            if records := self.changed_meanwhile(xero_list):
                yield xero_list, records

    def changed_meanwhile(self, xero_list: XeroList) -> list[Record]:
        """The records of a list that changed since its reading began. Raises TryAgain where it is not whole with
        them."""
        if xero_list not in self._moving:
            return []
        result, whole = self.result(xero_list), self._walks[xero_list.name]
        walk = Walk(self.api, xero_list.name)
        began = (whole.their_clock or result.started_at) - MARGIN
        records = list(self._gather(xero_list, walk_xero(walk, xero_list, headers=modified_since(began))).values())
        result.pages += walk.pages
        whole.seen.update(record.get(xero_list.key) for record in records)
        if whole.stated is not None and len(whole.seen) < whole.stated:
            raise whole.fail(f"{whole.stated} records were expected, found {len(whole.seen)}")
        result.proof += f", {len(records)} read again that changed meanwhile"
        return records

    def doubted(self, loaded_at: datetime) -> Iterator[tuple[XeroList, list[Record]]]:
        """Lists believed in one reply although what was loaded tonight says that there are more: asked for twice."""
        for xero_list in self._as_known:
            if why := self._doubt(xero_list, loaded_at):
                records = self._in_two_replies(xero_list)
                self.result(xero_list).proof += f", asked for as {why}"
                yield xero_list, records

    def _doubt(self, xero_list: XeroList, loaded_at: datetime) -> str:
        if xero_list.moves_balances:
            is_still = self._balances and self._bank_balances() == self._balances
            return "" if is_still else "the trial balance does not show that no bank account moved"
        main = xero_list.main
        sql = f"""
            select count(*) from ({xero_list.named_by}) as named (id)
            where id is not null and id not in (select {main.key[0]} from {main.qualified} where firm_id = $1)
        """  # noqa: S608  (names are ours)
        return "another record was named" if self._held.rows(sql, self.firm_id, loaded_at)[0][0] else ""

    def _bank_balances(self) -> list[tuple[Any, ...]]:
        """What the trial balance that was loaded last has on each bank account."""
        return self._held.rows(read_sql(__package__, "bank_balances"), *[self.firm_id] * 3)

    def look_up(self, xero_list: XeroList, ids: set[str]) -> tuple[list[Record], set[str]]:
        """Records that a reading left out, asked for by id: those that Xero still knows, and those it does not."""
        known: list[Record] = []
        gone: set[str] = set()
        if xero_list.by_ids:
            wanted = sorted(ids)
            for start in range(0, len(wanted), IDS_PER_CALL):
                walk = Walk(self.api, xero_list.name)
                for batch in walk_xero(walk, xero_list, {"IDs": ",".join(wanted[start : start + IDS_PER_CALL])}):
                    known.extend(batch)
            ids = ids - {str(record.get(xero_list.key)) for record in known}
        for number in sorted(ids):
            try:
                known.extend(self.api.get(f"{xero_list.resource}/{number}").rows(xero_list.envelope))
            except NotFound:
                gone.add(number)
        return known, gone

    # The trial balance

    def _trial_balance(self) -> Iterator[list[Record]]:
        """The report as of the night's day. Refused (403) is a figure we lack, not a night that failed."""
        result = self.result(xero.TRIAL_BALANCE)
        try:
            reply = self.api.get(xero.TRIAL_BALANCE.resource, {"date": self._as_of.isoformat()})
        except Refused:
            result.mode, result.proof = "refused", "Xero refuses the report: figures from it are missing"
            return
        reports = reply.rows("Reports")
        if len(reports) != 1:
            raise TryAgain(f"{result.where}: one report was expected, found {len(reports)}. Run again.")
        try:
            rows = list(report_lines(reports[0]))
            report = {"as_of_date": self._as_of.isoformat(), "lines": rows}
            lines = Converter(self.firm_id, result.started_at).table(xero.TRIAL_BALANCE.main, [report])
        except OddBody as found:
            raise reply.odd("a report of rows and cells", str(found)) from None
        except BadRecord:  # no record that a person could look up and correct
            raise reply.odd("a report of names and amounts", "a cell that is neither") from None
        result.pages, result.rows, result.proof = 1, lines.num_rows, "one reply"
        if why := self._not_as_asked(reports[0], rows):
            result.mode, result.rows, result.proof = NOT_AS_ASKED, 0, why
            return
        yield [report]

    def _not_as_asked(self, report: Record, lines: Iterable[Mapping[str, Any]]) -> str:
        """Why no figure is taken from a report: its heading names another day, or no line of it an account."""
        told, own = report.get("ReportTitles"), self._organisation.get("Name")
        titles = told if isinstance(told, list) else []
        days = {day for title in titles if title != own for day in days_in(title)}
        if days and self._as_of not in days:
            return f"says that it is of {', '.join(sorted(map(str, days)))}, and not of {self._as_of}"
        accounts = [line["account"] for line in lines]
        if accounts and not any(accounts):
            return "names no account by its id"
        return ""


def days_in(title: Any) -> set[date]:
    """The days that a heading names, as Xero writes them in English; none in one that we cannot read."""
    found = set()
    for day, month, year in SPELLED_DAY.findall(title) if isinstance(title, str) else ():
        with contextlib.suppress(ValueError):
            found.add(date(int(year), MONTHS.index(month[:3].lower()) + 1, int(day)))
    return found


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


def report_lines(report: Record) -> Iterator[dict[str, Any]]:
    """Rows of a trial balance that stand for an account, found by attribute, never by label. Raises OddBody where
    something else stands in the place of rows or cells."""
    columns = ("debit", "credit", "ytd_debit", "ytd_credit")
    for section in objects(report.get("Rows")):
        for row in objects(section.get("Rows")):
            cells = objects(row.get("Cells"))
            account = _account_of(cells)
            if row.get("RowType") != "Row" or not cells:
                continue
            values = {name: cell.get("Value") for name, cell in zip(columns, cells[1:], strict=False)}
            yield {"section": section.get("Title"), "account": account, "name": cells[0].get("Value"), **values}


def _account_of(cells: list[Record]) -> str | None:
    for attribute in objects(cells[0].get("Attributes")) if cells else []:
        if str(attribute.get("Id")).lower() in ("account", "accountid"):
            value = attribute.get("Value")
            if value is not None and not isinstance(value, str):
                raise OddBody(f"{kind_of(value)} in place of an account's id")
            return value
    return None
