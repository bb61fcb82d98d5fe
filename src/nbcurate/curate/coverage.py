"""How good a subset is: what it covers, repeats and balances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096
#: Vectors that a diversity is measured on: it settles long before.
_VENDI_SAMPLE = 10_000


def nearest_pick(vectors: NDArray[np.float32], picks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance (1 - cosine) of each vector to the nearest of ``picks``: float32 [n], 2 where there is none."""
    distance = np.full(len(vectors), 2.0, np.float32)
    if not len(picks):
        return distance
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK])
        for first in range(0, len(picks), 4 * _BLOCK):
            cosine = (block @ picks[first : first + 4 * _BLOCK].T).max(axis=1)
            np.minimum(distance[start : start + _BLOCK], 1 - cosine, out=distance[start : start + _BLOCK])
    return np.maximum(distance, 0)


def redundancy(
    neighbours: NDArray[np.int32], similarity: NDArray[np.float32], tau: float, counts: NDArray[np.integer]
) -> float:
    """Share of a subset's members that have another member at ``tau`` or nearer.

    Parameters
    ----------
    neighbours, similarity : arrays [m, k]
        The kNN graph of the distinct items of the whole; -1 for no neighbour.
    tau : float
        Distance (1 - cosine).
    counts : int array [m]
        How many members each distinct item stands for: more than one are exact copies.
    """
    rows = np.flatnonzero(counts)
    if not len(rows):
        return 0.0
    near = (neighbours[rows] >= 0) & (counts[neighbours[rows]] > 0) & (1 - similarity[rows] <= tau)
    repeated = (counts[rows] > 1) | near.any(axis=1)
    return float(counts[rows][repeated].sum() / counts.sum())


def near_copy_distance(similarity: NDArray[np.float32]) -> float:
    """The distance below which two items count as near-copies: a quarter of the median distance to the nearest."""
    return float(np.median(1 - similarity[:, 0]) / 4) if similarity.size else 0.0


def evenness(counts: NDArray[np.integer]) -> float:
    """Entropy of the counts over that of equal ones: 1 if all are equal, 0 if there is one only; NaN without any."""
    total = counts.sum()
    if total == 0:
        return float("nan")
    if len(counts) < 2:
        return 1.0
    share = counts[counts > 0] / total
    return float(max(0.0, -(share * np.log(share)).sum()) / np.log(len(counts)))


def imbalance_ratio(counts: NDArray[np.integer]) -> float:
    """The largest count over the smallest of those above 0: always finite; NaN without any."""
    present = counts[counts > 0]
    return float(present.max() / present.min()) if len(present) else float("nan")


def within_class_evenness(classes: NDArray[np.integer], clusters: NDArray[np.integer], inside: NDArray) -> float:
    """Mean over the classes of how evenly their members in the subset lie over the clusters the class has in the whole.

    Parameters
    ----------
    classes, clusters : int arrays [n]
        Of the whole; items below 0 do not count.
    inside : bool array [n]
    """
    found = []
    for label in np.unique(classes[classes >= 0]):
        here = (classes == label) & (clusters >= 0)
        names, codes = np.unique(clusters[here], return_inverse=True)
        if len(names) > 1 and (inside & here).any():
            found.append(evenness(np.bincount(codes[inside[here]], minlength=len(names))))
    return float(np.mean(found)) if found else float("nan")


def vendi_score(vectors: NDArray[np.float32], *, seed: int = 0) -> float:
    """How many different things there are: the effective number of dissimilar items, from 1 to n.

    Exponential of the entropy of the eigenvalues of the similarity matrix over n, from the d × d matrix that has the
    same ones. Above 10,000 vectors a sample is measured.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.

    References
    ----------
    Friedman & Dieng, "The Vendi score: a diversity evaluation metric for machine learning", TMLR 2023.
    """
    if not len(vectors):
        return 0.0
    if len(vectors) > _VENDI_SAMPLE:
        vectors = vectors[np.sort(np.random.default_rng(seed).choice(len(vectors), _VENDI_SAMPLE, replace=False))]
    exact = np.asarray(vectors, np.float64)
    small = exact @ exact.T if len(exact) < exact.shape[1] else exact.T @ exact
    eigenvalues = np.linalg.eigvalsh(small / len(exact))
    eigenvalues = eigenvalues[eigenvalues > 1e-12]
    return float(np.exp(-(eigenvalues * np.log(eigenvalues)).sum()))
