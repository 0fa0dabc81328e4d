"""Who is whose partner: one function for bill lines, payments and trust entries.

The models settle in SQL whatever can be settled exactly, and propose candidates for the rest: pairs of a left and a
right row, each with its costs. Which candidates are taken together is an assignment problem, and SQL is no place for
one: choosing in rounds leaves rows alone that another choice would have paired, and trying all ways grows beyond any
machine. So the candidates come here as three columns of whole numbers, and go back as the numbers of those taken:

1. candidates fall apart into components that share no row, each of which is solved by itself;
2. in a component **as many pairs as possible** come first, then the least sum of the first cost, then of the second,
   and so on: the costs are put into one whole number in which no sum of a later cost can outweigh an earlier one;
3. scipy's sparse assignment (`min_weight_full_bipartite_matching`) finds the best choice. It computes in binary floats,
   which are exact for whole numbers below 2**53; a cost that would lead beyond is left out, the last one first;
4. of choices that are still equal the one is taken whose rows come first in the stated order (rows are numbered in that
   order: by date, then by id), and rows that nothing tells apart are paired in their order.

So the answer depends on the rows alone, never on the order in which a query happens to return them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import (  # type: ignore[import-untyped]
    connected_components,
    maximum_bipartite_matching,
    min_weight_full_bipartite_matching,
)

Numbers = npt.NDArray[np.int64]

# Sums of path lengths stay three bits below the first whole number that a binary float cannot hold.
EXACT = 2**50
# How many edges to stand-ins are worth holding in memory; with more, each row gets one of its own.
MOST_STAND_INS = 20_000_000


def choose_partners(lefts: Numbers, rights: Numbers, costs: Numbers) -> Numbers:
    """The positions of the candidates that are taken, ascending.

    `lefts` and `rights` number the two rows of each candidate in the stated order (shape: candidates), `costs` holds
    what speaks against it, the weightiest first (shape: candidates x costs; whole numbers, none negative). No row is
    in two of the candidates taken.
    """
    if len(lefts) == 0:
        return np.empty(0, dtype=np.int64)
    if costs.size and costs.min() < 0:
        raise ValueError(f"Costs of candidates were expected to be 0 or more; the least is {costs.min()}.")
    positions = _cheapest_of_equals(lefts, rights, costs)
    left, right = (np.unique(rows[positions], return_inverse=True)[1] for rows in (lefts, rights))
    left_count = int(left.max()) + 1
    nodes = left_count + int(right.max()) + 1
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, left_count + right)), shape=(nodes, nodes))
    component = connected_components(graph, directed=False)[1][left]
    order = np.argsort(component, kind="stable")
    bounds = np.flatnonzero(np.diff(component[order])) + 1
    chosen = []
    for members in np.split(order, bounds):
        if len(members) > 1:
            members = members[_choose_in_component(left[members], right[members], costs[positions[members]])]
        chosen.append(members)
    return np.sort(positions[np.concatenate(chosen)])


def _cheapest_of_equals(lefts: Numbers, rights: Numbers, costs: Numbers) -> Numbers:
    """The positions in the stated order of their rows, of candidates for the same two rows the cheapest."""
    order = np.lexsort((*costs.T[::-1], rights, lefts))
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (np.diff(lefts[order]) != 0) | (np.diff(rights[order]) != 0)
    return order[is_first]


def _choose_in_component(left: Numbers, right: Numbers, costs: Numbers) -> Numbers:
    """Which of these connected candidates are taken, as indexes; both sides are solved with the fewer rows first."""
    left, right = (np.unique(rows, return_inverse=True)[1] for rows in (left, right))
    left_count, right_count = int(left.max()) + 1, int(right.max()) + 1
    if left_count > right_count:
        left, right, left_count, right_count = right, left, right_count, left_count
    # Earlier rows before later ones, where the costs leave a choice of whom to leave alone.
    levels = np.column_stack((costs - costs.min(axis=0), left, right))
    if left_count == 1:
        return np.lexsort(levels.T[::-1])[:1]
    edges = csr_array((np.arange(1, len(left) + 1), (left, right)), shape=(left_count, right_count))
    paired = _solve(edges, levels, left_count)
    paired = _in_their_order(paired, edges, costs)
    taken = np.flatnonzero(paired >= 0)
    return np.sort(np.asarray(edges[taken, paired[taken]]).ravel() - 1)


def _solve(edges: csr_array, levels: Numbers, pairs: int) -> Numbers:
    """For each left row its right one, or -1. `edges` holds, one up, the index of each candidate; of at most `pairs`
    pairs as many as possible are made."""
    left_count, right_count = edges.shape
    alone = left_count - int((maximum_bipartite_matching(edges, perm_type="column") >= 0).sum())
    coo = edges.tocoo()
    if alone * left_count <= MOST_STAND_INS:
        # As many stand-ins as rows must stay alone, each free for everybody: how many pairs there are is settled.
        weights = _as_one_number(levels, pairs, EXACT)[coo.data - 1]
        rows = np.repeat(np.arange(left_count), alone)
        columns = np.tile(np.arange(alone), left_count)
        price = 0.0
    else:
        # A stand-in of its own for each row, dearer than all pairs together.
        weights = _as_one_number(levels, pairs, EXACT // pairs)[coo.data - 1]
        rows = columns = np.arange(left_count)
        price = float(weights.max()) * pairs + 1
    with_stand_ins = csr_array(
        (
            # One up, because an edge of weight 0 counts as none.
            np.concatenate((weights, np.full(len(rows), price))) + 1,
            (np.concatenate((coo.coords[0], rows)), np.concatenate((coo.coords[1], right_count + columns))),
        )
    )
    paired: Numbers = np.asarray(min_weight_full_bipartite_matching(with_stand_ins)[1], dtype=np.int64)
    paired[paired >= right_count] = -1
    return paired


def _as_one_number(levels: Numbers, pairs: int, limit: int) -> npt.NDArray[np.float64]:
    """All costs of each candidate in one whole number: the sum of a later cost over all pairs is less than one of an
    earlier cost. Costs from the first on, as many as keep all sums below the limit."""
    most = [pairs * int(level) + 1 for level in levels.max(axis=0)]
    bound, kept = 1, 0
    while kept < len(most) and bound * most[kept] <= limit:
        bound, kept = bound * most[kept], kept + 1
    number = np.zeros(len(levels), dtype=np.int64)
    for place in range(kept):
        number = number * most[place] + levels[:, place]
    return number.astype(np.float64)


def _in_their_order(paired: Numbers, edges: csr_array, costs: Numbers) -> Numbers:
    """The same choice with rows that nothing tells apart (the same candidates at the same costs) in their order: the
    first of them have the partners, the first the first partner. Each change brings pairs nearer to the order of
    both sides, so it comes to an end."""
    lefts_alike, rights_alike = _alike(edges, costs), _alike(edges.T.tocsr(), costs)
    right_count = edges.shape[1]
    while True:
        before = paired.copy()
        for members in lefts_alike:
            partners = np.sort(paired[members])
            paired[members] = np.concatenate((partners[partners >= 0], partners[partners < 0]))
        back = np.full(right_count, -1, dtype=np.int64)
        back[paired[paired >= 0]] = np.flatnonzero(paired >= 0)
        for members in rights_alike:
            partners = np.sort(back[members])
            back[members] = np.concatenate((partners[partners >= 0], partners[partners < 0]))
        paired = np.full(len(paired), -1, dtype=np.int64)
        paired[back[back >= 0]] = np.flatnonzero(back >= 0)
        if np.array_equal(before, paired):
            return paired


def _alike(edges: csr_array, costs: Numbers) -> list[Numbers]:
    """Sets of two or more rows with the same candidates at the same costs, each in its order."""
    edges.sort_indices()
    rows: dict[bytes, list[int]] = {}
    for row, (start, end) in enumerate(zip(edges.indptr[:-1], edges.indptr[1:], strict=True)):
        seen = edges.indices[start:end].tobytes() + costs[edges.data[start:end] - 1].tobytes()
        rows.setdefault(seen, []).append(row)
    return [np.array(members, dtype=np.int64) for members in rows.values() if len(members) > 1]
