"""A split that keeps what belongs together on one side, with the shares of every class and cluster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def connected_groups(n: int, pairs: NDArray[np.integer], *given: NDArray[np.integer]) -> NDArray[np.int32]:
    """Number of the group of each row: rows that a pair joins, or that share a given group, are in one.

    Here, unlike among duplicates, chains are meant: what is tied to both of two rows ties them together.

    Parameters
    ----------
    pairs : int array [m, 2]
    *given : int arrays [n]
        Groups of the user's, -1 for none.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = [np.asarray(pairs, np.int64).reshape(-1, 2)]
    for groups in given:
        order = np.argsort(groups, kind="stable")
        same = (groups[order][1:] == groups[order][:-1]) & (groups[order][1:] >= 0)
        ends.append(np.stack([order[:-1][same], order[1:][same]], axis=1))
    joined = np.concatenate(ends)
    matrix = coo_array((np.ones(len(joined), np.int8), (joined[:, 0], joined[:, 1])), shape=(n, n))
    return connected_components(matrix, directed=False)[1].astype(np.int32) if n else np.empty(0, np.int32)


def grouped_split(
    groups: NDArray[np.integer],
    strata: NDArray[np.integer],
    substrata: NDArray[np.integer],
    shares: Sequence[float],
    *,
    seed: int = 0,
) -> NDArray[np.int32]:
    """Part of each row, such that no group is cut and each stratum is shared out as asked for.

    Groups of several rows go first, the largest first, each to the part that lacks its rows the most. Then, in each
    stratum, the rows that are alone fill up what the parts still lack, dealt out evenly along the substrata.

    Parameters
    ----------
    groups : int array [n]
    strata, substrata : int arrays [n]
        Class, and cluster.
    shares : sequence of float
        Of each part; they sum to 1.

    Returns
    -------
    int32 array [n]
        Number of the part.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas (2011), "On the stratification of multi-label data": the neediest part first.
    """
    rng = np.random.default_rng(seed)
    shares_of = np.asarray(shares, np.float64)
    stratum = np.unique(strata, return_inverse=True)[1]
    part = np.full(len(groups), -1, np.int32)
    lack = shares_of[:, None] * np.bincount(stratum)[None, :]  # rows that each part still lacks of each stratum
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    several = np.flatnonzero(sizes > 1)
    several = several[np.lexsort((rng.random(len(several)), -sizes[several]))]
    for number in several.tolist():
        rows = order[starts[number] : starts[number + 1]]
        counts = np.bincount(stratum[rows], minlength=lack.shape[1])
        after = lack - counts
        # What a part would have too much counts double: a class that a group has used up cannot be mended.
        cost = ((after**2) + (after.clip(max=0) ** 2) - lack**2 - lack.clip(max=0) ** 2).sum(axis=1)
        cost[shares_of == 0] = np.inf
        best = int(cost.argmin())
        part[rows], lack[best] = best, after[best]
    alone = np.flatnonzero(part < 0)
    for one in np.unique(stratum[alone]):
        rows = alone[stratum[alone] == one]
        rows = rows[np.lexsort((rng.random(len(rows)), substrata[rows]))]
        part[rows] = _dealt(len(rows), lack[:, one].clip(min=0), shares_of)
    return part


def _dealt(n: int, lack: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.int32]:
    """Parts of ``n`` rows in a row, in proportion to what each lacks, spread evenly: int32 [n]."""
    wanted = lack if lack.sum() > 0 else shares
    exact = n * wanted / wanted.sum()
    counts = np.floor(exact).astype(int)
    counts[np.argsort(-(exact - counts), kind="stable")[: n - counts.sum()]] += 1
    places = np.concatenate([(np.arange(count) + 0.5) / max(count, 1) for count in counts])
    return np.repeat(np.arange(len(counts)), counts)[np.argsort(places, kind="stable")].astype(np.int32)
