"""Boxes of two sets paired one to one, those that fit each other best first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .box_pairs import BoxPairs


def match_mutually(pairs: BoxPairs, fit: NDArray[np.floating]) -> NDArray[np.intp]:
    """Which pairs are taken when the best is taken first, and each box once: places among the pairs, int [k].

    All that are each other's best are taken at once, then those of what is left: a few rounds, whatever the number.

    Parameters
    ----------
    pairs : BoxPairs
    fit : float array [p]
        How well the boxes of each pair fit each other; of equal ones the earlier pair goes first.
    """
    left = np.argsort(-np.asarray(fit, np.float64), kind="stable")
    taken: list[NDArray[np.intp]] = []
    while len(left):
        best_of_first, best_of_second = (_first_of_each(side[left]) for side in (pairs.first, pairs.second))
        mutual = left[best_of_first & best_of_second]
        taken.append(mutual)
        gone = np.isin(pairs.first[left], pairs.first[mutual]) | np.isin(pairs.second[left], pairs.second[mutual])
        left = left[~gone]
    return np.concatenate(taken) if taken else np.empty(0, np.intp)


def _first_of_each(values: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which values stand there for the first time."""
    first = np.zeros(len(values), bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first
