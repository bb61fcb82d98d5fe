"""How well a search by each item finds the others of its class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1_000  # queries that are compared with all items at once


def retrieval_map(
    vectors: NDArray[np.float32], labels: NDArray[np.integer], *, most: int = 5_000, seed: int = 0
) -> float:
    """Mean average precision of a search by each item among all others.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    labels : int array [n]
        Class of each; -1 for none: such items neither ask nor count.
    most : int
        Items that ask, drawn at random where there are more.

    Returns
    -------
    float
        In [0, 1]; nan where no class has two items. Those that are alone in their class ask nothing.

    References
    ----------
    Manning, Raghavan & Schütze, "Introduction to Information Retrieval", 2008, section 8.4.
    """
    known = np.flatnonzero(labels >= 0)
    vectors, labels = vectors[known], labels[known]
    others = np.bincount(labels)[labels] - 1 if len(labels) else np.empty(0, int)
    asking = np.flatnonzero(others > 0)
    if not len(asking):
        return float("nan")
    if len(asking) > most:
        asking = np.sort(np.random.default_rng(seed).choice(asking, most, replace=False))
    precisions = np.concatenate(
        [_average_precision(vectors, labels, asking[start : start + _BLOCK]) for start in range(0, len(asking), _BLOCK)]
    )
    return float(precisions.mean())


def _average_precision(
    vectors: NDArray[np.float32], labels: NDArray[np.integer], asking: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Average precision of the search by each of the asking items."""
    similarity = vectors[asking] @ vectors.T
    similarity[np.arange(len(asking)), asking] = -np.inf  # an item does not find itself
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :-1]
    relevant = labels[order] == labels[asking][:, None]
    ranks = np.arange(1, order.shape[1] + 1)
    precision = np.cumsum(relevant, axis=1) / ranks
    return (precision * relevant).sum(axis=1) / relevant.sum(axis=1)
