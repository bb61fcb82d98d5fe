"""A folder of images as a source: what is new since the last time, what has changed, what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from ..store import Store
from ..store.paths import encode_path
from .ingest import ingest
from .record import Record
from .walk import Walk


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What :func:`add_folder` did.

    Attributes
    ----------
    added, changed, restored, unchanged : int
        Items that are new, whose file has other bytes than before, that were missing and are back, that were known.
    missing : list of str
        Ids of known items whose file is not there.
    unreadable : dict of str
        Ids that could not be read this time, with the reason.
    skipped : int
        Files passed over because they are no images.
    problems : list of str
        Folders that could not be read.
    """

    added: int
    changed: int
    restored: int
    unchanged: int
    missing: list[str]
    unreadable: dict[str, str]
    skipped: int
    problems: list[str] = field(default_factory=list)


def add_folder(store: Store, root: Path, *, label: str | None = "folder") -> FolderReport:
    """Bring ``store`` up to date with the image files below ``root``.

    A file is known by its path, size and time of change. One that has changed becomes a new item under the same id and
    with the same label; one that is gone stays, marked ``missing``; one that could not be opened is tried again.

    Parameters
    ----------
    label : {"folder", None}
        See :meth:`Walk.records`.
    """
    walk = Walk(root)
    found = {record.path: record for record in walk.records(label=label)}
    known = _known_files(store, root)
    taken = set(store.items.ids.filter(pa.array(store.items.shown)).to_pylist())

    fresh: list[Record] = []
    back: list[int] = []
    changed = 0
    for path, record in found.items():
        item = known.get(path)
        if item is None:
            fresh.append(replace(record, id=_free_id(record.id, root, taken)))
        elif item.is_outdated_by(record):
            changed += item.status != "unreadable"
            fresh.append(replace(record, id=item.id, label=item.label, split=item.split, replaces=item.key))
        elif item.status == "missing":
            back.append(item.key)
    gone = [item for path, item in known.items() if path not in found]

    _set_status(store, back, "ok", None)
    _set_status(store, [item.key for item in gone if item.status == "ok"], "missing", "the file is gone")
    unreadable = ingest(store, root, fresh)
    replaced = sum(record.replaces is not None for record in fresh)
    return FolderReport(
        added=len(fresh) - replaced,
        changed=changed,
        restored=len(back),
        unchanged=len(found) - len(fresh) - len(back),
        missing=[item.id for item in gone if item.status != "unreadable"],
        unreadable=unreadable,
        skipped=walk.skipped,
        problems=walk.problems,
    )


@dataclass(frozen=True, slots=True)
class _KnownFile:
    key: int
    id: str
    label: str | None
    split: str | None
    status: str
    bytes: int | None
    modified_ns: int | None
    content_hash: str

    def is_outdated_by(self, record: Record) -> bool:
        if self.status == "unreadable" and not self.content_hash:
            return True  # it was never opened: a permission or a network that failed may have come back
        return (self.bytes, self.modified_ns) != (record.bytes, record.modified_ns)


def _known_files(store: Store, root: Path) -> dict[str, _KnownFile]:
    """The store's items from this root by their path."""
    name = encode_path(root)
    if name not in store.roots:
        return {}
    table = store.items.table
    here = pa.array(
        store.items.has_status("ok", "missing", "unreadable")
        & (table.column("root").to_numpy() == store.roots.index(name))
    )
    columns = ["key", "id", "label", "split", "status", "bytes", "modified_ns", "content_hash"]
    rows = table.filter(here)
    values = zip(*(rows.column(name).to_pylist() for name in columns), strict=True)
    return {path: _KnownFile(*row) for path, row in zip(rows.column("path").to_pylist(), values, strict=True)}


def _set_status(store: Store, keys: list[int], status: str, error: str | None) -> None:
    store.update_items(
        pa.table(
            {
                "key": pa.array(keys, pa.uint64()),
                "status": pa.array([status] * len(keys), pa.string()),
                "error": pa.array([error] * len(keys), pa.string()),
            }
        )
    )


def _free_id(item_id: str, root: Path, taken: set[str]) -> str:
    """``item_id``, or where another root has an item of that name, one that also names the root."""
    candidate, number = item_id, 1
    while candidate in taken:
        prefix = encode_path(root.name) if number == 1 else f"{encode_path(root.name)}~{number}"
        candidate, number = f"{prefix}/{item_id}", number + 1
    taken.add(candidate)
    return candidate
