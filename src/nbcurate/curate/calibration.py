"""A threshold from a few judged examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def threshold_for_precision(
    scores: NDArray[np.floating], positive: NDArray[np.bool_], precision: float
) -> tuple[float, float]:
    """The lowest score above which at least this share of the examples is positive.

    Parameters
    ----------
    scores : float array [m]
        Higher for what is more likely positive.
    positive : bool array [m]
        What was judged.
    precision : float
        In (0, 1].

    Returns
    -------
    threshold : float
        Halfway between the last score that is taken and the next; inf if no threshold is good enough.
    recall : float
        Share of the positive examples above it.
    """
    values = np.unique(np.asarray(scores, np.float64))[::-1]
    taken = np.array([(scores >= value).sum() for value in values])
    right = np.array([positive[scores >= value].sum() for value in values])
    good = np.flatnonzero(right >= precision * taken)
    if not len(good) or right[good[-1]] == 0:
        return np.inf, 0.0
    last = good[-1]
    below = values[last + 1] if last + 1 < len(values) else values[last]
    return float((values[last] + below) / 2), float(right[last] / max(positive.sum(), 1))
