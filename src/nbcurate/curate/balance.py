"""Subsets with the class shares one asks for, and inside each class what is typical of it, or evenly what there is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .facility_location import facility_location, representatives
from .pick_order import PickOrder

#: From vectors to their similarity graph.
GraphOf = Callable[[NDArray[np.float32]], sp.csr_matrix]

#: A cluster is a look of its own within a class when it holds this share of it; below, it may be a few wrong labels.
_SHARE_OF_CLASS = 0.02
#: Kinds of items that are tried for each pick: the best of so many is as good as the best of all.
_TRIED = 2048


def water_fill(capacity: NDArray[np.integer], n: int, shares: NDArray[np.floating] | None = None) -> NDArray[np.intp]:
    """How many to take of each, in proportion to ``shares`` as far as each has them: int [c], summing to n at most.

    What one cannot give is spread over the others by their shares. Where whole numbers leave a remainder, it goes to
    those that are farthest below their share, the larger first.

    Parameters
    ----------
    capacity : int array [c]
        How many there are of each.
    n : int
    shares : float array [c], optional
        Not negative, of any sum; equal by default. A share of 0 gets none.
    """
    capacity = np.asarray(capacity, np.intp)
    share = np.ones(len(capacity)) if shares is None else np.asarray(shares, np.float64)
    capacity = np.where(share > 0, capacity, 0)
    n = min(n, int(capacity.sum()))
    exact = np.zeros(len(capacity))
    open_ = capacity > 0
    while open_.any():  # closes at least one each round
        left = n - exact[~open_].sum()
        wanted = left * share / share[open_].sum()
        full = open_ & (wanted >= capacity)
        if not full.any():
            exact[open_] = wanted[open_]
            break
        exact[full] = capacity[full]
        open_ &= ~full
    quota = np.floor(exact + 1e-9).astype(np.intp)
    rest = np.lexsort((-capacity, -(np.round(exact - quota, 9))))
    rest = rest[quota[rest] < capacity[rest]]
    quota[rest[: n - quota.sum()]] += 1
    return quota


def balanced_typical(
    vectors: NDArray[np.float32],
    neighbours: NDArray[np.int32],
    classes: NDArray[np.integer],
    n: int,
    *,
    shares: NDArray[np.floating] | None = None,
    graph_of: GraphOf,
    seed: int = 0,
) -> PickOrder:
    """Picks with given class shares; inside each class those that stand for the most of it: what trains best.

    Facility location over all pairs of the class. A member counts by the root of the share of its neighbours that are
    of its class, so that what lies among other classes, or has a wrong label, is picked late: counting all alike trains
    as well where classes are clear, and worse where they are not.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    neighbours : int32 array [n, k]
        The kNN graph over all of them; -1 for none.
    classes : int array [n]
        Class of each item, from 0; items below 0 are not picked, and say nothing of their neighbours.
    n : int
    shares : float array [c], optional
        Of each class; equal by default.
    graph_of : callable
        From the vectors of a class to its :func:`nbcurate.curate.facility_location.similarity_graph`: see
        :func:`nbcurate.curate.facility_location.representatives`, which asks for it where a class is large.
    seed : int

    Returns
    -------
    PickOrder
        The classes take turns, so that a prefix is balanced, too. Gains are those of facility location in the class.

    References
    ----------
    Wei, Iyer & Bilmes, "Submodularity in data subset selection and active learning", ICML 2015: facility location
    within each class.
    """
    weights = np.sqrt(class_purity(neighbours, classes))

    def within(members: NDArray[np.intp], quota: int) -> PickOrder:
        own = vectors[members]
        picks = representatives(own, quota, graph=lambda: graph_of(own), weights=weights[members], seed=seed)
        return PickOrder(members[picks.rows], picks.gains)

    return by_class(classes, n, shares, within)


def balanced_even(
    graph: sp.csr_matrix,
    classes: NDArray[np.integer],
    clusters: NDArray[np.integer],
    n: int,
    *,
    shares: NDArray[np.floating] | None = None,
) -> PickOrder:
    """Picks with given class shares; inside each class evenly over its clusters, inside each of these diverse.

    The odd looks of a class get as much as the usual one. That shows all there is, and trains less well than
    :func:`balanced_typical`.

    Parameters
    ----------
    graph : sparse matrix [n, n]
        :func:`nbcurate.curate.facility_location.similarity_graph`.
    classes : int array [n]
        Class of each item, from 0; items below 0 are not picked.
    clusters : int array [n]
        What an item looks like. Clusters with under 2 % of a class count as one look of it.
    n : int
    shares : float array [c], optional
        Of each class; equal by default.

    Returns
    -------
    PickOrder
        The classes take turns, so that a prefix is balanced, too. Gains are those of :func:`facility_location` within
        the item's group.
    """

    def within(members: NDArray[np.intp], quota: int) -> PickOrder:
        looks = looks_of(clusters[members])
        of_look = water_fill(np.bincount(looks), quota)
        rows, gains, rounds = [], [], []
        for look in np.argsort(-np.bincount(looks), kind="stable"):
            group = members[looks == look]
            picks = facility_location(graph[group][:, group], int(of_look[look]))
            rows.append(group[picks.rows])
            gains.append(picks.gains)
            rounds.append(np.arange(len(picks.rows)))
        by_round = np.argsort(np.concatenate(rounds), kind="stable")
        return PickOrder(np.concatenate(rows)[by_round], np.concatenate(gains)[by_round])

    return by_class(classes, n, shares, within)


def by_class(
    classes: NDArray[np.integer],
    n: int,
    shares: NDArray[np.floating] | None,
    within: Callable[[NDArray[np.intp], int], PickOrder],
) -> PickOrder:
    """As many of each class as its share, picked by ``within`` from its members; the classes take turns."""
    n_classes = int(classes.max(initial=-1)) + 1
    quota = water_fill(np.bincount(classes[classes >= 0], minlength=n_classes), n, shares)
    picks = [within(np.flatnonzero(classes == label), int(quota[label])) for label in np.flatnonzero(quota)]
    if not picks:
        return PickOrder(np.empty(0, np.intp), np.empty(0))
    turns = np.concatenate([(np.arange(len(of_class.rows)) + 0.5) / len(of_class.rows) for of_class in picks])
    by_turn = np.argsort(turns, kind="stable")
    rows, gains = (np.concatenate(parts) for parts in zip(*((p.rows, p.gains) for p in picks), strict=True))
    return PickOrder(rows[by_turn], gains[by_turn])


def class_purity(neighbours: NDArray[np.int32], classes: NDArray[np.integer]) -> NDArray[np.float64]:
    """Share of each item's neighbours, and the item itself, that are of its class: float64 [n], above 0.

    Parameters
    ----------
    neighbours : int32 array [n, k]
        -1 for none.
    classes : int array [n]
        Items below 0 have no class, and do not count.
    """
    theirs = np.where(neighbours >= 0, classes[neighbours], -1)
    same = (theirs == classes[:, None]) & (theirs >= 0)
    return (same.sum(axis=1) + 1) / ((theirs >= 0).sum(axis=1) + 1)


def looks_of(clusters: NDArray[np.integer]) -> NDArray[np.intp]:
    """Number of the look of each member of a class, those too few for a look of their own together in one."""
    _, codes, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    small = sizes < max(2, _SHARE_OF_CLASS * len(clusters))
    codes = np.where(small, -1, np.arange(len(sizes)))[codes]
    return np.unique(codes, return_inverse=True)[1]


def balanced_counts(
    counts: NDArray[np.floating],
    neighbours: NDArray[np.int32],
    similarity: NDArray[np.float32],
    n: int,
    *,
    shares: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> PickOrder:
    """Picks whose counts, summed, have given class shares: for items with several labels or objects.

    Each pick is the one that brings the shares of the sums nearest to those wanted (least Kullback-Leibler divergence);
    among items that count the same, the one least like the picks so far.

    Parameters
    ----------
    counts : float array [n, c]
        How much of each class an item holds: an image with three boxes of a class counts three. Items without any are
        not picked.
    neighbours, similarity : arrays [n, k]
        The kNN graph.
    n : int
    shares : float array [c], optional
        Of each class; equal by default. Classes of which there is nothing are passed over.
    seed : int
        Of the kinds of items, 2,048 are tried for each pick (Mirzasoleiman et al., "Lazier than lazy greedy", AAAI
        2015).

    Returns
    -------
    PickOrder
        Gains are 1 - the share of classes that the item holds nothing of.
    """
    counts = np.asarray(counts, np.float64)
    rng = np.random.default_rng(seed)
    share = np.ones(counts.shape[1]) if shares is None else np.asarray(shares, np.float64)
    share = np.where(counts.sum(axis=0) > 0, share, 0)
    share = share / max(share.sum(), 1e-12)
    kinds, kind_of = _distinct_rows(counts)
    left = np.bincount(kind_of, minlength=len(kinds))
    by_kind, starts = np.argsort(kind_of, kind="stable"), np.concatenate([[0], np.cumsum(left)])
    left[kinds @ (share > 0) <= 0] = 0
    open_kinds = np.flatnonzero(left)
    covered, taken = np.zeros(len(counts)), np.zeros(len(counts), bool)
    total, order = np.full(counts.shape[1], 1e-3), []
    while len(order) < n and len(open_kinds):
        tried = open_kinds
        if len(tried) > _TRIED:
            tried = np.sort(rng.choice(tried, _TRIED, replace=False))
        sums = total + kinds[tried]
        fit = np.log(sums) @ share - np.log(sums.sum(axis=1))
        kind = tried[int(fit.argmax())]
        members = by_kind[starts[kind] : starts[kind + 1]]
        group = members[~taken[members]]
        pick = int(group[covered[group].argmin()])
        near = neighbours[pick][neighbours[pick] >= 0]
        covered[near] = np.maximum(covered[near], similarity[pick][neighbours[pick] >= 0])
        taken[pick] = True
        left[kind] -= 1
        if not left[kind]:
            open_kinds = np.delete(open_kinds, np.searchsorted(open_kinds, kind))
        total += counts[pick]
        order.append(pick)
    rows = np.asarray(order, np.intp)
    return PickOrder(rows, (counts[rows] > 0).mean(axis=1) if len(rows) else np.empty(0))


def _distinct_rows(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """The distinct rows in ascending order, and which of them each row is: as ``np.unique`` has them, in half the time.

    Rows are told apart by their bytes, which sort fast; only those that differ are put in order.
    """
    values = np.ascontiguousarray(values + 0.0)  # no -0, which has other bytes than 0
    if not values.size:
        return np.unique(values, axis=0), np.zeros(len(values), np.intp)
    as_bytes = values.view(np.dtype((np.void, values.dtype.itemsize * values.shape[1]))).ravel()
    _, first, which = np.unique(as_bytes, return_index=True, return_inverse=True)
    rows = values[first]
    order = np.lexsort(rows.T[::-1])
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    return rows[order], place[which.ravel()]
