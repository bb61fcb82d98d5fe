"""The distinct items of a data set as arrays: what the algorithms in ``curate/`` take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .store.embeddings import Embeddings
from .store.items import Keys
from .vector_set import VectorSet

#: Neighbours an item in the graph that all of curation shares.
N_NEIGHBORS = 15


@dataclass(frozen=True, eq=False)
class DistinctItems:
    """Items of a data set without exact copies of one another: m of n.

    Copies would vote as often as they are there, and fill an item's neighbour list; so algorithms look at one of each,
    and what they find is handed on to the copies.

    Attributes
    ----------
    keys : uint64 array [m]
        The first item of each content, ascending.
    rows : int array [m]
        Position of each in the data set's ids.
    inverse : int array [n]
        For each item of the data set the position of its content among the ``m``.
    embeddings : Embeddings
    """

    keys: Keys
    rows: NDArray[np.intp]
    inverse: NDArray[np.intp]
    embeddings: Embeddings
    _view: VectorSet

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Their vectors: float32 [m, d], L2-normalised."""
        if not len(self):
            return np.empty((0, self.embeddings.width), np.float32)
        return np.ascontiguousarray(self._view.embeddings(self.embeddings.name))

    @cached_property
    def graph(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The 15 nearest of each among them: rows int32 [m, k] and cosine float32 [m, k], nearest first."""
        if len(self) < 2:
            return np.empty((len(self), 0), np.int32), np.empty((len(self), 0), np.float32)
        graph = self._view.knn_graph(N_NEIGHBORS, encoder=self.embeddings.name)
        return np.searchsorted(self.keys, graph.keys).astype(np.int32), graph.similarity

    def positions(self, keys: Keys) -> NDArray[np.intp]:
        """Position among the ``m`` of the content of each of these items; -1 where it is not there."""
        contents = _contents(self._view, keys)
        own = _contents(self._view, self.keys)
        order = np.argsort(own)
        at = order[np.searchsorted(own, contents, sorter=order).clip(max=max(len(order) - 1, 0))]
        return np.where(own[at] == contents, at, -1) if len(own) else np.full(len(keys), -1)


def distinct_items(dataset: VectorSet, encoder: str | None = None) -> DistinctItems:
    """The distinct items of a data set or view.

    Raises
    ------
    ValueError
        If nothing was embedded.
    """
    keys = dataset.keys
    _, first, inverse = np.unique(_contents(dataset, keys), return_index=True, return_inverse=True)
    order = np.argsort(first)  # contents ascend, items need not: a copy may come before what it is a copy of
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    rows = first[order]
    return DistinctItems(
        keys[rows], rows, rank[inverse], dataset.store.embeddings_named(encoder), VectorSet(dataset.store, keys[rows])
    )


def _contents(dataset: VectorSet, keys: Keys) -> Keys:
    items = dataset.store.items
    return items.contents[items.rows_of_keys(keys)]
