"""Who is whose partner, against a second opinion that tries every way, and on shapes that tempt a chooser to err."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.night.dbt_functions import Plugin
from pipelines.matching import partners
from pipelines.matching.partners import choose_partners

Candidate = tuple[int, int, tuple[int, ...]]

rows = st.integers(0, 4)
candidate_lists = st.lists(st.tuples(rows, rows, st.tuples(st.integers(0, 2), st.integers(0, 3))), max_size=14)


def chosen(candidates: list[Candidate]) -> list[Candidate]:
    lefts = np.array([left for left, _, _ in candidates], dtype=np.int64)
    rights = np.array([right for _, right, _ in candidates], dtype=np.int64)
    costs = np.array([cost for _, _, cost in candidates] or [()], dtype=np.int64)[: len(candidates)]
    return [candidates[position] for position in choose_partners(lefts, rights, costs)]


def all_ways(candidates: list[Candidate]) -> Iterator[list[Candidate]]:
    """Every set of candidates in which no row stands twice."""
    if not candidates:
        yield []
        return
    first, *others = candidates
    for way in all_ways(others):
        yield way
        if all(first[0] != left and first[1] != right for left, right, _ in way):
            yield [first, *way]


def judgement(way: list[Candidate]) -> tuple[int, ...]:
    """As many as possible, then the sums of the costs: the less, the better."""
    sums = [sum(column) for column in zip(*(cost for _, _, cost in way), strict=True)]
    return (-len(way), *(sums or [0, 0]))


@settings(max_examples=300, deadline=None)
@given(candidate_lists)
def test_no_way_is_better_than_the_one_chosen(candidates: list[Candidate]) -> None:
    taken = chosen(candidates)
    assert len({left for left, _, _ in taken}) == len({right for _, right, _ in taken}) == len(taken)
    assert judgement(taken) == min(judgement(way) for way in all_ways(candidates))


@settings(max_examples=300, deadline=None)
@given(candidate_lists)
def test_no_way_is_better_when_each_row_has_a_stand_in_of_its_own(candidates: list[Candidate]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partners, "MOST_STAND_INS", -1)
        taken = chosen(candidates)
    assert judgement(taken) == min(judgement(way) for way in all_ways(candidates))


@settings(max_examples=300, deadline=None)
@given(candidate_lists, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(candidates: list[Candidate], chance) -> None:
    shuffled = chance.sample(candidates, len(candidates))
    assert sorted(chosen(candidates)) == sorted(chosen(shuffled))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5))
def test_rows_that_nothing_tells_apart_are_paired_in_their_order(left_count: int, right_count: int) -> None:
    everybody = [(left, right, (7,)) for left, right in product(range(left_count), range(right_count))]
    assert [(left, right) for left, right, _ in chosen(everybody)] == [
        (place, place) for place in range(min(left_count, right_count))
    ]


def test_of_rows_that_fit_as_well_the_later_one_stays_alone() -> None:
    assert chosen([(1, 1, (1,)), (2, 1, (1,))]) == [(1, 1, (1,))]
    assert chosen([(1, 1, (1,)), (1, 2, (1,))]) == [(1, 1, (1,))]
    # Nothing is interchangeable here: 2 may also go to 9, which is later.
    assert [pair[:2] for pair in chosen([(1, 5, (0,)), (2, 5, (0,)), (3, 5, (0,)), (2, 9, (0,)), (3, 9, (0,))])] == [
        (1, 5),
        (2, 9),
    ]


def test_nobody_stays_alone_for_the_sake_of_a_nearer_partner() -> None:
    """Each deposit booked two days later: taking the nearest day leaves the first and the last alone."""
    days = range(0, 240, 2)
    late = [(day, other, (abs(day - other),)) for day in days for other in (day, day + 2) if other > 0]
    assert len(chosen(late)) == len(days)


def test_a_weightier_cost_is_never_outweighed() -> None:
    """A thousand pairs, each a little dearer in the second cost, against one unit of the first."""
    stays = [(row, row, (0, 900)) for row in range(1000)]
    moves = [(row, (row + 1) % 1000, (int(row == 0), 0)) for row in range(1000)]
    assert chosen(stays + moves) == stays
    cheaper = [(left, right, (0, cost)) for left, right, (_, cost) in moves]
    assert sorted(chosen(stays + cheaper)) == sorted(cheaper)


def test_one_unit_of_the_last_cost_is_not_lost_in_large_sums() -> None:
    candidates = [(row, other, (999, 500 + (row + other) % 2)) for row in range(200) for other in (row, row + 1)]
    assert sum(cost[1] for _, _, cost in chosen(candidates)) == 200 * 500


def test_a_cost_that_cannot_be_held_exactly_gives_way_to_the_earlier_ones() -> None:
    huge = 10**11
    ring = [(row, row, (0, 0, huge)) for row in range(300)]
    ring += [(row, (row + 1) % 300, (0, int(row == 0), 0)) for row in range(300)]
    assert sum(cost[1] for _, _, cost in chosen(ring)) == 0


def test_three_thousand_equal_deposits_booked_the_next_day_take_seconds() -> None:
    """Twenty a day, forty clients, three of them missing; the days bound how many may be whose partner."""
    clients = np.random.default_rng(1).integers(0, 40, 3000)
    day = np.arange(3000) // 20
    lefts, rights = np.nonzero(np.abs(day[:, None] - (day + 1)[None, :]) <= 3)
    lefts, rights = lefts[rights < 2997], rights[rights < 2997]
    others = (clients[lefts] != clients[rights]).astype(np.int64)
    costs = np.column_stack((others, np.abs(day[lefts] - day[rights] - 1)))
    started = time.process_time()
    taken = choose_partners(lefts, rights, costs)
    assert time.process_time() - started < 20
    assert len(taken) == 2997
    assert costs[taken][:, 0].sum() == 0


def test_negative_costs_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        chosen([(1, 1, (-1,))])


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        Plugin("functions", {}).configure_connection(opened)
        yield opened


def test_the_models_function_chooses_in_each_group(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.cursor().execute("""
        select firm, choose_partners(list(l order by l, r), list(r order by l, r), list([cost] order by l, r))
        from (values ('a', 1, 1, 0), ('a', 1, 2, 5), ('a', 2, 1, 0), ('b', 1, 1, 3)) as candidates (firm, l, r, cost)
        group by firm order by firm
    """)
    assert found.fetchall() == [("a", [2, 3]), ("b", [1])]


def test_the_models_function_refuses_a_candidate_without_a_cost(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="1 of 2 are null"):
        connection.execute("select choose_partners([1], [1], [[0, null]])")
