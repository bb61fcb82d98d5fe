"""Few items that stand for many: the order in which to take them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .kmeans import kmeans

#: Vectors among which k-center looks for the farthest, before it measures all again.
_FARTHEST = 4096
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class PickOrder:
    """Rows in the order in which they were picked: any budget is a prefix.

    Attributes
    ----------
    rows : int array [m]
    gains : float64 array [m]
        What each added to the objective when it was picked, not negative; its meaning is the function's.
    """

    rows: NDArray[np.intp]
    gains: NDArray[np.float64]


def facility_location(
    similarity_graph: sp.csr_matrix,
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
    similarity_graph : sparse matrix [n, n]
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
    columns = sp.csc_matrix(similarity_graph)
    starts, rows, values = columns.indptr, columns.indices, columns.data.astype(np.float64)
    size = columns.shape[1]  # pyright: ignore[reportOptionalSubscript]
    weight = np.ones(size) if weights is None else np.asarray(weights, np.float64)
    best, taken = np.zeros(size), np.zeros(size, bool)

    def gain_of(pick: int) -> float:
        reach = slice(starts[pick], starts[pick + 1])
        near = rows[reach]
        return float(np.dot(np.maximum(values[reach] - best[near], 0), weight[near]))

    def take(pick: int) -> None:
        reach = slice(starts[pick], starts[pick + 1])
        near = rows[reach]
        best[near] = np.maximum(best[near], values[reach])
        taken[pick] = True

    for pick in [] if keep is None else keep:
        take(int(pick))
    edge_gain = np.maximum(values - best[rows], 0) * weight[rows]
    bounds = np.add.reduceat(edge_gain, starts[:-1]) if size else np.empty(0)  # no column is empty: the diagonal is 1
    queue = [(-bound, row) for row, bound in enumerate(bounds.tolist()) if not taken[row]]
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


def k_center(
    vectors: NDArray[np.float32], n: int, *, keep: NDArray[np.integer] | None = None, seed: int = 0
) -> PickOrder:
    """Picks that leave no item far from a pick: farthest first.

    The largest distance to a pick is at most twice the least possible. It goes to the rim of the data, outliers first.
    Distances only fall with each pick, so the farthest is looked for among the few thousand that were farthest when
    all were last measured; all are measured again when none of those is farther than the next was then.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    n : int
    keep : int array, optional
        Rows that are taken already.
    seed : int
        Picks the first where none is taken: the item nearest to the mean of a random thousand.

    Returns
    -------
    PickOrder
        Gains are the distance (1 - cosine) to the picks before.

    References
    ----------
    Gonzalez, "Clustering to minimize the maximum intercluster distance", 1985. Sener & Savarese, "Active learning for
    convolutional neural networks: a core-set approach", ICLR 2018. That values only fall is used as in Minoux,
    "Accelerated greedy algorithms for maximizing submodular set functions", 1978.
    """
    taken = np.unique(np.empty(0, np.intp) if keep is None else np.asarray(keep, np.intp))
    wanted = min(n, len(vectors) - len(taken))
    distance = np.full(len(vectors), 2.0, np.float32)
    order, gains = [], []
    if wanted > 0 and not len(taken):
        sample = np.random.default_rng(seed).permutation(len(vectors))[:1000]
        order, gains = [int((vectors @ vectors[np.sort(sample)].mean(axis=0)).argmax())], [1.0]
    measured = 0  # of the picks, those that all distances know of
    _come_nearer(distance, vectors, taken)
    while len(order) < wanted:
        _come_nearer(distance, vectors, np.asarray(order[measured:], np.intp))
        measured = len(order)
        distance[taken] = distance[order] = -1.0  # below any distance: never picked again
        farthest = np.argsort(-distance, kind="stable")[: _FARTHEST + 1]
        rest = float(distance[farthest[-1]]) if len(farthest) > _FARTHEST else -1.0
        rows = farthest[:_FARTHEST]
        near, far = np.ascontiguousarray(vectors[rows]), distance[rows]
        at = 0  # of the farthest of all
        while len(order) < wanted and (far[at] > rest or len(order) == measured):
            order.append(int(rows[at]))
            gains.append(max(float(far[at]), 0.0))
            np.minimum(far, np.maximum(1 - near @ near[at], 0), out=far)
            far[at] = -1.0
            at = int(far.argmax())
    return PickOrder(np.asarray(order, np.intp), np.asarray(gains, np.float64))


def _come_nearer(distance: NDArray[np.float32], vectors: NDArray[np.float32], picks: NDArray[np.intp]) -> None:
    """Lower the distance of each vector to that of the nearest of these rows, where it is nearer."""
    if not len(picks):
        return
    centres = np.ascontiguousarray(vectors[picks].T)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        nearest = np.maximum(1 - (vectors[block] @ centres).max(axis=1), 0)
        np.minimum(distance[block], nearest, out=distance[block])


def hierarchical_sample(
    vectors: NDArray[np.float32], n: int, *, keep: NDArray[np.integer] | None = None, seed: int = 0
) -> PickOrder:
    """Picks spread evenly over clusters, and over the clusters of those clusters.

    For pools too large for a kNN graph. Dense regions are flattened: each cluster of the upper level gives as many as
    any other while it lasts, and so does each below it.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    n : int
    keep : int array, optional
        Rows that are taken already: they count for their clusters, and are not picked again.
    seed : int

    Returns
    -------
    PickOrder
        Gains are 1 / (1 + how many of the same fine cluster came before).

    References
    ----------
    Vo et al., "Automatic data curation for self-supervised learning: a clustering-based approach", TMLR 2024.
    """
    size = len(vectors)
    taken = np.zeros(size, bool)
    taken[[] if keep is None else np.asarray(keep, np.intp)] = True
    n_fine = int(np.clip(n, 1, min(max(size // 4, 1), 300)))
    fine = kmeans(vectors, n_fine, seed=seed, n_init=1)
    coarse = kmeans(fine.centres, max(1, round(np.sqrt(n_fine))), seed=seed)
    in_fine = _turn(fine.labels, np.lexsort((-fine.similarity, ~taken)))
    in_coarse = _turn(coarse.labels[fine.labels], np.lexsort((fine.labels, in_fine, ~taken)))
    order = np.lexsort((coarse.labels[fine.labels], in_coarse, ~taken))
    picks = order[~taken[order]][:n]
    return PickOrder(picks, 1 / (1.0 + in_fine[picks]))


def _turn(groups: NDArray[np.integer], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many of its group come before each row in ``order``: int [n]."""
    by_group = order[np.argsort(groups[order], kind="stable")]
    sizes = np.bincount(groups)
    turn = np.empty(len(groups), np.intp)
    turn[by_group] = np.arange(len(groups)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return turn
