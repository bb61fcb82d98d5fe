"""Properties measured from the pixels, by content: exact copies share one row."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .process_lock import ProcessLock
from .remade_table import RemadeTable
from .table import Table

PROPERTY_SCHEMA = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("brightness", pa.float32()),
        pa.field("contrast", pa.float32()),
        pa.field("sharpness", pa.float32()),
        pa.field("colourfulness", pa.float32()),
        pa.field("entropy", pa.float32()),
        pa.field("dominant_colour", pa.string()),
        pa.field("dominant_rgb", pa.string()),
        pa.field("transparency", pa.float32()),
        pa.field("perceptual_hash", pa.string()),
    ]
)
#: What is measured, in the order in which it is shown.
MEASURED = tuple(PROPERTY_SCHEMA.names[1:])


class Properties:
    """Measured properties by content key. What is put is on disk after :meth:`flush`; safe from several threads.

    Parameters
    ----------
    path : Path
        Folder of the table; made, empty, unless ``read_only``.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self._read_only = read_only
        again = "ds.measure() measures them again"
        self._table = RemadeTable(path, PROPERTY_SCHEMA, "what was measured of pictures", again, read_only=read_only)
        self._guard = ProcessLock()
        self._pending: dict[int, Mapping[str, Any]] = {}
        self._snapshot: tuple[Table, int, pa.Table] | None = None

    def refresh(self) -> None:
        """See what another process has added."""
        self._table.use(Table.refresh, None)

    def missing(self, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Those of ``keys`` that were not measured yet."""
        with self._guard:
            waiting = np.fromiter(self._pending, np.uint64, len(self._pending))
            return keys[~np.isin(keys, waiting) & ~np.isin(keys, self.table.column("key").to_numpy())]

    def put(self, measured: Mapping[int, Mapping[str, Any]]) -> None:
        """Add what :func:`nbcurate.imaging.measure_image` gave for contents that have nothing yet."""
        with self._guard:
            if not self._read_only:
                self._pending.update(measured)

    def flush(self) -> None:
        """Commit what was put since the last time."""
        with self._guard:
            if not self._pending:
                return
            pending, self._pending = self._pending, {}
            rows = [{"key": key, **values} for key, values in pending.items()]
            self.append(pa.Table.from_pylist(rows, schema=PROPERTY_SCHEMA))

    def append(self, rows: pa.Table) -> None:
        """Commit rows of ``PROPERTY_SCHEMA`` for contents that have nothing yet."""
        with self._guard:
            if not self._read_only:
                self._table.use(lambda table: table.append_new(rows), None)

    @property
    def table(self) -> pa.Table:
        """All rows of ``PROPERTY_SCHEMA`` that are committed, in the order of the keys."""
        with self._guard:
            return self._table.use(self._read, PROPERTY_SCHEMA.empty_table())

    def _read(self, table: Table) -> pa.Table:
        if self._snapshot is None or self._snapshot[0] is not table or self._snapshot[1] != table.version:
            self._snapshot = (table, table.version, table.read().combine_chunks())
        return self._snapshot[2]

    def column(self, name: str, contents: NDArray[np.uint64]) -> pa.Array:
        """One property of each content, null where it was not measured."""
        keys = self.table.column("key").to_numpy() if len(contents) else contents
        if not len(keys):
            return pa.nulls(len(contents), PROPERTY_SCHEMA.field(name).type)
        column = self.table.column(name)
        if not np.array_equal(keys, contents):  # a million rows need not be looked up one by one
            at = np.searchsorted(keys, contents).clip(max=len(keys) - 1)
            column = column.take(pa.array(at, mask=keys[at] != contents))
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
