"""Facility location: few items such that every item has one that is like it among them."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .coverage import nearest_pick
from .pick_order import PickOrder

#: Items of which all pairs are held: 100 MB.
ALL_PAIRS = 5000
#: Picks that are chosen by all pairs of a sample: so few that each stands for a hundred of it. Where it stands for ten,
#: chance decides which, and the graph knows better.
_OF_SAMPLE = ALL_PAIRS // 100

#: Makes the :func:`similarity_graph` of the items, when it is needed.
MakeGraph = Callable[[], sp.csr_matrix]


def representatives(
    vectors: NDArray[np.float32],
    n: int,
    *,
    graph: MakeGraph,
    keep: NDArray[np.integer] | None = None,
    weights: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> PickOrder:
    """Picks that leave every item with a similar pick, over all pairs of items as far as these can be held.

    A kNN graph knows whom an item stands for only among its neighbours. That is enough where picks are many; where each
    should stand for a hundred items, it takes the centres of small dense spots instead. So the first 50 picks of more
    than 5,000 items are chosen among a random 5,000 by all their pairs, and only those after them by the graph.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    n : int
        How many; fewer come back only where there are no more.
    graph : callable
        Makes the :func:`similarity_graph`; called for more than 50 picks of more than 5,000 items only.
    keep : int array, optional
        Rows that are taken already: they cover, and are not picked again.
    weights : float array [n], optional
        How much it counts that an item is covered, not negative; 1 by default. Items of weight 0 are not compared in
        pairs, and so none is among the first picks.
    seed : int
        Of the random items, which are drawn by their weights.

    Returns
    -------
    PickOrder
        Gains are the similarity won, summed over the items.

    References
    ----------
    As for :func:`facility_location`.
    """
    kept = np.unique(np.empty(0, np.intp) if keep is None else np.asarray(keep, np.intp))
    weight = np.ones(len(vectors)) if weights is None else np.asarray(weights, np.float64)
    sample = np.flatnonzero(weight > 0)
    total, of_sample, budget = weight.sum(), weight[sample], n
    if len(sample) > ALL_PAIRS:
        draw = np.random.default_rng(seed).choice(sample, ALL_PAIRS, replace=False, p=of_sample / total)
        sample, of_sample, budget = np.sort(draw), np.full(ALL_PAIRS, total / ALL_PAIRS), min(n, _OF_SAMPLE)
    own = vectors[sample]
    covered = np.maximum(1 - nearest_pick(own, vectors[kept]), 0)
    first = facility_location_of_pairs(
        own, budget, keep=np.flatnonzero(np.isin(sample, kept)), covered=covered, weights=of_sample
    )
    rows = sample[first.rows]
    missing = min(n, len(vectors) - len(kept)) - len(rows)
    if missing <= 0:
        return PickOrder(rows, first.gains)
    rest = facility_location(graph(), missing, keep=np.concatenate([kept, rows]), weights=weight)
    return PickOrder(np.concatenate([rows, rest.rows]), np.concatenate([first.gains, rest.gains]))


def facility_location_of_pairs(
    vectors: NDArray[np.float32],
    n: int,
    *,
    keep: NDArray[np.integer] | None = None,
    covered: NDArray[np.float32] | None = None,
    weights: NDArray[np.floating] | None = None,
) -> PickOrder:
    """:func:`facility_location` in which every item is a neighbour of every other: for a few thousand.

    Parameters
    ----------
    vectors : float32 array [m, d]
        L2-normalised. Takes 4 m² bytes.
    n : int
    keep : int array, optional
        Rows that are taken already: they are not picked again.
    covered : float32 array [m], optional
        Similarity of each item to what is taken already, of these or others; 0 by default.
    weights : float array [m], optional
        How much it counts that an item is covered; 1 by default.

    Returns
    -------
    PickOrder
        Where nothing is covered before, the first is the medoid. Gains are the similarity won, summed over the items;
        they fall.
    """
    similarity = np.maximum(vectors @ vectors.T, 0)
    weight = np.ones(len(vectors), np.float32) if weights is None else np.asarray(weights, np.float32)
    kept = np.empty(0, np.intp) if keep is None else np.asarray(keep, np.intp)
    best = np.zeros(len(vectors), np.float32) if covered is None else covered.astype(np.float32)

    def gain_of(pick: int) -> float:
        return float(np.dot(np.maximum(similarity[pick] - best, 0), weight))

    def take(pick: int) -> None:
        np.maximum(best, similarity[pick], out=best)

    bounds = np.array([gain_of(row) for row in range(len(vectors))])
    bounds[kept] = -1
    return _lazy_greedy(bounds, n, gain_of, take)


def facility_location(
    graph: sp.csr_matrix,
    n: int,
    *,
    keep: NDArray[np.integer] | None = None,
    weights: NDArray[np.floating] | None = None,
) -> PickOrder:
    """Picks that leave every item with a similar pick: lazy greedy.

    Maximises the sum over all items of the similarity to the nearest pick, 0 where none is among its neighbours. Greedy
    reaches at least 63 % of the best there is.

    Parameters
    ----------
    graph : sparse matrix [n, n]
        Symmetric, with 1 on the diagonal: see :func:`similarity_graph`.
    n : int
        How many; fewer come back only where there are no more.
    keep : int array, optional
        Rows that are taken already: they cover, and are not picked again.
    weights : float array [n], optional
        How much it counts that an item is covered; 1 by default.

    Returns
    -------
    PickOrder
        Gains are the similarity won, summed over the items; they fall.

    References
    ----------
    Mirchandani & Francis, "Discrete Location Theory", 1990. Minoux, "Accelerated greedy algorithms for maximizing
    submodular set functions", 1978.
    """
    columns = sp.csc_matrix(graph)
    starts, rows, values = columns.indptr, columns.indices, columns.data.astype(np.float64)
    size = columns.shape[1]  # pyright: ignore[reportOptionalSubscript]
    weight = np.ones(size) if weights is None else np.asarray(weights, np.float64)
    best = np.zeros(size)

    def gain_of(pick: int) -> float:
        reach = slice(starts[pick], starts[pick + 1])
        near = rows[reach]
        return float(np.dot(np.maximum(values[reach] - best[near], 0), weight[near]))

    def take(pick: int) -> None:
        reach = slice(starts[pick], starts[pick + 1])
        near = rows[reach]
        best[near] = np.maximum(best[near], values[reach])

    kept = np.unique(np.empty(0, np.intp) if keep is None else np.asarray(keep, np.intp))
    for pick in kept.tolist():
        take(pick)
    edge_gain = np.maximum(values - best[rows], 0) * weight[rows]
    bounds = np.add.reduceat(edge_gain, starts[:-1]) if size else np.empty(0)  # no column is empty: the diagonal is 1
    bounds[kept] = -1
    return _lazy_greedy(bounds, n, gain_of, take)


def similarity_graph(neighbours: NDArray[np.int32], similarity: NDArray[np.float32]) -> sp.csr_matrix:
    """The kNN graph as a symmetric matrix [n, n] of cosines, not below 0, with 1 on the diagonal.

    Parameters
    ----------
    neighbours : int32 array [n, k]
        Row numbers of the nearest; -1 for none.
    similarity : float32 array [n, k]
    """
    n, k = neighbours.shape
    known = (neighbours >= 0) & (similarity > 0)
    rows = np.repeat(np.arange(n, dtype=np.int32), k)[known.ravel()]
    graph = sp.csr_matrix((similarity[known], (rows, neighbours[known])), shape=(n, n), dtype=np.float32)
    return sp.csr_matrix(graph.maximum(graph.T).maximum(sp.eye(n, format="csr")))


def _lazy_greedy(
    bounds: NDArray[np.float64], n: int, gain_of: Callable[[int], float], take: Callable[[int], None]
) -> PickOrder:
    """Picks of the largest gain each; ``bounds`` are the gains at the start, below 0 for what is not to be picked."""
    queue = [(-bound, row) for row, bound in enumerate(bounds.tolist()) if bound >= 0]
    heapq.heapify(queue)
    order, gains = [], []
    while queue and len(order) < n:
        _, pick = heapq.heappop(queue)
        gain = gain_of(pick)
        # Gains only fall: one that still is the largest after being brought up to date is the largest of all.
        if queue and (-gain, pick) > queue[0]:
            heapq.heappush(queue, (-gain, pick))
            continue
        order.append(pick)
        gains.append(gain)
        take(pick)
    return PickOrder(np.asarray(order, np.intp), np.asarray(gains, np.float64))
