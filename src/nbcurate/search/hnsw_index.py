"""Search through the usearch graph: few vectors are compared whatever the data looks like.

Measured on 120,000 real image vectors of width 1,280: at a recall of .9988 a query takes half the time of one through
cells, at the 95th percentile a quarter, and none stays without an answer; building takes nine times as long. So cells
serve first, and this from when it is there. Cells stay beside it where its recall, measured on rows of the data at
hand, is under the target: on data of clusters that lie apart the graph misses whole clusters, and cells never do.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..store import derived
from ..store.embeddings import Embeddings
from . import hnsw
from .approximate import SPARE, ApproximateIndex
from .cell_index import CellIndex
from .hnsw import Shape
from .recall import TARGET_RECALL, Measured, Sample, draw_sample, recall_of

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

GRAPH_FILE = "index.graph.npz"
_EXPANSIONS = (32, 64, 96, 128, 192, 256, 384, 512)
_CERTAIN = 0.003  # by so much the choice must pass the target, to meet it on other queries
_SCANNED_BESIDE = 50_000  # vectors in cells that a query is compared with beside the graph: those nearest to it
_KEEP_AFTER = 300.0  # seconds of building, of which a kernel that is killed shall not lose more


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph on disk and what is known of it.

    Attributes
    ----------
    path : Path
    covered : uint64 array [m]
        Ascending keys of the vectors in it.
    shape : Shape
    expansion_search : int
        Candidates that are kept while a query is answered: the fewest that meet the target, or the most there are.
    measured : Measured or None
        Of the graph alone; None for one that is not finished.
    with_cells : Measured or None
        Of the graph with the candidates of cells taken in, where that was needed.
    """

    path: Path
    covered: NDArray[np.uint64]
    shape: Shape
    expansion_search: int
    measured: Measured | None = None
    with_cells: Measured | None = None

    def view(self, width: int) -> UsearchIndex:
        """A new view of the file, to be searched and never added to."""
        return hnsw.view_graph(self.path, width, self.shape, self.expansion_search)

    @property
    def meets_target(self) -> bool:
        """Whether it finds enough without cells beside it."""
        return self.measured is not None and self.measured.recall >= TARGET_RECALL


class HnswIndex(ApproximateIndex):
    """Search through a graph; :func:`open_graph` gives the one on disk.

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
        super().__init__(embeddings, keys, vectors, graph.covered, present)

    def _follow(
        self, keys: NDArray[np.uint64], vectors: NDArray[np.float32], present: NDArray[np.uint64] | None
    ) -> None:
        super()._follow(keys, vectors, present)
        if self.cells is not None:
            self.cells = self.cells.following(keys, vectors, present)

    def candidates(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Rows that the graph, and cells where they help, propose for a query ``[d]``."""
        rows = np.searchsorted(self.keys, hnsw.nearest_in_graph(self._view, query, k + SPARE))
        if self.cells is None:
            return rows
        return np.concatenate([rows, self.cells.candidates(query, k, at_most=_SCANNED_BESIDE)])


def open_graph(embeddings: Embeddings, keys: NDArray[np.uint64]) -> Graph | None:
    """The graph that :func:`build_graph` saved; None if there is none that is whole, of these vectors, and readable."""
    source = derived.source_of(embeddings.path_of(GRAPH_FILE))
    if source is None or {key: source.get(key) for key in embeddings.origin} != embeddings.origin:
        return None
    path = graph_path(embeddings, source)
    if not derived.is_fresh(path, source) or not hnsw.is_of_this_release(path):
        return None
    with np.load(embeddings.path_of(GRAPH_FILE)) as arrays:
        covered, about = arrays["keys"], json.loads(str(arrays["about"]))
    if not np.isin(covered, keys).all():
        return None
    alone, both = (None if said is None else Measured(**said) for said in (about["measured"], about["with_cells"]))
    return Graph(path, covered, Shape(**about["shape"]), about["expansion_search"], alone, both)


def graph_path(embeddings: Embeddings, source: derived.Source) -> Path:
    """Where the graph lies: each has its own file, and the one beside it says which is in use."""
    return embeddings.path_of(f"index-{source['written']}.usearch")


def build_graph(
    embeddings: Embeddings,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    *,
    rows: NDArray[np.intp] | None = None,
    begun: Graph | None = None,
    before_each: Callable[[float], None] = lambda _: None,
) -> Graph:
    """Make a graph of vectors, or go on with one, beside the one that serves; the new one then takes its place.

    Parameters
    ----------
    keys, vectors : arrays [n], [n, d]
    rows : int array [m], optional
        Those that are to be in it; all by default.
    begun : Graph, optional
        One whose vectors are all among ``rows``, which is to grow; it stays on disk until the new one is there.
    before_each : callable, optional
        Is told the share that is done, every second or so. What it raises ends the build; what was built before in five
        minutes or more is kept.

    Returns
    -------
    Graph
        With its recall, measured on rows of the data, and the expansion of the search that it takes.
    """
    began = time.process_time()
    rows = np.arange(len(keys)) if rows is None else rows
    shape = begun.shape if begun is not None else Shape()
    if begun is None:
        graph, missing = hnsw.empty_graph(embeddings.width, shape), rows
    else:
        graph = hnsw.load_graph(begun.path, embeddings.width, shape)
        missing = rows[~np.isin(keys[rows], begun.covered)]
    missing = np.random.default_rng(0).permutation(missing)
    there, kept_at = len(rows) - len(missing), time.monotonic()

    def between(count: int) -> None:
        nonlocal kept_at
        if count and time.monotonic() - kept_at > _KEEP_AFTER:
            covered = np.sort(np.concatenate([keys[rows[~np.isin(rows, missing)]], keys[missing[:count]]]))
            _keep(embeddings, graph, Graph(Path(), covered, shape, _EXPANSIONS[-1]))
            kept_at = time.monotonic()
        embeddings.release_pages()
        before_each((there + count) / len(rows))

    hnsw.grow_graph(graph, keys, vectors, missing, before_each=between)
    before_each(1.0)
    sample = draw_sample(vectors, rows)
    embeddings.release_pages()
    expansion, measured = _tuned(graph, keys, vectors, sample, began)
    return _keep(embeddings, graph, Graph(Path(), keys[rows], shape, expansion, measured))


def measure_with_cells(index: HnswIndex) -> None:
    """Measure how well a graph does with the cells beside it, and keep that with the graph."""
    began, (_, sample) = time.process_time(), draw_sample(index.vectors, index.wanted).halves()
    hits = recall_of(lambda queries, k: index.search(queries, k)[0], index.keys, index.vectors, sample)
    graph, alone, cells = index.graph, index.graph.measured, index.cells
    assert alone is not None
    assert cells is not None
    compared = alone.compared + min(cells.measured.compared, _SCANNED_BESIDE)
    cost = alone.cpu_seconds + cells.measured.cpu_seconds + time.process_time() - began
    both = Measured(float(hits.mean()), float((hits == 0).mean()), compared, cost)
    index.graph = replace(graph, with_cells=both)
    source = derived.source_of(index.embeddings.path_of(GRAPH_FILE))
    if source is not None:
        _note(index.embeddings, source, index.graph)


def _tuned(
    graph: UsearchIndex, keys: NDArray[np.uint64], vectors: NDArray[np.float32], sample: Sample, began: float
) -> tuple[int, Measured]:
    """The least expansion of the search that meets the target, and what was measured with it on other rows."""
    compared = 0

    def find(queries: NDArray[np.float32], k: int) -> NDArray[np.uint64]:
        nonlocal compared
        found = graph.search(queries, k + SPARE)
        compared += int(found.computed_distances)
        return np.asarray(found.keys, np.uint64)

    chosen_by, measured_on = sample.halves()
    for expansion in _EXPANSIONS:
        graph.expansion_search = expansion
        if recall_of(find, keys, vectors, chosen_by).mean() >= TARGET_RECALL + _CERTAIN:
            break
    compared = 0
    hits = recall_of(find, keys, vectors, measured_on)
    share = compared / max(1, len(hits))
    return graph.expansion_search, Measured(
        float(hits.mean()), float((hits == 0).mean()), share, time.process_time() - began
    )


def _keep(embeddings: Embeddings, built: UsearchIndex, graph: Graph) -> Graph:
    """Put a graph on disk in the place of the one that is there; its path is given to it."""
    source = {**embeddings.origin, "vectors": len(graph.covered), "written": uuid.uuid4().hex[:12]}
    graph = replace(graph, path=graph_path(embeddings, source))
    derived.write(graph.path, source, partial(_save, built))
    _note(embeddings, source, graph)
    for old in graph.path.parent.glob("index-*.usearch*"):
        if source["written"] not in old.name:
            old.unlink(missing_ok=True)  # whoever has it mapped reads on
    return graph


def _save(built: UsearchIndex, file: Path) -> None:
    built.save(str(file))


def _note(embeddings: Embeddings, source: derived.Source, graph: Graph) -> None:
    """Write down what is known of a graph; from then on it is the one in use."""
    about = {name: value for name, value in asdict(graph).items() if name not in ("path", "covered")}

    def write(file: Path) -> None:
        with file.open("wb") as sink:
            np.savez(sink, keys=graph.covered, about=np.array(json.dumps(about)))

    derived.write(embeddings.path_of(GRAPH_FILE), source, write)
