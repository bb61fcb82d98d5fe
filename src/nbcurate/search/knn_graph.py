"""The kNN graph of a data set: made once per embeddings, kept on disk, and read in terms of items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..store import derived
from ..store.embeddings import Embeddings
from ..store.items import Items, Keys
from .graph import Graph, build_graph
from .item_search import ItemSearch


@dataclass(frozen=True, eq=False)
class KnnGraph:
    """The nearest items of every item.

    Attributes
    ----------
    keys : uint64 array [n, k]
        Keys of the neighbours, nearest first, without the item itself; exact copies are neighbours like others.
    similarity : float32 array [n, k]
        Cosine, descending.
    recall : float
        Share of the true neighbours that were found, measured on a sample; 1.0 if every pair was compared.
    """

    keys: NDArray[np.uint64]
    similarity: NDArray[np.float32]
    recall: float
    _items: Items

    @cached_property
    def ids(self) -> list[list[str]]:
        """Ids of the neighbours of each item, in the order of the data set's ids."""
        flat = self._items.ids_of_keys(self.keys.ravel())
        k = self.keys.shape[1]
        return [flat[start : start + k] for start in range(0, len(flat), k)]

    def __repr__(self) -> str:
        return f"KnnGraph({len(self.keys):,} items, k={self.keys.shape[1]}, recall {self.recall:.3f})"


def open_content_graph(embeddings: Embeddings, k: int, *, device: str, writable: bool) -> tuple[Keys, Graph]:
    """Content keys and the graph over them, from disk, or made and put there."""
    keys, vectors = embeddings.vectors(writable=writable)
    k = min(k, max(len(keys) - 1, 0))
    path = embeddings.path_of(f"graph-{k}.npz")
    if not derived.is_fresh(path, embeddings.source):
        graph = build_graph(vectors, k, device=device)
        if writable:
            derived.write(path, embeddings.source, partial(_save, graph))
        return keys, graph
    with np.load(path) as arrays:
        return keys, Graph(arrays["rows"], arrays["similarity"], float(arrays["recall"]))


def _save(graph: Graph, path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, rows=graph.rows, similarity=graph.similarity, recall=graph.recall)


def item_graph(
    items: Items, rows: NDArray[np.intp], contents: Keys, graph: Graph, k: int, search: ItemSearch
) -> KnnGraph:
    """From the graph over distinct contents to one over items: an item's copies are its neighbours, too.

    Parameters
    ----------
    rows : int array [n]
        Rows of ``items`` that are in the data set; every one has a vector.
    contents : uint64 array [m]
        The keys that ``graph.rows`` counts, ascending.
    search : ItemSearch
        Answers for the items that have copies or removed items around them, where the graph alone is not enough.
    """
    k = min(k, len(rows) - 1)
    own = np.searchsorted(contents, items.contents[rows])
    item_of_content = np.zeros(len(contents), np.intp)
    item_of_content[own] = np.arange(len(rows))
    alone = np.bincount(own, minlength=len(contents)) == 1
    near = graph.rows[own, :k]
    keys, similarity = items.keys[rows], np.empty((len(rows), k), np.float32)
    neighbours = keys[item_of_content[near]] if near.shape[1] == k else np.empty((len(rows), k), np.uint64)
    similarity[:, : near.shape[1]] = graph.similarity[own, :k]
    plain = alone[own] & alone[near].all(axis=1) & (near.shape[1] == k)
    for row in np.flatnonzero(~plain):
        vectors, _ = search.vectors_of(keys[row : row + 1])
        neighbours[row], similarity[row] = search.nearest(vectors[0], k, keys[row : row + 1])
    return KnnGraph(neighbours, similarity, graph.recall, items)
