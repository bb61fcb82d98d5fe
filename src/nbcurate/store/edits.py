"""What has changed in labels, tags and the like: a log from which every change can be taken back."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .checked_file import DamagedFileError, copy_of, is_there, read_parquet, write_parquet
from .items import Keys
from .process_lock import ProcessLock
from .table import Table

EDIT_SCHEMA = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),  # of the row in this log
        pa.field("edit", pa.int64(), nullable=False),  # rows of one number were changed together
        pa.field("undoes", pa.int64()),  # number of the edit that this one took back
        pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
        pa.field("item", pa.uint64(), nullable=False),
        pa.field("column", pa.string(), nullable=False),
        pa.field("old", pa.string()),  # JSON
        pa.field("new", pa.string()),
        pa.field("source", pa.string()),  # which source's correction it is; null: a person's
    ]
)
_LATER = {"source"}  # columns that older versions of ours did not write
_VERSION = "items_version"
_WAITING_SCHEMA = EDIT_SCHEMA.append(pa.field(_VERSION, pa.uint64(), nullable=False))


@dataclass(frozen=True, slots=True)
class Change:
    """One column: the items whose value changed, and for each the value before and after, as JSON has it."""

    column: str
    items: Keys
    old: Sequence[Any]
    new: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What was changed together, and is taken back together."""

    number: int
    changes: list[Change]


class Edits:
    """The log of one store. Nothing in it is ever changed: taking an edit back is an edit, too.

    An edit is values of items and rows of this log: two tables, that are to change together. So the rows are written
    first to a file of their own (:meth:`begin`), with the version of the items that they are to change; then the values
    are committed; then the rows go over (:meth:`settle`). After a kill at any moment the version of the items tells
    whether the edit was done: if so its rows are part of the log, if not they are forgotten.

    Parameters
    ----------
    path : Path
        Folder of the table.
    items_version : callable
        Number of the last commit of the items.
    read_only : bool
        Whether nothing may be written.
    """

    def __init__(self, path: Path, items_version: Callable[[], int], *, read_only: bool) -> None:
        self._table = Table(path, None if read_only else EDIT_SCHEMA) if not read_only or Table.is_there(path) else None
        self._waiting = path.with_suffix(".waiting")
        self._items_version = items_version
        self._guard = ProcessLock()
        self._next: tuple[int, int, int] | None = None
        if self._table is not None and not read_only:
            self._table.add_missing(EDIT_SCHEMA, _LATER)
            self.settle()

    @property
    def table(self) -> pa.Table:
        """All rows of ``EDIT_SCHEMA``, oldest first."""
        with self._guard:
            there, done = self._committed(), self._done()
            return there if done is None else pa.concat_tables([there, done])

    def __len__(self) -> int:
        """How many rows there are, without reading them."""
        with self._guard:
            done = self._done()
            return self._following()[2] + (0 if done is None else len(done))

    def _committed(self) -> pa.Table:
        if self._table is None:
            return EDIT_SCHEMA.empty_table()
        there = self._table.read()
        for field in EDIT_SCHEMA:
            if field.name not in there.column_names:
                there = there.append_column(field, pa.nulls(len(there), field.type))
        return there.select(EDIT_SCHEMA.names)

    def begin(self, changes: Sequence[Change], *, undoes: int | None = None, source: str | None = None) -> None:
        """Write down what is to be changed next; it counts when the items have a newer version.

        Parameters
        ----------
        changes : sequence of Change
            What is changed together.
        undoes : int, optional
            Number of the edit that this one takes back.
        source : str, optional
            The source whose correction it is; None for what a person does.
        """
        with self._guard:
            self.settle()
            _, number, key = self._following()
            n = sum(len(change.items) for change in changes)
            rows = {
                "key": pa.array(np.arange(key, key + n), pa.uint64()),
                "edit": pa.array([number] * n, pa.int64()),
                "undoes": pa.array([undoes] * n, pa.int64()),
                "time": pa.array([datetime.now(UTC)] * n, pa.timestamp("us", "UTC")),
                "item": pa.array(np.concatenate([change.items for change in changes]), pa.uint64()),
                "column": pa.array([change.column for change in changes for _ in change.items], pa.string()),
                "old": pa.array([json.dumps(value) for change in changes for value in change.old], pa.string()),
                "new": pa.array([json.dumps(value) for change in changes for value in change.new], pa.string()),
                "source": pa.array([source] * n, pa.string()),
                _VERSION: pa.array([self._items_version()] * n, pa.uint64()),
            }
            write_parquet(self._waiting, pa.table(rows, schema=_WAITING_SCHEMA))

    def forget(self) -> None:
        """Drop what :meth:`begin` has written down."""
        copy_of(self._waiting).unlink(missing_ok=True)  # first: alone it would be taken for the file
        self._waiting.unlink(missing_ok=True)

    def settle(self) -> None:
        """Commit what :meth:`begin` has written down, if it was done; else forget it."""
        with self._guard:
            if self._table is None or not is_there(self._waiting):
                return
            done = self._done()
            if done is not None:
                _, number, key = self._following()
                self._table.append(done)
                self._next = (self._table.version, number + 1, key + len(done))
            self.forget()

    def tidy(self) -> None:
        """Join what many small commits leave behind."""
        with self._guard:
            if self._table is not None:
                following = self._following()
                self._table.tidy()
                self._next = (self._table.version, *following[1:])

    def _done(self) -> pa.Table | None:
        """Rows that wait and count, and are not in the table yet."""
        if not is_there(self._waiting):
            return None
        try:
            rows = read_parquet(self._waiting, _WAITING_SCHEMA)
        except DamagedFileError as error:
            warnings.warn(f"{error} If that edit was done, ds.history does not show it.", stacklevel=4)
            return None
        if rows is None or self._items_version() <= rows.column(_VERSION)[0].as_py():
            return None
        is_new = rows.column("key")[0].as_py() >= self._following()[2]
        return rows.select(EDIT_SCHEMA.names) if is_new else None

    def _following(self) -> tuple[int, int, int]:
        """The version of the table for which this holds, the number of the next edit, and the key of its first row."""
        if self._table is None:
            return 0, 0, 0
        if self._next is None or self._next[0] != self._table.version:
            there = self._table.read(["key", "edit"])
            number = int(there.column("edit").to_numpy().max()) + 1 if len(there) else 0
            self._next = (self._table.version, number, len(there))
        return self._next

    def taken_back(self) -> set[int]:
        """Numbers of the edits that do not stand: those that were taken back, and those that took them back."""
        table = self.table
        pairs = zip(table.column("edit").to_pylist(), table.column("undoes").to_pylist(), strict=True)
        return {number for pair in pairs if pair[1] is not None for number in pair}

    def last(self) -> Edit | None:
        """The newest edit that was not taken back."""
        table = self.table
        numbers, undoes = table.column("edit").to_pylist(), table.column("undoes").to_pylist()
        standing: list[int] = []
        for number, undone in dict(zip(numbers, undoes, strict=True)).items():
            if undone is None:
                standing.append(number)
            else:
                standing.remove(undone)
        if not standing:
            return None
        rows = table.filter(pa.array(np.asarray(numbers) == standing[-1]))
        columns = rows.column("column").to_pylist()
        return Edit(standing[-1], [_change(rows, columns, name) for name in dict.fromkeys(columns)])


def _change(rows: pa.Table, columns: list[str], name: str) -> Change:
    mine = rows.filter(pa.array([column == name for column in columns]))
    old, new = ([json.loads(value) for value in mine.column(side).to_pylist()] for side in ("old", "new"))
    return Change(name, mine.column("item").to_numpy(), old, new)
