"""Which deposits of the book stand together in one line of the bank: a slip with several cheques.

A bank shows the slip, the book its cheques. A line clears deposits of one day, within three days of it, that add up to
it: all of the day's that are still open, or some of them. One line may be explained in several ways, and what one line
takes another cannot have; so lines that could take the same deposits are looked at together, and the answer is one in
which as many lines as possible are explained. Of equal answers the one is taken that uses a whole day, then the nearest
day, then the first deposits: which of equal sums had cleared makes no difference to the balance that is under way.

The search is bounded: of more than `MOST_OPEN` open deposits of a day only all together are tried, of the ways to
explain a line the first `MOST_WAYS` are kept, and where more than `MOST_LINES` lines hang together they are taken one
after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WITHIN_DAYS = 3
MOST_OPEN = 26
MOST_WAYS = 24
MOST_LINES = 4

Members = tuple[int, ...]


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
    days = {day: _Day(members, deposits.cents) for day, members in of_day.items() if len(members) > 1}
    ways = {line: _ways_of_line(lines.days[line], lines.cents[line], days) for line in range(len(lines.days))}
    found = [0] * len(deposits.days)
    for group in _groups({line: sets for line, sets in ways.items() if sets}):
        chosen = _best(group, ways) if len(group) <= MOST_LINES else _one_by_one(group, ways)
        for line, members in chosen.items():
            for deposit in members:
                found[deposit] = line + 1
    return found


class _Day:
    """The open deposits of one day, and which sums they make."""

    def __init__(self, members: list[int], cents: Sequence[int]) -> None:
        self.members = members
        self.total = sum(cents[member] for member in members)
        self._halves: tuple[dict[int, list[Members]], dict[int, list[Members]]] | None = None
        self._cents = cents

    def sets(self, target: int) -> list[Members]:
        """Sets of two or more deposits that add up to the target, all of the day first, then the first deposits."""
        if target == self.total:
            return [tuple(self.members)]
        if target > self.total or len(self.members) > MOST_OPEN:
            return []
        if self._halves is None:
            middle = len(self.members) // 2
            self._halves = self._sums(self.members[:middle]), self._sums(self.members[middle:])
        first, second = self._halves
        return sorted(
            (*one, *other)
            for total, ones in first.items()
            for one in ones
            for other in second.get(target - total, ())
            if len(one) + len(other) > 1
        )[:MOST_WAYS]

    def _sums(self, members: list[int]) -> dict[int, list[Members]]:
        """All sums of some of these deposits, each with the first ways to reach it."""
        sums: dict[int, list[Members]] = {0: [()]}
        for member in members:
            for total, ways in list(sums.items()):
                kept = sums.setdefault(total + self._cents[member], [])
                kept += [(*way, member) for way in ways if member not in way][: MOST_WAYS - len(kept)]
        return sums


def _ways_of_line(day: int, cents: int, days: dict[int, _Day]) -> list[Members]:
    near = sorted(range(-WITHIN_DAYS, WITHIN_DAYS + 1), key=lambda step: (abs(step), step))
    found = [
        (len(members) < len(days[day + step].members), members)
        for step in near
        if day + step in days
        for members in days[day + step].sets(cents)
    ]
    return [members for _, members in sorted(found, key=lambda way: way[0])][:MOST_WAYS]


def _groups(ways: dict[int, list[Members]]) -> Iterator[list[int]]:
    """Lines that could take the same deposits, together; ascending."""
    takers: dict[int, list[int]] = defaultdict(list)
    for line, sets in ways.items():
        for deposit in {deposit for members in sets for deposit in members}:
            takers[deposit].append(line)
    seen: set[int] = set()
    for start in ways:
        group, ahead = [], [start]
        while ahead:
            line = ahead.pop()
            if line not in seen:
                seen.add(line)
                group.append(line)
                ahead += [other for members in ways[line] for deposit in members for other in takers[deposit]]
        if group:
            yield sorted(group)


def _best(group: list[int], ways: dict[int, list[Members]], taken: frozenset[int] = frozenset()) -> dict[int, Members]:
    """Lines of the group with the deposits that each clears, as many lines as possible."""
    if not group:
        return {}
    line, rest = group[0], group[1:]
    best: dict[int, Members] = {}
    for members in ways[line]:
        if taken.isdisjoint(members):
            found = {line: members, **_best(rest, ways, taken | frozenset(members))}
            if len(found) > len(best):
                best = found
            if len(best) == len(group):
                return best
    without = _best(rest, ways, taken)
    return without if len(without) > len(best) else best


def _one_by_one(group: list[int], ways: dict[int, list[Members]]) -> dict[int, Members]:
    """Each line with its first way that is still free, the lines with the fewest ways first."""
    chosen: dict[int, Members] = {}
    taken: set[int] = set()
    for line in sorted(group, key=lambda line: (len(ways[line]), line)):
        free = next((members for members in ways[line] if taken.isdisjoint(members)), None)
        if free is not None:
            chosen[line] = free
            taken.update(free)
    return chosen
