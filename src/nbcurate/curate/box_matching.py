"""Which of the boxes on an image are the same ones after somebody has corrected them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

#: Overlap (intersection over union) from which two boxes without a common name are one that was moved.
LEAST_OVERLAP = 0.3
#: Difference of a side, px, up to which it is the same: what is left of a box after percent and decimals.
TOLERANCE = 0.1
#: What one class counts where overlaps are equal.
_LITTLE = 1e-6


@dataclass(frozen=True, slots=True)
class MatchedBoxes:
    """Pairs of positions (before, after), and the positions without a partner on either side."""

    pairs: list[tuple[int, int]]
    gone: list[int]
    new: list[int]


def match_boxes(
    before: ArrayLike,
    after: ArrayLike,
    names_before: Sequence[str | None],
    names_after: Sequence[str | None],
    classes_before: Sequence[Hashable] | None = None,
    classes_after: Sequence[Hashable] | None = None,
) -> MatchedBoxes:
    """Pair the boxes of one image before and after correction.

    First those of the same place: of the same class and name, then of the same class (a person on a bicycle may be two
    boxes at one place, and files may be numbered anew), then of the same name, then any. Then those of the same name,
    then those that overlap, so that the overlaps sum to the most; of overlaps that are equal, those of one class.

    Parameters
    ----------
    before, after : array_like [n, 4], [m, 4]
        x, y, width and height, px.
    names_before, names_after : sequence of str or None
    classes_before, classes_after : sequence, optional
        The class of each; all are of one where it is left out.
    """
    old, new = (np.asarray(boxes, np.float64).reshape(-1, 4) for boxes in (before, after))
    place = (np.abs(old[:, None] - new[None]) <= TOLERANCE).all(axis=2)
    name = np.array([[a is not None and a == b for b in names_after] for a in names_before], bool).reshape(place.shape)
    kinds_old, kinds_new = classes_before or [None] * len(old), classes_after or [None] * len(new)
    kind = np.array([[a == b for b in kinds_new] for a in kinds_old], bool).reshape(place.shape)
    free_old, free_new = np.ones(len(old), bool), np.ones(len(new), bool)
    pairs: list[tuple[int, int]] = []
    for fits in (place & kind & name, place & kind, place & name, place, name):
        for row, column in np.argwhere(fits).tolist():
            if free_old[row] and free_new[column]:
                free_old[row] = free_new[column] = False
                pairs.append((row, column))
    left_old, left_new = np.flatnonzero(free_old), np.flatnonzero(free_new)
    overlap = overlaps(old[left_old], new[left_new])
    gain = np.where(overlap >= LEAST_OVERLAP, overlap + _LITTLE * kind[np.ix_(left_old, left_new)], 0.0)
    for row, column in zip(*linear_sum_assignment(-gain), strict=True):
        if overlap[row, column] >= LEAST_OVERLAP:
            pairs.append((int(left_old[row]), int(left_new[column])))
            free_old[left_old[row]] = free_new[left_new[column]] = False
    return MatchedBoxes(sorted(pairs), np.flatnonzero(free_old).tolist(), np.flatnonzero(free_new).tolist())


def overlaps(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of each of n boxes with each of m: float64 [n, m]; 0 of boxes without area."""
    start = np.maximum(first[:, None, :2], second[None, :, :2])
    end = np.minimum((first[:, :2] + first[:, 2:])[:, None], (second[:, :2] + second[:, 2:])[None])
    common = np.clip(end - start, 0, None).prod(axis=2)
    union = first[:, 2:].prod(axis=1)[:, None] + second[:, 2:].prod(axis=1)[None] - common
    return np.divide(common, union, out=np.zeros_like(common), where=union > 0)
