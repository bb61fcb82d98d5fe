"""Communities of the kNN graph: groups of items with more ties inside than across, without a number given."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


def leiden(
    graph: sp.csr_matrix,
    *,
    resolution: float = 1.0,
    n_iterations: int = 2,
    seed: int = 0,
) -> NDArray[np.int32]:
    """Communities that maximise modularity.

    Parameters
    ----------
    graph : sparse matrix [n, n]
        Symmetric, weights not negative: :func:`affinity_graph`.
    resolution : float
        Higher makes more and smaller communities.
    n_iterations : int
        Passes of the whole algorithm, each starting from the last.
    seed : int
        The same seed and graph give the same communities.

    Returns
    -------
    int32 array [n]
        Community of each item, from 0; items without any neighbour are communities of one.

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden: guaranteeing well-connected communities", Scientific
    Reports 2019.
    """
    from graspologic_native import leiden_csr  # pyright: ignore[reportAttributeAccessIssue]

    n = len(graph.indptr) - 1
    labels = np.arange(n, dtype=np.int32)
    if graph.nnz:
        _, found = leiden_csr(
            graph.indptr.astype(np.int64), graph.indices.astype(np.int32), graph.data, n,
            resolution=resolution, iterations=n_iterations, seed=seed,
        )  # fmt: skip
        rows = np.fromiter(found.keys(), np.intp, len(found))
        # Those without an edge keep a number of their own, above all that Leiden gave.
        labels += n
        labels[rows] = np.fromiter(found.values(), np.int32, len(found))
    return np.unique(labels, return_inverse=True)[1].astype(np.int32)


def affinity_graph(neighbours: NDArray[np.int32], similarity: NDArray[np.float32]) -> sp.csr_matrix:
    """The graph with edges weighted by how much nearer than usual *for this item* a neighbour is: symmetric [n, n].

    Cosines of one model lie in 0.2-0.6, of another in 0.90-0.99. An edge has weight 1 to the nearest neighbour and
    falls with the distance beyond it, measured in that item's own mean distance; both directions are added, so that
    mutual neighbours count more.

    Parameters
    ----------
    neighbours : int32 array [n, k]
        Row numbers of the nearest, nearest first; -1 for none.
    similarity : float32 array [n, k]
        Cosine to each.
    """
    n, k = neighbours.shape
    known = neighbours >= 0
    beyond = np.where(known, similarity[:, :1] - similarity, 0).astype(np.float64)
    scale = beyond.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    weight = np.exp(-beyond / np.maximum(scale, 1e-6))
    rows = np.repeat(np.arange(n, dtype=np.int32), k)[known.ravel()]
    graph = sp.csr_matrix((weight[known], (rows, neighbours[known])), shape=(n, n))
    graph = (graph + graph.T).tocsr()
    graph.sort_indices()
    return graph
