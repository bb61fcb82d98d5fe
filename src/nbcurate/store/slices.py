"""Selections saved under names, in one small table file."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from .checked_file import DamagedFileError, read_parquet, write_parquet
from .items import Keys

SLICE_SCHEMA = pa.schema(
    [
        pa.field("slice", pa.string(), nullable=False),
        pa.field("key", pa.uint64()),  # null in the one row of a slice that is empty
        pa.field("kept", pa.bool_()),  # else rejected
        pa.field("saved", pa.timestamp("us", "UTC"), nullable=False),
    ]
)


class SliceTable:
    """The slices of one store. Each change replaces the file in one step; see :mod:`nbcurate.store.checked_file`.

    Who changes them holds the lock of the store: a change is read, made, and written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> dict[str, datetime]:
        """Every slice with the time when it was saved, oldest first."""
        table = self._read()
        pairs = zip(table.column("slice").to_pylist(), table.column("saved").to_pylist(), strict=True)
        return dict(sorted(dict(pairs).items(), key=lambda pair: pair[1]))

    def load(self, name: str) -> tuple[Keys, Keys]:
        """Kept and rejected keys of a slice, in the order in which they were picked."""
        rows = self.rows(name)
        rows = rows.filter(rows.column("key").is_valid())
        keys, kept = rows.column("key").to_numpy(), np.asarray(rows.column("kept"), bool)
        return keys[kept], keys[~kept]

    def save(self, name: str, kept: Keys, rejected: Keys) -> None:
        """Save a slice; one of that name is replaced."""
        n = len(kept) + len(rejected)
        keys = pa.array(np.concatenate([kept, rejected]), pa.uint64()) if n else pa.nulls(1, pa.uint64())
        rows = {
            "slice": pa.array([name] * max(n, 1), pa.string()),
            "key": keys,
            "kept": pa.array(np.arange(max(n, 1)) < len(kept)),
            "saved": pa.array([datetime.now(UTC)] * max(n, 1), SLICE_SCHEMA.field("saved").type),
        }
        self._write(pa.concat_tables([self._without(name), pa.table(rows, schema=SLICE_SCHEMA)]))

    def drop(self, name: str) -> None:
        """Forget a slice."""
        self._write(self._without(name))

    def rows(self, name: str) -> pa.Table:
        """A slice as it is kept, to be put back by :meth:`put`; no rows where there is none of that name."""
        table = self._read()
        return table.filter(pa.array(np.asarray(table.column("slice").to_pylist(), object) == name))

    def put(self, name: str, rows: pa.Table) -> None:
        """Make a slice exactly what it was when :meth:`rows` was asked; without rows there is none of that name."""
        self._write(pa.concat_tables([self._without(name), rows]))

    def _without(self, name: str) -> pa.Table:
        table = self._read()
        return table.filter(pa.array(np.asarray(table.column("slice").to_pylist(), object) != name))

    def _read(self) -> pa.Table:
        try:
            table = read_parquet(self._path, SLICE_SCHEMA)
        except DamagedFileError as error:
            warnings.warn(f"{error} The slices that it held cannot be had.", stacklevel=3)
            table = None
        return SLICE_SCHEMA.empty_table() if table is None else table

    def _write(self, table: pa.Table) -> None:
        write_parquet(self._path, table)
