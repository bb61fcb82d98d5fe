"""One table on disk. The only module that touches Lance, so that a new major version of it is met here alone."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .column_names import decode_name, encode_name, newest
from .column_types import as_type, common_type, in_words, plain

if TYPE_CHECKING:
    import lance

#: Many small commits make random reads slow: past this many small fragments they are joined. A fragment of
#: full size is never rewritten, so the whole cost of joining stays a small multiple of what is written.
_SMALL_FRAGMENTS = 64
_FULL_FRAGMENT_ROWS = 65_536
_KEEP_OLD_VERSIONS = timedelta(days=1)  # another process may still be reading them
#: Columns that Lance fills itself, and its word for all of them: a table that has one of its own cannot be read.
_RESERVED = {"_rowid", "_rowaddr", "_rowoffset", "_row_created_at_version", "_row_last_updated_at_version", "*"}


class Table:
    """An append-mostly table whose rows are named by a ``key`` column (uint64).

    Every write is one atomic commit: after a crash at any moment the table holds all committed rows
    and nothing of the one that was under way. Reads come back in the order of the keys.

    Parameters
    ----------
    path : Path
        Folder of the Lance data set. Created, empty, when it is not there.
    schema : pyarrow.Schema, optional
        Needed to create the table; ignored where it exists. Without one the table is only read.
    """

    def __init__(self, path: Path, schema: pa.Schema | None = None) -> None:
        import lance  # half a second, that importing nbcurate need not take

        self.path = path
        self._guard = threading.RLock()
        self._dataset: lance.LanceDataset
        if path.exists():
            self._dataset = _readable(lance.dataset(str(path)), repair=schema is not None)
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
        return _schema(self._dataset)

    def __len__(self) -> int:
        return self._dataset.count_rows()

    def refresh(self) -> None:
        """See what other processes have committed since."""
        with self._guard:
            self._dataset.checkout_latest()

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """All rows in the order of their keys."""
        wanted = self.schema.names if columns is None else list(dict.fromkeys(["key", *columns]))
        table = _read(self._dataset, wanted)
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
            self._dataset.insert(self._on_disk(rows))
            small = sum(f.physical_rows < _FULL_FRAGMENT_ROWS for f in self._dataset.get_fragments())
            if small > _SMALL_FRAGMENTS:
                self.compact()

    def update(self, rows: pa.Table) -> None:
        """Commit new values for the given columns of the rows with the given keys; ``rows`` has a ``key``."""
        with self._guard:
            self._dataset.merge_insert("key").when_matched_update_all().execute(self._on_disk(rows))
            self._dataset.checkout_latest()

    def upsert(self, rows: pa.Table) -> None:
        """Commit whole rows: those with a key that is there already take the place of the old ones."""
        with self._guard:
            merge = self._dataset.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
            merge.execute(self._on_disk(rows))
            self._dataset.checkout_latest()

    def set_columns(self, values: pa.Table) -> dict[str, str]:
        """Commit columns of values by ``key``. A new column is null for the keys that are not given.

        A column that is there keeps its other values. Where the new ones are of another type, it is written anew in one
        that holds both as they are; see :func:`nbcurate.store.column_types.common_type`.

        Returns
        -------
        dict of str
            The columns that have another type now, each with what it was and is.

        Raises
        ------
        TypeError
            If there is no such type; then nothing is written.
        """
        with self._guard:
            given = {name: plain(values.column(name)) for name in values.column_names}
            keys = given.pop("key")
            there = self.schema
            kinds = {name: there.field(name).type for name in given if name in there.names}
            # Reading a column takes as long as it is: only where the values are of another type.
            other = [name for name, kind in kinds.items() if given[name].type not in (kind, pa.null())]
            old = {name: plain(self.read([name]).column(name)) for name in other}
            wanted = {name: common_type(old[name], given[name]) for name in other}
            wider = [name for name in other if wanted[name] != kinds[name]]
            if wider:
                rows = np.searchsorted(self._all_keys(), keys)
                self._write_anew({name: _with(old[name], rows, given[name], wanted[name]) for name in wider})
            new = {name: values for name, values in given.items() if name not in kinds}
            if new:
                self._dataset.merge(self._on_disk(pa.table({"key": keys, **new})), "key")
            same = {name: as_type(given[name], kind) for name, kind in kinds.items() if name not in wider}
            if same:
                self.update(pa.table({"key": keys, **same}))
            told = {
                name: f"held {in_words(kinds[name])} before, {in_words(wanted[name])} now, so that no value is lost"
                for name in wider
                if old[name].null_count < len(old[name])
            }
            fitted = [name for name in other if name not in wider and not pa.types.is_floating(kinds[name])]
            pairs = {name: (in_words(kinds[name]), in_words(given[name].type)) for name in fitted}
            return told | {name: f"holds {a}, and took {b} as such" for name, (a, b) in pairs.items() if a != b}

    def replace_columns(self, values: pa.Table) -> None:
        """Commit columns of values by ``key``, null for the keys that are not given, whatever was in them before."""
        with self._guard:
            rows = np.searchsorted(self._all_keys(), values.column("key").to_numpy())
            columns = {name: plain(values.column(name)) for name in values.column_names if name != "key"}
            nothing = {name: pa.nulls(len(self), column.type) for name, column in columns.items()}
            there = {name: column for name, column in columns.items() if name in self.schema.names}
            self._write_anew({name: _with(nothing[name], rows, there[name], there[name].type) for name in there})
            new = values.drop_columns(list(there))
            if new.num_columns > 1:
                self.set_columns(new)

    def widen(self, name: str, type_: pa.DataType) -> None:
        """Commit a column in a type that holds its values as they are."""
        with self._guard:
            self._write_anew({name: as_type(plain(self.read([name]).column(name)), type_)})

    def _write_anew(self, columns: dict[str, pa.Array]) -> None:
        """Commit columns in another type, in the order of the keys. They count from then on; the old are dropped."""
        if not columns:
            return
        old = {name: newest(self._dataset.schema.names)[name] for name in columns}
        anew = {encode_name(name, decode_name(old[name])[1] + 1): values for name, values in columns.items()}
        if len(self):
            self._dataset.merge(pa.table({"key": self._all_keys(), **anew}), "key")
        else:
            self._dataset.add_columns(pa.schema([(name, values.type) for name, values in anew.items()]))
        self._dataset.drop_columns(list(old.values()))

    def _all_keys(self) -> NDArray[np.uint64]:
        return np.sort(self.row_keys())

    def _on_disk(self, rows: pa.Table) -> pa.Table:
        """``rows`` under the names that their columns have on disk."""
        there = newest(self._dataset.schema.names)
        return rows.rename_columns([there.get(name) or encode_name(name) for name in rows.column_names])

    def add_null_columns(self, fields: list[pa.Field]) -> None:
        """Commit columns that are null in every row."""
        with self._guard:
            self._dataset.add_columns(pa.schema(fields))

    def drop_column(self, name: str) -> None:
        """Commit the table without this column."""
        with self._guard:
            self._dataset.drop_columns([newest(self._dataset.schema.names)[name]])

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
        self._schema = _schema(dataset)
        self._guard = threading.Lock()
        keys = dataset.to_table(columns=["key"]).column("key")
        flat = keys.to_numpy()
        in_order = bool(np.all(flat[:-1] <= flat[1:]))
        self._order = None if in_order else pa.array(np.argsort(flat, kind="stable"))
        self._columns = {"key": self._in_order(keys)}

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

    def _load(self, names: Sequence[str]) -> list[pa.Array]:
        with self._guard:
            wanted = [name for name in dict.fromkeys(names) if name not in self._columns]
            if wanted:
                read = _read(self._dataset, wanted)
                self._columns.update({name: self._in_order(read.column(name)) for name in wanted})
            return [self._columns[name] for name in names]

    def _in_order(self, column: pa.ChunkedArray) -> pa.Array:
        flat = column.combine_chunks()
        return flat if self._order is None else flat.take(self._order)


def _schema(dataset: lance.LanceDataset) -> pa.Schema:
    """The columns as people call them."""
    stored = dataset.schema
    fields = [stored.field(name).with_name(column) for column, name in newest(stored.names).items()]
    return pa.schema(fields, stored.metadata)


def _read(dataset: lance.LanceDataset, columns: Sequence[str]) -> pa.Table:
    """Some columns, of all rows in the order in which they lie on disk."""
    stored = newest(dataset.schema.names)
    return dataset.to_table(columns=[stored[name] for name in columns]).rename_columns(list(columns))


def _readable(dataset: lance.LanceDataset, *, repair: bool) -> lance.LanceDataset:
    """``dataset``, or one without columns whose names are Lance's own: older versions of ours could write them."""
    broken = sorted(_RESERVED & set(dataset.schema.names))
    if not broken:
        return dataset
    names = ", ".join(map(repr, broken))
    if repair:
        renamed: Any = [{"path": name, "name": encode_name(name)} for name in broken]
        dataset.alter_columns(*renamed)
        warnings.warn(
            f"{dataset.uri}: the column {names} made this table unreadable, because the storage format has a use of "
            "its own for that name. It is written under another name now, and can be read.",
            stacklevel=5,
        )
        return dataset
    versions = sorted((version["version"] for version in dataset.versions()), reverse=True)
    older = next(v for v in versions if not _RESERVED & set(dataset.checkout_version(v).schema.names))
    warnings.warn(
        f"{dataset.uri}: the column {names} makes this table unreadable: what is shown is how it was before. Open the "
        "data set for writing once, which mends that.",
        stacklevel=5,
    )
    return dataset.checkout_version(older)


def _with(column: pa.Array, rows: NDArray[np.intp], values: pa.Array, type_: pa.DataType) -> pa.Array:
    """``column`` as ``type_``, with other values in some rows."""
    at = np.arange(len(column))
    at[rows] = len(column) + np.arange(len(rows))
    return pa.concat_arrays([as_type(column, type_), as_type(values, type_)]).take(pa.array(at))
