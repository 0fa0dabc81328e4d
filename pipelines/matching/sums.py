"""Which of several amounts add up to one: a lump deposit, a transfer of several fees, a cheque entered in parts.

A set of amounts that adds up proves something only when it is the only one. So the search counts, and stops at two:
whether there is no set, exactly one, or more is all that anybody needs to know. Equal amounts are one kind with a
number: a set that holds some of them but not all could as well hold the others, and is no longer the only one.

The amounts of a week have more subsets than can be looked at, but few sums: partial sums of equal size and equal number
of members are one state, kept with at most two ways to reach it. Where even the states are too many, the answer is the
cautious one, that there may be several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

MOST_STATES = 20_000

Way = tuple[tuple[int, int], ...]  # (amount, how many of it)


@dataclass(frozen=True)
class Sums:
    """How many sets add up (0, 1, or 2 for several) and, by position, whose: of one set its members; of several all
    amounts that are in one of the first two, equal ones included; none where there were too many to look at."""

    ways: int
    members: tuple[int, ...] = ()


def sets_that_add_up(target: int, amounts: Sequence[int], least: int = 2, most: int = 8) -> Sums:
    """Whether exactly one set of `least` to `most` of the amounts adds up to the target; whole numbers above 0."""
    positions = defaultdict(list)
    for position, amount in enumerate(amounts):
        if 0 < amount < target:
            positions[amount].append(position)
    found = _ways(target, {amount: len(of_amount) for amount, of_amount in positions.items()}, least, most)
    if found is None:
        return Sums(2)
    if not found:
        return Sums(0)
    is_only = len(found) == 1 and all(taken == len(positions[amount]) for amount, taken in found[0])
    members = {position for way in found for amount, _ in way for position in positions[amount]}
    return Sums(1 if is_only else 2, tuple(sorted(members)))


def _ways(target: int, counts: dict[int, int], least: int, most: int) -> list[Way] | None:
    """Up to two ways to reach the target, told by the amounts alone; None where there are too many states."""
    states: dict[tuple[int, int], list[Way]] = {(0, 0): [()]}
    for amount in sorted(counts, reverse=True):
        longer: dict[tuple[int, int], list[Way]] = defaultdict(list)
        for (members, total), ways in states.items():
            if total + (most - members) * amount < target:
                continue  # Not even the largest amounts left would reach it.
            for taken in range(min(counts[amount], most - members, (target - total) // amount) + 1):
                reached = longer[members + taken, total + taken * amount]
                reached += [(*way, (amount, taken)) if taken else way for way in ways][: 2 - len(reached)]
        if len(longer) > MOST_STATES:
            return None
        states = longer
    return [way for members in range(least, most + 1) for way in states.get((members, target), ())][:2]


def one_set_that_adds_up(target: int, amounts: Sequence[int], least: int = 2, most: int = 8) -> tuple[int, ...]:
    """The positions of a set that adds up, of several the one of the fewest and largest amounts, of equal amounts the
    first; empty where there is none, or too many to look at. For sums within one bill, where all belongs together and
    only what is left alone counts."""
    positions = defaultdict(list)
    for position, amount in enumerate(amounts):
        if 0 < amount < target:
            positions[amount].append(position)
    found = _ways(target, {amount: len(of_amount) for amount, of_amount in positions.items()}, least, most)
    if not found:
        return ()
    return tuple(sorted(position for amount, taken in found[0] for position in positions[amount][:taken]))
