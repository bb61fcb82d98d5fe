"""Approximate nearest neighbours: an HNSW graph on disk, merged with a few cells that are scanned exactly.

The two miss different things. The graph misses, for some queries, all true neighbours: clusters that lie apart can only
be entered through a few links. The cells never do; but on data without clusters they need many probes, and there the
graph is at its best.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store import derived
from ..store.embeddings import Embeddings
from .cells import Cells, fit_cells

#: HNSW (Malkov and Yashunin 2018, arXiv:1603.09320). f16 loses nothing that matters here, i8 does; left to itself
#: usearch picks a type by the machine, so the type is always given.
PARAMETERS: dict[str, Any] = {"metric": "cos", "dtype": "f16", "connectivity": 16, "expansion_add": 128}
_EXPANSION_SEARCH = 128
_OVERFETCH = 2  # candidates per answer; the exact vectors decide among them
_PROBES = 8
_BUILD_BLOCK = 16_384


class ApproximateIndex:
    """Search through the saved graph and cells of ``embeddings``; answers are ordered by the exact similarity.

    Both hold one row per distinct content: many copies of one image cut the graph in pieces and hide other images
    from it (measured: recall of the unique images down to 0.77).

    Raises
    ------
    FileNotFoundError
        If :func:`is_built` is false.
    """

    def __init__(self, embeddings: Embeddings, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        from usearch.index import Index as UsearchIndex

        self.keys = keys
        self.vectors = vectors
        if not is_built(embeddings):
            raise FileNotFoundError(f"There is no index of {embeddings.name!r} that can be trusted: build it.")
        self._cells = Cells.load(embeddings.path_of("cells.npz"))
        # A view reads the file where it lies. It is never added to and never saved over: both end the process.
        self._graph = UsearchIndex(ndim=vectors.shape[1], **PARAMETERS)
        self._graph.view(str(embeddings.path_of("index.usearch")))
        self._graph.expansion_search = _EXPANSION_SEARCH

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """As :meth:`ExactIndex.search`, of nearly all true neighbours."""
        k = min(k, len(self.keys))
        candidates = min(max(_OVERFETCH * k, _EXPANSION_SEARCH), len(self.keys))
        found = np.empty((len(queries), k), np.uint64)
        similarity = np.empty((len(queries), k), np.float32)
        for i, query in enumerate(queries):
            near = np.asarray(self._graph.search(query, candidates).keys, np.uint64)
            rows = np.unique(np.concatenate([np.searchsorted(self.keys, near), self._cells.nearest(query, _PROBES)]))
            scores = np.asarray(self.vectors[rows]) @ query
            best = np.argsort(-scores, kind="stable")[:k]
            found[i], similarity[i] = self.keys[rows[best]], scores[best].clip(-1.0, 1.0)
        return found, similarity


def is_built(embeddings: Embeddings) -> bool:
    """Whether graph and cells are on disk, whole, and made from these vectors."""
    source = _source(embeddings)
    return all(derived.is_fresh(embeddings.path_of(name), source) for name in ("cells.npz", "index.usearch"))


def build(embeddings: Embeddings, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
    """Make graph and cells anew and put each in its place in one step."""
    from usearch.index import Index as UsearchIndex

    source = _source(embeddings)
    derived.write(embeddings.path_of("cells.npz"), source, fit_cells(vectors).save)
    graph = UsearchIndex(ndim=vectors.shape[1], **PARAMETERS)
    with tqdm(total=len(keys), desc="building the index", unit="vec") as bar:
        for start in range(0, len(keys), _BUILD_BLOCK):
            part = slice(start, start + _BUILD_BLOCK)
            graph.add(keys[part], np.asarray(vectors[part]))
            bar.update(len(keys[part]))
    derived.write(embeddings.path_of("index.usearch"), source, partial(_save, graph))


def _save(graph: Any, path: Path) -> None:
    graph.save(str(path))


def _source(embeddings: Embeddings) -> derived.Source:
    return {**embeddings.source, "parameters": PARAMETERS}
