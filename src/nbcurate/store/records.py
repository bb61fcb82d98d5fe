"""Arrays of records in derived files that grow at their end: mapped, not read, and never changed where they are."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from . import derived
from .derived import Source
from .process_lock import ProcessLock


class RecordFile:
    """An array of records of one fixed type, in a file that is made again where it is not whole.

    Parameters
    ----------
    path : Path
    dtype : dtype
        Of one record.
    source : dict
        What the records are made by; a file that was made by something else is begun anew.
    writable : bool
        False, for a store that can only be read: what is appended goes to a temporary file of this process.
    """

    def __init__(self, path: Path, dtype: DTypeLike, source: Source, *, writable: bool) -> None:
        self._dtype = np.dtype(dtype)
        self._source = source
        self._guard = ProcessLock()
        self._path = path
        self._may_write = writable
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._count = self._whole_records()

    def __len__(self) -> int:
        return self._count

    def read(self) -> NDArray[Any]:
        """All records, mapped: [n]. Those that are appended later are not among them."""
        with self._guard:
            if not self._count:
                return np.empty(0, self._dtype)
            return np.memmap(self._path, self._dtype, "r", shape=(self._count,)).view(np.ndarray)

    def append(self, records: NDArray[Any]) -> None:
        """Add records at the end; they are on disk, or not at all, when this returns or is interrupted."""
        records = np.ascontiguousarray(records, self._dtype)
        with self._guard:
            if not self._may_write and self._temporary is None:
                self._move_to_temporary()
            if self._count and derived.source_of(self._path) == self._source:
                derived.extend(self._path, self._source, records.tobytes())
                self._count += len(records)
            else:
                derived.write(self._path, self._source, lambda file: _write(records, file))
                self._count = len(records)

    def _move_to_temporary(self) -> None:
        there = self.read()
        self._temporary = tempfile.TemporaryDirectory(prefix="nbcurate-")
        self._path = Path(self._temporary.name) / self._path.name
        if len(there):
            derived.write(self._path, self._source, lambda file: _write(there, file))

    def _whole_records(self) -> int:
        """How many records of this source the file holds."""
        return derived.size_of(self._path) // self._dtype.itemsize if derived.is_fresh(self._path, self._source) else 0


def _write(records: NDArray[Any], file: Path) -> None:
    with file.open("wb") as sink:
        records.tofile(sink)
