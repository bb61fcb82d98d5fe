"""Dividing a collection into clusters, by the method that was asked for, into as many as the data has."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .communities import affinity_graph, leiden
from .density import hdbscan
from .hierarchy import Hierarchy, ward_tree
from .kmeans import kmeans
from .partition import Partition, absorb_small, make_partition

ClusterMethod = Literal["communities", "kmeans", "hierarchical", "density"]

#: Fine clusters that the tree of ``method="hierarchical"`` is built over.
_MOST_LEAVES = 400
_HIGHEST_RESOLUTION = 1 << 16


def cluster(
    vectors: NDArray[np.float32],
    neighbours: NDArray[np.int32],
    similarity: NDArray[np.float32],
    *,
    n_clusters: int | None = None,
    method: ClusterMethod = "communities",
    seed: int = 0,
) -> tuple[Partition, Hierarchy]:
    """Divide vectors into clusters.

    Where no number is given, it is that of the communities that maximise modularity in the kNN graph, with those too
    small to be a group (below 3 items, below 0.05 % of all) joined to the nearest.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    neighbours : int32 array [n, k]
        Row numbers of the nearest, nearest first; -1 for none.
    similarity : float32 array [n, k]
        Cosine to each.
    n_clusters : int, optional
        How many; chosen by the data by default. No more are made than there are distinct vectors.
    method : {"communities", "kmeans", "hierarchical", "density"}
        ``"communities"``: :func:`leiden`; with a number, communities at a finer resolution joined by Ward's criterion.
        ``"kmeans"``: :func:`kmeans`. ``"hierarchical"``: Ward's tree over up to 400 fine clusters, cut. ``"density"``:
        :func:`hdbscan`, which leaves out what lies in no dense region and takes no number.
    seed : int

    Returns
    -------
    Partition, Hierarchy
        The clusters, and the tree over them. That of ``"hierarchical"`` goes on below them.

    Raises
    ------
    ValueError
        If the method is not known, the number is below 1, or ``"density"`` is given a number.
    """
    if n_clusters is not None and n_clusters < 1:
        raise ValueError(f"k={n_clusters}: ask for at least one cluster, or for k='auto'.")
    match method:
        case "communities":
            labels = _communities(vectors, neighbours, similarity, n_clusters, seed)
        case "kmeans":
            wanted = n_clusters or count_groups(vectors, neighbours, similarity, seed=seed)
            labels = kmeans(vectors, wanted, seed=seed).labels
        case "hierarchical":
            wanted = n_clusters or count_groups(vectors, neighbours, similarity, seed=seed)
            tree = _tree_over(kmeans(vectors, max(_MOST_LEAVES, wanted), seed=seed, n_init=1))
            return make_partition(vectors, tree.cut(wanted)), tree
        case "density":
            if n_clusters is not None:
                raise ValueError(f"k={n_clusters}: method='density' finds its own number, leave k='auto'.")
            labels = hdbscan(neighbours, similarity)
        case _:
            raise ValueError(f"method={method!r}: use 'communities', 'kmeans', 'hierarchical' or 'density'.")
    partition = make_partition(vectors, labels)
    return partition, _tree_over(partition)


def count_groups(
    vectors: NDArray[np.float32], neighbours: NDArray[np.int32], similarity: NDArray[np.float32], *, seed: int = 0
) -> int:
    """How many groups the kNN graph falls into; at least 1."""
    return int(_communities(vectors, neighbours, similarity, None, seed).max(initial=0)) + 1


def _communities(
    vectors: NDArray[np.float32],
    neighbours: NDArray[np.int32],
    similarity: NDArray[np.float32],
    n_clusters: int | None,
    seed: int,
) -> NDArray[np.int32]:
    graph = affinity_graph(neighbours, similarity)
    if n_clusters is None:
        return absorb_small(vectors, leiden(graph, seed=seed), max(3, len(vectors) // 2000))
    wanted = max(min(n_clusters, len(vectors)), 1)
    resolution, labels = 1.0, leiden(graph, seed=seed)
    while (found := int(labels.max(initial=-1)) + 1) < wanted and resolution < _HIGHEST_RESOLUTION:
        # Their number grows with the resolution, by less where clusters are clear. One pass will do for what is joined.
        resolution *= max(4.0, 1.5 * wanted / max(found, 1))
        labels = leiden(graph, resolution=resolution, n_iterations=1, seed=seed)
    return _tree_over(make_partition(vectors, labels)).cut(wanted)


def _tree_over(partition: Partition) -> Hierarchy:
    return ward_tree(partition.labels, partition.centres, partition.sizes)
