"""Clusters as dense regions with sparse ones between them; what lies in the sparse ones belongs to none."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

#: Distance (1 - cosine) between parts of the graph that no edge joins: farther than any two vectors are.
_APART = 3.0


def hdbscan(
    neighbours: NDArray[np.int32],
    similarity: NDArray[np.float32],
    *,
    min_cluster_size: int = 15,
    min_samples: int = 5,
) -> NDArray[np.int32]:
    """HDBSCAN over the edges of the kNN graph instead of all pairs.

    Parameters
    ----------
    neighbours : int32 array [n, k]
        Row numbers of the nearest, nearest first; -1 for none.
    similarity : float32 array [n, k]
        Cosine to each.
    min_cluster_size : int
        Fewer items than this are no cluster.
    min_samples : int
        Density at an item is read from the distance to this neighbour.

    Returns
    -------
    int32 array [n]
        Cluster of each item, from 0; -1 for those in no dense region.

    References
    ----------
    Campello, Moulavi & Sander, "Density-based clustering based on hierarchical density estimates", PAKDD 2013.
    """
    from sklearn.cluster import HDBSCAN

    n, k = neighbours.shape
    if n <= min_cluster_size or k < 2:
        return np.full(n, -1, np.int32)
    distance = _connected(_distance_graph(neighbours, similarity))
    fewest = int(np.diff(distance.indptr).min())
    model = HDBSCAN(
        min_cluster_size=min_cluster_size,
        min_samples=max(1, min(min_samples, fewest)),
        metric="precomputed",
        copy=True,  # pyright: ignore[reportArgumentType] - typed as a string there
    )
    return model.fit_predict(distance).astype(np.int32)


def _distance_graph(neighbours: NDArray[np.int32], similarity: NDArray[np.float32]) -> sp.csr_matrix:
    """1 - cosine along the edges, symmetric [n, n]."""
    n, k = neighbours.shape
    known = neighbours >= 0
    rows = np.repeat(np.arange(n, dtype=np.int32), k)[known.ravel()]
    # Copies are a hair apart: scipy's graphs take an explicit zero for no edge.
    distance = np.maximum(1 - similarity[known].astype(np.float64), 1e-9)
    graph = sp.csr_matrix((distance, (rows, neighbours[known])), shape=(n, n))
    return graph.maximum(graph.T).tocsr()


def _connected(graph: sp.csr_matrix) -> sp.csr_matrix:
    """The graph with its parts tied to the first of them, which HDBSCAN's tree needs."""
    n_parts, part = connected_components(graph, directed=False)
    first = np.unique(part, return_index=True)[1]
    ties = sp.csr_matrix((np.full(n_parts - 1, _APART), (first[1:], np.full(n_parts - 1, first[0]))), shape=graph.shape)
    return (graph + ties + ties.T).tocsr()
