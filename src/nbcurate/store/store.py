"""A store: the folder ``photos.nbc/`` with the tables of one data set."""

from __future__ import annotations

import os
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from . import derived
from .column_table import ColumnTable
from .column_types import as_type, common_type, plain
from .edited_values import edited_values
from .edits import Change, Edits
from .embedding_sets import EmbeddingSets
from .embeddings import Embeddings
from .items import ITEM_SCHEMA, LATER_COLUMNS, OF_EACH, Items, Keys, Status
from .marks import load_marks, save_marks
from .media import Media
from .process_lock import ProcessLock
from .properties import Properties
from .replacing import in_the_place_of
from .seal import lost_list
from .slices import SliceTable
from .store_file import StoreFile
from .store_folder import StoreFolder
from .table import Table
from .table_errors import TornCommitError, lost_table
from .upkeep import Upkeep
from .value_changes import ValueChanges
from .waiting_values import MOST_WAITING, WaitingValues
from .writer_lock import WriterLock

T = TypeVar("T")

_ITEMS, _EDITS = "items.lance", "edits.lance"
_MARKS_FILE = "selection.parquet"
_WAITING_FILE = "items.soon.parquet"
#: Seconds without another decision of a person, after which those that wait are committed.
_QUIET_REVIEW = 3.0


class Store(StoreFolder):
    """Tables of one data set on disk. Made by :meth:`open`, which gives the same object for the same folder.

    The folder holds ``items.lance`` (one row an item), ``media.lance`` (thumbnails), ``embeddings/*.lance`` (vectors),
    ``selection.parquet`` (the current marks), ``store.json`` (the roots of the paths, settings), ``sources/`` (what
    each source said last), ``pictures/`` and ``coco/`` (what came with tables and annotation files), and ``derived/``,
    which may be deleted at any time. All tables can be read with Lance or pyarrow alone.
    """

    def __init__(self, path: Path, lock: WriterLock | None) -> None:
        super().__init__(path, lock)
        read_only = self.read_only
        if read_only and not Table.is_there(path / _ITEMS):
            raise FileNotFoundError(
                f"There is no nbcurate store at {path} yet: it is being made, or that was broken off."
            )
        if not (path / _ITEMS).exists() and not self._is_new():
            raise lost_table(path / _ITEMS)
        if not read_only:
            with suppress(OSError):
                derived.sweep(path / "derived")
        self._items = ColumnTable(path / _ITEMS, None if read_only else ITEM_SCHEMA)
        # An edit that was under way is finished by the version that the items have, before they get another.
        self._edits = self._open_edits()
        _tell_of_lost_lists(path)
        if not read_only:
            self._items.add_missing(ITEM_SCHEMA, LATER_COLUMNS)
        self._snapshot: tuple[int, Items] | None = None
        self.media = Media(path / "media.lance", read_only=read_only)
        self.properties = Properties(path / "properties.lance", read_only=read_only)
        self.slices = SliceTable(path / "slices.parquet")
        self._embeddings = EmbeddingSets(path, self._file)
        self._changes = ValueChanges()
        self._upkeep = Upkeep(self._tidy)
        self._waiting = WaitingValues(path / _WAITING_FILE)
        self._soon = Upkeep(self._commit_waiting_quietly, _QUIET_REVIEW)
        if not read_only:
            self._commit_waiting_quietly()
        self._close_with: list[Store] = []
        self._before_reading: Callable[[], object] | None = None

    def _open_edits(self) -> Edits:
        return Edits(self.path / _EDITS, lambda: self._items.version, read_only=self.read_only)

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, read_only: bool = False, create: bool = False) -> Store:
        """Open the store in the folder ``path``, or make a new one there.

        Raises
        ------
        FileNotFoundError
            If there is none and ``create`` is false.
        FileExistsError
            If ``create`` is true and the folder holds something else.
        StoreLockedError
            If it is to be written and another process writes it.
        """
        folder = Path(path).expanduser().resolve()
        with _OPENING:
            there = _OPEN.get((folder, read_only))
            if there is not None and there.is_in_place():
                if read_only:
                    there.refresh()
                return there
            if there is not None:  # its folder was deleted, or another one lies there now
                there._give_up()
            if not StoreFile.is_in(folder):
                if (folder / _ITEMS).exists():
                    raise FileNotFoundError(
                        f"{folder} is a store without its store.json, which says where the pictures lie: put that back "
                        "from a backup, or make a new store elsewhere, and keep this one: Lance reads its tables."
                    )
                if not create or read_only:
                    raise FileNotFoundError(f"There is no nbcurate store at {folder}.")
                if folder.exists() and not _may_become_store(folder):
                    raise FileExistsError(
                        f"{folder} exists and is no nbcurate store: give store= a new folder, such as {folder}.nbc"
                    )
                folder.mkdir(parents=True, exist_ok=True)
            lock = None if read_only else WriterLock(folder)
            try:
                store = cls(folder, lock)
            except BaseException:
                if lock is not None:
                    lock.release()
                raise
            if lock is not None:
                weakref.finalize(store, lock.release)
            _OPEN[(folder, read_only)] = store
            return store

    def close_with(self, companion: Store) -> None:
        """Close another store, which lies in the folder of this one, when this one is closed."""
        if companion.path.is_relative_to(self.path) and companion not in self._close_with:
            self._close_with.append(companion)

    def before_reading(self, bring: Callable[[], object]) -> None:
        """Call ``bring()`` once, before the items are read the next time: another store has changed what they say."""
        self._before_reading = bring

    def close(self) -> None:
        """Write what waits and give the right to write back. The object is of no use afterwards."""
        if self._close_with:
            _ = self.items  # which brings over what was said in the companion last
        for companion in self._close_with:
            companion.close()
        self._embeddings.close()  # which may take a second, and others need not wait for it
        with _OPENING:
            self.media.flush()
            self.properties.flush()
            self._commit_waiting_quietly()
            self._tidy()
            self._give_up()

    def _give_up(self) -> None:
        if _OPEN.get((self.path, self.read_only)) is self:
            del _OPEN[(self.path, self.read_only)]
        if self._lock is not None:
            self._lock.release()
        self.read_only = self._closed = True

    @contextmanager
    def editing(self) -> Iterator[None]:
        """The lock, held over what reads, decides and edits; then whoever listens is told, also after an interrupt."""
        self.require_writable()
        before = self._items.version
        try:
            with self.guard:
                yield
        finally:
            with self.guard:  # what was interrupted goes on to its end
                changed = self._items.version != before
            if changed:
                self.announce()

    def refresh(self) -> None:
        """See what another process has committed since, and tell whoever listens."""
        self._items.refresh()
        self._waiting.read_again()
        self._file.refresh()
        self._embeddings.refresh()
        self.media = Media(self.path / "media.lance", read_only=self.read_only)
        self.properties = Properties(self.path / "properties.lance", read_only=self.read_only)
        self._edits = self._open_edits()
        self.announce()

    @property
    def edits(self) -> Edits:
        """The log of edits, when none is under way."""
        with self.guard:
            return self._edits

    # -- items ---------------------------------------------------------------------------------------------------

    @property
    def items(self) -> Items:
        """Snapshot of the items at the newest commit that this process has seen."""
        if self._before_reading is not None and not self._closed:
            bring, self._before_reading = self._before_reading, None
            bring()
        with self.guard:
            if self._snapshot is None or self._snapshot[0] != self._items.version:
                self._snapshot = (self._items.version, Items(self._items.snapshot(OF_EACH)))
                self._waiting.lay_over(self._snapshot[1])
            return self._snapshot[1]

    @property
    def version(self) -> int:
        """Number of the newest commit of the items: another one may say something else."""
        return self._items.version

    def changed_since(self, version: int) -> frozenset[str] | None:
        """Names of the columns that have other values than at that :attr:`version`; None where more has changed.

        More is: which items there are, what their files are, or what is not known any longer.
        """
        return self._changes.between(version, self._items.version)

    def add_items(self, rows: pa.Table, *, replaces: Sequence[int | None] = (), in_waiting: bool = False) -> None:
        """Commit new items and, in the same commit, retire those that they replace.

        What replaces an item takes over its label, split, tags and the user's columns: they belong to the item, not to
        the bytes of its file.

        Parameters
        ----------
        rows : pyarrow.Table
            Columns of ``ITEM_SCHEMA``; ``label`` may hold lists.
        replaces : sequence of int or None
            For each row the key of the item whose status becomes ``replaced``.
        in_waiting : bool
            Leave the replaced items in, and the new ones out, until an edit of their status exchanges them.
        """
        self.require_writable()
        with self.guard:
            given = rows.column("key").to_numpy()
            if len(given) and int(given.min()) < self.next_key():
                raise RuntimeError(
                    f"Key {given.min()} was given already: hold store.intake from next_key to add_items."
                )
            rows = self._of_known_types(rows)
            if in_waiting:
                at = rows.column_names.index("status")
                rows = rows.set_column(at, rows.schema.field(at), pa.array(["replaced"] * len(rows)))
            if not any(key is not None for key in replaces):
                self._commit(lambda: self._items.append(rows))
                return
            retired = self.items.table.select(self._items.schema.names)
            old = [key for key in replaces if key is not None]
            retired = retired.take(pa.array(self.items.rows_of_keys(np.asarray(old, np.uint64))))
            both = in_the_place_of(rows, retired, replaces)
            if in_waiting:
                new = both.slice(len(retired))
                self._commit(lambda: self._items.append(new))
                return
            self._commit(lambda: self._items.upsert(both))

    def _of_known_types(self, rows: pa.Table) -> pa.Table:
        """``rows`` with columns of the types that the store has; one of the store that is too narrow is widened."""
        for at, name in enumerate(rows.column_names):
            kind, given = self._items.schema.field(name).type, plain(rows.column(name))
            if given.type == kind:
                continue
            wanted = common_type(plain(self.items.table.column(name)), given)
            if wanted != kind:
                self._items.widen(name, wanted)
            rows = rows.set_column(at, name, as_type(given, wanted))
        return rows

    def update_items(self, rows: pa.Table) -> None:
        """Commit new values of some columns for the keys in ``rows``."""
        self.require_writable()
        if rows.num_rows:
            with self.guard:
                known = self._of_known_types(rows)
                self._commit(lambda: self._items.update(known))

    def set_status(self, keys: Keys, status: Status, error: str | None) -> None:
        """Commit the status of items, and the reason, for a person, if it is a bad one."""
        texts = {
            "status": pa.array([status] * len(keys), pa.string()),
            "error": pa.array([error] * len(keys), pa.string()),
        }
        self.update_items(pa.table({"key": pa.array(keys, pa.uint64()), **texts}))

    def retire(self, keys: Sequence[int]) -> None:
        """Commit that items have left, and that nothing takes their place."""
        same = {"status": ["replaced"] * len(keys), "given_by": [None] * len(keys)}
        columns = {name: pa.array(values, pa.string()) for name, values in same.items()}
        self.update_items(pa.table({"key": pa.array(keys, pa.uint64()), **columns}))

    def set_columns(self, values: pa.Table) -> dict[str, str]:
        """Commit columns by ``key``; a new one is null for the keys that are not given.

        Returns
        -------
        dict of str
            The columns whose type is another one now, so that it holds old and new values, each with a few words on it.

        Raises
        ------
        TypeError
            If no type holds both; then nothing is written.
        """
        self.require_writable()
        with self.guard, self._changing(values.column_names):
            return self._commit(lambda: self._items.set_columns(values))

    def set_texts_soon(self, name: str, keys: Keys, values: pa.Array) -> None:
        """As :meth:`set_columns`, of a few texts, within milliseconds: they are kept and read at once, committed later.

        Raises
        ------
        OSError
            If they cannot be written; then nothing is.
        """
        self.require_writable()
        with self.guard:
            schema = self.items.table.schema
            of_texts = name not in schema.names or schema.field(name).type == pa.string()
            if not of_texts or len(self._waiting) + len(keys) > MOST_WAITING:
                self.set_columns(pa.table({"key": pa.array(keys, pa.uint64()), name: values}))
                return
            items = self.items
            self.guard.finish(lambda: self._waiting.add(name, keys, values))
            items.table.lay_over(name, keys, values)
        self._soon.soon()

    def _commit_waiting(self) -> None:
        """Commit the values that wait, under the lock."""
        for name, values in self._waiting.tables().items():
            with self._changing([name]):
                self.guard.finish(partial(self._items.set_columns, values))
        self._waiting.committed()

    def _commit_waiting_quietly(self) -> None:
        """As :meth:`_commit_waiting`; where that fails they go on waiting: they lie in their file."""
        with self.guard, suppress(OSError):
            if len(self._waiting) and not self.read_only and not self._closed:
                self._commit_waiting()

    @contextmanager
    def _changing(self, names: Iterable[str]) -> Iterator[None]:
        """What is committed within are values of these columns, and nothing else."""
        before = self._items.version
        yield
        self._changes.note(before, self._items.version, names)

    def replace_columns(self, values: pa.Table) -> None:
        """Commit columns by ``key`` in the place of those of their names, whatever these held."""
        self.require_writable()
        with self.guard:
            self._commit(lambda: self._items.replace_columns(values))

    def edit(
        self,
        changes: Sequence[Change],
        *,
        undoes: int | None = None,
        source: str | None = None,
        whole: pa.Table | None = None,
    ) -> None:
        """Change labels and the like, and note it in the log: both, or, after whatever goes wrong, neither.

        Parameters
        ----------
        changes : sequence of Change
            What is changed together, and is taken back together. Those of no item are passed over.
        undoes, source
            See :meth:`Edits.begin`.
        whole : pyarrow.Table, optional
            Of the changed columns those that are written as a whole, in another type, by the keys of all items.

        Raises
        ------
        ValueError
            If a value cannot be kept; then nothing is changed.
        """
        self.require_writable()
        with self.guard:
            changes = [change for change in changes if len(change.items)]
            if not changes:
                return
            values = edited_values(self.items, changes)
            if whole is not None:
                values = values.drop_columns([name for name in values.column_names[1:] if name in whole.column_names])

            def write() -> None:
                self._edits.begin(changes, undoes=undoes, source=source)
                before = self._items.version
                try:
                    self._items.set_columns(values, whole)
                except BaseException as error:
                    if self._items.version == before or isinstance(error, TornCommitError):
                        self._edits.forget()
                        raise
                with suppress(OSError):  # done, and written down: the log takes it over when there is space again
                    self._edits.settle()

            with self._changing([change.column for change in changes]):
                self._commit(write)

    def _commit(self, write: Callable[[], T]) -> T:
        """Change tables, to the end, though an interrupt may come; under the lock."""
        if len(self._waiting):
            self._commit_waiting()
        try:
            return self.guard.finish(write)
        finally:
            self._upkeep.soon()

    def _tidy(self) -> None:
        """Join what many small commits leave behind. What fails in that is done another time."""
        with self.guard, suppress(OSError):
            if not self.read_only and not self._closed:
                with self._changing(()):
                    self._items.tidy()
                self._edits.tidy()

    def drop_column(self, name: str) -> None:
        """Commit the items without a column of the user's."""
        self.require_writable()
        with self.guard:
            self._commit(lambda: self._items.drop_column(name))

    def next_key(self) -> int:
        """First key that was never given: rows are never deleted, so it is one past the last."""
        keys = self.items.keys
        return int(keys[-1]) + 1 if len(keys) else 0

    # -- embeddings ----------------------------------------------------------------------------------------------

    def create_embeddings(self, name: str, encoder_key: str, width: int, recipe: dict[str, Any]) -> Embeddings:
        """See :meth:`EmbeddingSets.create`."""
        self.require_writable()
        with self.guard:
            return self._embeddings.create(name, encoder_key, width, recipe)

    def make_newest(self, embeddings: Embeddings) -> None:
        """See :meth:`EmbeddingSets.make_newest`."""
        with self.guard:
            self._embeddings.make_newest(embeddings)

    def drop_embeddings(self, name: str) -> None:
        """See :meth:`EmbeddingSets.drop`."""
        self.require_writable()
        with self.guard:
            self._embeddings.drop(name)

    def drop_if_empty(self, embeddings: Embeddings) -> None:
        """See :meth:`EmbeddingSets.drop_if_empty`."""
        with self.guard:
            self._embeddings.drop_if_empty(embeddings)

    def embeddings(self) -> list[Embeddings]:
        """See :meth:`EmbeddingSets.all`."""
        with self.guard:
            return self._embeddings.all()

    def embeddings_named(self, name: str | None = None) -> Embeddings:
        """See :meth:`EmbeddingSets.named`."""
        with self.guard:
            return self._embeddings.named(name)

    # -- selection -----------------------------------------------------------------------------------------------

    def save_selection(self, kept: Keys, rejected: Keys) -> None:
        """Keep the marks for the next kernel, in the order they were made."""
        if not self.read_only:
            self.require_writable()
            save_marks(self.path / _MARKS_FILE, kept, rejected)

    def load_selection(self) -> tuple[Keys, Keys]:
        """Kept and rejected keys, as they were saved last."""
        return load_marks(self.path / _MARKS_FILE)

    def save_slice(self, name: str, kept: Keys, rejected: Keys) -> None:
        """Keep marks under a name."""
        self.require_writable()
        with self.guard:
            self.slices.save(name, kept, rejected)


def _tell_of_lost_lists(path: Path) -> None:
    """Warn where the newest version of what people did is not there any more."""
    for table in (_ITEMS, _EDITS):
        if (gone := lost_list(path / table)) is not None:
            warnings.warn(
                f"{gone} is gone: {table} is as it was before its last change. If that was not meant, restore "
                f"{path / table} from a copy of the data set.",
                stacklevel=5,
            )


def _may_become_store(folder: Path) -> bool:
    """Whether ``folder`` is empty, or what a process left that was killed while it made a store."""
    return folder.is_dir() and all(entry.name.startswith((".store.json", "writer.")) for entry in folder.iterdir())


_OPENING = ProcessLock()
_OPEN: weakref.WeakValueDictionary[tuple[Path, bool], Store] = weakref.WeakValueDictionary()
