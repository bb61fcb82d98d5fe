"""Search through the usearch graph: few vectors are compared whatever the data looks like.

Real image vectors have no gaps between clusters, so cells have to scan a good part of all; the graph does not. But it
misses pictures of which there are many variants and little else: no link leads there, and cells never miss those.
So the recall of the graph is measured on rows of the data at hand, and where it is under the target, or a query finds
nothing that is true, the cells that are nearest to a query are looked through as well, which takes little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..store import derived
from ..store.embeddings import Embeddings
from . import hnsw
from .approximate import SPARE, ApproximateIndex
from .cell_index import CellIndex
from .hnsw_file import GRAPH_FILE, Graph, Setting, graph_path, note_graph
from .recall import Measured, Sample, draw_sample, is_certain, recall_of

#: Expansions of the search, and vectors in cells beside, that are tried, the least first.
_BESIDE = ((32, 2_000), (64, 5_000), (128, 5_000), (128, 10_000), (256, 20_000), (512, 50_000))


class HnswIndex(ApproximateIndex):
    """Search through a graph, and through cells where it misses too much; :func:`open_graph` gives the one on disk.

    Parameters
    ----------
    graph : Graph
        Of vectors among ``keys``.
    cells : CellIndex, optional
        Of the same embeddings; their candidates are taken in.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        keys: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        graph: Graph,
        cells: CellIndex | None = None,
        present: NDArray[np.uint64] | None = None,
    ) -> None:
        self.graph = graph
        self.cells = cells
        self._view = graph.view(embeddings.width)
        self._scanned = 0
        if cells is not None and graph.beside is not None:
            self._search_by(graph.beside.expansion_search, graph.beside.scanned)
        super().__init__(embeddings, keys, vectors, graph.covered, present)

    @property
    def setting(self) -> Setting | None:
        """How it is searched; None for a graph that is not finished."""
        return self.graph.alone if self.cells is None else self.graph.beside or self.graph.alone

    def candidates(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Rows that the graph, and cells where they help, propose for a query ``[d]``."""
        rows = np.searchsorted(self.keys, hnsw.nearest_in_graph(self._view, query, k + SPARE))
        if self.cells is None or not self._scanned:
            return rows
        return np.concatenate([rows, self.cells.candidates(query, k, at_most=self._scanned)])

    def measure_beside(self, *, before_each: Callable[[float], None] = lambda _: None) -> None:
        """Find the least that meets the target with cells beside the graph, and keep that with it."""
        began = time.process_time()
        sample = draw_sample(self.vectors, self.wanted, before_each=lambda: before_each(0.0))
        chosen_by, measured_on = sample.halves()
        assert self.graph.alone is not None
        assert self.cells is not None
        for expansion, scanned in _BESIDE:
            before_each(0.5)
            self._search_by(expansion, scanned)
            if is_certain(self._hits(chosen_by)):
                break
        hits = self._hits(measured_on)
        cost = self.graph.alone.measured.cpu_seconds + self.cells.measured.cpu_seconds + time.process_time() - began
        measured = Measured.of(hits, self._compared(measured_on), cost)
        self.graph = replace(self.graph, beside=Setting(self._view.expansion_search, self._scanned, measured))
        source = derived.source_of(self.embeddings.path_of(GRAPH_FILE))
        if source is not None and graph_path(self.embeddings, source) == self.graph.path:
            note_graph(self.embeddings, source, self.graph)

    def _search_by(self, expansion: int, scanned: int) -> None:
        self._view.expansion_search, self._scanned = expansion, scanned

    def _hits(self, sample: Sample) -> NDArray[np.float64]:
        return recall_of(lambda queries, k: self.search(queries, k)[0], self.keys, self.vectors, sample)

    def _compared(self, sample: Sample) -> float:
        """Vectors that a query is compared with, on average."""
        found: Any = self._view.search(self.vectors[sample.rows], SPARE)
        return found.computed_distances / max(1, len(sample.rows)) + self._scanned

    def _follow(
        self, keys: NDArray[np.uint64], vectors: NDArray[np.float32], present: NDArray[np.uint64] | None
    ) -> None:
        super()._follow(keys, vectors, present)
        if self.cells is not None:
            self.cells = self.cells.following(keys, vectors, present)
