"""The clusters of a data set as a person arranges them: coarser, finer, merged, split, named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.distinct import DistinctItems, distinct_items
from ..curate import naming
from ..curate.hierarchy import Hierarchy, ward_tree
from ..curate.kmeans import kmeans
from ..curate.partition import cluster_centres
from ..findings.clusters import Clusters
from ..store.items import Keys
from .cluster_set import ClusterSet

#: The column that says in which cluster an item is.
COLUMN = "cluster"

#: Keeps values of a column: its name, the keys, a value for each.
KeepColumn = Callable[[str, Keys, pa.Array], object]


@dataclass(frozen=True, eq=False)
class Grouping:
    """One state of an arrangement.

    Attributes
    ----------
    labels : int32 array [n]
        Cluster of each item, -1 for none.
    names : tuple of str
        Name of each cluster; no two are alike.
    level : int or None
        Into how many clusters the tree was cut; None once a person has changed something.
    """

    labels: NDArray[np.int32]
    names: tuple[str, ...]
    level: int | None

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Items in each cluster: int [k]."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.names))

    def number(self, name: str) -> int:
        """Number of a cluster.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        if name not in self.names:
            raise KeyError(f"There is no cluster {name!r}: there are {', '.join(self.names[:20])}.")
        return self.names.index(name)


class ClusterArrangement:
    """Clusters that can be changed by hand. What they are is kept as the column ``cluster`` of the data set.

    Parameters
    ----------
    dataset : ClusterSet
        Embedded.
    clusters : Clusters, optional
        Where to start; by default the column ``cluster`` if there is one, otherwise ``dataset.clusters()``.
    keep : callable, optional
        How the column is kept; in the data set by default.
    """

    def __init__(
        self, dataset: ClusterSet, clusters: Clusters | None = None, *, keep: KeepColumn | None = None
    ) -> None:
        self._dataset = dataset
        self._keep = keep or (lambda name, keys, values: dataset.add_column(name, values))
        self.keys = dataset.keys
        stored = self._stored_state() if clusters is None else None
        self._given_tree: Hierarchy | None = None
        if stored is not None:
            self._start = self.state = stored
        else:
            clusters = clusters or dataset.clusters(column=None)  # it is kept below
            # A tree of other items cannot be cut into clusters of these.
            self._given_tree = clusters.tree if np.array_equal(clusters.keys, self.keys) else None
            self._start = self.state = self._state_of(clusters)
            self._write()

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def table(self) -> pd.DataFrame:
        """A row a cluster, the largest first: ``name``, ``size``, ``label`` (the commonest), ``purity`` (its share)."""
        state = self.state
        given, k = self.labels, len(state.names)
        table = pd.DataFrame(
            {
                "name": list(state.names),
                "size": state.sizes,
                "label": naming.names_from_labels(given, state.labels, k),
                "purity": naming.purity(given, state.labels, k),
            }
        )
        return table.sort_values("size", ascending=False, kind="stable", ignore_index=True)

    @property
    def levels(self) -> list[int]:
        """Numbers of clusters to go through from coarse to fine: those at the start, halved and doubled again."""
        start, most = len(self._start.names), self.tree.n_leaves
        coarser = [start // 2**i for i in range(1, 32) if start // 2**i >= 2]
        finer = [start * 2**i for i in range(1, 32) if start * 2**i < most] + ([most] if most > start else [])
        return [*reversed(coarser), start, *finer]

    @property
    def labels(self) -> list[str | None]:
        """Label of each item, given and not found: what the purity is measured by."""
        return self._dataset.labels

    def members(self, name: str) -> Keys:
        """Keys of the items of a cluster, the most typical first."""
        return self._typical_first(self.state, self.state.number(name))

    def representatives(self, state: Grouping, n: int) -> list[Keys]:
        """Of each cluster the keys of the ``n`` distinct items nearest to its centre."""
        labels = state.labels[self._distinct.rows]
        order = np.lexsort((-self._closeness(state), labels))
        order = order[labels[order] >= 0]
        starts = np.searchsorted(labels[order], np.arange(len(state.names) + 1))
        return [self._distinct.keys[order[a : min(a + n, b)]] for a, b in pairwise(starts)]

    def inside(self, name: str, parts: int) -> Grouping:
        """What :meth:`split` would make of a cluster, and nothing else: all other items are in none."""
        number = self.state.number(name)
        labels = self._split_labels(number, parts)
        return Grouping(labels, tuple(f"{name} · {i + 1}" for i in range(labels.max(initial=-1) + 1)), None)

    # -- changing ------------------------------------------------------------------------------------------------

    def set_level(self, k: int) -> None:
        """Cut the tree into ``k`` clusters; what was changed by hand is gone until it is undone."""
        if k == len(self._start.names):
            self.restore(Grouping(self._start.labels, self._start.names, k))
            return
        labels = self.tree.cut(k)
        count = int(labels.max(initial=-1)) + 1
        given = naming.names_from_labels(self.labels, labels, count)
        names = [name or self._start_name(labels == number) for number, name in enumerate(given)]
        self.restore(Grouping(labels, tuple(naming.make_unique(names)), k))

    def rename(self, name: str, new: str) -> None:
        """Give a cluster another name.

        Raises
        ------
        ValueError
            If the new name is empty or taken.
        """
        state, new = self.state, new.strip()
        number = state.number(name)
        if not new or (new in state.names and new != name):
            raise ValueError(f"There is a cluster {new!r} already: merge the two." if new else "A name is not empty.")
        names = (*state.names[:number], new, *state.names[number + 1 :])
        self.restore(Grouping(state.labels, names, state.level))

    def merge(self, names: Sequence[str]) -> None:
        """Make one cluster of several; it goes by the name of the largest."""
        state = self.state
        numbers = [state.number(name) for name in dict.fromkeys(names)]
        if len(numbers) < 2:
            raise ValueError("Name at least two clusters to merge.")
        stays = max(numbers, key=lambda number: state.sizes[number])
        labels = np.where(np.isin(state.labels, numbers), stays, state.labels)
        self.restore(_without_empty(labels, state.names))

    def split(self, name: str, parts: int = 2) -> None:
        """Divide a cluster by k-means into ``parts``, named after it with a number.

        Raises
        ------
        ValueError
            If it has too few distinct items.
        """
        state = self.state
        number = state.number(name)
        pieces = self._split_labels(number, parts)
        count = int(pieces.max(initial=-1)) + 1
        if count < 2:
            raise ValueError(f"{name!r} cannot be split: its items are all alike.")
        labels = np.where(pieces >= 0, pieces + len(state.names), state.labels).astype(np.int32)
        taken = [other for place, other in enumerate(state.names) if place != number]
        fresh = naming.make_unique([*taken, *[name] * count])[-count:]
        self.restore(_without_empty(labels, (*state.names, *fresh)))

    def restore(self, state: Grouping) -> None:
        """Go to a state, such as one from before a change."""
        self.state = state
        self._write()

    # -- how -----------------------------------------------------------------------------------------------------

    @cached_property
    def tree(self) -> Hierarchy:
        """The clusters of the start, merged two by two; where they came with a tree that goes deeper, that."""
        if self._given_tree is not None:
            return self._given_tree
        distinct, start = self._distinct, self._start
        labels = start.labels[distinct.rows]
        centres = cluster_centres(distinct.vectors, labels, len(start.names))
        return ward_tree(start.labels, centres, np.maximum(start.sizes, 1))

    @cached_property
    def _distinct(self) -> DistinctItems:
        return distinct_items(self._dataset)

    def _closeness(self, state: Grouping) -> NDArray[np.float32]:
        """Cosine of each distinct item with the centre of its cluster: float32 [m]."""
        distinct = self._distinct
        labels = state.labels[distinct.rows]
        centres = cluster_centres(distinct.vectors, labels, len(state.names))
        closeness = np.zeros(len(labels), np.float32)
        for start in range(0, len(labels), 16_384):
            block = slice(start, start + 16_384)
            closeness[block] = np.einsum("ij,ij->i", distinct.vectors[block], centres[labels[block]])
        return closeness

    def _typical_first(self, state: Grouping, number: int) -> Keys:
        rows = np.flatnonzero(state.labels == number)
        return self.keys[rows[np.argsort(-self._closeness(state)[self._distinct.inverse[rows]], kind="stable")]]

    def _split_labels(self, number: int, parts: int) -> NDArray[np.int32]:
        """Part of each item of a cluster, the largest first; -1 for all other items."""
        rows = np.flatnonzero(self.state.labels == number)
        mine, inverse = np.unique(self._distinct.inverse[rows], return_inverse=True)
        labels = np.full(len(self.keys), -1, np.int32)
        labels[rows] = kmeans(self._distinct.vectors[mine], min(parts, len(mine))).labels[inverse]
        return labels

    def _start_name(self, members: NDArray[np.bool_]) -> str | None:
        """Name of the cluster of the start that most of these items were in."""
        counts = np.bincount(self._start.labels[members & (self._start.labels >= 0)], minlength=1)
        return self._start.names[counts.argmax()] if counts.any() else None

    def _state_of(self, clusters: Clusters) -> Grouping:
        order = np.argsort(clusters.keys)
        at = order[np.searchsorted(clusters.keys, self.keys, sorter=order).clip(max=max(len(order) - 1, 0))]
        found = clusters.keys[at] == self.keys if len(order) else np.zeros(len(self.keys), bool)
        labels = np.where(found, clusters.labels[at] if len(order) else -1, -1).astype(np.int32)
        names = tuple(clusters.table["name"])
        return Grouping(labels, names, len(names))

    def _stored_state(self) -> Grouping | None:
        if COLUMN not in self._dataset.column_names:
            return None
        column = self._dataset.column(COLUMN)
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return None
        codes = column.dictionary_encode()
        names = tuple(codes.dictionary.to_pylist())
        labels = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        return Grouping(labels, names, len(names)) if names else None

    def _write(self) -> None:
        names = pa.array(self.state.names, pa.string())
        labels = self.state.labels
        self._keep(COLUMN, self.keys, names.take(pa.array(labels, mask=labels < 0)))


def _without_empty(labels: NDArray[np.integer], names: tuple[str, ...]) -> Grouping:
    """The state of a person's making in which clusters without items are gone."""
    used, codes = np.unique(labels, return_inverse=True)
    outside = int((used < 0).any())
    return Grouping((codes - outside).astype(np.int32), tuple(names[number] for number in used[outside:]), None)
