"""Class probabilities by the labels of the neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FALL = 2.0  # the k-th neighbour counts exp(-2) of the first: about a seventh
_PRIOR = 1.0  # weight of the classes' shares, as a part of the nearest neighbour's vote


def neighbour_probabilities(
    neighbors: NDArray[np.int32], similarity: NDArray[np.float32], codes: NDArray[np.integer], n_classes: int
) -> NDArray[np.float32]:
    """What the labels around a row say of its class: float32 [n, n_classes].

    Nearer neighbours count more, on the scale of the row's own surroundings: from the nearest to the k-th the weight
    falls by a factor that is the same in dense and in thin places. A row's own label is not asked.

    Parameters
    ----------
    neighbors, similarity : arrays [n, k]
        The kNN graph; -1 where there is none.
    codes : int array [n]
        Class of each row, -1 for none.
    n_classes : int
    """
    n, k = neighbors.shape
    share = np.bincount(codes[codes >= 0], minlength=n_classes) / max((codes >= 0).sum(), 1)
    votes = np.tile((_PRIOR * share).astype(np.float32), (n, 1))
    if k:
        distance = np.where(np.isfinite(similarity), 1.0 - similarity, 2.0)
        nearest, furthest = distance[:, :1], distance[:, -1:]
        weight = np.exp(-_FALL * (distance - nearest) / (furthest - nearest + 1e-6))
        label = np.where(neighbors >= 0, codes[neighbors], -1)
        row, at = np.nonzero(label >= 0)
        np.add.at(votes, (row, label[row, at]), weight[row, at].astype(np.float32))
    return votes / votes.sum(axis=1, keepdims=True).clip(min=1e-30)
