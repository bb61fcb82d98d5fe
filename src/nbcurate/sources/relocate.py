"""The images have moved: let the paths begin somewhere else."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..store import Store
from ..store.items import Keys
from .arrow_root import ArrowRoot
from .one_at_a_time import one_at_a_time
from .reader import originals
from .record import Record
from .root import FolderRoot, Root, open_root, root_of


@one_at_a_time
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
    places = [_folder_of(open_root(text)) for text in roots]
    if old is None and len(roots) != 1:
        raise ValueError(f"The images come from several places: name old=, one of {', '.join(places)}.")
    place = places[0] if old is None else root_of(old).text
    if place not in places:
        raise ValueError(f"No image comes from {place!r}: old= is one of {', '.join(places)}.")
    number = places.index(place)
    text, before = roots[number], open_root(roots[number])
    root = before.in_folder(Path(new).expanduser().resolve()) if isinstance(before, ArrowRoot) else root_of(new)
    store.replace_root(text, root.text)
    if isinstance(root, ArrowRoot):
        lost = [file for file in root.files if not os.path.exists(file)]
        if lost:
            warnings.warn(f"There is no {lost[0]}: ds.reroot({place!r}) takes it back.", stacklevel=4)
            return
    elif not isinstance(root, FolderRoot):
        return
    items = store.items
    mine = items.has_status("ok", "missing") & (items.table.column("root").to_numpy() == number)
    keys: Keys = items.keys[np.flatnonzero(mine)]
    paths = (original.path for original in originals(store, keys))
    files = [os.path.exists(root.path_of(path)) if isinstance(root, FolderRoot) else True for path in paths]
    there = np.array(files, bool)
    store.set_status(keys[there], "ok", None)
    store.set_status(keys[~there], "missing", "the file is gone")
    if not there.all():
        none = "None" if not there.any() else f"Only {np.count_nonzero(there):,}"
        warnings.warn(
            f"{none} of {len(keys):,} files is in {root.text}: the others are marked 'missing' in ds.errors. "
            f"ds.reroot({place!r}) takes it back.",
            stacklevel=4,
        )


def moved_from(store: Store, root: Root, records: Sequence[Record]) -> str | None:
    """The root whose folder is gone and whose files these records are, at least half of them; None if there is none."""
    if not isinstance(root, FolderRoot) or root.text in store.roots:
        return None
    lost = lost_folders(store)
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


def lost_folders(store: Store) -> list[str]:
    """The folders that items come from and that are not there."""
    roots = [(text, open_root(text)) for text in store.roots]
    return [text for text, root in roots if isinstance(root, FolderRoot) and not root.folder.exists()]


def _folder_of(root: Root) -> str:
    """What a person calls the place: of Arrow files the folder that they lie in."""
    return os.path.dirname(root.files[0]) if isinstance(root, ArrowRoot) and root.files else root.text
