"""An index that follows its embeddings: new vectors are found at once, and it is rebuilt behind the user's back."""

from __future__ import annotations

import atexit
import threading
import weakref
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from . import cell_index
from .cell_index import CellIndex
from .exact import ExactIndex
from .info import IndexInfo

_TAIL_SHARE = 0.02  # so many vectors beside the index cost a query about as much as its cells do
_TAIL_LEAST = 1_000
_GOODBYE_SECONDS = 5.0
_BUILDING: weakref.WeakSet[LiveIndex] = weakref.WeakSet()


class Index(Protocol):
    """What searches: ``keys`` [n] and ``vectors`` [n, d] that it covers, and ``search``."""

    keys: NDArray[np.uint64]
    vectors: NDArray[np.float32]

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]: ...


class LiveIndex:
    """The index of one set of embeddings, which follows it: what was added is found, and it is rebuilt when outgrown.

    While one is built, in a thread of its own and in new files beside the old, the old one serves; while there is none
    yet, search is exact. A kernel that ends in between leaves what was there.
    """

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._guard = threading.RLock()
        self._index: Index | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._error: str | None = None

    def current(self, *, writable: bool = True, exact_limit: int, wait: bool = False) -> Index:
        """The index to search now; see :func:`open_index`."""
        with self._guard:
            keys, vectors = self._embeddings.vectors(writable=writable)
            if len(keys) <= exact_limit:
                if not (isinstance(self._index, ExactIndex) and self._index.keys is keys):
                    self._index = ExactIndex(keys, vectors)
                return self._index
            if self._index is None or self._index.keys is not keys:
                self._index = self._open(keys, vectors)
            if not writable or not self._is_outgrown(self._index):
                return self._index
            if not wait:
                self._begin(keys, vectors)
                return self._index
        if (thread := self._thread) is not None:
            thread.join()
        else:
            self._build(keys, vectors, progress=True)
        return self.current(writable=writable, exact_limit=exact_limit)

    def info(self, index: Index) -> IndexInfo:
        """What may be said of ``index``, which :meth:`current` gave."""
        embeddings, n = self._embeddings, len(index.keys)
        kinds = {".f32", ".u64", ".f16", ".npz", ".usearch"}
        paths = sorted(embeddings.path_of("").glob("[!.]*"))
        files = {path.name: path.stat().st_size for path in paths if path.suffix in kinds}
        common: dict[str, Any] = {
            "embeddings": embeddings.name,
            "vectors": n,
            "width": embeddings.width,
            "files": files,
        }
        common |= {"building": self._thread is not None, "error": self._error}
        if not isinstance(index, CellIndex):
            return IndexInfo(
                "exact", recall=1.0, without_any=0.0, compared=float(n), added_since=0, cpu_seconds=0.0, **common
            )
        built, kind = index.built, "cells + HNSW" if index.graph else "cells"
        return IndexInfo(
            kind,
            recall=built.recall,
            without_any=built.without_any,
            compared=built.compared + len(index.tail),
            added_since=len(index.tail),
            cpu_seconds=built.cpu_seconds,
            **common,
        )

    def _open(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> Index:
        return CellIndex.open(self._embeddings, keys, vectors) or ExactIndex(keys, vectors)

    def _is_outgrown(self, index: Index) -> bool:
        if not isinstance(index, CellIndex):
            return True
        return len(index.tail) > max(_TAIL_LEAST, _TAIL_SHARE * len(index.keys))

    def _begin(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Build in the background, unless that is under way or has just failed."""
        if self._thread is None and self._error is None:
            self._thread = threading.Thread(target=self._build, args=(keys, vectors), daemon=True, name="index")
            _BUILDING.add(self)
            self._thread.start()

    def _build(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32], progress: bool = False) -> None:
        try:
            cell_index.build(self._embeddings, keys, vectors, progress=progress, stopped=self._stop.is_set)
            with self._guard:
                self._index = None  # the next search opens the new one, with what came meanwhile
                self._error = None
        except Exception as error:  # searches go on with what there is; index_info() says why
            if progress:
                raise
            self._error = f"{type(error).__name__}: {error}"
        finally:
            self._thread = None

    def stop(self) -> None:
        """End a build that is under way, and wait a little for it."""
        self._stop.set()
        if (thread := self._thread) is not None:
            thread.join(_GOODBYE_SECONDS)


@atexit.register
def _stop_building() -> None:
    for live in list(_BUILDING):
        live.stop()
