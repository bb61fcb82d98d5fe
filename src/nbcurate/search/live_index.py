"""An index that follows its embeddings: new vectors are found at once, and it is rebuilt behind the user's back."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from ..store.embeddings import Embeddings
from ..store.items import Keys
from ..waiting import LOOK
from .approximate import ApproximateIndex, rows_of
from .cell_index import CellIndex, build_cells, remove_cells
from .exact import ExactIndex
from .giving_way import GivingWay, Stopped
from .hnsw_build import build_graph
from .hnsw_file import Graph
from .hnsw_index import HnswIndex
from .info import IndexInfo
from .recall import Measured
from .serving import Index, Job, Vectors, Wish, held_back, is_left, is_stale, next_job, open_best, open_hnsw

_GOODBYE_SECONDS = 60.0  # pieces are of a second; a thread in C++ that outlives Python would end the process loudly
_BUILDING: weakref.WeakSet[LiveIndex] = weakref.WeakSet()

BeforeEach = Callable[[float], None]


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
        self._turn = threading.Lock()  # whoever builds has it: two would remove each other's files
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._job: Job | None = None
        self._progress = 0.0
        self._error: str | None = None

    def current(self, wish: Wish, *, writable: bool = True, bar: bool = False) -> Index:
        """The index to search now; what is missing is built in the background, where it may be written."""
        with self._guard:
            index = self._look(wish, writable)
            is_free = self._thread is None and not self._turn.locked() and self._error is None
            if writable and is_free and next_job(index, wish):
                self._begin(bar)
            return index

    def whole(self, wish: Wish) -> Index:
        """The index to search when all is built that is missing; what is not under way is built here and now."""
        with self.turn(), progress_bar() as bar:
            self._look(wish, writable=True)
            self._build(lambda share: self._note(share, bar))
            return self._look(wish, writable=True)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Nobody else builds as long as the block lasts; waits for whoever does."""
        while not self._turn.acquire(timeout=LOOK):
            pass
        try:
            yield
        finally:
            self._turn.release()

    def whole_graph(self, wish: Wish, *, writable: bool = True) -> Graph:
        """A graph of all vectors that are present, however few; built, or grown, here and now where it is not whole.

        To be called, and its file opened, in one :meth:`turn`.

        Raises
        ------
        PermissionError
            If none is there and none may be written.
        """
        keys, vectors = self._embeddings.vectors(writable=writable)
        graph = open_hnsw(self._embeddings, keys, vectors, wish.present)
        if graph is not None and not is_stale(graph) and not len(graph.tail):
            return graph.graph
        if not writable:
            raise PermissionError(
                f"There is no usearch index of all vectors of {self._embeddings.name!r}, and the store is open "
                "read-only: open it to write once, and call ds.index() there."
            )
        with progress_bar() as bar:
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
            error=self._error or held_back(index, self._wish),
            **about,
        )

    def stop(self) -> None:
        """End a build that is under way, and wait a little for it."""
        self._stop.set()
        until = time.monotonic() + _GOODBYE_SECONDS
        while (thread := self._thread) is not None and thread.is_alive() and time.monotonic() < until:
            thread.join(LOOK)

    def _look(self, wish: Wish, writable: bool) -> Index:
        """The best index that is there for the vectors as they are."""
        with self._guard:
            keys, vectors = self._embeddings.vectors(writable=writable)
            index, before, self._wish = self._index, self._wish.present, wish
            if vectors.nbytes <= wish.exact_bytes:
                if not isinstance(index, ExactIndex) or index.keys is not keys:
                    index = ExactIndex(keys, vectors)
            elif not isinstance(index, ApproximateIndex):
                index = open_best(self._embeddings, keys, vectors, wish.present)
            elif index.keys is not keys or not _are_same(before, wish.present):
                index = index.following(keys, vectors, wish.present)
            self._index = index
            return index

    def _begin(self, shown: bool) -> None:
        """Build in the background; the bar, where one is shown, belongs to the cell that runs now."""
        bar = progress_bar() if shown else None
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
            with self.turn():
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
            while job := next_job(index := self._look(self._wish, writable=True), self._wish):
                if (job, len(index.keys)) in done:
                    raise RuntimeError(f"The {job} of {self._embeddings.name!r} were built and cannot be opened.")
                done.add((job, len(index.keys)))
                self._job, self._progress = job, 0.0
                if job == "cells":
                    build_cells(self._embeddings, index.keys, index.vectors, before_each=before_each)
                elif job == "graph":
                    self._build_graph(index.keys, index.vectors, self._wish.present, before_each)
                elif own := open_hnsw(self._embeddings, index.keys, index.vectors, self._wish.present):
                    own.measure_beside(before_each=before_each)  # which tries settings: not on the one that serves
                with self._guard:
                    self._index, self._error = None, None  # the next search opens the new one, with what came meanwhile
        finally:
            self._job = None

    def _build_graph(self, keys: Keys, vectors: Vectors, present: Keys | None, before_each: BeforeEach) -> Graph:
        """Make the graph, or go on with the one that is there."""
        there = open_hnsw(self._embeddings, keys, vectors, present)
        cells = CellIndex.open(self._embeddings, keys, vectors, present)
        rows = np.arange(len(keys)) if present is None else rows_of(keys, present)
        if there is not None and is_left(there):
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

    def _files(self) -> dict[str, int]:
        kinds = {".f32", ".u64", ".f16", ".npz", ".usearch"}
        sizes: dict[str, int] = {}
        for path in sorted(self._embeddings.path_of("").glob("[!.]*")):
            with suppress(FileNotFoundError):  # one that was replaced this moment
                if path.suffix in kinds:
                    sizes[path.name] = path.stat().st_size
        return sizes


def progress_bar() -> Any:
    """A quiet bar, from 0 to 1, that goes when it is full."""
    return tqdm(total=1.0, desc="index", leave=False, bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}")


def _are_same(one: Keys | None, other: Keys | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


@atexit.register
def _stop_building() -> None:
    for live in list(_BUILDING):
        live.stop()
