"""Which index serves a set of vectors, and what is missing beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from ..store.items import Keys
from .approximate import ApproximateIndex
from .cell_index import CellIndex
from .exact import ExactIndex
from .hnsw import Shape
from .hnsw_file import open_graph
from .hnsw_index import HnswIndex

_TAIL_SHARE = 0.02  # so many vectors beside the index cost a query about as much as those in it do
_TAIL_LEAST = 1_000
_LEFT_SHARE = 0.3  # of the vectors in a graph, without an item: above, it is made anew of the others
_MEMORY_SHARE = 0.5  # of the machine's, that a graph may take while it is built unasked

Job = Literal["cells", "graph", "measure"]
Vectors = NDArray[np.float32]


class Index(Protocol):
    """What searches: ``keys`` [n] and ``vectors`` [n, d] that it covers, and ``search``."""

    @property
    def keys(self) -> Keys: ...

    @property
    def vectors(self) -> Vectors: ...

    def search(self, queries: Vectors, k: int) -> tuple[Keys, Vectors]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What is wanted of the index.

    Attributes
    ----------
    exact_bytes : int
        Vectors of so many bytes are all compared.
    graph : bool
        Whether a graph is to be built; cells alone otherwise.
    present : uint64 array or None
        Ascending keys of the contents that items stand for; None for all.
    """

    exact_bytes: int
    graph: bool = True
    present: Keys | None = None


def open_best(embeddings: Embeddings, keys: Keys, vectors: Vectors, present: Keys | None) -> Index:
    """The graph on disk, or the cells where these hold more; all vectors are compared where there is neither."""
    graph = open_hnsw(embeddings, keys, vectors, present)
    if graph is not None and graph.graph.alone is None:
        graph = None  # it is not finished, and nobody knows what it finds
    if graph is not None and not _is_outgrown(graph):
        return graph
    cells = CellIndex.open(embeddings, keys, vectors, present)
    if graph is None or (cells is not None and len(cells.tail) < len(graph.tail)):
        return cells or ExactIndex(keys, vectors)
    return graph


def open_hnsw(embeddings: Embeddings, keys: Keys, vectors: Vectors, present: Keys | None) -> HnswIndex | None:
    """The graph on disk, finished or not, with cells where it needs them."""
    graph = open_graph(embeddings, keys)
    if graph is None:
        return None
    cells = None if graph.serves_alone else CellIndex.open(embeddings, keys, vectors, present)
    return HnswIndex(embeddings, keys, vectors, graph, cells, present)


def next_job(index: Index, wish: Wish) -> Job | None:
    """What is missing beside ``index``, which serves."""
    if index.vectors.nbytes <= wish.exact_bytes:
        return None
    if not isinstance(index, CellIndex | HnswIndex):
        return "cells"  # a tenth of the time, and they serve until the graph is there
    if wish.graph and held_back(index, wish) is None and (isinstance(index, CellIndex) or is_stale(index)):
        return "graph"
    if isinstance(index, CellIndex) or not index.graph.serves_alone:
        cells = index if isinstance(index, CellIndex) else index.cells
        if cells is None or _is_outgrown(cells):
            return "cells"
    if isinstance(index, HnswIndex) and index.cells is not None and index.graph.beside is None:
        return "measure"
    return None


def held_back(index: Index, wish: Wish) -> str | None:
    """Why no graph is built unasked, in words; None where one may be."""
    takes = Shape().bytes_of(*index.vectors.shape)
    if not wish.graph or takes <= _MEMORY_SHARE * _memory():
        return None
    return (
        f"a usearch index takes {takes / 1e9:.1f} of this machine's {_memory() / 1e9:.1f} GB of memory while it is "
        "built: ds.index() builds it all the same"
    )


def is_stale(index: HnswIndex) -> bool:
    """Whether a graph is not finished, or has to grow, or holds much that is nobody's any more."""
    return index.graph.alone is None or _is_outgrown(index) or is_left(index)


def is_left(index: ApproximateIndex) -> bool:
    """Whether much of what is in it is nobody's any more."""
    return index.left > _LEFT_SHARE * len(index.covered)


def _is_outgrown(index: ApproximateIndex) -> bool:
    return len(index.tail) > max(_TAIL_LEAST, _TAIL_SHARE * len(index.keys))


def _memory() -> float:
    """Bytes of memory that this machine has; as much as one likes where it does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")
