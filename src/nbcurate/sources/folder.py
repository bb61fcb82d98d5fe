"""A folder of images as a source: what is new since the last time, what has changed, what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..store import Store
from ..store.paths import encode_path
from .reconcile import reconcile
from .report import SourceReport
from .root import FolderRoot
from .source import Source
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
    records = list(walk.records(label=label))
    says = frozenset({"split"} if label is None else {"label", "split"})
    source = Source("folder", encode_path(folder.name), says=says, whole=True)
    report = reconcile(store, source, root, records)
    return replace(report, skipped=walk.skipped, problems=[*report.problems, *walk.problems])
