"""How far labelled boxes are from where detections have them, beside how far such boxes usually are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

#: Pairs from which what is usual can be told.
_ENOUGH = 30
#: Of a normal distribution, the standard deviation in units of the median distance to the median.
_SIGMA = 1.4826
_ROUNDS = 10


def misplaced_probability(
    labels: NDArray[np.float64], detections: NDArray[np.float64], scores: NDArray[np.floating]
) -> NDArray[np.float64]:
    """How likely the boxes of each pair are not of one place: float64 [n].

    How far the four sides are apart, as a share of the box, depends on its size and on how sure the model is; that is
    fitted. What is farther than a normal distribution of the rest explains is misplaced: of so many pairs at this
    distance or beyond, the share that there would not be otherwise.

    Parameters
    ----------
    labels, detections : float64 arrays [n, 4]
        x, y, width and height of two boxes that are said to be of one object.
    scores : float array [n]
        How sure the model is, in [0, 1].

    References
    ----------
    Efron (2004), "Large-scale simultaneous hypothesis testing: the choice of a null hypothesis"; Benjamini and Hochberg
    (1995), "Controlling the false discovery rate".
    """
    if len(labels) < _ENOUGH:
        return np.zeros(len(labels))
    apart = np.log(_apart(labels, detections))
    sure = np.clip(np.asarray(scores, np.float64), 0.01, 0.99)
    size = np.log(np.sqrt(detections[:, 2:].prod(axis=1)))
    known = np.stack([np.ones(len(apart)), size, np.log(sure / (1 - sure))], axis=1)
    away = _away(apart, known)
    order = np.argsort(-away, kind="stable")
    beyond = np.arange(1, len(away) + 1)
    explained = np.minimum(len(away) * ndtr(-away[order]) / beyond, 1.0)
    found = np.empty(len(away))
    found[order] = 1 - np.minimum.accumulate(explained[::-1])[::-1]
    return found


def _apart(labels: NDArray[np.float64], detections: NDArray[np.float64]) -> NDArray[np.float64]:
    """Root mean square of the distances of the four sides, each as a share of the box: float64 [n], above 0."""
    side = np.sqrt(labels[:, 2:] * detections[:, 2:])
    start = (labels[:, :2] - detections[:, :2]) / side
    end = (labels[:, :2] + labels[:, 2:] - detections[:, :2] - detections[:, 2:]) / side
    return np.sqrt((start**2 + end**2).mean(axis=1) / 2).clip(min=1e-3)


def _away(values: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many robust standard deviations each value is above what is usual for what is known of it."""
    kept = np.ones(len(values), bool)
    away = np.zeros(len(values))
    ridge = 1e-3 * len(values) * np.diag([0.0] + [1.0] * (known.shape[1] - 1))
    for _ in range(_ROUNDS):
        part = known[kept]
        rest = values - known @ np.linalg.solve(part.T @ part + ridge, part.T @ values[kept])
        middle = np.median(rest)
        spread = _SIGMA * np.median(np.abs(rest - middle))
        away = (rest - middle) / max(spread, 1e-6)
        kept = np.abs(away) < 2.5
    return away
