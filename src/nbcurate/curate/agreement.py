"""How well vectors agree with labels, and with other vectors of the same items."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kmeans import kmeans


def knn_accuracy(neighbours: NDArray[np.integer], labels: NDArray[Any]) -> float:
    """Share of the labelled items whose neighbours vote for their own label: leave-one-out kNN accuracy.

    Parameters
    ----------
    neighbours : int array [n, k]
        Row numbers of the nearest, without the item itself, nearest first.
    labels : int array [n]
        Class of each; -1 for none. Unlabelled items neither vote nor count.

    Returns
    -------
    float
        In [0, 1]; nan where no item has a label. Of classes with equally many votes that of the nearest voter wins.
    """
    known = np.flatnonzero(labels >= 0)
    if not len(known):
        return float("nan")
    votes = labels[neighbours[known]]
    n_classes = int(labels.max()) + 1
    # A little more for the nearer voters breaks ties and nothing else.
    weight = 1 + 1e-3 / (1 + np.arange(votes.shape[1]))
    counts = np.zeros((len(known), n_classes))
    rows, columns = np.nonzero(votes >= 0)
    np.add.at(counts, (rows, votes[rows, columns]), weight[columns])
    return float(np.mean(counts.argmax(axis=1) == labels[known]))


def clustering_agreement(vectors: NDArray[np.float32], labels: NDArray[Any], *, seed: int = 0) -> tuple[float, float]:
    """Normalised mutual information and adjusted Rand index of k-means clusters with the labels.

    As many clusters are made as there are classes. nan where fewer than two classes are labelled.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    labels : int array [n]
        Class of each; -1 for none.

    References
    ----------
    Vinh, Epps & Bailey, "Information theoretic measures for clusterings comparison", JMLR 2010 (NMI).
    Hubert & Arabie, "Comparing partitions", Journal of Classification 1985 (ARI).
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    known = labels >= 0
    classes = len(np.unique(labels[known]))
    if classes < 2:
        return float("nan"), float("nan")
    found = kmeans(np.ascontiguousarray(vectors[known]), classes, seed=seed).labels
    return (
        float(normalized_mutual_info_score(labels[known], found)),
        float(adjusted_rand_score(labels[known], found)),
    )


def neighbour_overlap(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Mean share of the k nearest of an item that two sets of neighbours ``[n, k]`` have in common, in [0, 1]."""
    if not first.size:
        return float("nan")
    common = (first[:, :, None] == second[:, None, :]).any(axis=2)
    return float(common.mean())
