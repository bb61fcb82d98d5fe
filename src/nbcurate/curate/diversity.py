"""Items far from one another, and items spread over clusters: the order in which to take them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .kmeans import kmeans
from .pick_order import PickOrder

#: Vectors among which k-center looks for the farthest, before it measures all again.
_FARTHEST = 4096
_BLOCK = 8192


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
