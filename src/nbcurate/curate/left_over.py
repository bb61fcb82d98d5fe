"""Detections that no label is under: how likely each is of an object without a label, and not of nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .rising_share import rising_share

#: The part of the detections that is sure enough to be right, one and all.
_SUREST = 0.2


def missing_label_probability(
    scores: NDArray[np.floating], taken: NDArray[np.bool_], told: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How likely each detection is of an object without a label if it is on no label: float64 [n].

    Of the detections of a score some are wrong, and lie on nothing; of the objects a share has no label, whatever the
    score: that of the surest detections which lie on nothing. So how many are right follows from how many lie on a
    label, and of those that do not, how many are right, too.

    Parameters
    ----------
    scores : float array [n]
        In [0, 1].
    taken : bool array [n]
        Which detections are of a labelled object.
    told : bool array [n]
        Which are learnt from.
    """
    found = np.zeros(len(scores))
    rows = np.flatnonzero(told)
    if not len(rows):
        return found
    labelled = rising_share(scores[rows], taken[rows])
    surest = np.argsort(-scores[rows], kind="stable")[: max(int(_SUREST * len(rows)), 1)]
    lost = float((1 - labelled[surest]).mean())
    right = np.minimum(labelled / (1 - lost), 1.0)
    found[rows] = np.minimum(right * lost / (1 - labelled).clip(min=1e-9), 1.0)
    return found
