"""The clusters of a data set as a person arranges them: coarser, finer, merged, split, named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate import naming
from ..curate.hierarchy import Hierarchy, ward_tree
from ..curate.kmeans import kmeans
from ..curate.partition import cluster_centres
from ..findings.clusters import Clusters
from ..store.items import Keys
from .cluster_set import ClusterSet
from .grouping import COLUMN, Grouping

#: Keeps values of a column: its name, the keys, a value for each.
KeepColumn = Callable[[str, Keys, pa.Array], object]


@dataclass(frozen=True, eq=False)
class _Vectors:
    """The items of a grouping that have vectors, without exact copies."""

    keys: Keys  # all items of the grouping
    places: NDArray[np.intp]  # where those with vectors are among them
    distinct: DistinctItems

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of values of all items those of the distinct ones."""
        return values[self.places][self.distinct.rows]


class ClusterArrangement:
    """Clusters that can be changed by hand. What they are is kept as the column ``cluster`` of the data set.

    It follows the data set: what has left is in no cluster, what has come since is in none yet, and an item whose file
    has changed is where it was. A change is a new :class:`Grouping`, worked out by one method and made by another,
    :meth:`restore`, so that what takes long can be interrupted and what is kept is whole.

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
        self._guard = threading.Lock()  # cards are made beside the cells
        self._last_vectors: _Vectors | None = None  # most of what is asked is asked about the same items
        stored = self._stored_state() if clusters is None else None
        self._given_tree: Hierarchy | None = None
        if stored is not None:
            self._start = self._state = stored
        else:
            clusters = clusters or dataset.clusters(column=None)  # it is kept below
            self._start = self._state = self._state_of(clusters)
            # A tree of other items cannot be cut into clusters of these.
            self._given_tree = clusters.tree if np.array_equal(clusters.keys, self._start.keys) else None
            self.restore(self._start)

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def state(self) -> Grouping:
        """The clusters of the items that are there now."""
        return self._of_now(self._state)

    @property
    def table(self) -> pd.DataFrame:
        """A row a cluster, the largest first: ``name``, ``size``, ``label`` (the commonest), ``purity`` (its share)."""
        state = self.state
        given, k = self.labels_of(state), len(state.names)
        table = pd.DataFrame(
            {
                "name": list(state.names),
                "size": state.sizes,
                "label": naming.names_from_labels(given, state.labels, k),
                "purity": naming.purity(given, state.labels, k),
            }
        )
        return table.iloc[state.numbers].reset_index(drop=True)

    @property
    def levels(self) -> list[int]:
        """Numbers of clusters to go through from coarse to fine: those at the start, halved and doubled again."""
        start, most = len(self._start.names), self.tree.n_leaves
        coarser = [start // 2**i for i in range(1, 32) if start // 2**i >= 2]
        finer = [start * 2**i for i in range(1, 32) if start * 2**i < most] + ([most] if most > start else [])
        return [*reversed(coarser), start, *finer]

    def labels_of(self, state: Grouping) -> list[Any]:
        """Label of each item of a state, given and not found: what the purity is measured by."""
        items = self._dataset.store.items
        return items.labels.take(pa.array(items.rows_of_keys(state.keys))).to_pylist()

    def members(self, name: str) -> Keys:
        """Keys of the items of a cluster, the most typical first; those without a vector yet come last."""
        state = self.state
        number = state.number(name)
        vectors = self._vectors(state)
        typical = np.full(len(state.keys), -np.inf, np.float32)
        typical[vectors.places] = self._closeness(state, vectors)[vectors.distinct.inverse]
        rows = np.flatnonzero(state.labels == number)
        return state.keys[rows[np.argsort(-typical[rows], kind="stable")]]

    def representatives(self, state: Grouping, n: int) -> list[Keys]:
        """Of each cluster the keys of the ``n`` distinct items nearest to its centre."""
        vectors = self._vectors(state)
        labels = vectors.of(state.labels)
        order = np.lexsort((-self._closeness(state, vectors), labels))
        order = order[labels[order] >= 0]
        starts = np.searchsorted(labels[order], np.arange(len(state.names) + 1))
        return [vectors.distinct.keys[order[a : min(a + n, b)]] for a, b in pairwise(starts)]

    def inside(self, name: str, parts: int) -> Grouping:
        """What :meth:`split` would make of a cluster, and nothing else: all other items are in none."""
        state = self.state
        labels = self._split_labels(state, state.number(name), parts)
        names = tuple(f"{name} · {i + 1}" for i in range(labels.max(initial=-1) + 1))
        return Grouping(state.keys, labels, names, None)

    # -- what a change would make --------------------------------------------------------------------------------

    def cut(self, k: int) -> Grouping:
        """The tree cut into ``k`` clusters; nothing of what was changed by hand is in it."""
        start = self._start
        if k == len(start.names):
            return self._of_now(Grouping(start.keys, start.labels, start.names, k))
        labels = self.tree.cut(k)
        count = int(labels.max(initial=-1)) + 1
        cut = self._of_now(Grouping(start.keys, labels, ("",) * count, k))
        given = naming.names_from_labels(self.labels_of(cut), cut.labels, count)
        names = [name or self._start_name(labels == number) for number, name in enumerate(given)]
        return Grouping(cut.keys, cut.labels, tuple(naming.make_unique(names)), k).without_empty()

    def renamed(self, name: str, new: str) -> Grouping:
        """A cluster under another name.

        Raises
        ------
        ValueError
            If the new name is empty, taken, or cannot be written.
        """
        state, new = self.state, new.strip()
        number = state.number(name)
        if not new or (new in state.names and new != name):
            raise ValueError(f"There is a cluster {new!r} already: merge the two." if new else "A name is not empty.")
        try:
            new.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{new!r} is no text that can be written: it holds half of a character.") from None
        names = (*state.names[:number], new, *state.names[number + 1 :])
        return Grouping(state.keys, state.labels, names, state.level)

    def merged(self, names: Sequence[str]) -> Grouping:
        """One cluster in the place of several; it goes by the name of the largest."""
        state = self.state
        numbers = [state.number(name) for name in dict.fromkeys(names)]
        if len(numbers) < 2:
            raise ValueError("Name at least two clusters to merge.")
        stays = max(numbers, key=lambda number: state.sizes[number])
        labels = np.where(np.isin(state.labels, numbers), stays, state.labels).astype(np.int32)
        return Grouping(state.keys, labels, state.names, None).without_empty()

    def split(self, name: str, parts: int = 2) -> Grouping:
        """A cluster divided by k-means into ``parts``, named after it with a number.

        Raises
        ------
        ValueError
            If it has too few distinct items.
        """
        state = self.state
        number = state.number(name)
        pieces = self._split_labels(state, number, parts)
        count = int(pieces.max(initial=-1)) + 1
        if count < 2:
            raise ValueError(f"{name!r} cannot be split: its items are all alike.")
        labels = np.where(pieces >= 0, pieces + len(state.names), state.labels).astype(np.int32)
        taken = [other for place, other in enumerate(state.names) if place != number]
        fresh = naming.make_unique([*taken, *[name] * count])[-count:]
        return Grouping(state.keys, labels, (*state.names, *fresh), None).without_empty()

    # -- changing ------------------------------------------------------------------------------------------------

    def restore(self, state: Grouping) -> None:
        """Go to a state, such as one from before a change. Where it cannot be kept, nothing changes."""
        now = self._of_now(state)
        self._keep(COLUMN, now.keys, now.as_column())
        self._state = state

    def follow(self, keys: Keys, column: pa.Array) -> None:
        """Another arrangement has kept the column: what it says is what is so here, too.

        Parameters
        ----------
        keys : uint64 array [m]
            Ascending.
        column : pyarrow.Array
            Name of the cluster of each, null for none.
        """
        self._state = self.state.told(keys, column)

    # -- how -----------------------------------------------------------------------------------------------------

    @cached_property
    def tree(self) -> Hierarchy:
        """The clusters of the start, merged two by two; where they came with a tree that goes deeper, that."""
        if self._given_tree is not None:
            return self._given_tree
        start = self._of_now(self._start)
        vectors = self._vectors(start)
        centres = cluster_centres(vectors.distinct.vectors, vectors.of(start.labels), len(start.names))
        return ward_tree(self._start.labels, centres, np.maximum(self._start.sizes, 1))

    def _of_now(self, state: Grouping) -> Grouping:
        return state.over(self._dataset.keys, self._dataset.store.items)

    def _vectors(self, state: Grouping) -> _Vectors:
        with self._guard:
            last = self._last_vectors
            items = self._dataset.store.items
            embeddings = self._dataset.store.embeddings_named()
            contents = items.contents[items.rows_of_keys(state.keys)]
            places = np.flatnonzero(~np.isin(contents, embeddings.missing(contents)))
            if last is None or not (np.array_equal(last.keys, state.keys) and np.array_equal(last.places, places)):
                known = VectorSet(self._dataset.store, state.keys[places])
                last = _Vectors(state.keys, places, distinct_items(known))
                self._last_vectors = last
            return last

    def _closeness(self, state: Grouping, vectors: _Vectors) -> NDArray[np.float32]:
        """Cosine of each distinct item with the centre of its cluster: float32 [m]."""
        distinct, labels = vectors.distinct, vectors.of(state.labels)
        centres = cluster_centres(distinct.vectors, labels, len(state.names))
        closeness = np.zeros(len(labels), np.float32)
        for start in range(0, len(labels), 16_384):
            block = slice(start, start + 16_384)
            closeness[block] = np.einsum("ij,ij->i", distinct.vectors[block], centres[labels[block]])
        return closeness

    def _split_labels(self, state: Grouping, number: int, parts: int) -> NDArray[np.int32]:
        """Part of each item of a cluster, the largest first; -1 for all other items, and for those without a vector."""
        vectors = self._vectors(state)
        inside = np.flatnonzero(state.labels[vectors.places] == number)
        mine, inverse = np.unique(vectors.distinct.inverse[inside], return_inverse=True)
        labels = np.full(len(state.keys), -1, np.int32)
        if len(mine):
            found = kmeans(vectors.distinct.vectors[mine], min(parts, len(mine))).labels
            labels[vectors.places[inside]] = found[inverse]
        return labels

    def _start_name(self, members: NDArray[np.bool_]) -> str | None:
        """Name of the cluster of the start that most of these items were in."""
        counts = np.bincount(self._start.labels[members & (self._start.labels >= 0)], minlength=1)
        return self._start.names[counts.argmax()] if counts.any() else None

    def _state_of(self, clusters: Clusters) -> Grouping:
        names = tuple(clusters.table["name"])
        order = np.argsort(clusters.keys)
        found = Grouping(clusters.keys[order], clusters.labels[order].astype(np.int32), names, len(names))
        return self._of_now(found)

    def _stored_state(self) -> Grouping | None:
        if COLUMN not in self._dataset.column_names:
            return None
        column, keys = self._dataset.column(COLUMN), self._dataset.keys
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return None
        codes = column.dictionary_encode()
        names = tuple(codes.dictionary.to_pylist())
        labels = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        return Grouping(keys, labels, names, len(names)) if names else None
