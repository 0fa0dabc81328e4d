"""Which deposits of the book stand together in one line of the bank: a slip with several cheques.

A bank shows the slip, the book its cheques. A line clears deposits of one day, within three days of it, that add up to
it: all of the day's that are still open, or some of them. One line may be explained in several ways, and what one line
takes another cannot have; so the lines of a few days are looked at together, and the answer is one in which as many
lines as possible are explained. Of equal answers the one is taken that uses the whole day, then the nearest day, then
the first deposits: which of equal sums had cleared makes no difference to the balance that is still under way.

The search is bounded. Where there are more ways than can be looked at, the lines are taken one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WITHIN_DAYS = 3
# Sums kept for one line and day, ways kept for one line, and steps of one search.
MOST_SUMS = 50_000
MOST_WAYS = 12
MOST_STEPS = 20_000

Set = tuple[int, ...]


@dataclass(frozen=True)
class Amounts:
    """Lines or deposits: the day of each (whole numbers that count days) and its cents, in the stated order."""

    days: Sequence[int]
    cents: Sequence[int]


def lines_of_slips(lines: Amounts, deposits: Amounts) -> list[int]:
    """For each deposit the place (from 1) of the line that it stands in with others, or 0."""
    of_day: dict[int, list[int]] = defaultdict(list)
    for deposit, day in enumerate(deposits.days):
        of_day[day].append(deposit)
    search = _Search(lines, deposits, of_day)
    found = [0] * len(deposits.days)
    for group in _groups(lines, of_day):
        for line, members in search.best(group).items():
            for deposit in members:
                found[deposit] = line + 1
    return found


def _groups(lines: Amounts, of_day: dict[int, list[int]]) -> Iterator[list[int]]:
    """Lines in their order, split where no day of deposits could belong to both sides of the gap."""
    group: list[int] = []
    last = 0
    for line in sorted(range(len(lines.days)), key=lambda line: (lines.days[line], line)):
        day = lines.days[line]
        if not any(day + step in of_day for step in range(-WITHIN_DAYS, WITHIN_DAYS + 1)):
            continue
        if group and day - last > 2 * WITHIN_DAYS:
            yield group
            group = []
        group.append(line)
        last = day
    if group:
        yield group


@dataclass
class _Search:
    lines: Amounts
    deposits: Amounts
    of_day: dict[int, list[int]]
    _steps: int = field(default=0, init=False)

    def best(self, group: list[int]) -> dict[int, Set]:
        """Lines of the group with the deposits that each clears, as many lines as possible."""
        self._steps = 0
        return self._from(group, 0, frozenset())

    def _from(self, group: list[int], start: int, taken: frozenset[int]) -> dict[int, Set]:
        if start == len(group):
            return {}
        best: dict[int, Set] = {}
        line, left = group[start], len(group) - start
        for members in self._sets(line, taken):
            rest = self._from(group, start + 1, taken | frozenset(members))
            if len(rest) + 1 > len(best):
                best = {line: members, **rest}
            self._steps += 1
            if len(best) == left or self._steps > MOST_STEPS:
                return best
        without = self._from(group, start + 1, taken)
        return without if len(without) > len(best) else best

    def _sets(self, line: int, taken: frozenset[int]) -> list[Set]:
        """Sets of two or more free deposits of one day that add up to a line, the likeliest first."""
        day, target = self.lines.days[line], self.lines.cents[line]
        found: list[Set] = []
        for step in sorted(range(-WITHIN_DAYS, WITHIN_DAYS + 1), key=lambda step: (abs(step), step)):
            free = [deposit for deposit in self.of_day.get(day + step, ()) if deposit not in taken]
            if len(free) > 1:
                found += self._subsets(target, free)
        whole = [len(members) == len(self.of_day[self.deposits.days[members[0]]]) for members in found]
        return [members for _, members in sorted(zip(whole, found, strict=True), key=lambda way: not way[0])][
            :MOST_WAYS
        ]

    def _subsets(self, target: int, free: list[int]) -> list[Set]:
        """Up to a number of sets with the target as their sum; none where there are too many sums to look at."""
        cents = self.deposits.cents
        if sum(cents[deposit] for deposit in free) < target:
            return []
        sums: dict[int, list[Set]] = {0: [()]}
        for deposit in free:
            longer = {total: list(ways) for total, ways in sums.items()}
            for total, ways in sums.items():
                reached = total + cents[deposit]
                if reached <= target:
                    kept = longer.setdefault(reached, [])
                    kept += [(*way, deposit) for way in ways][: MOST_WAYS - len(kept)]
            if len(longer) > MOST_SUMS:
                return []
            sums = longer
        return [members for members in sums.get(target, []) if len(members) > 1]
