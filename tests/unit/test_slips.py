"""Deposit slips against a second opinion that tries every choice, and money spread over bills."""

from __future__ import annotations

import time
from collections import defaultdict
from itertools import combinations, product
from random import Random

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.night.dbt_functions import Plugin
from pipelines.matching.slips import WITHIN_DAYS, Amounts, lines_of_slips
from pipelines.matching.spread import spread

amounts = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=6)
lines = st.lists(st.tuples(st.integers(0, 9), st.integers(2, 20)), max_size=3)


def as_amounts(rows: list[tuple[int, int]]) -> Amounts:
    return Amounts([day for day, _ in rows], [cents for _, cents in rows])


def most_lines(slips: list[tuple[int, int]], deposits: list[tuple[int, int]]) -> int:
    """The most lines that can be explained at once: every set of every line, every choice of them."""
    ways: list[list[tuple[int, ...]]] = []
    for day, cents in slips:
        near = [one for one, (on, _) in enumerate(deposits) if abs(on - day) <= WITHIN_DAYS]
        ways.append(
            [()]
            + [
                chosen
                for size in range(2, len(near) + 1)
                for chosen in combinations(near, size)
                if len({deposits[one][0] for one in chosen}) == 1 and sum(deposits[one][1] for one in chosen) == cents
            ]
        )
    best = 0
    for choice in product(*ways):
        used = [one for chosen in choice for one in chosen]
        if len(used) == len(set(used)):
            best = max(best, sum(1 for chosen in choice if chosen))
    return best


@settings(max_examples=400, deadline=None)
@given(lines, amounts)
def test_as_many_lines_are_explained_as_can_be(slips: list[tuple[int, int]], deposits: list[tuple[int, int]]) -> None:
    found = lines_of_slips(as_amounts(slips), as_amounts(deposits))
    members = defaultdict(list)
    for deposit, place in enumerate(found):
        if place:
            members[place - 1].append(deposit)
    for line, of_line in members.items():
        assert len(of_line) > 1
        [day] = {deposits[one][0] for one in of_line}
        assert abs(day - slips[line][0]) <= WITHIN_DAYS
        assert sum(deposits[one][1] for one in of_line) == slips[line][1]
    assert len(members) == most_lines(slips, deposits)


def test_the_whole_day_goes_before_some_of_another_one() -> None:
    # 9 is all of day 3, and some of day 2, which is nearer to the line.
    deposits = Amounts([2, 2, 2, 3, 3], [4, 5, 6, 2, 7])
    assert lines_of_slips(Amounts([2], [9]), deposits) == [0, 0, 0, 1, 1]


def test_three_days_are_near_and_four_are_not() -> None:
    deposits = Amounts([10, 10], [4, 5])
    assert [any(lines_of_slips(Amounts([day], [9]), deposits)) for day in (6, 7, 13, 14)] == [False, True, True, False]


def test_a_year_of_slips_takes_seconds() -> None:
    chance, days, cents, slip_days, slip_cents = Random(7), [], [], [], []
    for day in range(365):
        paid = [chance.randrange(100, 1_000_000) for _ in range(20)]
        days += [day] * 20
        cents += paid
        slip_days.append(day + 1)
        slip_cents.append(sum(paid[:15]))
    began = time.process_time()
    found = lines_of_slips(Amounts(slip_days, slip_cents), Amounts(days, cents))
    assert time.process_time() - began < 30
    # Of a million sets of a day some add up to a line of another day.
    assert len(set(found) - {0}) > 360


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sets(st.sampled_from("abc"), min_size=1)), max_size=6),
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 20)),
)
def test_no_cent_is_named_twice(asked: list[tuple[int, set[str]]], held: dict[str, int]) -> None:
    sources = [sorted(names) for _, names in asked]
    given_ = spread([amount for amount, _ in asked], sources, held)
    assert all(0 <= one <= amount for one, (amount, _) in zip(given_, asked, strict=True))
    for names in ({"a"}, {"b"}, {"c"}, {"a", "b"}, {"a", "b", "c"}):
        within = [one for one, of_one in zip(given_, sources, strict=True) if set(of_one) <= names]
        assert sum(within) <= sum(held.get(name, 0) for name in names)
    if asked:
        first = sum(held.get(name, 0) for name in sources[0])
        assert given_[0] == min(asked[0][0], first)


def test_a_bill_of_two_matters_leaves_the_other_bills_theirs() -> None:
    assert spread([100, 100], [["m", "n"], ["m"]], {"m": 100, "n": 100}) == [100, 100]


def test_the_models_can_call_both() -> None:
    with duckdb.connect() as connection:
        Plugin("functions", {}).configure_connection(connection)
        [(slips, given_)] = connection.execute(
            "select lines_of_slips([1], [9], [1, 1, 1], [4, 5, 6]), spread_money([5, 5], [['m'], ['m']], ['m'], [8])"
        ).fetchall()
    assert (slips, given_) == ([1, 1, 0], [5, 3])
