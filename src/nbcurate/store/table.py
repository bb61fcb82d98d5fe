"""One table on disk. The only module that touches Lance, so that a new major version of it is met here alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lance

#: Many small commits make random reads slow: past this many small fragments they are joined. A fragment of
#: full size is never rewritten, so the whole cost of joining stays a small multiple of what is written.
_SMALL_FRAGMENTS = 64
_FULL_FRAGMENT_ROWS = 65_536
_KEEP_OLD_VERSIONS = timedelta(days=1)  # another process may still be reading them


class Table:
    """An append-mostly table whose rows are named by a ``key`` column (uint64).

    Every write is one atomic commit: after a crash at any moment the table holds all committed rows
    and nothing of the one that was under way. Reads come back in the order of the keys.

    Parameters
    ----------
    path : Path
        Folder of the Lance data set. Created, empty, when it is not there.
    schema : pyarrow.Schema, optional
        Needed to create the table; ignored where it exists.
    """

    def __init__(self, path: Path, schema: pa.Schema | None = None) -> None:
        import lance  # half a second, that importing nbcurate need not take

        self.path = path
        self._guard = threading.RLock()
        self._dataset: lance.LanceDataset
        if path.exists():
            self._dataset = lance.dataset(str(path))
        elif schema is not None:
            self._dataset = lance.write_dataset(schema.empty_table(), str(path), schema=schema)
        else:
            raise FileNotFoundError(f"There is no table at {path}.")
        self._keys: tuple[int, NDArray[np.uint64]] | None = None

    @property
    def version(self) -> int:
        """Number of the last commit that this process has seen."""
        return self._dataset.version

    @property
    def schema(self) -> pa.Schema:
        return self._dataset.schema

    def __len__(self) -> int:
        return self._dataset.count_rows()

    def refresh(self) -> None:
        """See what other processes have committed since."""
        with self._guard:
            self._dataset.checkout_latest()

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """All rows in the order of their keys."""
        wanted = None if columns is None else list(dict.fromkeys(["key", *columns]))
        table = self._dataset.to_table(columns=wanted)
        keys = table.column("key").to_numpy()
        if not bool(np.all(keys[:-1] <= keys[1:])):
            table = table.take(pa.array(np.argsort(keys, kind="stable")))
        return table if columns is None else table.select(columns)

    def snapshot(self) -> Snapshot:
        """The table as it is now, whatever is committed later."""
        with self._guard:
            return Snapshot(self._dataset.checkout_version(self.version))

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Rows in the order in which they lie on disk, a few thousand at a time: that of :meth:`row_keys`."""
        return self._dataset.to_batches(columns=columns, batch_size=8_192)

    def row_keys(self) -> NDArray[np.uint64]:
        """Keys in the order in which the rows lie on disk: the positions that :meth:`take_rows` wants."""
        with self._guard:
            if self._keys is None or self._keys[0] != self.version:
                keys = self._dataset.to_table(columns=["key"]).column("key").to_numpy()
                self._keys = (self.version, keys)
            return self._keys[1]

    def take_rows(self, rows: NDArray[np.integer], columns: list[str]) -> pa.Table:
        """Rows by their position on disk."""
        return self._dataset.take(rows.tolist(), columns=columns)

    def append(self, rows: pa.Table) -> None:
        """Commit new rows."""
        with self._guard:
            self._dataset.insert(rows)
            small = sum(f.physical_rows < _FULL_FRAGMENT_ROWS for f in self._dataset.get_fragments())
            if small > _SMALL_FRAGMENTS:
                self.compact()

    def update(self, rows: pa.Table) -> None:
        """Commit new values for the given columns of the rows with the given keys; ``rows`` has a ``key``."""
        with self._guard:
            self._dataset.merge_insert("key").when_matched_update_all().execute(rows)
            self._dataset.checkout_latest()

    def upsert(self, rows: pa.Table) -> None:
        """Commit whole rows: those with a key that is there already take the place of the old ones."""
        with self._guard:
            merge = self._dataset.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
            merge.execute(rows)
            self._dataset.checkout_latest()

    def set_columns(self, values: pa.Table) -> None:
        """Commit columns of values by ``key``. A new column is null for the keys that are not given.

        A column that is there keeps its other values; one of another type is replaced as a whole.
        """
        with self._guard:
            there = self.schema
            columns = [field for field in values.schema if field.name != "key"]
            other = [f.name for f in columns if f.name in there.names and there.field(f.name).type != f.type]
            if other:
                self._dataset.drop_columns(other)
            new = [f.name for f in columns if f.name not in there.names or f.name in other]
            if new:
                self._dataset.merge(values.select(["key", *new]), "key")
            old = [f.name for f in columns if f.name not in new]
            if old:
                self.update(values.select(["key", *old]))

    def add_null_columns(self, fields: list[pa.Field]) -> None:
        """Commit columns that are null in every row."""
        with self._guard:
            self._dataset.add_columns(pa.schema(fields))

    def drop_column(self, name: str) -> None:
        """Commit the table without this column."""
        with self._guard:
            self._dataset.drop_columns([name])

    def compact(self) -> None:
        """Join the small fragments that many commits leave behind. The rows stay the same."""
        with self._guard:
            self._dataset.optimize.compact_files(target_rows_per_fragment=_FULL_FRAGMENT_ROWS)
            self._dataset.cleanup_old_versions(older_than=_KEEP_OLD_VERSIONS)
            self._dataset.checkout_latest()


class Snapshot:
    """One version of a table, its rows in the order of their keys. A column is read when it is first asked for.

    Opening a million items reads a few numbers of each; ids and paths come when somebody wants names.
    """

    def __init__(self, dataset: lance.LanceDataset) -> None:
        self._dataset = dataset
        self._guard = threading.Lock()
        keys = dataset.to_table(columns=["key"]).column("key")
        flat = keys.to_numpy()
        in_order = bool(np.all(flat[:-1] <= flat[1:]))
        self._order = None if in_order else pa.array(np.argsort(flat, kind="stable"))
        self._columns = {"key": self._in_order(keys)}

    @property
    def schema(self) -> pa.Schema:
        return self._dataset.schema

    @property
    def column_names(self) -> list[str]:
        return self.schema.names

    def column(self, name: str) -> pa.Array:
        """One column."""
        return self._load([name])[0]

    def select(self, names: Sequence[str]) -> pa.Table:
        """Some columns."""
        return pa.table(self._load(names), schema=pa.schema([self.schema.field(name) for name in names]))

    def _load(self, names: Sequence[str]) -> list[pa.Array]:
        with self._guard:
            wanted = [name for name in dict.fromkeys(names) if name not in self._columns]
            if wanted:
                read = self._dataset.to_table(columns=wanted)
                self._columns.update({name: self._in_order(read.column(name)) for name in wanted})
            return [self._columns[name] for name in names]

    def _in_order(self, column: pa.ChunkedArray) -> pa.Array:
        flat = column.combine_chunks()
        return flat if self._order is None else flat.take(self._order)
