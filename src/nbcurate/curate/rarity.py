"""How rare, how common and how much in between each item is, from its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm, rankdata

_FALSE = 0.05  # share of what is called rare that may be chance
_QUARTILE = float(norm.ppf(0.75))  # of a normal distribution, in standard deviations


@dataclass(frozen=True, slots=True, eq=False)
class Rarity:
    """How alone each row is.

    Attributes
    ----------
    score : float32 array [n]
        Rank in [0, 1]; 1 for the rarest.
    reach : float32 array [n]
        Cosine distance to the furthest of the k neighbours.
    nearest : float32 array [n]
        Cosine distance to the nearest.
    company : int32 array [n]
        How many rows lie before the widest gap in the distances to the neighbours: the size of a small group around it,
        itself left out; 0 for a row that is alone.
    rare : bool array [n]
        Whether the row is farther out than the tail of the data explains.
    """

    score: NDArray[np.float32]
    reach: NDArray[np.float32]
    nearest: NDArray[np.float32]
    company: NDArray[np.int32]
    rare: NDArray[np.bool_]


def find_rare(neighbors: NDArray[np.int32], similarity: NDArray[np.float32]) -> Rarity:
    """Rank rows by how far one must go from them to meet k others, against how far their surroundings must go.

    A row of a tight group of a few has near neighbours, so a measure of the nearest ones finds nothing odd in it; but
    its k-th neighbour lies outside the group, far off. That distance is compared with the same distance of the
    neighbours beyond the gap, so that the edge of a thin class is not all rare. A group larger than k is not found: its
    k-th neighbours lie in it.

    Some row is always the farthest out. What is called rare lies beyond that: both measures are compared with a normal
    distribution of the logarithms that has the median and the wider quartile of the data, which its tail cannot move.

    Parameters
    ----------
    neighbors, similarity : arrays [n, k]
        The kNN graph.

    References
    ----------
    Ramaswamy, Rastogi and Shim (2000), "Efficient algorithms for mining outliers from large data sets": the distance to
    the k-th neighbour. Breunig et al. (2000), "LOF: identifying density-based local outliers": the comparison.
    Benjamini and Hochberg (1995), "Controlling the false discovery rate": how many may be called rare. Efron (2004),
    "Large-scale simultaneous hypothesis testing": a null distribution that is fitted to the middle of the data.
    """
    n, k = neighbors.shape
    if k == 0:
        empty = np.zeros(n, np.float32)
        return Rarity(empty, empty, empty, np.zeros(n, np.int32), np.zeros(n, bool))
    distance = _distances(similarity)
    reach, nearest = distance[:, -1], distance[:, 0]
    gaps = np.diff(distance, axis=1, prepend=0.0)
    company = gaps.argmax(axis=1).astype(np.int32)
    outside = (np.arange(k) >= k // 2) & (neighbors >= 0)
    around = (reach[neighbors] * outside).sum(axis=1) / outside.sum(axis=1).clip(min=1)
    ratio = np.log((reach + 1e-6) / (around + 1e-6))
    alone = rankdata(reach) / n + 0.5 * rankdata(ratio) / n
    rare = _beyond_tail(np.log(reach + 1e-6)) | _beyond_tail(ratio)
    return Rarity(_rank(alone), reach, nearest, company, rare)


def _beyond_tail(values: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which values are larger than a normal distribution with the middle of all of them explains.

    One of the two measures: each may have half of the false ones.
    """
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    spread = max(high - middle, middle - low) / _QUARTILE
    if spread <= 0:
        return np.zeros(len(values), bool)
    return false_discovery_control(norm.sf((values - middle) / spread)) <= _FALSE / 2


@dataclass(frozen=True, slots=True, eq=False)
class Redundancy:
    """How repetitive the surroundings of each row are.

    Attributes
    ----------
    score : float32 array [n]
        Rank in [0, 1]; 1 for the densest surroundings.
    distance : float32 array [n]
        Mean cosine distance to the k neighbours.
    stands_for : int32 array [n]
        The kept row that is near enough to stand for it; itself for a row to keep.
    """

    score: NDArray[np.float32]
    distance: NDArray[np.float32]
    stands_for: NDArray[np.int32]


def find_common(neighbors: NDArray[np.int32], similarity: NDArray[np.float32], radius: float) -> Redundancy:
    """Rank rows by the density around them, and tell what can go: rows with a kept one within ``radius``.

    From the densest on, each row that is not yet stood for is kept and stands for its neighbours: a greedy dominating
    set.

    Parameters
    ----------
    radius : float
        Cosine distance.
    """
    n, k = neighbors.shape
    stands_for = np.arange(n, dtype=np.int32)
    if k == 0:
        return Redundancy(np.zeros(n, np.float32), np.zeros(n, np.float32), stands_for)
    distance = _distances(similarity)
    mean = distance.mean(axis=1)
    near = (distance <= radius) & (neighbors >= 0)
    settled = np.asarray(~near.any(axis=1))
    rows, counts = neighbors.tolist(), near.sum(axis=1).tolist()
    for row in np.lexsort((mean, -near.sum(axis=1))).tolist():
        if settled[row]:
            continue
        settled[row] = True
        for other in rows[row][: counts[row]]:
            if not settled[other]:
                settled[other] = True
                stands_for[other] = row
    return Redundancy(_rank(-mean), mean, stands_for)


@dataclass(frozen=True, slots=True, eq=False)
class Betweenness:
    """How much each row lies between two groups.

    Attributes
    ----------
    score : float32 array [n]
        0: all neighbours are of one group; 1: as many of a second one.
    first, second : int32 arrays [n]
        The two groups most frequent among the neighbours; -1 for none.
    votes : int32 array [n, 3]
        Neighbours of the first, of the second, of any.
    """

    score: NDArray[np.float32]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    votes: NDArray[np.int32]


def find_between(neighbors: NDArray[np.int32], groups: NDArray[np.integer]) -> Betweenness:
    """Rows whose neighbours are of two groups: ratio of the second most frequent to the first.

    Parameters
    ----------
    neighbors : int32 array [n, k]
    groups : int array [n]
        Class or cluster of each row, -1 for none.
    """
    n, k = neighbors.shape
    if k == 0:
        none = np.full(n, -1, np.int32)
        return Betweenness(np.zeros(n, np.float32), none, none, np.zeros((n, 3), np.int32))
    near = np.where(neighbors >= 0, groups[neighbors], -1)
    first, most = _mode(near)
    second, next_most = _mode(np.where(near == first[:, None], -1, near))
    votes = np.stack([most, next_most, (near >= 0).sum(axis=1)], axis=1).astype(np.int32)
    return Betweenness((next_most / np.maximum(most, 1)).astype(np.float32), first, second, votes)


def _mode(values: NDArray[np.integer]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The most frequent value >= 0 of each row, the smallest of equals, and its count; -1 and 0 for none."""
    ordered = np.sort(values, axis=1)
    counts = (ordered[:, :, None] == ordered[:, None, :]).sum(axis=2) * (ordered >= 0)
    at = counts.argmax(axis=1)[:, None]
    count = np.take_along_axis(counts, at, axis=1)[:, 0]
    value = np.where(count > 0, np.take_along_axis(ordered, at, axis=1)[:, 0], -1)
    return value.astype(np.int32), count.astype(np.int32)


def _distances(similarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine distances; a neighbour that there is not counts as the furthest possible."""
    return np.where(np.isfinite(similarity), 1.0 - similarity, 2.0).clip(min=0.0).astype(np.float32)


def _rank(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Share of the rows that have at most this value."""
    return (rankdata(values, method="max") / len(values)).astype(np.float32)
