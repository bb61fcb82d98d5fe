"""A folder of images as a source: what is new since the last time, what has changed, what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..store import Store
from .reconcile import SourceReport, known_items, reconcile
from .root import FolderRoot
from .walk import Walk


def add_folder(store: Store, folder: Path, *, label: str | None = "folder") -> SourceReport:
    """Bring ``store`` up to date with the image files below ``folder``.

    A file is known by its path, size and time of change. One that has changed becomes a new item under the same id and
    with the same label; one that is gone stays, marked ``missing``; one that could not be opened is tried again.

    Parameters
    ----------
    label : {"folder", None}
        See :meth:`Walk.records`.
    """
    root, walk = FolderRoot(folder), Walk(folder)
    found = {str(record.path): record for record in walk.records(label=label)}
    known = {str(item.path): item for item in known_items(store, root)}
    gone = [item for path, item in known.items() if path not in found]
    report = reconcile(store, root, found, known, gone=gone)
    return replace(report, skipped=walk.skipped, problems=walk.problems)
