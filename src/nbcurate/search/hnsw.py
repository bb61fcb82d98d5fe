"""A navigable graph over the vectors, for data on which scanning cells takes too long.

It compares few vectors whatever the data looks like, but misses, for some queries, all true neighbours: clusters that
lie apart are entered only through a few links. So it never serves alone; :class:`CellIndex` merges it with cells.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store import derived
from ..store.embeddings import Embeddings

#: f16 loses nothing that matters here, i8 does; left to itself usearch picks a type by the machine.
PARAMETERS: dict[str, Any] = {"metric": "cos", "dtype": "f16", "connectivity": 16, "expansion_add": 128}
_EXPANSION_SEARCH = 128
_BUILD_BLOCK = 16_384


class HnswGraph:
    """A saved graph, opened as a view of its file: never added to, never saved over, for both end the process.

    References
    ----------
    Malkov and Yashunin (2018), "Efficient and robust approximate nearest neighbor search using hierarchical navigable
    small world graphs", arXiv:1603.09320.
    """

    def __init__(self, path: Path, width: int) -> None:
        from usearch.index import Index as UsearchIndex

        self._index = UsearchIndex(ndim=width, **PARAMETERS)
        self._index.view(str(path))
        self._index.expansion_search = _EXPANSION_SEARCH

    def nearest(self, query: NDArray[np.float32], n: int) -> NDArray[np.uint64]:
        """Keys of about the ``n`` nearest."""
        return np.asarray(self._index.search(query, max(n, _EXPANSION_SEARCH)).keys, np.uint64)


def graph_path(embeddings: Embeddings, source: derived.Source) -> Path:
    """Where the graph lies: each build has its own file."""
    return embeddings.path_of(f"index-{source['written']}.usearch")


def open_graph(embeddings: Embeddings, source: derived.Source) -> HnswGraph | None:
    """The graph made from ``source``; None if there is none, or none that is whole."""
    path = graph_path(embeddings, source)
    return HnswGraph(path, embeddings.width) if derived.is_fresh(path, source) else None


def build(
    embeddings: Embeddings,
    source: derived.Source,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    *,
    progress: bool,
    stopped: Callable[[], bool],
) -> None:
    """Make the graph and put it on disk.

    Raises
    ------
    InterruptedError
        If ``stopped`` came true before it was done.
    """
    from usearch.index import Index as UsearchIndex

    graph = UsearchIndex(ndim=vectors.shape[1], **PARAMETERS)
    with tqdm(total=len(keys), desc="index graph", unit="vec", disable=not progress) as bar:
        for start in range(0, len(keys), _BUILD_BLOCK):
            if stopped():
                raise InterruptedError("The index was not finished.")
            part = slice(start, start + _BUILD_BLOCK)
            graph.add(keys[part], np.asarray(vectors[part]))
            bar.update(len(keys[part]))
    derived.write(graph_path(embeddings, source), source, partial(_save, graph))


def _save(graph: Any, path: Path) -> None:
    graph.save(str(path))
