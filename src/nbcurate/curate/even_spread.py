"""Subsets with given class shares that, inside each class, lie evenly over several things at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .balance import balanced_counts, by_class, looks_of
from .pick_order import PickOrder


def balanced_spread(
    neighbours: NDArray[np.int32],
    similarity: NDArray[np.float32],
    classes: NDArray[np.integer],
    factors: Sequence[NDArray[np.integer]],
    n: int,
    *,
    shares: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> PickOrder:
    """Picks with given class shares; inside each class evenly over the levels of every factor.

    Factors are balanced side by side and not by their combinations, of which most have no item: each pick is the one
    after which look, size and place, say, are all spread most evenly (:func:`balanced_counts`), and of those alike the
    one least like the picks so far.

    Parameters
    ----------
    neighbours, similarity : arrays [n, k]
        The kNN graph.
    classes : int array [n]
        Class of each item, from 0; items below 0 are not picked.
    factors : sequence of int arrays [n]
        The level of each item in each of them. Levels with under 2 % of a class count as one.
    n : int
    shares : float array [c], optional
        Of each class; equal by default.
    seed : int
    """
    place = np.full(len(classes), -1, np.int32)

    def within(members: NDArray[np.intp], quota: int) -> PickOrder:
        place[members] = np.arange(len(members))
        near = np.where(neighbours[members] >= 0, place[neighbours[members]], -1)
        levels = [looks_of(factor[members]) for factor in factors]
        counts = np.concatenate([np.eye(int(level.max(initial=0)) + 1)[level] for level in levels], axis=1)
        share = np.concatenate(
            [np.full(int(level.max(initial=0)) + 1, 1 / (level.max(initial=0) + 1)) for level in levels]
        )
        picks = balanced_counts(counts, near, similarity[members], quota, shares=share, seed=seed)
        place[members] = -1
        return PickOrder(members[picks.rows], picks.gains)

    return by_class(classes, n, shares, within)
