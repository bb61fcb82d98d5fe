"""The marks of a selection: what is kept and what is rejected, as keys, their changes, and their file."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from .checked_file import DamagedFileError, read_parquet, write_parquet
from .forked import ForkedProcessError
from .items import Keys

_SCHEMA = pa.schema([pa.field("key", pa.uint64()), pa.field("kept", pa.bool_())])


def _nothing() -> Keys:
    return np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """One state of a selection: kept and rejected keys in the order in which they were marked, without overlap."""

    kept: Keys = field(default_factory=_nothing)
    rejected: Keys = field(default_factory=_nothing)

    def same_as(self, other: Marks) -> bool:
        return np.array_equal(self.kept, other.kept) and np.array_equal(self.rejected, other.rejected)

    @property
    def nbytes(self) -> int:
        return self.kept.nbytes + self.rejected.nbytes


def moved(marks: Marks, standing: Callable[[Keys], Keys]) -> Marks:
    """The marks on what ``standing`` says that their items are now."""
    kept, rejected = standing(marks.kept), standing(marks.rejected)
    return marks if kept is marks.kept and rejected is marks.rejected else Marks(kept, rejected)


def joined(marks: Marks, others: Marks) -> Marks:
    """Marks, and behind them others, each item once."""
    if not others.nbytes:
        return marks
    kept, rejected = _without(others.kept, marks.kept), _without(others.rejected, marks.rejected)
    return Marks(np.concatenate([marks.kept, kept]), np.concatenate([marks.rejected, rejected]))


def keep(save: Callable[[Marks], object], after: Marks, before: Marks) -> None:
    """Save marks; where that fails or is interrupted, those from before stay saved.

    Raises
    ------
    OSError
        If they cannot be saved; the message says that nothing has changed.
    """
    try:
        save(after)
    except ForkedProcessError:
        raise
    except OSError as error:
        words = f"The selection stays as it was, as a change of it cannot be kept: {error.strerror or error}"
        raise OSError(error.errno, words) from error
    except BaseException:
        with contextlib.suppress(OSError):
            save(before)
        raise


def _set(marks: Marks, keys: Keys) -> Marks:
    return Marks(keys, _without(marks.rejected, keys))


def _keep(marks: Marks, keys: Keys) -> Marks:
    return Marks(np.concatenate([marks.kept, _without(keys, marks.kept)]), _without(marks.rejected, keys))


def _reject(marks: Marks, keys: Keys) -> Marks:
    return Marks(_without(marks.kept, keys), np.concatenate([marks.rejected, _without(keys, marks.rejected)]))


def unmark(marks: Marks, keys: Keys) -> Marks:
    """The marks without those of these keys."""
    return Marks(_without(marks.kept, keys), _without(marks.rejected, keys))


#: From marks and keys to the marks after it.
OPERATIONS = {"set": _set, "keep": _keep, "reject": _reject, "unmark": unmark}


def _without(keys: Keys, unwanted: Keys) -> Keys:
    return keys[~np.isin(keys, unwanted)] if len(keys) and len(unwanted) else keys


def unique(keys: Keys) -> Keys:
    """Each key once, at its first place."""
    keys = np.asarray(keys, np.uint64)
    if (keys[1:] > keys[:-1]).all():
        return keys
    _, first = np.unique(keys, return_index=True)
    return keys[np.sort(first)]


def save_marks(path: Path, kept: Keys, rejected: Keys) -> None:
    """Write the marks in one step; see :mod:`nbcurate.store.checked_file`."""
    is_kept = np.arange(len(kept) + len(rejected)) < len(kept)
    table = pa.table({"key": np.concatenate([kept, rejected]), "kept": is_kept}, schema=_SCHEMA)
    # Differences of keys take next to nothing; a dictionary of a million different ones takes long to make.
    write_parquet(path, table, use_dictionary=False, column_encoding={"key": "DELTA_BINARY_PACKED"})


def load_marks(path: Path) -> tuple[Keys, Keys]:
    """Kept and rejected keys, as they were saved last; none where nothing was, or, with a warning, where it is lost."""
    try:
        table = read_parquet(path, _SCHEMA)
    except DamagedFileError as error:
        warnings.warn(f"{error} The selection begins empty.", stacklevel=2)
        table = None
    if table is None:
        return _nothing(), _nothing()
    keys, kept = table.column("key").to_numpy(), np.asarray(table.column("kept"), bool)
    return keys[kept], keys[~kept]
