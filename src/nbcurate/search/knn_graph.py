"""The kNN graph of a data set: made once per embeddings, kept on disk, and read in terms of items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..arguments import require_count
from ..display.layout import table
from ..display.numbers import similarity_in_words
from ..display.page import Page
from ..display.shown import Shown
from ..store import derived
from ..store.embeddings import Embeddings
from ..store.items import Items, Keys
from .checkpoint import FileCheckpoint
from .graph import Graph, build_graph, extend_graph
from .item_search import ItemSearch

_FILE = "graph.knn"
_FEW = 2_000  # so many new rows are compared with all for less than a new graph costs
_SHORT_SHARE = 0.02  # where more rows than that lack neighbours, a graph of the part is made
_BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class KnnGraph(Shown):
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
        n, k = self.keys.shape
        return [flat[row * k : (row + 1) * k] for row in range(n)]

    def __repr__(self) -> str:
        return f"KnnGraph({self._summary()})"

    def _summary(self) -> str:
        return f"{len(self.keys):,} items, k={self.keys.shape[1]}, recall {similarity_in_words(self.recall)}"

    def _page(self) -> Page:
        quartiles = np.quantile(self.similarity, [0.25, 0.5, 0.75], axis=0).T if self.similarity.size else []
        shown = [place for place in (0, 1, 4, 9, 14, 49, 99) if place < len(quartiles)]
        page = Page(f"kNN graph: {self._summary()}")
        page.line(
            "how similar the items are to their neighbours, a cosine: of a quarter, of half, of three quarters less"
        )
        body = [[str(place + 1), *map(similarity_in_words, quartiles[place].tolist())] for place in shown]
        page.add(table(["neighbour", "lower quartile", "median", "upper quartile"], body))
        page.steps(("graph.ids[0]", "graph.similarity"))
        return page


def open_content_graph(embeddings: Embeddings, k: int, *, device: str, writable: bool) -> tuple[Keys, Graph]:
    """Content keys and the graph over them: from disk, where it is mapped, or made and put there.

    One of more neighbours serves for fewer. One of vectors to which a few were added since is brought up to date.

    Raises
    ------
    TypeError, ValueError
        If ``k`` is no whole number from 1 up.
    """
    k = require_count("k", k)
    keys, vectors = embeddings.vectors(writable=writable)
    k = min(k, max(len(keys) - 1, 0))
    saved = _load(embeddings)
    if saved is not None and saved[1].rows.shape[1] >= k and np.array_equal(saved[0], keys[: len(saved[0])]):
        added = len(keys) - len(saved[0])
        if not added:
            return keys, saved[1].first(k)
        if added <= _FEW:
            graph = extend_graph(vectors, saved[1], device=device)
            if writable:
                _save(embeddings, keys, graph)
            return keys, graph.first(k)
    checkpoint = FileCheckpoint(embeddings, k) if writable else None
    graph = build_graph(vectors, k, device=device, checkpoint=checkpoint)
    embeddings.release_pages()
    if checkpoint is not None:
        _save(embeddings, keys, graph)
        checkpoint.clear()
    return keys, graph


def _save(embeddings: Embeddings, keys: Keys, graph: Graph) -> None:
    """Keys, rows and similarities one after the other in one file; what shape they have is in its sidecar."""
    source = {**embeddings.source, "vectors": len(keys), "k": graph.rows.shape[1], "recall": graph.recall}
    derived.write(embeddings.path_of(_FILE), source, partial(_write, keys, graph))


def _write(keys: Keys, graph: Graph, path: Path) -> None:
    with path.open("wb") as file:
        for array in (keys, graph.rows, graph.similarity):
            array.tofile(file)


def _load(embeddings: Embeddings) -> tuple[Keys, Graph] | None:
    """The keys of the rows and the graph, mapped from the file; None if there is none that is whole."""
    path = embeddings.path_of(_FILE)
    source = derived.source_of(path)
    if source is None or {key: source.get(key) for key in embeddings.origin} != embeddings.origin:
        return None
    n, k = source["vectors"], source["k"]
    if not n * k:
        return None
    content = np.memmap(path, np.uint8, "r").view(np.ndarray)
    keys, rows, similarity = np.split(content[: n * (8 + 8 * k)], [8 * n, 8 * n + 4 * n * k])
    graph = Graph(rows.view(np.int32).reshape(n, k), similarity.view(np.float32).reshape(n, k), source["recall"])
    return keys.view(np.uint64), graph


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
        Answers for the few items around which others are not in the data set any more. Where they are many, because the
        data set is a part of the store, a graph of that part is made.
    """
    k = min(k, max(len(rows) - 1, 0))
    if not k:
        shape = (len(rows), 0)
        return KnnGraph(np.empty(shape, np.uint64), np.empty(shape, np.float32), graph.recall, items)
    neighbours, similarity, lacking = _of_items(items, rows, contents, graph, k)
    if len(lacking) > max(_SHORT_SHARE * len(rows), 100):
        part, vectors = search.contents()
        graph = build_graph(vectors, min(k, len(part) - 1))
        neighbours, similarity, lacking = _of_items(items, rows, part, graph, k)
    keys = items.keys[rows]
    for row in lacking:
        vectors, _ = search.vectors_of(keys[row : row + 1])
        neighbours[row], similarity[row] = search.nearest(vectors[0], k, keys[row : row + 1])
    return KnnGraph(neighbours, similarity, graph.recall, items)


def _of_items(
    items: Items, rows: NDArray[np.intp], contents: Keys, graph: Graph, k: int
) -> tuple[NDArray[np.uint64], NDArray[np.float32], NDArray[np.intp]]:
    """Neighbours and similarities ``[n, k]``, and the rows that have fewer than k of them.

    The items of one content are together in ``by_content``. A row's own content comes first, then those of its
    neighbours; each gives its items until k + 1 are there, of which the row itself is one.
    """
    own = np.searchsorted(contents, items.contents[rows])
    by_content = np.argsort(own, kind="stable")
    copies = np.bincount(own, minlength=len(contents))
    starts = np.cumsum(copies) - copies
    neighbours, similarity = np.zeros((len(rows), k), np.uint64), np.full((len(rows), k), -np.inf, np.float32)
    lacking: list[NDArray[np.intp]] = []
    for first in range(0, len(rows), _BLOCK):
        mine = own[first : first + _BLOCK]
        around = np.column_stack([mine, graph.rows[mine]])
        values = np.column_stack([np.ones(len(mine), np.float32), graph.similarity[mine]])
        count = np.where(around < 0, 0, copies[around])
        give = np.clip(k + 1 - (np.cumsum(count, axis=1) - count), 0, count).ravel()
        ends = np.cumsum(give)
        place = np.repeat(starts[around].ravel() - (ends - give), give) + np.arange(ends[-1])
        item, value = by_content[place], np.repeat(values.ravel(), give)
        row = np.repeat(np.arange(len(give)) // around.shape[1], give)
        other = item != row + first
        item, value, row = item[other], value[other], row[other]
        found = np.bincount(row, minlength=len(mine))
        slot = np.arange(len(row)) - np.repeat(np.cumsum(found) - found, found)
        fits = slot < k
        at = (first + row[fits], slot[fits])
        neighbours[at], similarity[at] = items.keys[rows[item[fits]]], value[fits]
        lacking.append(first + np.flatnonzero(found < k))
    return neighbours, similarity, np.concatenate(lacking) if lacking else np.empty(0, np.intp)
