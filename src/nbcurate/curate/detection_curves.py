"""Precision and recall at each score, and the score at which both are best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Points of a curve that are kept: more than a screen shows.
_POINTS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What is found at each score, from the highest down: float64 arrays [points]."""

    scores: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]


def precision_recall(scores: NDArray[np.floating], right: NDArray[np.bool_], wanted: int) -> Curve:
    """Precision and recall of all that has a score or more, for each score there is.

    Parameters
    ----------
    scores : float array [n]
    right : bool array [n]
    wanted : int
        How many there are to be found.
    """
    order = np.argsort(-scores, kind="stable")
    in_order = scores[order]
    hits = np.cumsum(right[order])
    last = np.flatnonzero(np.r_[in_order[1:] != in_order[:-1], True][: len(order)])  # of equal scores
    return Curve(in_order[last].astype(float), hits[last] / (last + 1), hits[last] / max(wanted, 1))


def thinned(curve: Curve) -> Curve:
    """At most some hundred points of a curve, evenly by recall and by rank, both ends among them."""
    n = len(curve.scores)
    if n <= _POINTS:
        return curve
    by_rank = np.linspace(0, n - 1, _POINTS // 2).astype(int)
    by_recall = np.searchsorted(curve.recall, np.linspace(0, curve.recall[-1], _POINTS // 2)).clip(max=n - 1)
    kept = np.unique(np.concatenate([by_rank, by_recall]))
    return Curve(curve.scores[kept], curve.precision[kept], curve.recall[kept])


def best_score(curve: Curve) -> float:
    """The score from which on precision and recall are best together (F1); 0 where nothing is right."""
    sums = curve.precision + curve.recall
    f1 = np.divide(2 * curve.precision * curve.recall, sums, out=np.zeros(len(sums)), where=sums > 0)
    return float(curve.scores[f1.argmax()]) if len(f1) and f1.max() > 0 else 0.0
