"""What a source holds now against what the store knows of it: new, changed, back, unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from ..store import Store
from ..store.paths import encode_path
from .ingest import ProbeRecord, ingest
from .record import Record
from .root import Root


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What taking up a source did.

    Attributes
    ----------
    added, changed, restored, unchanged : int
        Items that are new, whose file has other bytes than before, that were missing and are back, that were known.
    missing : list of str
        Ids of known items whose file is not there.
    unreadable : dict of str
        Ids that could not be read this time, with the reason.
    skipped : int
        Files or rows passed over because they are no images.
    problems : list of str
        What was passed over and a person should know of: folders that could not be read, columns left out.
    """

    added: int
    changed: int
    restored: int
    unchanged: int
    missing: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    skipped: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KnownItem:
    """As much of an item of the store as tells whether its file has changed."""

    key: int
    id: str
    path: str | None
    label: str | None
    split: str | None
    tags: list[str] | None
    status: str
    bytes: int | None
    modified_ns: int | None
    content_hash: str

    def is_outdated_by(self, record: Record) -> bool:
        """Whether the item is another one now. A file that was not asked (at a URL) counts as the same."""
        if self.status == "unreadable" and not self.content_hash:
            return True  # it was never opened: a permission or a network that failed may have come back
        if record.content_hash is not None and not self.content_hash.endswith(record.content_hash):
            return True
        if record.bytes is None and record.modified_ns is None:
            return record.path != self.path
        return (self.bytes, self.modified_ns) != (record.bytes, record.modified_ns)


def known_items(store: Store, root: Root) -> Iterator[KnownItem]:
    """The store's items from this root."""
    if root.text not in store.roots:
        return
    table = store.items.table
    here = pa.array(
        store.items.has_status("ok", "missing", "unreadable")
        & (table.column("root").to_numpy() == store.roots.index(root.text))
    )
    names = list(KnownItem.__slots__)
    for row in table.select(names).filter(here).to_pylist():
        yield KnownItem(**row)


def reconcile(
    store: Store,
    root: Root,
    found: Mapping[str, Record],
    known: Mapping[str, KnownItem],
    *,
    gone: list[KnownItem],
    probe: ProbeRecord | None = None,
) -> SourceReport:
    """Bring ``store`` up to date with the records of a source.

    A file that has changed becomes a new item under the same id and with the same label, split and tags.

    Parameters
    ----------
    found, known : mapping
        Records of the source and items of the store by the same name, the path or the id.
    gone : list of KnownItem
        Items whose file is not there any more; they stay, marked ``missing``.
    """
    taken = set(store.items.ids.filter(pa.array(store.items.shown)).to_pylist())
    fresh: list[Record] = []
    back: list[int] = []
    changed = 0
    for name, record in found.items():
        item = known.get(name)
        if item is None:
            fresh.append(replace(record, id=_free_id(record.id, root, taken)))
        elif item.is_outdated_by(record):
            changed += item.status != "unreadable"
            known_facts = {"id": item.id, "label": item.label, "split": item.split, "tags": item.tags}
            fresh.append(replace(record, **known_facts, replaces=item.key))
        elif item.status == "missing":
            back.append(item.key)
    set_status(store, back, "ok", None)
    set_status(store, [item.key for item in gone if item.status == "ok"], "missing", "the file is gone")
    unreadable = ingest(store, root, fresh, probe)
    replaced = sum(record.replaces is not None for record in fresh)
    return SourceReport(
        added=len(fresh) - replaced,
        changed=changed,
        restored=len(back),
        unchanged=len(found) - len(fresh) - len(back),
        missing=[item.id for item in gone if item.status != "unreadable"],
        unreadable=unreadable,
    )


def set_status(store: Store, keys: list[int], status: str, error: str | None) -> None:
    """Commit the status of items."""
    store.update_items(
        pa.table(
            {
                "key": pa.array(keys, pa.uint64()),
                "status": pa.array([status] * len(keys), pa.string()),
                "error": pa.array([error] * len(keys), pa.string()),
            }
        )
    )


def _free_id(item_id: str, root: Root, taken: set[str]) -> str:
    """``item_id``, or where another root has an item of that name, one that also names the root."""
    candidate, number = item_id, 1
    name = root.text.rstrip("/").rpartition("/")[2]
    while candidate in taken:
        prefix = encode_path(name) if number == 1 else f"{encode_path(name)}~{number}"
        candidate, number = f"{prefix}/{item_id}", number + 1
    taken.add(candidate)
    return candidate
