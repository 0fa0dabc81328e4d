"""Partners among equal amounts, against the choice among all candidates, and at a size that has too many of them."""

import random
import time

import numpy as np

from pipelines.matching.equals import partners_of_equals
from pipelines.matching.partners import choose_partners


def told(left: list[int], right: list[int], partners: list[int]) -> tuple[int, int]:
    """How many pairs, and how many days between partners in all."""
    pairs = [abs(day - right[partner - 1]) for day, partner in zip(left, partners, strict=True) if partner]
    return len(pairs), sum(pairs)


def test_the_nearest_of_two_is_taken() -> None:
    assert partners_of_equals([5], [2, 5], 3, 3) == [2]
    assert partners_of_equals([2, 5], [5], 3, 3) == [0, 1]


def test_a_day_too_far_is_no_partner() -> None:
    assert partners_of_equals([1], [4], 3, 3) == [1]
    assert partners_of_equals([1], [5], 3, 3) == [0]


def test_the_window_may_reach_further_on_one_side() -> None:
    assert partners_of_equals([5], [1, 10], 3, 5) == [2]
    assert partners_of_equals([5], [1, 11], 3, 5) == [0]


def test_nobody_stays_alone_whom_another_choice_would_have_paired() -> None:
    assert partners_of_equals([1, 5], [4, 8], 3, 3) == [1, 2]


def test_it_is_as_good_as_the_choice_among_all_candidates() -> None:
    chance = random.Random(3)
    for _ in range(300):
        left, right = (sorted(chance.choices(range(12), k=chance.randint(1, 9))) for _ in "lr")
        before, after = chance.choice(((3, 3), (3, 5), (1, 4), (0, 2)))
        found = partners_of_equals(left, right, before, after)
        assert len({partner for partner in found if partner}) == sum(1 for partner in found if partner)
        places = [(i, j) for i in range(len(left)) for j in range(len(right))]
        near = [(i, j) for i, j in places if -before <= right[j] - left[i] <= after]
        lefts, rights = np.array([i for i, _ in near], dtype=np.int64), np.array([j for _, j in near], dtype=np.int64)
        costs = np.array([[abs(left[i] - right[j])] for i, j in near], dtype=np.int64).reshape(-1, 1)
        taken = choose_partners(lefts, rights, costs)
        assert told(left, right, found) == (len(taken), int(costs[taken].sum()))


def test_thousands_of_one_day_and_the_next_take_a_second() -> None:
    started = time.process_time()
    assert 0 not in partners_of_equals([1] * 3_000, [2] * 3_000, 3, 3)
    assert partners_of_equals([1] * 3_000, [2] * 2_990, 3, 3).count(0) == 10
    assert time.process_time() - started < 10
