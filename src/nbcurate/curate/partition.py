"""A division of vectors into clusters, whatever made it: labels, centres, and how close each vector is to its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

_BLOCK = 16_384


@dataclass(frozen=True, eq=False)
class Partition:
    """Clusters of ``n`` vectors, the largest first.

    Attributes
    ----------
    labels : int32 array [n]
        Cluster of each vector; -1 for those that belong to none.
    centres : float32 array [k, d]
        Mean direction of each cluster, L2-normalised.
    similarity : float32 array [n]
        Cosine of each vector with the centre of its cluster; with the nearest centre for those that belong to none.
    """

    labels: NDArray[np.int32]
    centres: NDArray[np.float32]
    similarity: NDArray[np.float32]

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return len(self.centres)

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Number of vectors in each cluster, descending: int [k]."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.n_clusters)

    def representatives(self) -> NDArray[np.intp]:
        """Row of the vector nearest to the centre of each cluster: int [k]."""
        order = np.lexsort((-self.similarity, self.labels))
        members = order[self.labels[order] >= 0]
        return members[np.searchsorted(self.labels[members], np.arange(self.n_clusters))]


def make_partition(vectors: NDArray[np.float32], labels: NDArray[np.integer]) -> Partition:
    """The partition with these labels, renumbered from the largest cluster to the smallest.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised.
    labels : int array [n]
        Any numbers; those below 0 belong to no cluster.
    """
    labels = np.asarray(labels)
    inside = labels >= 0
    names, first, codes, sizes = np.unique(labels[inside], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(names))
    renumbered = np.full(len(labels), -1, np.int32)
    renumbered[inside] = rank[codes]
    centres = cluster_centres(vectors, renumbered, len(names))
    similarity = np.zeros(len(labels), np.float32)
    for start in range(0, len(labels) if len(names) else 0, _BLOCK):
        block = slice(start, start + _BLOCK)
        own = renumbered[block]
        similarity[block] = np.einsum("ij,ij->i", vectors[block], centres[own])
        outside = np.flatnonzero(own < 0)
        similarity[start + outside] = (vectors[start + outside] @ centres.T).max(axis=1, initial=-1.0)
    return Partition(renumbered, centres, similarity)


def cluster_centres(vectors: NDArray[np.float32], labels: NDArray[np.integer], n_clusters: int) -> NDArray[np.float32]:
    """Mean direction of the vectors with each label: float32 [n_clusters, d], L2-normalised, zeros for none."""
    rows = np.flatnonzero(labels >= 0)
    members = sp.csr_matrix(
        (np.ones(len(rows), np.float32), (labels[rows], rows)), shape=(n_clusters, len(labels)), dtype=np.float32
    )
    return unit(np.asarray(members @ vectors, np.float32))


def nearest_centre(
    vectors: NDArray[np.float32], centres: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The centre most alike to each vector and their cosine: int32 [n], float32 [n]."""
    labels, similarity = np.empty(len(vectors), np.int32), np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        cosine = np.asarray(vectors[block]) @ centres.T
        labels[block] = cosine.argmax(axis=1)
        similarity[block] = np.take_along_axis(cosine, labels[block, None], axis=1)[:, 0]
    return labels, similarity


def absorb_small(vectors: NDArray[np.float32], labels: NDArray[np.integer], min_size: int) -> NDArray[np.int32]:
    """Labels in which the members of clusters below ``min_size`` have moved to the nearest of the larger ones.

    Where no cluster is that large, the largest takes all.
    """
    _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    large = sizes >= min(min_size, sizes.max(initial=0))
    codes = np.where(large, np.cumsum(large) - 1, -1)[codes].astype(np.int32)
    moving = np.flatnonzero(codes < 0)
    if len(moving):
        codes[moving] = nearest_centre(vectors[moving], cluster_centres(vectors, codes, int(large.sum())))[0]
    return codes


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors with length 1; zeros stay zeros."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
