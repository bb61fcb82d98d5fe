"""Approximate nearest neighbours: vectors in half precision, sorted by cell, of which a query scans those within reach.

Why cells and no HNSW graph is the first choice here, though the graph compares fewer vectors. Measured on a million
vectors of width 384 and two cores:

- The cells are built in about a minute of CPU time; the graph took 24 of them.
- The cells of a query lie side by side in the file, and half precision is multiplied as it lies there: some ten
  million vectors a second on one core. On clustered data a query scans fewer than one vector in a hundred.
- The graph found 97 % of the true neighbours, and for 1 % of the queries not one: it never enters the right cluster.
  Cells have no such failure: what is missed is what lies furthest.

On data without clusters the reach has to be so long that a good part of all vectors is scanned. The graph is at its
best there; so where the scan would become too long (:data:`SCAN_LIMIT`), it is cut short and the graph is built beside.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store import derived
from ..store.embeddings import Embeddings
from . import hnsw
from .cells import Cells, fit_cells
from .exact import top_k
from .neighbours import nearest_rows

CELLS_FILE = "index.cells.npz"
#: Vectors that a query may be compared with before a graph is built to spare it that: some 20 ms.
SCAN_LIMIT = 300_000
_TARGET_RECALL = 0.995  # on the sample that sets the reach; a fresh one comes out a little lower
_SAMPLE = 500  # rows that set the reach, and as many that measure what came of it
_REACH_AT = (10, 100)  # the reach is measured for so many neighbours; that for other numbers lies between
_SPARE = 16  # candidates beyond k, among which the exact similarity decides
_BLOCK = 16_384
_RELEASE_AFTER = 100  # exact vectors read: each may have brought 2 MB of the file into memory


@dataclass(frozen=True, slots=True)
class Built:
    """What was measured when an index was built."""

    recall: float
    without_any: float
    compared: float
    cpu_seconds: float
    has_graph: bool = False


class CellIndex:
    """Search through cells; answers are ordered by the exact similarity. :meth:`open` gives the one on disk.

    Vectors that are not in the cells, because they came since, are compared one and all: so the index serves on while a
    new one is built.

    Parameters
    ----------
    embeddings : Embeddings
    keys, vectors : arrays [n], [n, d]
        All vectors of ``embeddings``, as :meth:`Embeddings.vectors` gives them.
    cells : Cells
        Of the vectors of ``covered``.
    covered : uint64 array [m]
        Ascending keys, all among ``keys``.
    half : float16 array [m, d]
        Their vectors, sorted by cell.
    reaches : sequence of float
        Reach that it takes for as many neighbours as ``_REACH_AT`` says.
    graph : HnswGraph, optional
        Over the same vectors.
    built : Built, optional
        What was measured when it was built.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        keys: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        cells: Cells,
        covered: NDArray[np.uint64],
        half: NDArray[np.float16],
        reaches: Sequence[float],
        graph: hnsw.HnswGraph | None = None,
        built: Built | None = None,
    ) -> None:
        self.keys = keys
        self.vectors = vectors
        self.cells = cells
        self.graph = graph
        self.built = built or Built(0.0, 0.0, 0.0, 0.0)
        self._embeddings = embeddings
        self._half = half
        self._reaches = reaches
        rows = np.searchsorted(keys, covered)
        self._row_of = rows[cells.rows]
        is_new = np.ones(len(keys), bool)
        is_new[rows] = False
        self.tail = np.flatnonzero(is_new)
        self._unreleased = 0

    @classmethod
    def open(cls, embeddings: Embeddings, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> CellIndex | None:
        """The index that :func:`build` saved; None if there is none that is whole and of these vectors."""
        source = derived.source_of(embeddings.path_of(CELLS_FILE))
        if source is None or {key: source.get(key) for key in embeddings.origin} != embeddings.origin:
            return None
        path = vectors_path(embeddings, source)
        if not derived.is_fresh(path, source):
            return None
        graph = hnsw.open_graph(embeddings, source)
        with np.load(embeddings.path_of(CELLS_FILE)) as arrays:
            cells = Cells(arrays["centres"], arrays["rows"], arrays["starts"])
            covered, reaches = arrays["keys"], arrays["reaches"]
            built = Built(**json.loads(str(arrays["built"])))
        if (built.has_graph and graph is None) or not np.isin(covered, keys).all():
            return None
        half = np.memmap(path, np.float16, "r", shape=(len(covered), embeddings.width)).view(np.ndarray)
        return cls(embeddings, keys, vectors, cells, covered, half, reaches, graph, built)

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """As :meth:`ExactIndex.search`, of nearly all true neighbours."""
        k = min(k, len(self.keys))
        found, similarity = np.empty((len(queries), k), np.uint64), np.empty((len(queries), k), np.float32)
        for i, query in enumerate(queries):
            rows = self._candidates(query, k)
            scores = self.vectors[rows] @ query
            columns, values = top_k(scores[None], k)
            found[i], similarity[i] = self.keys[rows[columns[0]]], values[0]
            self._unreleased += len(rows)
        if self._unreleased > _RELEASE_AFTER:
            self._unreleased = 0
            self._embeddings.release_pages()
        return found, similarity

    def _candidates(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Rows, ascending, among which the ``k`` nearest are."""
        wanted = k + _SPARE
        places, scores = self._scan(query, self._cells_within_reach(query, k))
        best = places[np.argpartition(-scores, wanted)[:wanted]] if len(scores) > wanted else places
        rows = [self._row_of[best], self._nearest_of_tail(query, k)]
        if self.graph is not None:
            rows.append(np.searchsorted(self.keys, self.graph.nearest(query, 2 * wanted)))
        return np.unique(np.concatenate(rows))

    def _cells_within_reach(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        scores = self.cells.centres @ query
        order = np.argsort(-scores)
        seen = np.cumsum(self.cells.sizes[order])
        reach = np.interp(np.log(k), np.log(_REACH_AT), self._reaches)
        count = int(np.count_nonzero(scores >= scores.max() - reach))
        if self.graph is not None:
            count = min(count, int(np.searchsorted(seen, SCAN_LIMIT)))
        enough = int(np.searchsorted(seen, min(2 * k, seen[-1]))) + 1
        return np.sort(order[: max(count, enough)])

    def _scan(
        self, query: NDArray[np.float32], cells: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.floating]]:
        """Places in the file of all vectors of these cells (ascending) and their similarity, in half precision."""
        import numkong

        asked = query[None].astype(np.float16)
        places, scores = [], []
        for run in np.split(cells, np.flatnonzero(np.diff(cells) > 1) + 1):  # cells that lie side by side
            start, stop = int(self.cells.starts[run[0]]), int(self.cells.starts[run[-1] + 1])
            if start < stop:
                places.append(np.arange(start, stop))
                scores.append(np.asarray(numkong.cdist(asked, self._half[start:stop], "dot"))[0])
        return np.concatenate(places), np.concatenate(scores)

    def _nearest_of_tail(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        if len(self.tail) <= k:
            return self.tail
        is_slice = self.tail[-1] - self.tail[0] + 1 == len(self.tail)
        vectors = self.vectors[self.tail[0] : self.tail[-1] + 1] if is_slice else self.vectors[self.tail]
        return self.tail[np.argpartition(-(vectors @ query), k)[:k]]


def vectors_path(embeddings: Embeddings, source: derived.Source) -> Path:
    """Where the half-precision vectors lie: each build has its own file, and the cells say which is theirs."""
    return embeddings.path_of(f"index-{source['written']}.f16")


def build(
    embeddings: Embeddings,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    *,
    progress: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> CellIndex:
    """Make an index of all vectors beside the one that serves, measure it, and only then put it in its place.

    Raises
    ------
    InterruptedError
        If ``stopped`` came true before it was done; the old one is still there.
    """
    began, n = time.process_time(), len(keys)
    sample = np.random.default_rng(1).choice(n, min(2 * _SAMPLE, n), replace=False)
    truth, _ = nearest_rows(vectors, sample, min(_REACH_AT[-1], n - 1))
    embeddings.release_pages()
    cells = fit_cells(vectors)
    embeddings.release_pages()
    half = len(sample) // 2
    gaps = cells.gaps(vectors[sample[:half]], cells.of_rows()[truth[:half]])
    reaches = [_reach(gaps[:, :k]) for k in _REACH_AT]
    source = {**embeddings.origin, "vectors": n, "written": uuid.uuid4().hex[:12]}

    def write_vectors(path: Path) -> None:
        with path.open("wb") as file:
            for start in tqdm(range(0, n, _BLOCK), desc="index", unit="block", disable=not progress):
                vectors[cells.rows[start : start + _BLOCK]].astype(np.float16).tofile(file)
                if stopped():
                    raise InterruptedError("The index was not finished.")

    path = vectors_path(embeddings, source)
    derived.write(path, source, write_vectors)
    embeddings.release_pages()
    sorted_half = np.memmap(path, np.float16, "r", shape=(n, embeddings.width)).view(np.ndarray)
    compared, graph = cells.compared(vectors[sample], reaches[0]), None
    if compared > SCAN_LIMIT:
        hnsw.build(embeddings, source, keys, vectors, progress=progress, stopped=stopped)
        graph = hnsw.open_graph(embeddings, source)
        compared = float(SCAN_LIMIT)
    index = CellIndex(embeddings, keys, vectors, cells, keys, sorted_half, reaches, graph)
    recall, without = _measure(index, sample[half:], truth[half:, :10])
    index.built = Built(recall, without, compared, time.process_time() - began, graph is not None)

    def write_cells(path: Path) -> None:
        content: dict[str, Any] = {"centres": cells.centres, "rows": cells.rows, "starts": cells.starts}
        content |= {"keys": keys, "reaches": np.array(reaches), "built": json.dumps(asdict(index.built))}
        with path.open("wb") as file:
            np.savez(file, **content)

    derived.write(embeddings.path_of(CELLS_FILE), source, write_cells)
    for old in path.parent.glob("index-*"):
        if source["written"] not in old.name:
            old.unlink(missing_ok=True)  # whoever has it mapped reads on
    embeddings.release_pages()
    return index


def _reach(gaps: NDArray[np.float32]) -> float:
    """As long as it takes to see the target share of all neighbours, and one at least for every query."""
    return float(max(np.quantile(gaps, _TARGET_RECALL, method="higher"), gaps.min(axis=1).max()))


def _measure(index: CellIndex, rows: NDArray[np.intp], truth: NDArray[np.int32]) -> tuple[float, float]:
    """Share of the true neighbours of ``rows`` that are found, and share of rows for which none is."""
    k = truth.shape[1]
    found, _ = index.search(index.vectors[rows], k + 1)
    hits = np.array([np.isin(index.keys[true], near).mean() for true, near in zip(truth, found, strict=True)])
    return float(hits.mean()), float((hits == 0).mean())
