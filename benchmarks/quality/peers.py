"""What one would pick by instead of nbcurate, and what it did before: as the benchmarks of picks compare them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nbcurate.curate.balance import water_fill
from nbcurate.curate.facility_location import facility_location, facility_location_of_pairs, similarity_graph
from nbcurate.curate.kmeans import kmeans
from nbcurate.search.graph import build_graph

Vectors = NDArray[np.float32]
Rows = NDArray[np.intp]


def medoids(vectors: Vectors, n: int) -> Rows:
    """The items nearest to the centres of as many k-means clusters."""
    rows = kmeans(vectors, min(n, len(vectors)), seed=0, n_init=1).representatives()
    rest = np.setdiff1d(np.arange(len(vectors)), rows)  # where there are fewer distinct vectors
    return np.concatenate([rows, rest])[:n]


def typiclust(vectors: Vectors, n: int, labelled: Rows | None = None) -> Rows:
    """The most typical item of each of the largest clusters that hold no labelled one.

    Hacohen, Dekel & Weinshall, "Active learning on a budget", ICML 2022: as many k-means clusters as there will be
    labels; typical is the inverse of the mean distance to 20 neighbours in the cluster.
    """
    labelled = np.empty(0, np.intp) if labelled is None else labelled
    clusters = kmeans(vectors, min(n + len(labelled), len(vectors)), seed=0, n_init=1).labels
    sizes = np.bincount(clusters)
    held = np.bincount(clusters[labelled], minlength=len(sizes))
    free = np.ones(len(vectors), bool)
    free[labelled] = False
    picks: list[int] = []
    while len(picks) < n:
        for at in np.lexsort((-sizes, held)):
            inside = np.flatnonzero(clusters == at)
            if len(picks) < n and free[inside].any():
                distance = np.sqrt(np.maximum(2 - 2 * vectors[inside] @ vectors[inside].T, 0))
                spread = np.sort(distance, axis=1)[:, 1:21].mean(axis=1) if len(inside) > 1 else np.zeros(1)
                picks.append(int(inside[np.where(free[inside], spread, np.inf).argmin()]))
                free[picks[-1]] = False
                held[at] += 1
    return np.array(picks)


def on_graph(vectors: Vectors, n: int) -> Rows:
    """Facility location on the kNN graph of these vectors: what ``diverse`` did before."""
    if len(vectors) < 3:
        return np.arange(len(vectors))[:n]
    graph = build_graph(vectors, min(15, len(vectors) - 1))
    return facility_location(similarity_graph(graph.rows, graph.similarity), n).rows


def on_pairs(vectors: Vectors, n: int) -> Rows:
    """Facility location over all pairs."""
    return facility_location_of_pairs(vectors, n).rows


def by_looks(vectors: Vectors, looks: Rows, n: int) -> Rows:
    """Facility location in each look (cluster), which gets its share by its size."""
    sizes = np.bincount(looks)
    quota = water_fill(sizes, n, sizes.astype(float))
    parts = [np.flatnonzero(looks == at) for at in range(len(sizes))]
    return np.concatenate([rows[on_graph(vectors[rows], int(quota[at]))] for at, rows in enumerate(parts) if quota[at]])
