"""Finished vectors, on their way to the store."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...store import Store
from ...store.embeddings import Embeddings
from ...waiting import result_of

_CHUNK = 1_024  # vectors a commit
_SECONDS = 15.0  # a slow model commits smaller chunks: an interrupted run loses at most so much work


class VectorWriter:
    """Collects vectors, thumbnails and properties in chunks and commits them, on a thread of its own.

    Attributes
    ----------
    written : int
        Vectors committed.
    """

    def __init__(self, store: Store, table: Embeddings) -> None:
        self.written = 0
        self._store, self._table = store, table
        self._keys: list[int] = []
        self._vectors: list[NDArray[np.float32]] = []
        self._thumbnails: dict[int, bytes] = {}
        self._properties: dict[int, Mapping[str, Any]] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="nbcurate-commit")
        self._committing: Future[None] | None = None
        self._last_commit = time.monotonic()

    def add(
        self, key: int, vector: NDArray[np.float32], thumbnail: bytes | None, properties: Mapping[str, Any] | None
    ) -> None:
        """Take what was made of an image; now and then commits a chunk, after the one before is on disk."""
        self._keys.append(key)
        self._vectors.append(vector)
        if thumbnail is not None:
            self._thumbnails[key] = thumbnail
        if properties is not None:
            self._properties[key] = properties
        if len(self._keys) >= _CHUNK or time.monotonic() - self._last_commit > _SECONDS:
            self._start_commit()

    def close(self) -> None:
        """Commit the rest, and wait until all is on disk."""
        try:
            self._start_commit()
            self._wait()
        finally:
            self._pool.shutdown()

    def _start_commit(self) -> None:
        self._wait()
        if self._keys:
            chunk = np.asarray(self._keys, np.uint64), np.stack(self._vectors), self._thumbnails, self._properties
            self._committing = self._pool.submit(self._commit, *chunk)
        self._keys, self._vectors, self._thumbnails, self._properties = [], [], {}, {}
        self._last_commit = time.monotonic()

    def _wait(self) -> None:
        if self._committing is not None:
            committing, self._committing = self._committing, None
            result_of(committing)

    def _commit(
        self,
        keys: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        thumbnails: Mapping[int, bytes],
        properties: Mapping[int, Mapping[str, Any]],
    ) -> None:
        self._store.media.put(thumbnails)
        self._store.media.flush()
        if properties:
            self._store.properties.put(properties)
            self._store.properties.flush()
        # Last: an image whose vector is on disk is not read again, so that nothing else would be made of it.
        self._table.append(keys, vectors)
        self.written += len(keys)
