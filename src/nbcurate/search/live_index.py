"""An index that follows its embeddings: new vectors are found at once, and it is rebuilt behind the user's back."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store.embeddings import Embeddings
from ..waiting import LOOK
from .approximate import ApproximateIndex, rows_of
from .cell_index import CellIndex, build_cells, remove_cells
from .exact import ExactIndex
from .giving_way import GivingWay, Stopped
from .hnsw import Shape
from .hnsw_build import build_graph
from .hnsw_file import Graph, open_graph
from .hnsw_index import HnswIndex
from .info import IndexInfo
from .recall import Measured

_TAIL_SHARE = 0.02  # so many vectors beside the index cost a query about as much as those in it do
_TAIL_LEAST = 1_000
_LEFT_SHARE = 0.3  # of the vectors in a graph, without an item: above, it is made anew of the others
_MEMORY_SHARE = 0.5  # of the machine's, that a graph may take while it is built unasked
_GOODBYE_SECONDS = 60.0  # pieces are of a second; a thread in C++ that outlives Python would end the process loudly
_BUILDING: weakref.WeakSet[LiveIndex] = weakref.WeakSet()

Job = Literal["cells", "graph", "measure"]
BeforeEach = Callable[[float], None]
Keys = NDArray[np.uint64]
Vectors = NDArray[np.float32]


class Index(Protocol):
    """What searches: ``keys`` [n] and ``vectors`` [n, d] that it covers, and ``search``."""

    @property
    def keys(self) -> NDArray[np.uint64]: ...

    @property
    def vectors(self) -> NDArray[np.float32]: ...

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]: ...


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
    present: NDArray[np.uint64] | None = None


class LiveIndex:
    """The index of one set of embeddings, which follows it: what was added is found, and it grows when outgrown.

    While one is built, in a thread of its own and in new files beside the old, the old one serves; while there is none
    yet, search is exact. A kernel that ends in between leaves what was there.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._guard = threading.RLock()
        self._index: Index | None = None
        self._wish = Wish(0)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._job: Job | None = None
        self._progress = 0.0
        self._error: str | None = None

    def current(self, wish: Wish, *, writable: bool = True, bar: bool = False) -> Index:
        """The index to search now; what is missing is built in the background, where it may be written."""
        with self._guard:
            index = self._look(wish, writable)
            if writable and self._thread is None and self._error is None and self._next_job(index):
                self._begin(bar)
            return index

    def whole(self, wish: Wish) -> Index:
        """The index to search when all is built that is missing; what is not under way is built here and now."""
        self._join()
        self._look(wish, writable=True)
        with _bar() as bar:
            self._build(lambda share: self._note(share, bar))
        return self._look(wish, writable=True)

    def whole_graph(self, wish: Wish, *, writable: bool = True) -> Graph:
        """A graph of all vectors that are present, however few; built, or grown, here and now where it is not whole.

        Raises
        ------
        PermissionError
            If none is there and none may be written.
        """
        self._join()
        keys, vectors = self._embeddings.vectors(writable=writable)
        graph = self._open_graph(keys, vectors, wish.present)
        if graph is not None and not _is_stale(graph) and not len(graph.tail):
            return graph.graph
        if not writable:
            raise PermissionError(
                f"There is no usearch index of all vectors of {self._embeddings.name!r}, and the store is open "
                "read-only: open it to write once, and call ds.index() there."
            )
        with _bar() as bar:
            built = self._build_graph(keys, vectors, wish.present, lambda share: self._note(share, bar))
        with self._guard:
            self._index = None
        return built

    def info(self, index: Index) -> IndexInfo:
        """What may be said of ``index``, which :meth:`current` gave."""
        about: dict[str, Any] = {"kind": "exact", "vectors": len(index.keys), "added_since": 0}
        measured = Measured(1.0, 0.0, float(len(index.keys)), 0.0)
        if isinstance(index, ApproximateIndex):
            about = {"kind": "cells", "vectors": len(index.wanted), "added_since": len(index.tail)}
        if isinstance(index, CellIndex):
            measured = index.measured
        if isinstance(index, HnswIndex) and index.setting is not None:
            measured = index.setting.measured
            about |= {"kind": "usearch + cells" if index.cells else "usearch", **asdict(index.graph.shape)}
            about |= {"expansion_search": index.setting.expansion_search}
        about |= asdict(measured)
        about["compared"] += about["added_since"]
        return IndexInfo(
            embeddings=self._embeddings.name,
            width=self._embeddings.width,
            files=self._files(),
            building=self._job,
            progress=self._progress if self._job else 0.0,
            error=self._error or self._held_back(index),
            **about,
        )

    def stop(self) -> None:
        """End a build that is under way, and wait a little for it."""
        self._stop.set()
        if (thread := self._thread) is not None:
            thread.join(_GOODBYE_SECONDS)

    # -- what serves -----------------------------------------------------------------------------------------------

    def _look(self, wish: Wish, writable: bool) -> Index:
        """The best index that is there for the vectors as they are."""
        with self._guard:
            keys, vectors = self._embeddings.vectors(writable=writable)
            index, before, self._wish = self._index, self._wish.present, wish
            if vectors.nbytes <= wish.exact_bytes:
                if not isinstance(index, ExactIndex) or index.keys is not keys:
                    index = ExactIndex(keys, vectors)
            elif not isinstance(index, ApproximateIndex):
                index = self._open(keys, vectors, wish.present)
            elif index.keys is not keys or not _are_same(before, wish.present):
                index = index.following(keys, vectors, wish.present)
            self._index = index
            return index

    def _open(self, keys: Keys, vectors: Vectors, present: Keys | None) -> Index:
        """The graph, or the cells where these hold more."""
        graph = self._open_graph(keys, vectors, present)
        if graph is not None and graph.graph.alone is None:
            graph = None  # it is not finished, and nobody knows what it finds
        if graph is not None and not _is_outgrown(graph):
            return graph
        cells = CellIndex.open(self._embeddings, keys, vectors, present)
        if graph is None or (cells is not None and len(cells.tail) < len(graph.tail)):
            return cells or ExactIndex(keys, vectors)
        return graph

    def _open_graph(self, keys: Keys, vectors: Vectors, present: Keys | None) -> HnswIndex | None:
        graph = open_graph(self._embeddings, keys)
        if graph is None:
            return None
        cells = None if graph.serves_alone else CellIndex.open(self._embeddings, keys, vectors, present)
        return HnswIndex(self._embeddings, keys, vectors, graph, cells, present)

    # -- what is built ---------------------------------------------------------------------------------------------

    def _next_job(self, index: Index) -> Job | None:
        """What is missing beside ``index``, which serves."""
        if index.vectors.nbytes <= self._wish.exact_bytes:
            return None
        if not isinstance(index, CellIndex | HnswIndex):
            return "cells"  # a tenth of the time, and they serve until the graph is there
        if self._wish.graph and self._held_back(index) is None and (isinstance(index, CellIndex) or _is_stale(index)):
            return "graph"
        if isinstance(index, CellIndex) or not index.graph.serves_alone:
            cells = index if isinstance(index, CellIndex) else index.cells
            if cells is None or _is_outgrown(cells):
                return "cells"
        if isinstance(index, HnswIndex) and index.cells is not None and index.graph.beside is None:
            return "measure"
        return None

    def _begin(self, shown: bool) -> None:
        """Build in the background; the bar, where one is shown, belongs to the cell that runs now."""
        bar = _bar() if shown else None
        self._thread = threading.Thread(target=self._run, args=(bar,), daemon=True, name="index")
        _BUILDING.add(self)
        self._thread.start()

    def _run(self, bar: Any) -> None:
        give_way = GivingWay(self._stop)
        give_way.lower_priority()

        def before_each(share: float) -> None:
            self._note(share, bar)
            give_way.wait()

        try:
            self._build(before_each)
        except Stopped:
            pass
        except Exception as error:  # searches go on with what there is; index_info() says why
            self._error = f"{type(error).__name__}: {error}"
        finally:
            if bar is not None:
                bar.close()
            self._thread = None

    def _build(self, before_each: BeforeEach) -> None:
        """Do one job after the other until nothing is missing."""
        done: set[tuple[Job, int]] = set()
        try:
            while job := self._next_job(index := self._look(self._wish, writable=True)):
                if (job, len(index.keys)) in done:
                    raise RuntimeError(f"The {job} of {self._embeddings.name!r} were built and cannot be opened.")
                done.add((job, len(index.keys)))
                self._job, self._progress = job, 0.0
                if job == "cells":
                    build_cells(self._embeddings, index.keys, index.vectors, before_each=before_each)
                elif job == "graph":
                    self._build_graph(index.keys, index.vectors, self._wish.present, before_each)
                elif isinstance(index, HnswIndex):
                    index.measure_beside(before_each=before_each)
                with self._guard:
                    self._index, self._error = None, None  # the next search opens the new one, with what came meanwhile
        finally:
            self._job = None

    def _build_graph(self, keys: Keys, vectors: Vectors, present: Keys | None, before_each: BeforeEach) -> Graph:
        """Make the graph, or go on with the one that is there."""
        there = self._open_graph(keys, vectors, present)
        cells = CellIndex.open(self._embeddings, keys, vectors, present)
        rows = np.arange(len(keys)) if present is None else rows_of(keys, present)
        if there is not None and _is_left(there):
            there = None
        if there is not None:
            rows = np.union1d(rows, np.searchsorted(keys, there.covered))
        graph = build_graph(
            self._embeddings,
            keys,
            vectors,
            rows=rows,
            begun=None if there is None else there.graph,
            side_by_side=None if cells is None else cells.side_by_side,
            before_each=before_each,
        )
        if graph.serves_alone:
            remove_cells(self._embeddings)
        return graph

    def _note(self, share: float, bar: Any) -> None:
        self._progress = share
        if bar is not None:
            bar.update(share - bar.n)

    def _join(self) -> None:
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join(LOOK)

    def _held_back(self, index: Index) -> str | None:
        """Why no graph is built unasked."""
        takes = Shape().bytes_of(len(index.keys), self._embeddings.width)
        if not self._wish.graph or takes <= _MEMORY_SHARE * _memory():
            return None
        return (
            f"a usearch index takes {takes / 1e9:.1f} of this machine's {_memory() / 1e9:.1f} GB of memory while it is "
            "built: ds.index() builds it all the same"
        )

    def _files(self) -> dict[str, int]:
        kinds = {".f32", ".u64", ".f16", ".npz", ".usearch"}
        sizes: dict[str, int] = {}
        for path in sorted(self._embeddings.path_of("").glob("[!.]*")):
            with suppress(FileNotFoundError):  # one that was replaced this moment
                if path.suffix in kinds:
                    sizes[path.name] = path.stat().st_size
        return sizes


def _bar() -> Any:
    return tqdm(total=1.0, desc="index", leave=False, bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}")


def _is_outgrown(index: ApproximateIndex) -> bool:
    return len(index.tail) > max(_TAIL_LEAST, _TAIL_SHARE * len(index.keys))


def _is_left(index: ApproximateIndex) -> bool:
    """Whether much of what is in it is nobody's any more."""
    return index.left > _LEFT_SHARE * len(index.covered)


def _is_stale(index: HnswIndex) -> bool:
    return index.graph.alone is None or _is_outgrown(index) or _is_left(index)


def _are_same(one: Keys | None, other: Keys | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


def _memory() -> float:
    """Bytes of memory that this machine has; as much as one likes where it does not tell."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


@atexit.register
def _stop_building() -> None:
    for live in list(_BUILDING):
        live.stop()
