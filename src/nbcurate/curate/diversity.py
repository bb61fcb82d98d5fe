"""Items far from one another, and items spread over clusters: the order in which to take them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .kmeans import kmeans
from .pick_order import PickOrder

#: Vectors of which k-center brings the distances up to date, and among which of them it looks for the farthest.
_MEASURED, _FARTHEST = 32_768, 4_096
_BLOCK = 8_192


def k_center(
    vectors: NDArray[np.float32], n: int, *, keep: NDArray[np.integer] | None = None, seed: int = 0
) -> PickOrder:
    """Picks that leave no item far from a pick: farthest first.

    The largest distance to a pick is at most twice the least possible. It goes to the rim of the data, outliers first.
    Distances only fall with each pick, so what was measured before some picks is a bound: a distance is brought up to
    date only when it is among the largest, and the farthest is looked for among the few thousand of those that lead.

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
    centres = np.concatenate([taken, np.asarray(order, np.intp)])
    distance = _nearer(distance, vectors, vectors, centres)
    distance[centres] = -1.0  # below any distance: never picked
    known = np.full(len(vectors), len(centres))  # how many of the centres a distance knows of
    while len(order) < wanted:
        rows, rest = _farthest(distance, _MEASURED)
        for so_many in np.unique(known[rows]):
            late = rows[known[rows] == so_many]
            distance[late] = _nearer(distance[late], vectors[late], vectors, centres[so_many:])
        known[rows] = len(centres)
        few, next_best = _farthest(distance[rows], _FARTHEST)
        rows, rest = rows[few], max(rest, next_best)
        near, far = np.ascontiguousarray(vectors[rows]), distance[rows]
        picks: list[int] = []
        # No other can be farther than this is known to be.
        while len(order) + len(picks) < wanted and far[at := int(far.argmax())] >= rest:
            picks.append(int(rows[at]))
            gains.append(max(float(far[at]), 0.0))
            np.minimum(far, np.maximum(1 - near @ near[at], 0), out=far)
            far[at] = -1.0
        order += picks
        centres = np.concatenate([centres, np.asarray(picks, np.intp)])
        distance[rows], known[rows] = far, len(centres)
    return PickOrder(np.asarray(order, np.intp), np.asarray(gains, np.float64))


def _farthest(distance: NDArray[np.float32], n: int) -> tuple[NDArray[np.intp], float]:
    """The rows of the largest distances, in order, and the largest of the others; -1 where there are no others."""
    if len(distance) <= n:
        return np.arange(len(distance)), -1.0
    by_distance = np.argpartition(-distance, n)
    return np.sort(by_distance[:n]), float(distance[by_distance[n]])


def _nearer(
    distance: NDArray[np.float32], rows: NDArray[np.float32], vectors: NDArray[np.float32], centres: NDArray[np.intp]
) -> NDArray[np.float32]:
    """The distance of each row, or that to the nearest of these centres where it is nearer: float32 [rows]."""
    nearest = distance.copy()
    for first in range(0, len(centres), _BLOCK):
        some = np.ascontiguousarray(vectors[centres[first : first + _BLOCK]].T)
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            to_them = np.maximum(1 - (rows[block] @ some).max(axis=1), 0)
            np.minimum(nearest[block], to_them, out=nearest[block])
    return nearest


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
