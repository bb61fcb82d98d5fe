"""One table on disk. The only module that touches Lance, so that a new major version of it is met here alone."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .column_names import encode_name, newest, reserved
from .process_lock import ProcessLock
from .seal import broken_list, seal
from .snapshot import Snapshot
from .table_errors import (
    TableError,
    TornCommitError,
    changed_list,
    half_made,
    lost_columns,
    no_folder,
    reading,
    writing,
)
from .uninterrupted import uninterrupted

if TYPE_CHECKING:
    import lance

T = TypeVar("T")

#: Many small commits make reads slow: what so many have left behind is joined in an idle moment, or at the latest when
#: there are four times as many. A fragment of full size is never rewritten, so the whole cost of joining stays a small
#: multiple of what is written.
_FEW_COMMITS, _MANY_COMMITS = 4, 16
_FULL_FRAGMENT_ROWS = 65_536
#: What Lance keeps of the files of a table in memory. Every commit makes new ones, and its own limit is a gigabyte.
_CACHE_BYTES = 4 * 2**20
_VERSIONS, _VALUES = "_versions", "data"  # folders of a table


class Table:
    """An append-mostly table whose rows are named by a ``key`` column (uint64).

    Every write is one atomic commit: after a crash at any moment the table holds all committed rows
    and nothing of the one that was under way. Reads come back in the order of the keys. An interrupt (Ctrl-C) is raised
    at once; a commit that was under way goes on to its end, and the next call waits for it.

    Parameters
    ----------
    path : Path
        Folder of the Lance data set. Created, empty, when it is not there.
    schema : pyarrow.Schema, optional
        Needed to create the table; ignored where it exists. Without one the table is only read.

    Raises
    ------
    FileNotFoundError
        If there is no table and no schema.
    TableError
        If it is damaged; so does every method where the disk or the files fail.
    """

    def __init__(self, path: Path, schema: pa.Schema | None = None) -> None:
        self.path = path
        self._guard = ProcessLock()
        opened = uninterrupted(lambda: _open(path, schema))
        self._dataset = _readable(opened, repair=schema is not None)
        self._keys: tuple[int, NDArray[np.uint64]] | None = None
        self._commits = self._small_fragments() if schema is not None else 0  # since the table was tidied up

    def add_missing(self, schema: pa.Schema, later: Collection[str]) -> None:
        """Commit columns that the table does not have, null in every row: an older version of ours wrote it.

        Raises
        ------
        TableError
            If it lacks columns that each version of ours wrote, which are not in ``later``.
        """
        missing = [field for field in schema if field.name not in self.schema.names]
        lost = [field.name for field in missing if field.name not in later]
        if lost:
            raise lost_columns(self.path, lost)
        if missing:
            self._commit(lambda dataset: dataset.add_columns(pa.schema(missing)))

    @staticmethod
    def is_there(path: Path) -> bool:
        """Whether there is a table at ``path``: a folder without a list of versions is what is left of making one."""
        return any((path / _VERSIONS).glob("*.manifest")) or any((path / _VALUES).glob("*"))

    @property
    def version(self) -> int:
        """Number of the last commit that this process has seen."""
        return self._dataset.version

    @property
    def schema(self) -> pa.Schema:
        return _schema(self._dataset)

    def __len__(self) -> int:
        with reading(self.path):
            return self._dataset.count_rows()

    def refresh(self) -> None:
        """See what other processes have committed since."""
        with self._guard, reading(self.path):
            if self._dataset.latest_version != self.version:
                self._dataset = _opened(self.path)

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """All rows in the order of their keys."""
        table = self._newest(None if columns is None else list(dict.fromkeys(["key", *columns])))
        keys = table.column("key").to_numpy()
        if not bool(np.all(keys[:-1] <= keys[1:])):
            table = table.take(pa.array(np.argsort(keys, kind="stable")))
        return table if columns is None else table.select(columns)

    def snapshot(self, first: Sequence[str] = ()) -> Snapshot:
        """The table as it is now, whatever is committed later. The columns ``first`` are read at once."""
        then = self._dataset
        keys: list[pa.ChunkedArray] = []

        def read(columns: Sequence[str]) -> pa.Table:
            try:
                found = self._read(then, columns)
            except TableError as error:
                if not error.gone or not keys:
                    raise
                return self._later(keys[0], columns)
            if not keys:
                keys.append(found.column("key"))
            return found

        return Snapshot(_schema(then), read, first)

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Rows in the order in which they lie on disk, a few thousand at a time: that of :meth:`row_keys`."""
        stream = self._dataset.to_batches(columns=columns, batch_size=8_192)

        def following() -> pa.RecordBatch | None:
            with reading(self.path):
                return next(stream, None)

        while (batch := uninterrupted(following)) is not None:
            yield batch

    def row_keys(self) -> NDArray[np.uint64]:
        """Keys in the order in which the rows lie on disk: the positions that :meth:`take_rows` wants."""
        with self._guard:
            if self._keys is None or self._keys[0] != self.version:
                self._keys = (self.version, self._newest(["key"]).column("key").to_numpy())
            return self._keys[1]

    def take_rows(self, rows: NDArray[np.integer], columns: list[str]) -> pa.Table:
        """Rows by their position on disk."""

        def take() -> pa.Table:
            with reading(self.path):
                return self._dataset.take(rows.tolist(), columns=columns)

        return uninterrupted(take)

    def _read(self, dataset: lance.LanceDataset, columns: Sequence[str]) -> pa.Table:
        """Some columns, of all rows in the order in which they lie on disk."""
        there = newest(dataset.schema.names)
        stored = [there[name] for name in columns]

        def read() -> pa.Table:
            with reading(self.path):
                return dataset.to_table(columns=stored)

        return uninterrupted(read).rename_columns(list(columns))

    def _newest(self, columns: Sequence[str] | None) -> pa.Table:
        """Columns, or all; of the newest version there is where another process has dropped the one known here."""
        dataset = self._dataset
        try:
            return self._read(dataset, _schema(dataset).names if columns is None else columns)
        except TableError as error:
            self.refresh()
            if not error.gone or self._dataset is dataset:
                raise
            return self._newest(columns)

    def _later(self, keys: pa.ChunkedArray, columns: Sequence[str]) -> pa.Table:
        """Columns of the rows with these keys as they are now: those of a version that was dropped since."""
        with self._guard:
            self.refresh()
            there = self.schema.names
            known = self._newest(["key", *(name for name in columns if name in there)])
        order = np.argsort(known.column("key").to_numpy(), kind="stable")
        at = order[np.searchsorted(known.column("key").to_numpy(), keys.to_numpy(), sorter=order)]
        found = known.take(pa.array(at))
        return pa.table({name: found.column(name) if name in there else pa.nulls(len(at)) for name in columns})

    # -- writing -------------------------------------------------------------------------------------------------

    def append(self, rows: pa.Table) -> None:
        """Commit new rows."""
        self._commit(lambda dataset: dataset.insert(self._on_disk(rows)))

    def append_new(self, rows: pa.Table) -> None:
        """Commit those of the rows whose keys the table does not have: another thread may have made the same."""

        def append() -> None:
            new = rows.filter(pa.array(~np.isin(rows.column("key").to_numpy(), self.row_keys())))
            if len(new):
                self.append(new)

        self._alone(append)

    def update(self, rows: pa.Table) -> None:
        """Commit new values for the given columns of the rows with the given keys; ``rows`` has a ``key``."""

        def merge(dataset: lance.LanceDataset) -> None:
            dataset.merge_insert("key").when_matched_update_all().execute(self._on_disk(rows))

        if len(rows):
            self._commit(merge)

    def upsert(self, rows: pa.Table) -> None:
        """Commit whole rows: those with a key that is there already take the place of the old ones."""

        def merge(dataset: lance.LanceDataset) -> None:
            both = dataset.merge_insert("key").when_matched_update_all().when_not_matched_insert_all()
            both.execute(self._on_disk(rows))

        self._commit(merge)

    def tidy(self, *, at_once: bool = False) -> None:
        """Join what many small commits leave behind, and drop what no version needs. The rows stay the same.

        Parameters
        ----------
        at_once : bool
            Not only after many commits.
        """
        if not at_once and self._commits < _FEW_COMMITS:
            return

        def join(dataset: lance.LanceDataset) -> None:
            drop_outdated(dataset)
            dataset.optimize.compact_files(target_rows_per_fragment=_FULL_FRAGMENT_ROWS)
            # Nobody else writes here: the store's lock says so.
            dataset.cleanup_old_versions(retain_versions=_FEW_COMMITS, delete_unverified=True)

        self._commits = -1  # its own is none of them
        self._commit(join)

    def _alone(self, work: Callable[[], T]) -> T:
        """What ``work()`` returns: done to its end, and by one thread at a time."""

        def work_alone() -> T:
            with self._guard:
                return work()

        return uninterrupted(work_alone)

    def _commit(self, write: Callable[[lance.LanceDataset], object]) -> None:
        """Do what changes the table, to its end, and see the table as it is then; also after it failed."""

        def commit() -> None:
            # Another thread may be reading the data set that is known: one that is being changed cannot be read.
            with reading(self.path):
                changing = self._dataset.checkout_version(self.version)
                known = _files(changing)
            try:
                with writing(self.path):
                    write(changing)
                    changing.checkout_latest()
                    if self._is_torn(_files(changing) - known):  # a disk failed, and the format took no notice
                        changing.checkout_version(self.version).restore()
                        raise TornCommitError(self.path)
            finally:
                with reading(self.path):
                    changing.checkout_latest()
                self._dataset = changing
                seal(self.path, self.version)
            self._commits += 1
            if self._commits >= _MANY_COMMITS:
                with suppress(TableError):  # what was to be written is
                    self.tidy(at_once=True)

        self._alone(commit)

    def _is_torn(self, files: set[tuple[str, int | None]]) -> bool:
        """Whether one of these files, with their sizes as they were written, is another than that."""
        sizes = [(os.path.getsize(self.path / _VALUES / name), size) for name, size in files]
        return any(size is not None and there != size for there, size in sizes)

    def _small_fragments(self) -> int:
        return sum(fragment.physical_rows < _FULL_FRAGMENT_ROWS for fragment in self._dataset.get_fragments())

    def _on_disk(self, rows: pa.Table) -> pa.Table:
        """``rows`` under the names that their columns have on disk."""
        there = newest(self._dataset.schema.names)
        return rows.rename_columns([there.get(name) or encode_name(name) for name in rows.column_names])


def _files(dataset: lance.LanceDataset) -> set[tuple[str, int | None]]:
    """The files that hold the values, each with its size in bytes, if that is known."""
    parts = (file for fragment in dataset.get_fragments() for file in fragment.data_files())
    return {(file.path, file.file_size_bytes) for file in parts}


def drop_outdated(dataset: lance.LanceDataset) -> None:
    """Drop what is left of columns in earlier types."""
    stored = dataset.schema.names
    outdated = sorted(set(stored) - set(newest(stored).values()))
    if outdated:
        dataset.drop_columns(outdated)


def _open(path: Path, schema: pa.Schema | None) -> lance.LanceDataset:
    """The table at ``path``; a new one in the place of what is left of making one."""
    import lance  # half a second, that importing nbcurate need not take

    if any((path / _VERSIONS).glob("*.manifest")):
        if (manifest := broken_list(path)) is not None:
            raise changed_list(path, manifest)
        with reading(path):
            return _opened(path)
    if any((path / _VALUES).glob("*")):
        raise half_made(path)
    if schema is None:
        raise FileNotFoundError(f"There is no table at {path}.")
    if path.is_dir():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        raise no_folder(path)
    with writing(path):
        lance.write_dataset(schema.empty_table(), str(path), schema=schema)
        return _opened(path)


def _opened(path: Path) -> lance.LanceDataset:
    import lance

    return lance.dataset(str(path), metadata_cache_size_bytes=_CACHE_BYTES)


def _schema(dataset: lance.LanceDataset) -> pa.Schema:
    """The columns as people call them."""
    stored = dataset.schema
    fields = [stored.field(name).with_name(column) for column, name in newest(stored.names).items()]
    return pa.schema(fields, stored.metadata)


def _readable(dataset: lance.LanceDataset, *, repair: bool) -> lance.LanceDataset:
    """``dataset``, or one without columns that cannot be read."""
    broken = reserved(dataset.schema.names)
    if not broken:
        return dataset
    column = f"{dataset.uri}: the column {', '.join(map(repr, broken))}"
    if repair:
        renamed: Any = [{"path": name, "name": encode_name(name)} for name in broken]
        dataset.alter_columns(*renamed)
        words = (
            f"{column} made this table unreadable, because the storage format has a use of its own for it. It is "
            "written under another name now, and can be read."
        )
    else:
        versions = sorted((version["version"] for version in dataset.versions()), reverse=True)
        older = next(v for v in versions if not reserved(dataset.checkout_version(v).schema.names))
        dataset = dataset.checkout_version(older)
        words = (
            f"{column} makes this table unreadable: what is shown is how it was before. Open the data set for writing "
            "once, which mends that."
        )
    warnings.warn(words, stacklevel=5)
    return dataset
