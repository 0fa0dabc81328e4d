"""One firm's Clio tonight: every list whole, or what changed, whichever proves more for fewer calls.

The first night, once a week and with ``--full`` every list is read whole. On other nights:

* A list that costs no more calls whole than its changes do is read whole, from its newest record down: so the first
  row is the highest id there is, and a reading that ended too soon lacks records that we hold.
* The changes of the others are believed while nothing speaks against them: the records we hold that changed last are
  among them (we ask from before that), the highest id of each list that can be ordered is one we know, and no
  unfinished bill has a stamp that its changes did not name. Once one change was hidden, all lists are swept.
* Bills: changed since, plus every unfinished one (interest and payments may move a bill without touching its
  stamp), plus, by id, those that other lists say changed and those that were unfinished and are not shown any more.
  The sum of what is open must be Clio's own outstanding balance; if it is not, and was not yesterday by the same
  amount, bills are swept.
* Line items, allocations and interest charges of a changed bill are replaced as a set: what changed since, plus the
  rows we hold of these bills, asked for by id (what does not come back is gone), or the bill's rows one bill at a
  time, or a sweep: whichever is fewest calls. A set that does not add up to its bill is read again by itself.
* Bank transactions: changed since; count and sum must be the account's own, else the account is swept.
* Matters and contacts: whole up to five pages, for the sake of the money held on each. Beyond, those changed, those
  that hold money and those with an entry tonight; their sum must be the trust accounts' own, else they are swept.
* Outstanding balances: whole, believed in one reading when they add up to the open bills and no client is missing,
  asked for once more where not. Interest charges likewise: those of changed bills must add up to the bills.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from pipelines.api.clock import SameTime
from pipelines.api.http import Api, ClioPace, Transport
from pipelines.api.once import once
from pipelines.api.proof import ListResult, has_shrunk, refuse_returned
from pipelines.api.reply import OddBody, kind_of, objects
from pipelines.api.tokens import Grant
from pipelines.api.walk import Walk
from pipelines.clio import lists as clio
from pipelines.clio.lists import ClioList, Reading
from pipelines.clio.paging import NEWEST_FIRST, highest_id, walk_clio
from pipelines.errors import TryAgain
from pipelines.firm.settings import Firm
from pipelines.tables.columns import Record
from pipelines.tables.converter import Converter
from pipelines.tables.held import Held
from pipelines.tables.sql import read_sql
from pipelines.tables.values import read_decimal

IDS_PER_CALL = 50
UNFINISHED = ("draft", "awaiting_approval", "awaiting_payment")
SNAPSHOT_PAGES = 5
CALLS_FOR_CHANGES = 2  # changed since, and the highest id
FIGURES = (
    "state",
    "total",
    "due",
    "balance",
    "paid",
    "credits_issued",
    "sub_total",
    "total_tax",
    "interest_total",
    "updated_at",
)
STAMPED = tuple(one for one in clio.LISTS if one.reading.has_stamps)
SETS = tuple(one for one in clio.LISTS if one.reading is Reading.SETS)
MONEY = tuple(one for one in clio.LISTS if one.reading is Reading.MONEY)
_sql = partial(read_sql, __package__)
Records = dict[str, Record]


def key(record: Record) -> str:
    """A record's id as the warehouse writes it."""
    return str(record.get("id"))


def linked(record: Record, name: str) -> str | None:
    """The id of an associated record."""
    other = record.get(name)
    return str(other["id"]) if isinstance(other, dict) and other.get("id") is not None else None


def is_dead(record: Record) -> bool:
    """A void or deleted bill, a voided allocation: records that a plain list may leave out."""
    return record.get("state") in ("void", "deleted") or bool(record.get("voided_at"))


def clio_api(firm: Firm, grant: Grant, transport: Transport) -> Api:
    """Clio's client for one firm."""
    return Api(firm.id, "clio", firm.clio.api, grant, transport, pace=SameTime(firm.id, "clio", ClioPace()))


class ClioNight:
    """Reads the lists of one firm. ``read`` is called once per list, from any thread."""

    def __init__(self, api: Api, held: Held, converter: Converter, *, full: bool) -> None:
        self.api = api
        self.firm_id = held.firm_id
        self.converter = converter
        self.full = full
        self.results: dict[str, ListResult] = {}
        self._held = held
        self._lock = threading.RLock()
        self._kept: dict[Any, Any] = {}

    # The lists

    def read(self, clio_list: ClioList) -> Iterator[list[Record]]:
        """Tonight's records of a list, in batches."""
        match Reading.SWEPT if self.full and clio_list.reading is not Reading.FIRST else clio_list.reading:
            case Reading.FIRST:
                yield list(self.bank_accounts().values())
            case Reading.SWEPT:
                yield from self._sweep(clio_list)
            case Reading.OWED:
                yield list(self._outstanding().values())
            case Reading.MONEY:
                yield list(self._money()[clio_list.name].values())
            case Reading.OPEN:
                yield list(self._bills().values())
            case Reading.ENTRIES:
                yield list(self._bank_transactions().values())
            case Reading.SETS:
                yield from self._sets(clio_list)

    @once
    def bank_accounts(self) -> Records:
        """Bank accounts, before anything else: the mapping in the settings is resolved against them."""
        return self._whole(clio.BANK_ACCOUNTS)

    def bank_accounts_again(self) -> Records:
        """The same with every proof, before a person is told that there is no such account."""
        found = self._kept[("bank_accounts",)] = self._gather(self._sweep(clio.BANK_ACCOUNTS))
        return found

    @once
    def _outstanding(self) -> Records:
        """Clio's own balance of each client: what the open bills add up to, or read with the last page twice."""
        one = clio.OUTSTANDING_CLIENT_BALANCES
        found = self._once_through(one)
        owing = self._held.ids(one.main, "total_outstanding_balance <> 0")
        if owing <= found.keys() and _sum_of(found) in self._open_balances(self._bills_read()):
            self.result(one).proof = "adds up to the open bills"
            return found
        return self._gather(self._sweep(one))

    # Readings

    def result(self, clio_list: ClioList) -> ListResult:
        """The list's row of evidence."""
        with self._lock:
            now = datetime.now(UTC).replace(tzinfo=None)
            return self.results.setdefault(clio_list.name, ListResult(self.firm_id, "clio", clio_list.name, now))

    def _walk(self, clio_list: ClioList) -> Walk:
        return Walk(self.api, clio_list.name, held=self._held.count(clio_list.main))

    def _count(self, clio_list: ClioList, walk: Walk) -> None:
        result = self.result(clio_list)
        result.pages += walk.pages
        result.rows += walk.rows

    def _sweep(self, clio_list: ClioList) -> Iterator[list[Record]]:
        """Every record there is, including those that only a further query shows."""
        result = self.result(clio_list)
        result.mode, result.asked_since = "full", None
        walk = self._walk(clio_list)
        dead = 0
        for batch in walk_clio(walk, clio_list):
            dead += sum(is_dead(record) for record in batch)
            yield batch
        result.shows_deleted = True if dead else None
        result.proof = "highest id seen" if clio_list.ordered else "last page asked for twice"
        for further in clio_list.also:
            side = self._walk(clio_list)
            for batch in walk_clio(side, clio_list, further, tail=False):
                fresh = walk.take(batch, "id", clio_list.limit)
                walk.pages -= 1
                yield fresh
            walk.pages += side.pages
        self._count(clio_list, walk)

    def _whole(self, clio_list: ClioList) -> Records:
        """Every record there is, in as few calls as show it: newest first, down to the oldest that we hold."""
        held = self._held_ids(clio_list)
        if clio_list is clio.INTEREST_CHARGES and not self.full:
            return self._interest_charges(held)
        if self.full or not held or not clio_list.ordered:
            return self._gather(self._sweep(clio_list))
        found = self._once_through(clio_list, NEWEST_FIRST)
        shown = [int(number) for number in found if number.isdecimal()]
        result = self.result(clio_list)
        result.shows_deleted = True if any(map(is_dead, found.values())) else None
        if shown != sorted(shown, reverse=True) or len(shown) < len(found):
            return self._gather(self._sweep(clio_list))
        for further in () if self._held.shows_deleted("clio", clio_list.main) else clio_list.also:
            found.update(self._once_through(clio_list, further))
        if held - found.keys():
            found = self._gather(self._sweep(clio_list))
            self._confirm_gone(clio_list, held - found.keys())
            return found
        result.proof = "newest first, with all that we hold"
        return found

    def _interest_charges(self, held: set[str]) -> Records:
        """All of them, believed when none that we hold is missing and those of changed bills add up to the bills."""
        one = clio.INTEREST_CHARGES
        found = self._once_through(one)
        if held <= found.keys() and not self._not_adding_up(one, self.changed_bills(), found, set()):
            self.result(one).proof = "all that we hold, and what changed adds up to the bills"
            return found
        return self._gather(self._sweep(one))

    def _once_through(self, clio_list: ClioList, extra: Mapping[str, str] | None = None) -> Records:
        """One walk, whose end something else has to prove."""
        result = self.result(clio_list)
        result.mode, result.asked_since = "full", None
        walk = self._walk(clio_list)
        found = self._gather(walk_clio(walk, clio_list, extra or {}, tail=False))
        self._count(clio_list, walk)
        return found

    def _confirm_gone(self, clio_list: ClioList, missing: set[str]) -> None:
        """Of the records that a whole reading left out, those that are gone when asked for: what hangs on them is read
        again tonight. Where many are missing the list lost a right, which the end of the night says."""
        if missing and not has_shrunk(len(missing), self._held.count(clio_list.main)):
            again, gone = self.reread(clio_list, missing)
            refuse_returned(self.result(clio_list), set(again))
            self.result(clio_list).gone |= gone

    def _gather(self, batches: Iterable[list[Record]]) -> Records:
        return {key(record): record for batch in batches for record in batch}

    @once
    def _is_whole_each_night(self, clio_list: ClioList) -> bool:
        """Whether all of a list is read: because that costs no more calls than what changed in it, or for the sake of
        the money on each matter and contact."""
        pages = -(-self._held.count(clio_list.main) // clio_list.limit)
        if clio_list.reading is Reading.MONEY:
            return pages <= max(1, SNAPSHOT_PAGES)
        if clio_list.reading is not Reading.OPEN:
            return pages <= 1
        states = self._held.rows(
            "select count(*) from clio.bills where firm_id = ? and vanished_at is null and state in (select unnest(?))"
            " group by state",
            self.firm_id,
            list(UNFINISHED),
        )
        unfinished: int = len(UNFINISHED) - len(states) + sum(-(-count // clio_list.limit) for (count,) in states)
        return pages <= CALLS_FOR_CHANGES + unfinished

    def _changed(self, clio_list: ClioList) -> Records:
        """The list's changes since its last reading; all of it when that is no dearer, or the changes are not
        believed."""
        if not self._has_stamps(clio_list):
            return self._whole(clio_list)
        if why := self._disbelieved().get(clio_list.name):
            found = self._gather(self._sweep(clio_list))
            self.result(clio_list).proof += f"; swept, as {why}"
            return found
        return dict(self._since_answer(clio_list))

    def _has_stamps(self, clio_list: ClioList) -> bool:
        """Whether this list is large enough to be asked for its changes."""
        return not self.full and not self._is_whole_each_night(clio_list) and self._since(clio_list) is not None

    @once
    def _since(self, clio_list: ClioList) -> datetime | None:
        return self._held.since("clio", clio_list.main)

    @once
    def _since_answer(self, clio_list: ClioList) -> Records:
        """What Clio says changed. The void and the voided are asked for apart unless a plain list is known to hold
        them."""
        since = self._since(clio_list)
        assert since is not None
        result = self.result(clio_list)
        result.mode, result.asked_since = "incremental", since
        found: Records = {}
        stamp = {"updated_since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
        further = () if self._held.shows_deleted("clio", clio_list.main) else clio_list.also
        for more in ({}, *further):
            walk = self._walk(clio_list)
            found.update(self._gather(walk_clio(walk, clio_list, {**stamp, **more}, tail=False)))
            self._count(clio_list, walk)
        return found

    @once
    def _disbelieved(self) -> dict[str, str]:
        """Lists whose "changed since" is not believed tonight, and why: all of them, once one is caught leaving out a
        change. Looked at are the changes we hold ourselves that it has to name, the highest id of each list that can be
        ordered, and the stamp of each unfinished bill."""
        stamped = {one: self._since_answer(one).keys() for one in STAMPED if self._has_stamps(one)}
        found: dict[str, str] = {}
        for clio_list, said in stamped.items():
            if hidden := self._hidden_of_those_held(clio_list):
                return dict.fromkeys((one.name for one in stamped), f"{clio_list.name} hid {hidden} from its changes")
            if not clio_list.ordered:
                continue
            held = self._held_ids(clio_list)
            highest = highest_id(self._walk(clio_list), clio_list)
            self.result(clio_list).pages += 1
            if highest is not None and highest not in said and highest not in held:
                return dict.fromkeys((one.name for one in stamped), f"{clio_list.name} hid {highest} from its changes")
            if highest is None or int(highest) < max(map(int, filter(str.isdecimal, held | said)), default=0):
                found[clio_list.name] = "its newest record is not shown any more"
        if clio.BILLS in stamped and (hidden := self._hidden_bill()):
            return dict.fromkeys((one.name for one in stamped), f"bills hid {hidden} from its changes")
        return found

    def _hidden_of_those_held(self, clio_list: ClioList) -> str | None:
        """A record that we hold with a stamp after we asked from, that was not named, and that is still there."""
        late = f"updated_at > ? and {clio_list.main.is_there}"
        unnamed = self._held.ids(clio_list.main, late, self._since(clio_list)) - self._since_answer(clio_list).keys()
        sample = set(sorted(unnamed)[: IDS_PER_CALL - 1])
        again, gone = self.reread(clio_list, sample)
        self.result(clio_list).gone |= gone
        return next(iter((*again, *sorted(unnamed - sample))), None)

    def _held_ids(self, clio_list: ClioList) -> set[str]:
        return self._held.ids(clio_list.main, clio_list.main.is_there)

    def _hidden_bill(self) -> str | None:
        """An unfinished bill whose own stamp says that it changed after we asked from, and that was not named."""
        since, said = self._since(clio.BILLS), self._since_answer(clio.BILLS)
        assert since is not None
        unnamed = [record for number, record in self._unfinished().items() if number not in said]
        tonight = self.converter.table(clio.BILLS.main, unnamed).select(["id", "updated_at"]).to_pylist()
        began = self.result(clio.BILLS).started_at
        return next((row["id"] for row in tonight if row["updated_at"] and since < row["updated_at"] < began), None)

    @once
    def _unfinished(self) -> Records:
        """Every bill that is not paid, void or deleted, as it is now."""
        found: Records = {}
        for state in UNFINISHED:
            walk = self._walk(clio.BILLS)
            found.update(self._gather(walk_clio(walk, clio.BILLS, {"state": state}, tail=False)))
            self._count(clio.BILLS, walk)
        return found

    # By id

    def reread(self, clio_list: ClioList, ids: Iterable[str]) -> tuple[Records, set[str]]:
        """These records as they are now, and the ids that are no longer there: asked for twice, beside one that
        is."""
        wanted = sorted(set(ids))
        found: Records = {}
        for further in ({}, *clio_list.also):
            missing = [number for number in wanted if number not in found]
            found.update(self._by_ids(clio_list, missing, further))
        missing = [number for number in wanted if number not in found]
        if missing:
            canary = next(iter(found), None) or self._any_id(clio_list)
            found.update(self._by_ids(clio_list, missing, {}, canary))
        gone = {number for number in missing if number not in found}
        return {number: record for number, record in found.items() if number in set(wanted)}, gone

    def _by_ids(
        self, clio_list: ClioList, ids: list[str], further: dict[str, str], canary: str | None = None
    ) -> Records:
        found: Records = {}
        for start in range(0, len(ids), IDS_PER_CALL - 1):
            chunk = ids[start : start + IDS_PER_CALL - 1] + ([canary] if canary else [])
            walk = self._walk(clio_list)
            page = self._gather(walk_clio(walk, clio_list, {"ids[]": chunk, **further}, tail=False))
            self.result(clio_list).pages += walk.pages
            if canary and canary not in page:
                raise walk.fail(f"record {canary} was expected when asked for by id, found nothing")
            found.update(page)
        return found

    def _any_id(self, clio_list: ClioList) -> str | None:
        walk = self._walk(clio_list)
        for batch in walk_clio(walk, clio_list, {"limit": 1}, tail=False):
            for record in batch:
                return key(record)
        return None

    # Bills and what hangs on them

    @once
    def _bills_read(self) -> Records:
        """Tonight's bills before it is known that they add up."""
        found = self._changed(clio.BILLS)
        result = self.result(clio.BILLS)
        if result.mode == "full":
            return found
        found.update(self._unfinished())
        were_open = self._held.ids(
            clio.BILLS.main, "vanished_at is null and state in (select unnest(?))", list(UNFINISHED)
        )
        named = {
            bill
            for batch in self._side_changes().values()
            for record in batch.values()
            if (bill := linked(record, "bill"))
        }
        again, gone = self.reread(clio.BILLS, (were_open | named) - found.keys())
        found.update(again)
        result.rows += len(again)
        result.gone |= gone & self._held.ids(clio.BILLS.main)
        return found

    @once
    def _bills(self) -> Records:
        found = self._bills_read()
        result = self.result(clio.BILLS)
        if result.mode == "full":
            return found
        result.proof = self._proof_of_balances(found)
        if not result.proof:
            found = self._gather(self._sweep(clio.BILLS))
            result.proof += "; swept, as the open bills do not add up to Clio's outstanding balance"
        return found

    @once
    def _side_changes(self) -> dict[str, Records]:
        """Changes of the lists that hang on bills; a list read whole tells nothing about what changed."""
        return {found.name: self._fresh(found, self._since_answer(found)) for found in SETS if self._has_stamps(found)}

    def _fresh(self, clio_list: ClioList, said: Records) -> Records:
        """Those of these records that are not just as we hold them, or changed so shortly before the last reading that
        something else may have come to light since."""
        main = clio_list.main
        ours, theirs = (", ".join(f"{alias}.{column.name}" for column in main.columns) for alias in ("h", "t"))
        sql = f"""
            select t.id from tonight t left join {main.qualified} h on h.firm_id = ? and h.id = t.id
            where h.id is null or t.updated_at >= ? or (select row({theirs})) is distinct from (select row({ours}))
        """  # noqa: S608  (names are ours)
        tonight = self.converter.table(main, list(said.values()))
        recent = self._held.recent("clio", main)
        return {row[0]: said[row[0]] for row in self._held.rows(sql, self.firm_id, recent, tonight=tonight)}

    def _open_balances(self, found: Records) -> tuple[Decimal, Decimal]:
        """What the open bills add up to, without trust requests and with them."""
        tonight = self.converter.table(clio.BILLS.main, list(found.values()))
        gone = list(self.result(clio.BILLS).gone)
        without, with_requests = self._held.rows(_sql("open_balances"), self.firm_id, gone, tonight_rows=tonight)[0]
        return without, with_requests

    def _proof_of_balances(self, found: Records) -> str:
        """Open bills add up to the outstanding balances, with or without trust requests; or differ as they did
        before."""
        stated = _sum_of(self._outstanding())
        ours = self._open_balances(found)
        if stated in ours:
            return "open bills add up to Clio's outstanding balance"
        before = self._held.rows(_sql("balances_before"), self.firm_id, self.firm_id)[0][0]
        return (
            "open bills differ from Clio's outstanding balance as on the night before"
            if stated - ours[0] == before
            else ""
        )

    @once
    def changed_bills(self) -> set[str]:
        """Bills whose sets are read again: new, stamped since, or with other figures than we hold; and those
        named."""
        bills = self._bills()
        tonight = self.converter.table(clio.BILLS.main, list(bills.values()))
        recent = self._held.recent("clio", clio.BILLS.main)
        ours, theirs = (", ".join(f"{alias}.{name}" for name in FIGURES) for alias in ("h", "t"))
        sql = f"""
            select t.id from tonight t left join clio.bills h on h.firm_id = ? and h.id = t.id
            where h.id is null or t.updated_at >= ? or (select row({theirs})) is distinct from (select row({ours}))
        """  # noqa: S608  (names are ours)
        differing = self._held.rows(sql, self.firm_id, recent, tonight=tonight)
        named = {bill for batch in self._side_changes().values() for r in batch.values() if (bill := linked(r, "bill"))}
        return {row[0] for row in differing} | named | self.result(clio.BILLS).gone

    def _sets(self, clio_list: ClioList) -> Iterator[list[Record]]:
        """Line items, allocations or interest charges of the bills that changed, as sets."""
        found = self._changed(clio_list)
        if self.result(clio_list).mode == "full":
            yield list(found.values())
            return
        bills = self.changed_bills()
        held = self._held.ids_of(clio_list.main, "bill_id", bills) - found.keys()
        by_id = -(-len(held) // (IDS_PER_CALL - 1)) * (1 + len(clio_list.also))
        by_bill = len(bills) * (1 + len(clio_list.also))
        sweep = -(-self._held.count(clio_list.main) // clio_list.limit)
        if sweep < min(by_id, by_bill):
            yield from self._sweep(clio_list)
            return
        result = self.result(clio_list)
        result.mode = "sets"
        if by_id <= by_bill:
            again, gone = self.reread(clio_list, held)
            result.rows += len(again)
        else:
            again, gone = self._bill_by_bill(clio_list, bills, held)
        found.update(again)
        result.gone |= gone
        odd = self._not_adding_up(clio_list, bills, found, gone)
        again, gone = self._bill_by_bill(
            clio_list, odd, self._held.ids_of(clio_list.main, "bill_id", odd) - found.keys()
        )
        found.update(again)
        result.gone |= gone
        result.proof = f"sets of {len(bills)} changed bills, {len(odd)} of them read bill by bill"
        yield list(found.values())

    def _bill_by_bill(self, clio_list: ClioList, bills: Iterable[str], held: set[str]) -> tuple[Records, set[str]]:
        """The whole set of each of these bills; what we hold of them and is not in it is asked for by id, then
        gone."""
        found: Records = {}
        for bill in sorted(bills):
            for further in ({}, *clio_list.also):
                walk = self._walk(clio_list)
                found.update(self._gather(walk_clio(walk, clio_list, {"bill_id": bill, **further}, tail=False)))
                self._count(clio_list, walk)
        again, gone = self.reread(clio_list, held - found.keys())
        return {**found, **again}, gone

    def _not_adding_up(self, clio_list: ClioList, bills: set[str], found: Records, gone: set[str]) -> set[str]:
        """Changed bills, alive and held tonight, whose set does not add up to the figure that the bill states."""
        check = clio_list.adds_up
        if not check or not bills:
            return set()
        tonight = self.converter.table(clio_list.main, list(found.values()))
        stated = self.converter.table(clio.BILLS.main, [r for i, r in self._bills().items() if i in bills])
        sql = f"""
            with rows as (
                select * from tonight union all by name
                select * from {clio_list.main.qualified}
                where firm_id = ? and id not in (select id from tonight) and id not in (select unnest(?)))
            select b.id from stated b left join rows r on r.bill_id = b.id
            where b.state not in ('void', 'deleted')
            group by b.id, b.sub_total, b.total, b.total_tax, b.interest_total, b.paid, b.credits_issued
            having not coalesce({check}, true)
        """  # noqa: S608  (names are ours)
        return {row[0] for row in self._held.rows(sql, self.firm_id, list(gone), tonight=tonight, stated=stated)}

    # Money held

    @once
    def _bank_transactions(self) -> Records:
        found = self._changed(clio.BANK_TRANSACTIONS)
        result = self.result(clio.BANK_TRANSACTIONS)
        if result.mode == "full":
            return found
        swept = self._accounts_out_of_step(found)
        for account in sorted(swept):
            walk = self._walk(clio.BANK_TRANSACTIONS)
            found.update(self._gather(walk_clio(walk, clio.BANK_TRANSACTIONS, {"bank_account_id": account})))
            self._count(clio.BANK_TRANSACTIONS, walk)
        held = self._held.ids_of(clio.BANK_TRANSACTIONS.main, "bank_account_id", swept) - found.keys()
        again, gone = self.reread(clio.BANK_TRANSACTIONS, held)
        found.update(again)
        result.gone |= gone
        result.proof = f"count and sum equal each account's own, {len(swept)} accounts swept"
        return found

    def _accounts_out_of_step(self, found: Records) -> set[str]:
        """Accounts whose own count or balance is not that of their entries, unless it differed by as much before."""
        tonight = self.converter.table(clio.BANK_TRANSACTIONS.main, list(found.values()))
        accounts = self.converter.table(clio.BANK_ACCOUNTS.main, list(self.bank_accounts().values()))
        sql = _sql("accounts_out_of_step")
        return {row[0] for row in self._held.rows(sql, self.firm_id, tonight=tonight, accounts=accounts)}

    @once
    def _money(self) -> dict[str, Records]:
        """Matters and contacts with the money held on each."""
        found = {one.name: self._with_money(one) for one in MONEY}
        if self._holds_what_the_bank_says(found):
            return found
        for one in MONEY:
            if self.result(one).mode != "full":
                found[one.name] = self._gather(self._sweep(one))
        return found

    def _with_money(self, clio_list: ClioList) -> Records:
        found = self._changed(clio_list)
        if self.result(clio_list).mode == "full":
            return found
        balances = clio_list.tables[1]
        holding = f"select {balances.key[0]} from {balances.qualified} where firm_id = ? and balance <> 0"  # noqa: S608
        ids = {row[0] for row in self._held.rows(holding, self.firm_id)}
        entries = self._fresh(clio.BANK_TRANSACTIONS, self._bank_transactions())
        ids |= {other for record in entries.values() if (other := linked(record, clio_list.named_by))}
        again, gone = self.reread(clio_list, ids - found.keys())
        result = self.result(clio_list)
        result.gone |= gone
        result.rows += len(again)
        result.proof = "changed since, and those that hold or moved money, adding up to the trust accounts"
        return {**found, **again}

    def _holds_what_the_bank_says(self, found: dict[str, Records]) -> bool:
        """Trust money on matters and contacts adds up to the trust accounts' balances."""
        if all(self.result(one).mode == "full" for one in MONEY):
            return True
        held = Decimal(0)
        for one in MONEY:
            records = found[one.name].values()
            balances = one.tables[1]
            sql = f"""
                select coalesce(sum(balance), 0) from {balances.qualified}
                where firm_id = ? and type = 'Trust' and {balances.key[0]} not in (select unnest(?))
            """  # noqa: S608  (names are ours)
            held += (
                self._held.rows(sql, self.firm_id, list(found[one.name]))[0][0]
                if self.result(one).mode != "full"
                else 0
            )
            held += sum(
                _money(pocket.get("balance"))
                for record in records
                for pocket in _pockets(record)
                if pocket.get("type") == "Trust"
            )
        bank = sum(_money(a.get("balance")) for a in self.bank_accounts().values() if a.get("type") == "Trust")
        return held == bank


def _sum_of(balances: Records) -> Decimal:
    return sum((_money(record.get("total_outstanding_balance")) for record in balances.values()), Decimal(0))


def _money(value: Any) -> Decimal:
    if value is None or value == "":
        return Decimal(0)
    try:
        return read_decimal(value).quantize(Decimal("0.01"))
    except (ValueError, InvalidOperation):
        raise TryAgain(
            f"clio: a balance was expected to be an amount, found {kind_of(value)}. Nothing was published. Run again; "
            "if it happens again, report it to the maintainers."
        ) from None


def _pockets(record: Record) -> list[Record]:
    """The money held on a matter or a contact."""
    try:
        return objects(record.get("account_balances"))
    except OddBody as found:
        raise TryAgain(
            f"clio: account_balances was expected to be an array of objects, found {found}. Nothing was published. Run "
            "again; if it happens again, report it to the maintainers."
        ) from None
