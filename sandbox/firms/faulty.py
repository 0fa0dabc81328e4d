"""The demo firm's life at any size, with a fault of some kind on each tenth bill: `build(now, bills=4_000)`.

For measuring how much of what is wrong is found, and how much of what is said is so. The rows that the faults must
produce once `second_night(firm)` has come are `planted(firm)`, as in the demo firm; nothing else is wrong with its
books.
"""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import accumulate

from sandbox.engine import Firm
from sandbox.firms.demo import planted as planted_in
from sandbox.firms.demo_faults import (
    FAULTS,
    before_the_start,
    below_zero_for_two_days,
    contact_archived,
    trust_entry_forgotten,
)
from sandbox.firms.life import DAYS, MATTERS, Builder, DemoFirm, Fault
from sandbox.firms.more_faults import MORE, ONCE
from sandbox.scenarios.registry import Expected, row

__all__ = ["build", "planted", "second_night"]

ONE_IN = 10
FIRST_DAY = DAYS - 30
LAST_DAY = 9
# Of client money, or of a client of their own: once is enough.
ONLY_ONCE = (trust_entry_forgotten, below_zero_for_two_days, contact_archived, before_the_start)
REPEATED = (*(fault for fault in FAULTS if fault not in (*ONLY_ONCE, *ONCE)), *MORE)
FIGURES = ("clio-account:", "firm", "matter:")


class FaultyBuilder(Builder):
    """The same clients, matters and ways of paying; other bills."""

    def __init__(self, now: datetime, bills: int, seed: int) -> None:
        super().__init__(now, seed)
        self.bills = bills

    def _plan_bills(self) -> None:
        direct = [work for work in self.works if not work.retainer]
        for position in range(self.bills):
            day = self.day(FIRST_DAY - position * (FIRST_DAY - LAST_DAY) // self.bills)
            count, rest = divmod(position, ONE_IN)
            if rest == ONE_IN - 1:
                work = direct[(count * 7 + 3) % len(direct)]
                self.later(day, partial(self._fault, work, fault_number(count)))
            else:
                self.later(day, partial(self._ordinary, self.works[position % MATTERS]))


def fault_number(count: int) -> Fault:
    """Those of the figures first, once; then all others, again and again."""
    return ONCE[count] if count < len(ONCE) else REPEATED[(count - len(ONCE)) % len(REPEATED)]


def planted(firm: Firm) -> list[Expected]:
    """The rows of all faults, and what the firm's own life does to its matters; of a figure and of a matter one row,
    however much moves it."""
    kept: list[Expected] = []
    seen: set[tuple[str, str]] = set()
    for one in (*planted_in(firm), *of_matters(firm)):
        if not one.subject_key.startswith(FIGURES) or (one.code, one.subject_key) not in seen:
            kept.append(one)
        seen.add((one.code, one.subject_key))
    return kept


def second_night(firm: DemoFirm) -> None:
    """What happens between the two nights: some bills are shown no more."""
    for bill in firm.to_vanish:
        firm.clio.forget_bill(bill)
    firm.to_vanish.clear()


def of_matters(firm: Firm) -> list[Expected]:
    """So many bills overdraw a retainer now and then, and leave one at rest: read off the ledgers, day by day."""
    entries: dict[int, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for entry in firm.clio.tables["bank_transactions"].values():
        if entry["matter"] and entry["bank_account"]["name"] in ("IOLTA", "Escrow"):
            entries[entry["matter"]["id"]][entry["date"]] += entry["funds_in"] - entry["funds_out"]
    rows = []
    for matter, days in entries.items():
        balances = list(accumulate(days[day] for day in sorted(days)))
        touched = max(max(days), firm.clio.tables["matters"][matter]["last_activity_date"] or date.min)
        if min(balances) < 0:
            rows.append(row("client_ledger_negative", f"matter:{matter}", amount=str(-min(balances))))
        if balances[-1] > 0 and touched <= firm.today.replace(year=firm.today.year - 1):
            rows.append(row("trust_balance_stale", f"matter:{matter}", amount=str(balances[-1])))
    return rows


def build(now: datetime, bills: int = 4_000, seed: int = 4_000) -> DemoFirm:
    """A firm with so many bills, one in ten of them with a fault."""
    return FaultyBuilder(now, bills, seed).run()
