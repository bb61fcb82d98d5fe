"""A table of what can be made again: where it is damaged, it is moved aside, and an empty one takes its place."""

from __future__ import annotations

import errno
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from .checked_file import put_aside
from .forked import ForkedProcessError
from .process_lock import ProcessLock
from .seal import lost_list
from .table import Table

T = TypeVar("T")

#: Reasons of the system that tell of a place that is not what it should be; others pass, or a person can mend them.
_DAMAGE = {None, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.ENOTEMPTY}


def is_damage(error: BaseException) -> bool:
    """Whether what was raised in reading a table tells that its files are damaged or gone: not that a disk is full."""
    if type(error).__name__ == "PanicException":  # of the format's library, which is no Exception
        return True
    if isinstance(error, OSError):
        return not isinstance(error, ForkedProcessError) and error.errno in _DAMAGE
    return isinstance(error, ValueError | KeyError | TypeError | RuntimeError | pa.ArrowException)


class RemadeTable:
    """A table whose rows are made again when they are needed next. A damaged one never keeps a data set shut.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema
    what, again : str
        What it holds, and how that is made again, for the warning.
    read_only : bool
        A damaged table stays where it is, and is passed over.
    """

    def __init__(self, path: Path, schema: pa.Schema, what: str, again: str, *, read_only: bool) -> None:
        self._path, self._schema, self._read_only = path, schema, read_only
        self._what, self._again = what, again
        self._guard = ProcessLock()
        self._table: Table | None = None
        if not read_only or path.exists():
            self._open()

    def use(self, work: Callable[[Table], T], nothing: T) -> T:
        """What ``work(table)`` returns; ``nothing`` where there is no table, or none that can be read."""
        with self._guard:
            table = self._table
            if table is None:
                return nothing
            try:
                return work(table)
            except BaseException as error:
                if not is_damage(error):
                    raise
                if self._read_only and self._is_newer(table):  # the writer has tidied up
                    return self.use(work, nothing)
                self._replace(error)
            return nothing if self._table is None else work(self._table)

    def _open(self) -> None:
        try:
            self._table = Table(self._path, None if self._read_only else self._schema)
            missing = {*self._schema.names} - {*self._table.schema.names}
            if missing:
                raise KeyError(f"it has no column {sorted(missing)[0]!r}")
            if (gone := lost_list(self._path)) is not None:
                warnings.warn(f"{gone} is gone, and some of {self._what} with it: {self._again}.", stacklevel=5)
        except BaseException as error:
            if not is_damage(error):
                raise
            self._replace(error)

    def _is_newer(self, table: Table) -> bool:
        before = table.version
        try:
            table.refresh()
        except OSError:
            return False
        return table.version != before

    def _replace(self, error: BaseException) -> None:
        """Go on without what cannot be read."""
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        self._table = None
        if self._read_only:
            done = "it is passed over here, and put right by whoever opens the data set for writing"
        else:
            aside = put_aside(self._path)
            self._table = Table(self._path, self._schema)
            done = f"it was moved to {aside.name}, which may be deleted, and {self._again}"
        warnings.warn(f"{self._path}, which holds {self._what}, is damaged: {done}. ({reason})", stacklevel=5)
