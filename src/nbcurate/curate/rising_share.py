"""How often something is true, as a share that does not fall where the score rises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression


def rising_share(scores: NDArray[np.floating], true: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of those of about this score for which it is true: float64 [n], between 0 and 1.

    Of each step half a case is added on either side: no share of few is quite none or quite all.

    Parameters
    ----------
    scores : float array [n]
    true : bool array [n]

    References
    ----------
    Zadrozny and Elkan (2002), "Transforming classifier scores into accurate multiclass probability estimates".
    """
    if not len(scores):
        return np.empty(0)
    order = np.lexsort((true, scores))
    steps = isotonic_regression(true[order].astype(float)).x
    step = np.empty(len(scores), np.intp)
    step[order] = np.unique(steps, return_inverse=True)[1]
    return (np.bincount(step, true) + 0.5)[step] / (np.bincount(step) + 1)[step]
