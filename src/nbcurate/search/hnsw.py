"""The navigable graph that usearch keeps: its shape, its file, and how it grows.

A file is opened only as a view, and only when it is whole and of this release of usearch: of a damaged one the kernel
would die. A graph grows in memory and is saved to a new file; whoever has the old one open reads on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

_FEW = 5_000
_BLOCK = 512  # vectors added between two looks at whether to go on


@dataclass(frozen=True, slots=True)
class Shape:
    """What a graph is built with.

    Attributes
    ----------
    connectivity : int
        Links of a node (M of the paper), twice as many in the lowest layer.
    expansion_add : int
        Candidates that are kept while the neighbours of a new node are searched (efConstruction).
    dtype : str
        Of the vectors in it. Half precision loses nothing that matters here, as the candidates are ordered by their
        exact similarity; left to itself usearch picks a type by the machine.

    References
    ----------
    Malkov and Yashunin (2018), "Efficient and robust approximate nearest neighbor search using hierarchical navigable
    small world graphs", arXiv:1603.09320.
    """

    connectivity: int = 32
    expansion_add: int = 64
    dtype: str = "f16"

    def bytes_of(self, n: int, width: int) -> int:
        """About how much memory, and disk, a graph of ``n`` vectors takes."""
        return n * (2 * width + 8 * self.connectivity + _NODE_BYTES)


_NODE_BYTES = 40  # key, level, the share of the upper layers


def empty_graph(width: int, shape: Shape) -> UsearchIndex:
    """A graph to add vectors to."""
    from usearch.index import Index as UsearchIndex

    return UsearchIndex(
        ndim=width,
        metric="cos",
        dtype=shape.dtype,
        connectivity=shape.connectivity,
        expansion_add=shape.expansion_add,
    )


def load_graph(path: Path, width: int, shape: Shape) -> UsearchIndex:
    """The graph in a file, in memory, to add vectors to."""
    graph = empty_graph(width, shape)
    graph.load(str(path))
    return graph


def view_graph(path: Path, width: int, shape: Shape, expansion_search: int) -> UsearchIndex:
    """The graph in a file, mapped: to be searched, never to be added to."""
    graph = empty_graph(width, shape)
    graph.view(str(path))
    graph.expansion_search = expansion_search
    return graph


def is_of_this_release(path: Path) -> bool:
    """Whether a graph was saved by the usearch that is installed, up to its patches."""
    import usearch
    from usearch.index import Index as UsearchIndex

    about: dict[str, Any] = UsearchIndex.metadata(str(path)) or {}
    return str(about.get("version", "")).split(".")[:2] == usearch.__version__.split(".")[:2]


def grow_graph(
    graph: UsearchIndex,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    *,
    before_each: Callable[[int], None] = lambda _: None,
) -> None:
    """Add the vectors of ``rows``, in that order; ``before_each`` is told how many are in before each block.

    What it raises ends the growth: those that are in stay in. A graph of few is the same each time it is built.
    """
    threads = 1 if len(graph) + len(rows) <= _FEW else 0  # of several threads, now one is first and now another
    for start in range(0, len(rows), _BLOCK):
        before_each(start)
        block = rows[start : start + _BLOCK]
        graph.add(keys[block], np.ascontiguousarray(vectors[block]), threads=threads)


def nearest_in_graph(graph: UsearchIndex, query: NDArray[np.float32], n: int) -> NDArray[np.uint64]:
    """Keys of about the ``n`` nearest, nearest first."""
    return np.asarray(graph.search(query, n, threads=1).keys, np.uint64)
