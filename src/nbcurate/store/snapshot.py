"""One version of a table in memory, its rows in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .column_types import with_values
from .process_lock import ProcessLock

#: Gives some columns of a table, of all its rows in one order.
ReadColumns = Callable[[Sequence[str]], pa.Table]


class Snapshot:
    """A table as it was at one moment. A column is read when it is first asked for.

    Opening a million items reads a few numbers of each; ids and paths come when somebody wants names.

    Parameters
    ----------
    schema : pyarrow.Schema
        The columns as people call them.
    read : callable
        Reads some of them; the rows come in the same order each time.
    first : sequence of str
        Those that are read at once, beside the keys.
    """

    def __init__(self, schema: pa.Schema, read: ReadColumns, first: Sequence[str] = ()) -> None:
        self._schema = schema
        self._read = read
        self._guard = ProcessLock()
        there = read(["key", *first])
        keys = there.column("key")
        flat = keys.to_numpy()
        in_order = bool(np.all(flat[:-1] <= flat[1:]))
        self._order = None if in_order else pa.array(np.argsort(flat, kind="stable"))
        self._columns = {name: self._in_order(there.column(name)) for name in there.column_names}
        self._over: dict[str, dict[int, Any]] = {}
        self._laid_over: dict[str, pa.Array] = {}

    @property
    def schema(self) -> pa.Schema:
        return self._schema

    @property
    def column_names(self) -> list[str]:
        return self.schema.names

    def column(self, name: str) -> pa.Array:
        """One column."""
        return self._load([name])[0]

    def select(self, names: Sequence[str]) -> pa.Table:
        """Some columns."""
        return pa.table(self._load(names), schema=pa.schema([self.schema.field(name) for name in names]))

    def lay_over(self, name: str, keys: NDArray[np.uint64], values: pa.Array) -> None:
        """Say these values of a column from now on, which are kept and not in the table yet; a new one is null else."""
        with self._guard:
            if name not in self._schema.names:
                self._schema = self._schema.append(pa.field(name, values.type))
                self._columns[name] = pa.nulls(len(self._columns["key"]), values.type)
            self._over.setdefault(name, {}).update(zip(keys.tolist(), values.to_pylist(), strict=True))
            self._laid_over.pop(name, None)

    def _load(self, names: Sequence[str]) -> list[pa.Array]:
        with self._guard:
            wanted = [name for name in dict.fromkeys(names) if name not in self._columns]
            if wanted:
                read = self._read(wanted)
                self._columns.update({name: self._in_order(read.column(name)) for name in wanted})
            return [self._said(name) for name in names]

    def _said(self, name: str) -> pa.Array:
        """A column with the values that lie over it."""
        column = self._columns[name]
        if not (over := self._over.get(name)):
            return column
        if name not in self._laid_over:
            rows = np.searchsorted(self._columns["key"].to_numpy(), np.fromiter(over, np.uint64, len(over)))
            values = pa.array(over.values(), column.type)
            self._laid_over[name] = with_values(column, rows, values, column.type)
        return self._laid_over[name]

    def _in_order(self, column: pa.ChunkedArray) -> pa.Array:
        flat = column.combine_chunks()
        return flat if self._order is None else flat.take(self._order)
