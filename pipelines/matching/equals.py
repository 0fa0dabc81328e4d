"""Partners among equal amounts: when only the day tells rows apart, most of the choices need not be looked at.

Rows of one amount stand on a line, by their day. Of all ways to pair them (as many as possible, then the fewest days
between partners) there is always a best one that never crosses: uncrossing two pairs makes neither of them longer than
the longer was, nor both together. In it the n-th of the left has the m-th of the right; m - n is the number of right
rows left alone before it less that of left rows. So, once it is known how many must stay alone, only candidates whose
places differ by no more than that are weighed; where nobody stays alone there is one candidate for each row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.matching.partners import choose_partners


def partners_of_equals(left_days: Sequence[int], right_days: Sequence[int], before: int, after: int) -> list[int]:
    """For each row of the left the place (from 1) of its partner on the right, 0 for none. Days are whole numbers in
    ascending order, equal ones in the stated order of their rows; a partner is at most `before` days earlier and at
    most `after` days later."""
    left, right = np.asarray(left_days, dtype=np.int64), np.asarray(right_days, dtype=np.int64)
    most = _most_pairs(left_days, right_days, before, after)
    lefts, rights = [], []
    for place, day in enumerate(left_days):
        start = max(place - (len(left) - most), int(np.searchsorted(right, day - before, "left")))
        stop = min(place + (len(right) - most) + 1, int(np.searchsorted(right, day + after, "right")))
        if start < stop:
            lefts.append(np.full(stop - start, place, dtype=np.int64))
            rights.append(np.arange(start, stop, dtype=np.int64))
    partners = np.zeros(len(left), dtype=np.int64)
    if lefts:
        of_left, of_right = np.concatenate(lefts), np.concatenate(rights)
        taken = choose_partners(of_left, of_right, np.abs(left[of_left] - right[of_right]).reshape(-1, 1))
        partners[of_left[taken]] = of_right[taken] + 1
    return [int(partner) for partner in partners]


def _most_pairs(left_days: Sequence[int], right_days: Sequence[int], before: int, after: int) -> int:
    """How many pairs there can be: the first of both sides are partners, or the earlier one has none."""
    left = right = pairs = 0
    while left < len(left_days) and right < len(right_days):
        later = right_days[right] - left_days[left]
        if -before <= later <= after:
            left, right, pairs = left + 1, right + 1, pairs + 1
        elif later > after:
            left += 1
        else:
            right += 1
    return pairs
