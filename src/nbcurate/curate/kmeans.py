"""Spherical k-means: clusters of vectors around mean directions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .partition import Partition, cluster_centres, make_partition, nearest_centre

#: Vectors that the centres are fitted on, and of these the ones to start from: more costs time and moves them little.
_LEAST_SAMPLE, _SAMPLE_PER_CLUSTER = 20_000, 64
_LEAST_SEEDS, _SEEDS_PER_CLUSTER = 5_000, 20
#: A start has come to rest when no more than this share of the vectors still changes its cluster.
_AT_REST = 2e-3


def kmeans(
    vectors: NDArray[np.float32], n_clusters: int, *, seed: int = 0, n_init: int | None = None, max_iter: int = 20
) -> Partition:
    """Spherical k-means with k-means++ seeding.

    Centres are fitted on a sample of at most 64 vectors per cluster (20,000 at least), then every vector is assigned.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    n_clusters : int
        At most as many are made as there are distinct vectors.
    seed : int
        The same seed and vectors give the same clusters.
    n_init : int, optional
        Starts; the one with the highest mean similarity counts. 3 by default, 1 above 20,000 vectors.
    max_iter : int
        Rounds of each start.

    Returns
    -------
    Partition

    References
    ----------
    Dhillon & Modha, "Concept decompositions for large sparse text data using clustering", Machine Learning 2001.
    Arthur & Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    """
    if n_clusters < 1:
        raise ValueError(f"n_clusters={n_clusters}: ask for at least one cluster.")
    if not len(vectors):
        return make_partition(vectors, np.empty(0, np.int32))
    rng = np.random.default_rng(seed)
    size = max(_LEAST_SAMPLE, _SAMPLE_PER_CLUSTER * n_clusters)
    rows = np.sort(rng.permutation(len(vectors))[:size])
    sample = np.ascontiguousarray(vectors[rows], np.float32)
    starts = n_init or (3 if len(vectors) <= _LEAST_SAMPLE else 1)
    fits = [_fit(sample, n_clusters, rng, max_iter) for _ in range(starts)]
    centres = max(fits, key=lambda fit: fit[1])[0]
    return make_partition(vectors, nearest_centre(vectors, centres)[0])


def _fit(
    sample: NDArray[np.float32], n_clusters: int, rng: np.random.Generator, max_iter: int
) -> tuple[NDArray[np.float32], float]:
    """Centres after one start, and the mean similarity of the sample with them."""
    seeds = sample[rng.permutation(len(sample))[: max(_LEAST_SEEDS, _SEEDS_PER_CLUSTER * n_clusters)]]
    centres = seeds[plus_plus(seeds, n_clusters, rng)]
    labels, similarity = nearest_centre(sample, centres)
    for _ in range(max_iter):
        before = labels
        centres = cluster_centres(sample, labels, len(centres))
        empty = np.flatnonzero(~centres.any(axis=1))
        if len(empty):  # a centre that lost all its vectors starts again where vectors are served worst
            centres[empty] = sample[np.argsort(similarity, kind="stable")[: len(empty)]]
        labels, similarity = nearest_centre(sample, centres)
        if (labels != before).mean() <= _AT_REST:
            break
    return centres, float(similarity.mean())


def plus_plus(vectors: NDArray[np.float32], n_clusters: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Rows to start from, each drawn in proportion to its distance from those before; the best of a few draws counts.

    Fewer than ``n_clusters`` rows come back where the vectors are no more than that many distinct ones.
    """
    trials = 2 + int(np.log(n_clusters))
    chosen = [int(rng.integers(len(vectors)))]
    distance = np.maximum(1 - vectors @ vectors[chosen[0]], 0)
    for _ in range(n_clusters - 1):
        total = np.cumsum(distance, dtype=np.float64)
        if total[-1] <= 1e-5 * len(vectors):
            break
        candidates = np.searchsorted(total, rng.random(trials) * total[-1]).clip(max=len(vectors) - 1)
        distances = np.minimum(distance[:, None], np.maximum(1 - vectors @ vectors[candidates].T, 0))
        best = int(distances.sum(axis=0).argmin())
        chosen.append(int(candidates[best]))
        distance = np.ascontiguousarray(distances[:, best])
    return np.asarray(chosen, np.intp)
