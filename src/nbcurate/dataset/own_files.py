"""What a data set lives from, its store and the files of its pictures: no export may write over it."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..export.target import store_around
from ..sources.arrow_root import ArrowRoot
from ..sources.root import FolderRoot, open_root
from ..store import Store
from ..store.paths import encode_path


class OwnFilesError(FileExistsError, ValueError):
    """A place to write to that the data set itself lies at: a wrong argument, and something that is there already."""


def require_elsewhere(store: Store, to: Path) -> None:
    """Refuse to write where the store lies, or pictures of the data set.

    Raises
    ------
    OwnFilesError
        If ``to`` is one of these files, or a folder above one; or it lies in a store, whether it is there or not.
    """
    target = to.resolve()
    if above := store_around(target):
        mine = "this" if above == store.path else "another"
        raise OwnFilesError(f"to={str(to)!r} is a part of the store of {mine} data set, {above}: give another place.")
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if store.path.is_relative_to(target):
        raise OwnFilesError(f"to={str(to)!r} holds the store of this data set: give another folder.")
    if not any(_holds(store, number, text, target) for number, text in enumerate(store.roots)):
        return
    if target.is_dir():
        raise OwnFilesError(f"to={str(to)!r} holds images of this data set: give another folder.")
    raise OwnFilesError(f"to={str(to)!r} is an image of this data set, or holds some: give another file.")


def _holds(store: Store, number: int, text: str, target: Path) -> bool:
    """Whether pictures below a root are in ``target``, a file or a folder."""
    root = open_root(text)
    if isinstance(root, ArrowRoot):
        return any(Path(file).resolve().is_relative_to(target) for file in root.files)
    if not isinstance(root, FolderRoot):
        return False
    if root.folder.resolve().is_relative_to(target):
        return True
    paths = _paths(store, number)
    if target.is_dir():
        folders = {os.path.dirname(root.file(path)) for path in paths.to_pylist()}
        return any(Path(folder).resolve().is_relative_to(target) for folder in folders)
    # its name in any case: systems differ in whether that matters
    named = pc.ends_with(pc.utf8_lower(paths), encode_path(target.name).lower())  # pyright: ignore[reportAttributeAccessIssue]
    return any(_is_same(root.path_of(path), target) for path in paths.filter(named).to_pylist())


def _paths(store: Store, root: int) -> pa.Array:
    """The paths of all items below a root, those of removed ones, too."""
    table = store.items.table.select(["root", "path"])
    here = pc.equal(table["root"], root)  # pyright: ignore[reportAttributeAccessIssue]
    return table.filter(here)["path"].drop_null().combine_chunks()


def _is_same(path: Path, target: Path) -> bool:
    try:
        return path.samefile(target)
    except OSError:
        return False
