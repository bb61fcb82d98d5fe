"""The images have moved: let the paths begin somewhere else."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence

import numpy as np

from ..store import Store
from ..store.items import Keys
from .reader import originals
from .record import Record
from .root import FolderRoot, Root, open_root, root_of


def move_root(store: Store, new: str | os.PathLike[str], old: str | os.PathLike[str] | None = None) -> None:
    """Replace a root of the store; items that were missing and are found there are back, the others are missing.

    Raises
    ------
    ValueError
        If ``old`` is no root of the store, or is needed to tell which one is meant.

    Warns
    -----
    UserWarning
        If not all files are there.
    """
    roots = store.roots
    if old is None and len(roots) != 1:
        raise ValueError(f"The images come from several places: name old=, one of {', '.join(roots)}.")
    text = roots[0] if old is None else root_of(old).text
    if text not in roots:
        raise ValueError(f"No image comes from {text!r}: old= is one of {', '.join(roots)}.")
    root = root_of(new)
    number = roots.index(text)
    store.replace_root(text, root.text)
    if not isinstance(root, FolderRoot):
        return
    items = store.items
    mine = items.has_status("ok", "missing") & (items.table.column("root").to_numpy() == number)
    keys: Keys = items.keys[np.flatnonzero(mine)]
    files = [os.path.exists(root.path_of(original.path)) for original in originals(store, keys)]
    there = np.array(files, bool)
    store.set_status(keys[there], "ok", None)
    store.set_status(keys[~there], "missing", "the file is gone")
    if not there.all():
        none = "None" if not there.any() else f"Only {np.count_nonzero(there):,}"
        warnings.warn(
            f"{none} of {len(keys):,} files is in {root.text}: the others are marked 'missing' in ds.errors. "
            f"ds.reroot({text!r}) takes it back.",
            stacklevel=4,
        )


def moved_from(store: Store, root: Root, records: Sequence[Record]) -> str | None:
    """The root whose folder is gone and whose files these records are, at least half of them; None if there is none."""
    if not isinstance(root, FolderRoot) or root.text in store.roots:
        return None
    lost = [text for text in store.roots if isinstance(open_root(text), FolderRoot) and not _exists(text)]
    if not lost:
        return None
    sizes = {record.path: record.bytes for record in records}
    table = store.items.table
    columns = (table.column(name).to_pylist() for name in ("root", "path", "bytes"))
    there = store.items.has_status("ok", "missing", "unreadable")  # a file that is gone is not readable, either
    shown = [row for row, ok in zip(zip(*columns, strict=True), there, strict=True) if ok]
    for text in lost:
        number = store.roots.index(text)
        mine = [(path, size) for where, path, size in shown if where == number]
        found = sum(size is not None and sizes.get(path) == size for path, size in mine)
        if mine and 2 * found >= len(mine):
            return text
    return None


def _exists(text: str) -> bool:
    root = open_root(text)
    return isinstance(root, FolderRoot) and root.folder.exists()
