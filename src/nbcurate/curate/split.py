"""A split that keeps what belongs together on one side, with the shares of every class and cluster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 50  # of fitting the table of parts and strata to its sums


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
    """Part of each row, such that no group is cut, each part has its share, and of each stratum, too.

    Groups of several rows go first, the largest first, each to the part that lacks its rows the most. Then the rows
    that are alone fill up what the parts still lack: how many of each stratum go to each part is rounded for all strata
    together, so that many small strata do not all round in favour of the same part. Inside a stratum they are dealt out
    evenly along the substrata. A part that was asked for gets one group at least, if there are as many as parts.

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
    Deming and Stephan (1940), "On a least squares adjustment of a sampled frequency table when the expected marginal
    totals are known": what each part gets of each stratum, before it is rounded.
    """
    rng = np.random.default_rng(seed)
    shares_of = np.asarray(shares, np.float64)
    stratum = np.unique(strata, return_inverse=True)[1]
    part = np.full(len(groups), -1, np.int32)
    lack = shares_of[:, None] * np.bincount(stratum)[None, :]  # rows that each part still lacks of each stratum
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    _place_groups(part, group, sizes, stratum, lack, shares_of, rng)
    alone = np.flatnonzero(part < 0)
    counts = _counts_of_strata(np.bincount(stratum[alone], minlength=lack.shape[1]), lack, shares_of, rng)
    alone = alone[np.lexsort((rng.random(len(alone)), substrata[alone], stratum[alone]))]
    ends = np.cumsum(counts.sum(axis=0))
    for one in np.flatnonzero(counts.any(axis=0)).tolist():
        part[alone[ends[one] - counts[:, one].sum() : ends[one]]] = _dealt(counts[:, one])
    fill_empty_parts(part, group, sizes, shares_of)
    return part


def _place_groups(
    part: NDArray[np.int32],
    group: NDArray[np.integer],
    sizes: NDArray[np.integer],
    stratum: NDArray[np.integer],
    lack: NDArray[np.float64],
    shares: NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """Give each group of several rows a part, and take its rows off what that part lacks."""
    whole = np.bincount(stratum, minlength=lack.shape[1])
    order = np.argsort(group, kind="stable")
    starts = np.concatenate([[0], np.cumsum(sizes)])
    several = np.flatnonzero(sizes > 1)
    several = several[np.lexsort((rng.random(len(several)), -sizes[several]))]
    for number in several.tolist():
        rows = order[starts[number] : starts[number + 1]]
        counts = np.bincount(stratum[rows], minlength=lack.shape[1])
        total = lack.sum(axis=1)
        # A stratum that is all in one group cannot be shared out: then only the sizes of the parts count.
        shared = (counts > 0) & (counts < whole)
        room = (shares > 0) & (total >= len(rows) / 2)
        if shared.any() and room.any():
            cost = _cost(lack[:, shared], counts[shared]).sum(axis=1)
            cost[~room] = np.inf
        else:
            cost = _cost(total, len(rows))
            cost[shares == 0] = np.inf
        best = int(cost.argmin())
        part[rows] = best
        lack[best] -= counts


def _cost(lack: NDArray[np.float64], counts: NDArray[np.integer] | int) -> NDArray[np.float64]:
    """How much worse what is lacked gets by these rows; too many count double, as what a group uses up is gone."""
    after = lack - counts
    return after**2 + after.clip(max=0) ** 2 - lack**2 - lack.clip(max=0) ** 2


def _counts_of_strata(
    rows: NDArray[np.integer], lack: NDArray[np.float64], shares: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """How many rows of each stratum go to each part: int [parts, strata], whose columns sum to ``rows``.

    Parameters
    ----------
    rows : int array [strata]
        Rows of each that are there to be shared out.
    lack : float array [parts, strata]
    """
    n = int(rows.sum())
    wanted = lack.sum(axis=1).clip(min=0) + 1e-9 * shares
    totals = _rounded(n * wanted / max(wanted.sum(), 1e-12))
    exact = lack.clip(min=0) + 0.01 * shares[:, None] * rows  # a little of all, so that every total can be met
    for _ in range(_ROUNDS):
        exact *= (totals / exact.sum(axis=1).clip(min=1e-12))[:, None]
        exact *= rows / exact.sum(axis=0).clip(min=1e-12)
    counts = np.floor(exact + 1e-9).astype(np.intp)
    left, lacked = rows - counts.sum(axis=0), totals - counts.sum(axis=1)
    remainder = exact - counts
    by_remainder = np.lexsort((rng.random(remainder.size), -np.round(remainder, 9).ravel()))
    for at in by_remainder:
        which, one = divmod(int(at), len(rows))
        if left[one] > 0 and lacked[which] > 0:
            counts[which, one] += 1
            left[one] -= 1
            lacked[which] -= 1
    for one in np.flatnonzero(left).tolist():  # where the largest remainders used up what was lacked elsewhere
        for _ in range(int(left[one])):
            which = int(np.where(shares > 0, lacked, -np.inf).argmax())
            counts[which, one] += 1
            lacked[which] -= 1
    return counts


def _rounded(exact: NDArray[np.float64]) -> NDArray[np.intp]:
    """Whole numbers of the same sum, by largest remainder: int [m]."""
    counts = np.floor(exact + 1e-9).astype(np.intp)
    missing = round(float(exact.sum())) - int(counts.sum())
    counts[np.argsort(-np.round(exact - counts, 9), kind="stable")[:missing]] += 1
    return counts


def _dealt(counts: NDArray[np.intp]) -> NDArray[np.int32]:
    """Parts of rows in a row, so many of each, spread evenly: int32 [n]."""
    places = np.concatenate([(np.arange(count) + 0.5) / max(count, 1) for count in counts])
    return np.repeat(np.arange(len(counts)), counts)[np.argsort(places, kind="stable")].astype(np.int32)


def fill_empty_parts(
    part: NDArray[np.int32], group: NDArray[np.integer], sizes: NDArray[np.integer], shares: NDArray[np.float64]
) -> None:
    """Give the smallest group of a part that has several to each part that was asked for and has none."""
    part_of_group = np.zeros(len(sizes), np.int32)
    part_of_group[group] = part
    for empty in np.flatnonzero((shares > 0) & (np.bincount(part, minlength=len(shares)) == 0)).tolist():
        several = np.bincount(part_of_group, minlength=len(shares)) > 1
        donors = np.flatnonzero(several[part_of_group])
        if len(donors):
            given = donors[sizes[donors].argmin()]
            part_of_group[given] = empty
            part[group == given] = empty
