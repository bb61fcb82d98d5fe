"""Thumbnails, in a table of their own: an update of the items rewrites whole rows, and these are the heavy ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .process_lock import ProcessLock
from .remade_table import RemadeTable
from .table import Table

MEDIA_SCHEMA = pa.schema([pa.field("key", pa.uint64(), nullable=False), pa.field("thumbnail", pa.binary())])

_CACHE_BYTES = 64 * 2**20
_PENDING = 512  # thumbnails made on demand wait for so many before they are committed together


class Media:
    """Thumbnails (JPEG bytes) by content key.

    Those that are put are readable at once and on disk after :meth:`flush`. On a read-only store they stay in
    memory, in a cache bounded to 64 MiB. Safe to use from several threads.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._read_only = read_only
        self._table = RemadeTable(
            path, MEDIA_SCHEMA, "the thumbnails", "they are made again as they are shown", read_only=read_only
        )
        self._guard = ProcessLock()
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._cached_bytes = 0
        self._pending: dict[int, bytes] = {}
        self._index: tuple[Table, int, NDArray[np.uint64], NDArray[np.intp]] | None = None

    def get(self, keys: NDArray[np.uint64]) -> dict[int, bytes]:
        """The thumbnails that there are among ``keys``."""
        with self._guard:
            found: dict[int, bytes] = {}
            unknown: list[int] = []
            for key in keys.tolist():
                if key in self._cache:
                    self._cache.move_to_end(key)
                    found[key] = self._cache[key]
                elif key in self._pending:
                    found[key] = self._pending[key]
                else:
                    unknown.append(key)
            if unknown:
                wanted = np.asarray(unknown, np.uint64)
                for key, thumbnail in self._table.use(lambda table: self._read(table, wanted), []):
                    self._remember(key, thumbnail)
                    found[key] = thumbnail
            return found

    def missing(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Those of ``keys`` that have no thumbnail on disk."""
        with self._guard:
            stored = self._stored_keys()
            return keys[~np.isin(keys, stored)]

    def put(self, thumbnails: Mapping[int, bytes]) -> None:
        """Add thumbnails; one that is there already is left alone."""
        with self._guard:
            stored = self._stored_keys()
            for key, thumbnail in thumbnails.items():
                self._remember(key, thumbnail)
                at = int(np.searchsorted(stored, key))
                if not self._read_only and not (at < len(stored) and stored[at] == key):
                    self._pending[key] = thumbnail
            if len(self._pending) >= _PENDING:
                self.flush()

    def flush(self) -> None:
        """Commit what was put since the last time."""
        with self._guard:
            if self._read_only or not self._pending:
                return
            pending, self._pending = self._pending, {}
            rows = pa.table(
                {"key": pa.array(pending, pa.uint64()), "thumbnail": pa.array(pending.values(), pa.binary())},
                schema=MEDIA_SCHEMA,
            )
            self._table.use(lambda table: table.append_new(rows), None)

    def _read(self, table: Table, keys: NDArray[np.uint64]) -> list[tuple[int, bytes]]:
        stored, rows = self._stored(table)
        if not len(stored):
            return []
        at = np.searchsorted(stored, keys).clip(max=len(stored) - 1)
        known = stored[at] == keys
        taken = table.take_rows(rows[at[known]], ["thumbnail"]).column("thumbnail").to_pylist()
        return list(zip(keys[known].tolist(), taken, strict=True))

    def _stored_keys(self) -> NDArray[np.uint64]:
        """Sorted keys on disk."""
        return self._table.use(lambda table: self._stored(table)[0], np.empty(0, np.uint64))

    def _stored(self, table: Table) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
        """Sorted keys on disk, and the row of each."""
        if self._index is None or self._index[0] is not table or self._index[1] != table.version:
            keys = table.row_keys()
            rows = np.argsort(keys, kind="stable")
            self._index = (table, table.version, keys[rows], rows)
        return self._index[2], self._index[3]

    def _remember(self, key: int, thumbnail: bytes) -> None:
        self._cached_bytes += len(thumbnail) - len(self._cache.pop(key, b""))
        self._cache[key] = thumbnail
        while self._cached_bytes > _CACHE_BYTES:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= len(dropped)
