"""Bills: those that changed since, and every unfinished one (interest and payments may move a bill without touching its
stamp); those that other lists say changed, and those that were unfinished and are not shown any more, by id.

What is open must add up to Clio's own outstanding balance; if it does not, and did not yesterday by the same amount,
bills are swept. The outstanding balances are believed in one reading when they add up to the open bills and no client
is missing, and asked for once more where not.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pyarrow.compute as pc

from pipelines.api.once import Keeps, once
from pipelines.clio import lists as clio
from pipelines.clio.asking import Asking
from pipelines.clio.changes import Changes
from pipelines.clio.lists import Reading
from pipelines.tables.columns import Record
from pipelines.tables.found import Found
from pipelines.tables.sql import read_sql

SETS = tuple(one for one in clio.LISTS if one.reading is Reading.SETS)
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
_sql = partial(read_sql, __package__)


def linked(record: Record, name: str) -> str | None:
    """The id of an associated record."""
    other = record.get(name)
    return str(other["id"]) if isinstance(other, dict) and other.get("id") is not None else None


class Bills(Keeps):
    """One firm's bills tonight, and the balances that prove them."""

    def __init__(self, asking: Asking, changes: Changes) -> None:
        super().__init__()
        self._asking = asking
        self._changes = changes
        self._held = asking.held

    @once
    def bills(self) -> Found:
        """Tonight's bills."""
        found = self._read()
        result = self._asking.result(clio.BILLS)
        if result.mode == "full":
            return found
        result.proof = self._proof_of_balances(found)
        if not result.proof:
            found = self._asking.swept(clio.BILLS)
            result.proof += "; swept, as the open bills do not add up to Clio's outstanding balance"
        return found

    @once
    def _read(self) -> Found:
        """Tonight's bills before it is known that they add up."""
        found = self._changes.changed(clio.BILLS)
        result = self._asking.result(clio.BILLS)
        if result.mode == "full":
            return found
        found = found.joined(self._changes.unfinished(clio.BILLS))
        were_open = self._held.ids(
            clio.BILLS.main, "vanished_at is null and state in (select unnest(?))", list(clio.BILLS.unfinished)
        )
        again, gone = self._asking.reread(clio.BILLS, (were_open | self._named()) - found.keys())
        result.rows += len(again)
        result.gone |= gone & self._held.ids(clio.BILLS.main)
        return found.joined(again)

    @once
    def _named(self) -> set[str]:
        """Bills named by changes of the lists that hang on bills; a list read whole tells nothing about what
        changed."""
        changes = self._changes
        asked = (one for one in SETS if changes.are_asked_for(one))
        changed = (record for one in asked for record in changes.fresh(one, changes.said(one)))
        return {bill for record in changed if (bill := linked(record, "bill"))}

    @once
    def changed(self) -> set[str]:
        """Bills whose sets are read again: new, stamped since, or with other figures than we hold; and those
        named."""
        differing = self._changes.not_as_held(clio.BILLS, self.bills(), FIGURES)
        return differing | self._named() | self._asking.result(clio.BILLS).gone

    # Outstanding balances

    @once
    def outstanding(self) -> Found:
        """Clio's own balance of each client: what the open bills add up to, or read with the last page twice."""
        one = clio.OUTSTANDING_CLIENT_BALANCES
        found = self._asking.once_through(one)
        owing = self._held.ids(one.main, "total_outstanding_balance <> 0")
        if owing <= found.keys() and _sum_of(found) in self._open_balances(self._read()):
            self._asking.result(one).proof = "adds up to the open bills"
            return found
        return self._asking.swept(one)

    def _open_balances(self, found: Found) -> tuple[Decimal, Decimal]:
        """What the open bills add up to, without trust requests and with them."""
        gone = list(self._asking.result(clio.BILLS).gone)
        tonight = found.rows(clio.BILLS.main)
        without, with_requests = self._held.rows(
            _sql("open_balances"), self._asking.firm_id, gone, tonight_rows=tonight
        )[0]
        return without, with_requests

    def _proof_of_balances(self, found: Found) -> str:
        """Open bills add up to the outstanding balances, with or without trust requests; or differ as they did
        before."""
        stated = _sum_of(self.outstanding())
        ours = self._open_balances(found)
        if stated in ours:
            return "open bills add up to Clio's outstanding balance"
        before = self._held.total(_sql("balances_before"))
        return (
            "open bills differ from Clio's outstanding balance as on the night before"
            if stated - ours[0] == before
            else ""
        )


def _sum_of(balances: Found) -> Decimal:
    rows = balances.rows(clio.OUTSTANDING_CLIENT_BALANCES.main)
    total: Decimal | None = pc.sum(rows.column("total_outstanding_balance")).as_py()
    return total or Decimal(0)
