"""One payment against several: what goes together, in which order, and just inside and outside of it."""

import random
import time
from typing import NamedTuple

import pytest

from pipelines.matching.instalments import group_payments


class P(NamedTuple):
    """A payment in whole units: `c` of Clio, `x` of Xero."""

    side: str
    day: int
    amount: int
    parent: int = 0
    is_fee: bool = False


def groups(*payments: P, near: bool = True) -> list[list[int]]:
    """The sets found, each as the positions of its members."""
    sides, days, amounts, parents, fees = zip(*payments, strict=True)
    found = group_payments([side == "c" for side in sides], days, amounts, parents, fees, near)
    return [[place for place, number in enumerate(found) if number == of] for of in sorted(set(found) - {0})]


def test_parts_of_one_day_are_one_payment() -> None:
    assert groups(P("c", 1, 900), P("x", 1, 400), P("x", 1, 500)) == [[0, 1, 2]]
    assert groups(P("x", 1, 900), P("c", 4, 400), P("c", 4, 500)) == [[0, 1, 2]]


def test_parts_of_a_day_further_off_are_found_when_all_else_is_settled() -> None:
    payments = P("c", 1, 900), P("x", 5, 400), P("x", 5, 500)
    assert groups(*payments) == []
    assert groups(*payments, near=False) == [[0, 1, 2]]


@pytest.mark.parametrize(("last", "found"), [(4, [[0, 1, 2]]), (5, [])])
def test_parts_of_several_days_lie_within_three_of_the_one(last: int, found: list[list[int]]) -> None:
    assert groups(P("c", 1, 900), P("x", 2, 400), P("x", last, 500)) == found


def test_the_parts_of_one_day_go_before_those_of_several() -> None:
    assert groups(P("c", 1, 900), P("x", 2, 400), P("x", 3, 500), P("x", 4, 300), P("x", 4, 600)) == [[0, 3, 4]]


def test_all_of_a_day_go_before_some_of_it_and_some_leave_the_rest_alone() -> None:
    assert groups(P("c", 1, 900), *(P("x", 1, amount) for amount in (300, 300, 200, 100))) == [[0, 1, 2, 3, 4]]
    assert groups(P("c", 1, 500), *(P("x", 1, amount) for amount in (300, 300, 200))) == [[0, 1, 3]]


@pytest.mark.parametrize(("bank", "fee", "found"), [(4, 7, [[0, 1, 2]]), (5, 5, []), (1, 5, [])])
def test_a_fee_is_taken_within_three_days_of_the_money_at_the_bank(bank: int, fee: int, found: list[list[int]]) -> None:
    assert groups(P("c", 1, 1000), P("x", bank, 970), P("x", fee, 30, is_fee=True)) == found


def test_the_fee_goes_with_the_payment_that_it_completes() -> None:
    assert groups(
        P("c", 1, 1000),
        P("c", 1, 2000),
        P("x", 1, 1940),
        P("x", 1, 970),
        P("x", 1, 30, is_fee=True),
        P("x", 1, 60, is_fee=True),
    ) == [[0, 3, 4], [1, 2, 5]]


def test_all_parts_of_one_payment_have_one_fee() -> None:
    assert groups(P("c", 1, 600, 7), P("c", 1, 400, 7), P("x", 2, 970), P("x", 2, 30, is_fee=True)) == [[0, 1, 2, 3]]


def test_refunds_only_go_with_refunds() -> None:
    assert groups(P("c", 1, -900), P("x", 1, -400), P("x", 1, -500)) == [[0, 1, 2]]
    assert groups(P("c", 1, 100), P("x", 1, 400), P("x", 1, -300)) == []


def test_no_payment_is_in_two_sets_and_every_set_adds_up() -> None:
    chance = random.Random(4)
    for _ in range(200):
        payments = [
            P(chance.choice("cx"), chance.randint(1, 9), chance.randint(1, 12), chance.randint(0, 2))
            for _ in range(chance.randint(2, 12))
        ]
        for members in groups(*payments):
            of_clio = [payments[place].amount for place in members if payments[place].side == "c"]
            of_xero = [payments[place].amount for place in members if payments[place].side == "x"]
            assert sum(of_clio) == sum(of_xero) and min(len(of_clio), len(of_xero)) == 1


def test_many_payments_without_partner_take_seconds() -> None:
    chance = random.Random(5)
    many = [P(side, chance.randint(1, 60), chance.randint(1_000, 90_000)) for side in "cx" for _ in range(300)]
    started = time.process_time()
    groups(*many)
    groups(*(P("c", 1, 100) for _ in range(300)), *(P("x", 1, 50) for _ in range(600)))
    assert time.process_time() - started < 20
