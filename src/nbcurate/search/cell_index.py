"""Search through cells: vectors in half precision, sorted by cell, of which a query scans those within reach.

The cells are built in about a tenth of the time that a graph takes, and they lie side by side in the file: half
precision is multiplied as it lies there, some ten million vectors a second on one core. What is missed is what lies
furthest; no query stays without an answer. But real image vectors have no gaps between clusters: there a query scans a
fifth of all. So cells serve until the graph is built, and beside it where it misses too much: :mod:`.hnsw_index`.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..store import derived
from ..store.embeddings import Embeddings
from .approximate import SPARE, ApproximateIndex
from .cells import Cells, fit_cells
from .recall import Measured, draw_sample, recall_of

CELLS_FILE = "index.cells.npz"
_TARGET_RECALL = 0.995  # on the sample that sets the reach; a fresh one comes out a little lower
_REACH_AT = (10, 100)  # the reach is measured for so many neighbours; that for other numbers lies between
_LAYOUT = 2  # of the files; those of another are made again
_BLOCK = 16_384
_SAMPLED, _FITTED = 0.2, 0.8  # share of the work after which neighbours of the sample, and the cells, are found


class CellIndex(ApproximateIndex):
    """Search through cells; :meth:`open` gives the index on disk.

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
    measured : Measured
        What was measured when it was built.
    present : uint64 array, optional
        Ascending keys of the contents that items still stand for.
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
        measured: Measured,
        present: NDArray[np.uint64] | None = None,
    ) -> None:
        super().__init__(embeddings, keys, vectors, covered, present)
        self.cells = cells
        self.measured = measured
        self._half = half
        self._reaches = reaches

    @property
    def side_by_side(self) -> NDArray[np.intp]:
        """Rows of ``vectors`` in the order of the file: those of one cell follow each other."""
        return self._rows_covered[self.cells.rows]

    @classmethod
    def open(
        cls,
        embeddings: Embeddings,
        keys: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        present: NDArray[np.uint64] | None = None,
    ) -> CellIndex | None:
        """The index that :func:`build` saved; None if there is none that is whole and of these vectors."""
        source = derived.source_of(embeddings.path_of(CELLS_FILE))
        expected = {**embeddings.origin, "layout": _LAYOUT}
        if source is None or {key: source.get(key) for key in expected} != expected:
            return None
        path = vectors_path(embeddings, source)
        if not derived.is_fresh(path, source):
            return None
        with np.load(embeddings.path_of(CELLS_FILE)) as arrays:
            cells = Cells(arrays["centres"], arrays["rows"], arrays["starts"])
            covered, reaches = arrays["keys"], arrays["reaches"]
            measured = Measured(**json.loads(str(arrays["measured"])))
        if not np.isin(covered, keys).all():
            return None
        half = np.memmap(path, np.float16, "r", shape=(len(covered), embeddings.width)).view(np.ndarray)
        return cls(embeddings, keys, vectors, cells, covered, half, reaches, measured, present)

    def candidates(self, query: NDArray[np.float32], k: int, at_most: int | None = None) -> NDArray[np.intp]:
        """Rows near a query ``[d]``, out of the cells within reach, or of those of the ``at_most`` nearest vectors."""
        wanted = k + SPARE
        places, scores = self._scan(query, self._cells_within_reach(query, k, at_most))
        best = places[np.argpartition(-scores, wanted)[:wanted]] if len(scores) > wanted else places
        return self._rows_covered[self.cells.rows[best]]

    def _cells_within_reach(self, query: NDArray[np.float32], k: int, at_most: int | None) -> NDArray[np.intp]:
        scores = self.cells.centres @ query
        order = np.argsort(-scores)
        seen = np.cumsum(self.cells.sizes[order])
        reach = np.interp(np.log(k), np.log(_REACH_AT), self._reaches)
        count = int(np.count_nonzero(scores >= scores.max() - reach))
        if at_most is not None:
            count = min(count, int(np.searchsorted(seen, at_most)))
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


def vectors_path(embeddings: Embeddings, source: derived.Source) -> Path:
    """Where the half-precision vectors lie: each build has its own file, and the cells say which is theirs."""
    return embeddings.path_of(f"index-{source['written']}.f16")


def build_cells(
    embeddings: Embeddings,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    *,
    before_each: Callable[[float], None] = lambda _: None,
) -> CellIndex:
    """Make an index of all vectors beside the one that serves, measure it, and only then put it in its place.

    Parameters
    ----------
    before_each : callable, optional
        Is told the share that is done, now and then. What it raises ends the build; the old one is still there.
    """
    began, n = time.process_time(), len(keys)
    chosen_by, measured_on = draw_sample(vectors, k=_REACH_AT[-1], before_each=lambda: before_each(0.0)).halves()
    embeddings.release_pages()
    cells = fit_cells(vectors, before_each=lambda: before_each(_SAMPLED))
    embeddings.release_pages()
    gaps = cells.gaps(vectors[chosen_by.rows], cells.of_rows()[chosen_by.truth])
    reaches = [_reach(gaps[:, :k]) for k in _REACH_AT]
    source = {**embeddings.origin, "layout": _LAYOUT, "vectors": n, "written": uuid.uuid4().hex[:12]}

    def write_vectors(path: Path) -> None:
        with path.open("wb") as file:
            for start in range(0, n, _BLOCK):
                before_each(_FITTED + (1 - _FITTED) * start / n)
                vectors[cells.rows[start : start + _BLOCK]].astype(np.float16).tofile(file)

    path = vectors_path(embeddings, source)
    derived.write(path, source, write_vectors)
    embeddings.release_pages()
    half = np.memmap(path, np.float16, "r", shape=(n, embeddings.width)).view(np.ndarray)
    compared = cells.compared(vectors[measured_on.rows], reaches[0])
    unmeasured = Measured(0.0, 0.0, compared, 0.0)
    index = CellIndex(embeddings, keys, vectors, cells, keys, half, reaches, unmeasured)
    hits = recall_of(lambda queries, k: index.search(queries, k)[0], keys, vectors, measured_on)
    index.measured = Measured.of(hits, compared, time.process_time() - began)

    def write_cells(path: Path) -> None:
        content: dict[str, Any] = {"centres": cells.centres, "rows": cells.rows, "starts": cells.starts}
        content |= {"keys": keys, "reaches": np.array(reaches), "measured": json.dumps(asdict(index.measured))}
        with path.open("wb") as file:
            np.savez(file, **content)

    derived.write(embeddings.path_of(CELLS_FILE), source, write_cells)
    remove_vectors(embeddings, but=source["written"])
    embeddings.release_pages()
    return index


def remove_cells(embeddings: Embeddings) -> None:
    """Remove the files of cells, which are of no use any more; whoever has them mapped reads on."""
    path = embeddings.path_of(CELLS_FILE)
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink(missing_ok=True)
    remove_vectors(embeddings)


def remove_vectors(embeddings: Embeddings, but: str | None = None) -> None:
    """Remove the half-precision vectors of other builds than that of ``but``."""
    for old in embeddings.path_of("").glob("index-*.f16*"):
        if but is None or but not in old.name:
            old.unlink(missing_ok=True)  # whoever has it mapped reads on


def _reach(gaps: NDArray[np.float32]) -> float:
    """As long as it takes to see the target share of all neighbours, and one at least for every query."""
    return float(max(np.quantile(gaps, _TARGET_RECALL, method="higher"), gaps.min(axis=1).max()))
