"""The distinct items of a data set as arrays: what the algorithms in ``curate/`` take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..search import open_content_graph
from ..search.graph import build_graph
from ..store import Store
from ..store.embeddings import Embeddings
from ..store.items import Keys
from .missing_vectors import require_vectors
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

    @property
    def store(self) -> Store:
        """The store that the items are in."""
        return self._view.store

    @cached_property
    def contents(self) -> Keys:
        """The content key of each: uint64 [m]."""
        return _contents(self._view, self.keys)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Their vectors: float32 [m, d], L2-normalised."""
        if not len(self):
            return np.empty((0, self.embeddings.width), np.float32)
        return np.ascontiguousarray(self._view.embeddings(self.embeddings.name))

    @cached_property
    def graph(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The up to 15 nearest of each among them, see :meth:`nearest`."""
        return self.nearest(N_NEIGHBORS)

    def nearest(self, k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The up to ``k`` nearest of each among them: rows int32 [m, k] and cosine float32 [m, k], nearest first.

        A large part of a data set uses the stored graph of the whole: where a neighbour is not of the part, the row is
        -1 at its end, with the last cosine again. For a small part, of which too few would be left, a graph is made.
        """
        if len(self) < 2:
            return np.empty((len(self), 0), np.int32), np.empty((len(self), 0), np.float32)
        store = self._view.store
        if 2 * len(self) < len(self.embeddings):
            small = build_graph(self.vectors, min(k, len(self) - 1))
            return small.rows.astype(np.int32), small.similarity
        contents, whole = open_content_graph(self.embeddings, k, device="cpu", writable=not store.read_only)
        own = np.searchsorted(contents, _contents(self._view, self.keys))
        position = np.full(len(contents), -1, np.int32)
        position[own] = np.arange(len(self), dtype=np.int32)
        return _known_first(position[whole.rows[own]], np.asarray(whole.similarity[own]), min(k, len(self) - 1))

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
        If nothing was embedded, or some items were not.
    """
    keys = dataset.keys
    embeddings = dataset.store.embeddings_named(encoder)
    contents = _contents(dataset, keys)
    require_vectors(~np.isin(contents, embeddings.missing(contents)), embeddings)
    _, first, inverse = np.unique(contents, return_index=True, return_inverse=True)
    order = np.argsort(first)  # contents ascend, items need not: a copy may come before what it is a copy of
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    rows = first[order]
    return DistinctItems(keys[rows], rows, rank[inverse], embeddings, dataset._only_with(keys[rows]))


def _known_first(
    neighbours: NDArray[np.int32], similarity: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The first ``k`` known neighbours of each row, in order, and their cosines; at the end -1 and the last cosine."""
    order = np.argsort(neighbours < 0, axis=1, kind="stable")[:, :k]
    neighbours = np.take_along_axis(neighbours, order, axis=1)
    similarity = np.take_along_axis(similarity, order, axis=1).astype(np.float32)
    last = np.maximum((neighbours >= 0).sum(axis=1) - 1, 0)
    farthest = np.take_along_axis(similarity, last[:, None], axis=1)
    return neighbours, np.where(neighbours >= 0, similarity, farthest)


def _contents(dataset: VectorSet, keys: Keys) -> Keys:
    items = dataset.store.items
    return items.contents[items.rows_of_keys(keys)]
