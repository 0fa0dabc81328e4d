"""One payment against several: which payments of a bill are, together, one payment of the other system.

A client pays 900.00; one system has it as 900.00, the other as 400.00 and 500.00, or as 970.00 at the bank and 30.00
that the card processor kept. Here is decided who belongs together among what has no partner of its own amount. In turn,
and each settled before the next is tried:

1. a **fee leg**: money at the bank and, within 3 days of it, a fee, together one payment of Clio (or all parts of one);
2. several **of one day**, that day within 3 days of the one: all of the day first, then some of it;
3. several **of 3 days** around the one.

A second call, `near=False`, asks for several of one day at any distance, when all else has been settled.

Of what could go together in more than one way the nearest day is taken, then the fewest, then the first in the order of
the rows (day, id): all stand on one bill, so that what is left alone comes to the same. Amounts are whole cents, days
whole numbers; a refund, below zero, only goes with refunds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.matching.sums import one_set_that_adds_up

NEAR_DAYS = 3
# Of more different amounts than this only all of a day together are tried: bills are paid in few instalments.
MOST_AMOUNTS = 24


@dataclass(frozen=True)
class Payment:
    """A payment without partner. `parent`: which payment of Clio it is a part of, 0 for none; `is_fee`: it stands on an
    account for fees."""

    place: int
    is_clio: bool
    day: int
    amount: int
    parent: int
    is_fee: bool


def group_payments(
    is_clio: Sequence[bool],
    days: Sequence[int],
    amounts: Sequence[int],
    parents: Sequence[int],
    is_fee: Sequence[bool],
    near: bool = True,
) -> list[int]:
    """For each payment of one bill and kind the number (from 1) of the set it is in; 0 where it stays alone."""
    payments = [
        Payment(place, *fields)
        for place, fields in enumerate(zip(is_clio, days, amounts, parents, is_fee, strict=True))
    ]
    sets = [0] * len(payments)
    for sign in (1, -1):
        of_sign = [payment for payment in payments if payment.amount * sign > 0]
        if near:
            _take(sets, _fee_legs(of_sign, sets))
            _take(sets, _of_one_day(of_sign, sets, NEAR_DAYS))
            _take(sets, _of_some_days(of_sign, sets))
        else:
            _take(sets, _of_one_day(of_sign, sets, None))
    return sets


def _take(sets: list[int], found: Iterator[list[Payment]]) -> None:
    """Mark each set as it is found, before the next is looked for."""
    for members in found:
        number = max(sets) + 1
        for payment in members:
            sets[payment.place] = number


def _fee_legs(payments: list[Payment], sets: list[int]) -> Iterator[list[Payment]]:
    fees: dict[int, list[Payment]] = defaultdict(list)
    for payment in payments:
        if payment.is_fee and not payment.is_clio:
            fees[payment.amount].append(payment)
    banks = [payment for payment in payments if not payment.is_fee and not payment.is_clio]
    for parts in _payments_of_clio(payments) if fees else ():
        if any(sets[part.place] for part in parts):
            continue
        asked = sum(part.amount for part in parts)
        legs = [
            (min(abs(bank.day - part.day) for part in parts), abs(fee.day - bank.day), bank.place, fee.place, bank, fee)
            for bank in banks
            if not sets[bank.place]
            for fee in fees.get(asked - bank.amount, ())
            if not sets[fee.place] and abs(fee.day - bank.day) <= NEAR_DAYS
        ]
        legs = [leg for leg in legs if leg[0] <= NEAR_DAYS]
        if legs:
            *_, bank, fee = min(legs, key=lambda leg: leg[:4])
            yield [*parts, bank, fee]


def _payments_of_clio(payments: list[Payment]) -> Iterator[list[Payment]]:
    """Each payment of Clio whole, then each part by itself."""
    parts: dict[int, list[Payment]] = defaultdict(list)
    for payment in payments:
        if payment.is_clio and payment.parent:
            parts[payment.parent].append(payment)
    yield from (members for members in parts.values() if len(members) > 1)
    yield from ([payment] for payment in payments if payment.is_clio)


def _of_one_day(payments: list[Payment], sets: list[int], reach: int | None) -> Iterator[list[Payment]]:
    by_day: dict[tuple[bool, int], list[Payment]] = defaultdict(list)
    for payment in payments:
        by_day[payment.is_clio, payment.day].append(payment)
    days = {side: sorted(day for is_clio, day in by_day if is_clio == side) for side in (True, False)}
    for one in payments:
        if sets[one.place]:
            continue
        others = sorted(days[not one.is_clio], key=lambda day: (abs(day - one.day), day))
        for day in others:
            if reach is not None and abs(day - one.day) > reach:
                break
            members = _members(one, by_day[not one.is_clio, day], sets)
            if members:
                yield [one, *members]
                break


def _of_some_days(payments: list[Payment], sets: list[int]) -> Iterator[list[Payment]]:
    for one in payments:
        if sets[one.place]:
            continue
        others = [other for other in payments if other.is_clio != one.is_clio and abs(other.day - one.day) <= NEAR_DAYS]
        members = _members(one, others, sets)
        if members:
            yield [one, *members]


def _members(one: Payment, others: list[Payment], sets: list[int]) -> list[Payment]:
    """Those of the others that are free and together are the one: all of them, or some."""
    free = [other for other in others if not sets[other.place]]
    if len(free) > 1 and sum(other.amount for other in free) == one.amount:
        return free
    smaller = [other for other in free if abs(other.amount) < abs(one.amount)]
    if len({other.amount for other in smaller}) > MOST_AMOUNTS:
        return []
    taken = one_set_that_adds_up(abs(one.amount), [abs(other.amount) for other in smaller])
    return [smaller[position] for position in taken]
