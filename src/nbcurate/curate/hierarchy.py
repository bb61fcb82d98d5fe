"""A tree over clusters: which are merged first, to be opened and closed at any level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Clusters merged two by two until one is left.

    Nodes are numbered as scipy does: the ``m`` leaves 0 to m-1, then one node a merge; the root is the last.

    Attributes
    ----------
    leaves : int32 array [n]
        Leaf of each item; -1 for those in none.
    linkage : float64 array [m-1, 4]
        The two nodes merged, their distance (square root of what Ward's criterion rises by), items in the new node:
        what :func:`scipy.cluster.hierarchy.dendrogram` draws.
    """

    leaves: NDArray[np.int32]
    linkage: NDArray[np.float64]

    @property
    def n_leaves(self) -> int:
        """How many clusters the tree was made of."""
        return len(self.linkage) + 1 if (self.leaves >= 0).any() else 0

    @property
    def root(self) -> int:
        """The node that holds all items."""
        return 2 * self.n_leaves - 2

    def children(self, node: int) -> tuple[int, int] | None:
        """The two nodes that this one opens to; None for a leaf."""
        if node < self.n_leaves:
            return None
        left, right = self.linkage[node - self.n_leaves, :2].astype(int)
        return int(left), int(right)

    def rows(self, node: int) -> NDArray[np.intp]:
        """Rows of the items below a node, ascending."""
        open_nodes, found = [node], []
        while open_nodes:
            current = open_nodes.pop()
            parts = self.children(current)
            found += [current] if parts is None else []
            open_nodes += parts or ()
        return np.flatnonzero(np.isin(self.leaves, found))

    def cut(self, k: int) -> NDArray[np.int32]:
        """The items in ``k`` clusters, as many as there are leaves at most: int32 [n], -1 for those in none."""
        if k < 1:
            raise ValueError(f"k={k}: cut into at least one cluster.")
        merges = max(self.n_leaves - k, 0)
        parent = np.arange(self.n_leaves + merges)
        for step in range(merges - 1, -1, -1):  # from the top, so that a child takes over what its parent became
            parent[self.linkage[step, :2].astype(int)] = parent[self.n_leaves + step]
        of_leaf = np.unique(parent[: self.n_leaves], return_inverse=True)[1].astype(np.int32)
        return np.where(self.leaves >= 0, of_leaf[self.leaves] if self.n_leaves else -1, -1).astype(np.int32)


def ward_tree(leaves: NDArray[np.int32], centres: NDArray[np.float32], sizes: NDArray[np.integer]) -> Hierarchy:
    """Ward's tree over clusters of different sizes.

    Two clusters merge that raise the sum of squared distances to the centres least. Takes O(m^2) memory and O(m^3) very
    quick steps, so it is for hundreds of clusters: a second for 1,000.

    Parameters
    ----------
    leaves : int32 array [n]
        Cluster of each item; -1 for none.
    centres : float32 array [m, d]
    sizes : int array [m]
        Number of items in each cluster.

    References
    ----------
    Ward, "Hierarchical grouping to optimize an objective function", JASA 1963.
    """
    m = len(centres)
    if m <= 1:
        return Hierarchy(leaves, np.empty((0, 4)))
    mean, size = centres.astype(np.float64), sizes.astype(np.float64)
    rise = _rise(mean, size, mean, size)
    np.fill_diagonal(rise, np.inf)
    node, linkage = np.arange(m), np.empty((m - 1, 4))
    for step in range(m - 1):
        a, b = sorted(divmod(int(rise.argmin()), m))
        total = size[a] + size[b]
        linkage[step] = (*sorted((node[a], node[b])), np.sqrt(max(rise[a, b], 0)), total)
        mean[a] = (size[a] * mean[a] + size[b] * mean[b]) / total
        size[a], node[a] = total, m + step
        rise[b], rise[:, b] = np.inf, np.inf
        alive = np.isfinite(rise[a])
        fresh = _rise(mean[a : a + 1], size[a : a + 1], mean[alive], size[alive])[0]
        rise[a, alive], rise[alive, a] = fresh, fresh
    return Hierarchy(leaves, linkage)


def _rise(a: NDArray, weight_a: NDArray, b: NDArray, weight_b: NDArray) -> NDArray[np.float64]:
    """What merging each of ``a`` with each of ``b`` adds to the sum of squares: [len(a), len(b)]."""
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return weight_a[:, None] * weight_b / (weight_a[:, None] + weight_b) * np.maximum(squared, 0)
