"""The demo firm's life at any size, with a fault on each twentieth bill: `build(now, bills=4_000)`.

For measuring how much of what is wrong is found, and how much of what is said is so. The rows that the faults must
produce are `planted(firm)`, as in the demo firm; nothing else is wrong with its receivables.
"""

from datetime import datetime
from functools import partial

from sandbox.demo_faults import (
    FAULTS,
    before_the_start,
    below_zero_for_two_days,
    contact_archived,
    trust_entry_forgotten,
)
from sandbox.demo_firm import planted
from sandbox.demo_life import DAYS, MATTERS, Builder
from sandbox.engine import Firm

__all__ = ["build", "planted"]

ONE_IN = 20
FIRST_DAY = DAYS - 30
LAST_DAY = 9
# Of client money, or of a client of their own: once is enough.
ONLY_ONCE = (trust_entry_forgotten, below_zero_for_two_days, contact_archived, before_the_start)
REPEATED = tuple(fault for fault in FAULTS if fault not in ONLY_ONCE)


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
                self.later(day, partial(self._fault, work, REPEATED[count % len(REPEATED)]))
            else:
                self.later(day, partial(self._ordinary, self.works[position % MATTERS]))


def build(now: datetime, bills: int = 4_000, seed: int = 4_000) -> Firm:
    """A firm with so many bills, one in twenty of them with a fault."""
    return FaultyBuilder(now, bills, seed).run()
