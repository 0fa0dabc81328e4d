"""Which sets add up, against a second opinion that looks at every subset."""

from __future__ import annotations

import time
from itertools import combinations
from random import Random

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.night.dbt_functions import Plugin
from pipelines.matching.sums import Sums, sets_that_add_up


def every_set(target: int, amounts: list[int]) -> list[tuple[int, ...]]:
    """All sets of two to eight positions that add up, looked at one by one."""
    return [
        chosen
        for size in range(2, 9)
        for chosen in combinations(range(len(amounts)), size)
        if sum(amounts[position] for position in chosen) == target
    ]


@settings(max_examples=400, deadline=None)
@given(st.integers(2, 40), st.lists(st.integers(1, 14), max_size=11))
def test_none_one_or_several_as_looking_at_every_set_says(target: int, amounts: list[int]) -> None:
    sets, found = every_set(target, amounts), sets_that_add_up(target, amounts)
    assert found.ways == min(len(sets), 2)
    assert set(found.members) <= {position for chosen in sets for position in chosen}
    if found.ways == 1:
        assert found.members == sets[0]


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 40), st.lists(st.integers(1, 14), max_size=9), st.randoms(use_true_random=False))
def test_the_order_of_the_amounts_does_not_matter(target: int, amounts: list[int], chance) -> None:
    shuffled = chance.sample(amounts, len(amounts))
    one, other = sets_that_add_up(target, amounts), sets_that_add_up(target, shuffled)
    assert one.ways == other.ways
    if one.ways == 1:
        assert sorted(amounts[i] for i in one.members) == sorted(shuffled[i] for i in other.members)


def test_three_fees_are_one_transfer() -> None:
    assert sets_that_add_up(136_000, [22_000, 46_000, 68_000, 99_900]) == Sums(1, (0, 1, 2))


def test_which_of_equal_amounts_is_several() -> None:
    assert sets_that_add_up(70_000, [30_000, 30_000, 40_000]) == Sums(2, (0, 1, 2))
    assert sets_that_add_up(100_000, [30_000, 30_000, 40_000]) == Sums(1, (0, 1, 2))


def test_one_alone_is_no_sum_and_nine_are_too_many() -> None:
    assert sets_that_add_up(500, [500, 100]) == Sums(0)
    assert sets_that_add_up(8, [1] * 8) == Sums(1, tuple(range(8)))
    assert sets_that_add_up(9, [1] * 9) == Sums(0)


def test_a_busy_week_is_answered_in_time_and_with_care() -> None:
    """140 deposits of all amounts: far too many subsets, so nobody can say that a set is the only one."""
    chance = Random(4)
    amounts = [chance.randrange(5_000, 900_000) for _ in range(140)]
    started = time.process_time()
    assert sets_that_add_up(sum(amounts[:6]), amounts).ways == 2
    assert sets_that_add_up(25_000, [5_000] * 3_000).ways == 2
    assert time.process_time() - started < 5


def test_the_models_function_answers_row_by_row() -> None:
    with duckdb.connect() as connection:
        Plugin("functions", {}).configure_connection(connection)
        found = connection.execute(
            "select sets_that_add_up(target, amounts) from (values (3, [1, 2]), (5, [1, 2]), (3, [1, 1, 2]))"
            " as rows (target, amounts)"
        ).fetchall()
    assert [row[0] for row in found] == [
        {"ways": 1, "members": [1, 2]},
        {"ways": 0, "members": []},
        {"ways": 2, "members": [1, 2, 3]},
    ]
