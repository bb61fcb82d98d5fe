"""What a source holds now against what the store knows of it: new, changed, corrected, back, gone, as it was."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.column_types import in_words
from ..store.paths import encode_path
from .corrected_boxes import CorrectedBoxes
from .ingest import Arrival, ProbeRecord, ingest
from .known_items import KnownItems, match, name_in_memory, place_of
from .positions import Positions
from .record import Record
from .relocate import moved_from
from .report import SourceReport
from .root import FolderRoot, Root
from .source import Source
from .take_values import take_values


def reconcile(
    store: Store,
    source: Source,
    root: Root,
    records: Sequence[Record],
    *,
    columns: pa.Table | None = None,
    probe: ProbeRecord | None = None,
) -> SourceReport:
    """Bring ``store`` up to date with the records of a source; the caller holds ``store.intake``.

    Which item a record is, says :func:`nbcurate.sources.known_items.match`. A file that has changed becomes a new item
    under the same id, with the same label, split, tags and columns. What the source corrects is taken up, unless a
    person has changed just that: see :func:`nbcurate.sources.corrections.corrections`. What the user has taken out of
    the data set stays out.

    Parameters
    ----------
    records : sequence of Record
        Each of another ``id``.
    columns : pyarrow.Table, optional
        The source's own columns, a row for each record.
    probe : callable, optional
        See :func:`nbcurate.sources.ingest.ingest`.
    """
    labels_before = store.items.table.schema.field("label").type
    records = _with_facts(root, records)
    moved = moved_from(store, root, records)
    if moved is not None:
        store.replace_root(moved, root.text)
    number = store.root_index(root.text)
    known = KnownItems(store)
    place = source.place
    given_by = source.named(place) if place else name_in_memory(source, known, root, number, records)
    rows = match(known, given_by, root, number, records)
    left: list[int] = []
    if source.by_position:
        outdated = [at for at, row in enumerate(rows) if row is None or _is_outdated(known, row, root, records[at])]
        positions = Positions(known, given_by, root, records, rows, outdated)
        rows, left, probe = positions.rows, positions.left, positions.probe(probe)
        store.retire([known.keys[row] for row in left])
    corrected = CorrectedBoxes(store)
    plan = _plan(source, root, known, records, rows, corrected, left)
    store.set_status(np.array(plan.back, np.uint64), "ok", None)
    gone = _gone(source, given_by, number, root, known, {*rows, *left})
    gone = [row for row in gone if not corrected.is_new(known.keys[row], known.ids[row])]
    newly = [known.keys[row] for row in gone if known.status[row] == "ok"]
    store.set_status(np.array(newly, np.uint64), "missing", source.gone)
    done = ingest(store, root, given_by, list(plan.arrivals.values()), probe)
    plan.keys.update((at, key) for at, key in zip(plan.arrivals, done.keys, strict=True) if key is not None)
    report = SourceReport(
        title=source.title,
        kind=source.kind,
        added=sum(at in plan.keys and arrival.key is None for at, arrival in plan.arrivals.items()),
        changed=done.changed,
        restored=len(plan.back),
        unchanged=0,
        missing=[known.ids[row] for row in gone if known.status[row] != "unreadable"],
        gone=source.gone_several,
        absent=[] if source.whole else _absent(given_by, known, {*rows, *left}),
        removed=[*plan.removed, *done.unwanted],
        renamed=plan.renamed,
        unreadable=done.failed,
        problems=[
            *([] if moved is None else [_moved_in_words(moved, root)]),
            *_left_in_words(known, left),
            *([] if source.by_position else _kept_ids(known, records, rows)),
        ],
        keys={records[at].id: key for at, key in plan.keys.items()},
    )
    unchanged = len(plan.keys) - report.added - report.changed - report.restored
    known_before = {at for at in plan.keys if at not in plan.arrivals or plan.arrivals[at].key is not None}
    report = replace(report, unchanged=unchanged)
    before = {at: known.keys[row] for at, row in enumerate(rows) if row is not None and at in known_before}
    with store.guard:  # somebody may edit meanwhile
        report = take_values(store, source, given_by, records, plan.keys, before, columns, report)
    return report if not known.keys else _tell_of_labels(store, labels_before, report)


def _tell_of_labels(store: Store, before: pa.DataType, report: SourceReport) -> SourceReport:
    """Say so where the labels of the items that were there are lists now."""
    now = store.items.table.schema.field("label").type
    if now == before:
        return report
    words = f"The labels were {in_words(before)}, and are {in_words(now)} now: an item may have several."
    return replace(report, problems=[*report.problems, words])


@dataclass(slots=True)
class _Plan:
    """What is to be done with the records.

    Attributes
    ----------
    keys : dict of int
        Key of the item that each record is, by the record's number.
    arrivals : dict of Arrival
        The records that are to be looked at, by number.
    back : list of int
        Keys of items that were missing and are there.
    removed : list of str
        Ids of items that the user has taken out.
    renamed : dict of str
        The id of new items whose own was taken, by the latter.
    """

    keys: dict[int, int] = field(default_factory=dict)
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)


def _plan(
    source: Source,
    root: Root,
    known: KnownItems,
    records: Sequence[Record],
    rows: Sequence[int | None],
    corrected: CorrectedBoxes,
    left: Sequence[int],
) -> _Plan:
    """What is to be done; ``left`` are known items that lose their ids to others."""
    plan = _Plan()
    taken = {item_id for item_id, status in zip(known.ids, known.status, strict=True) if status != "removed"}
    placed = enumerate(rows) if source.by_position else ()
    moved = {at for at, row in placed if row is not None and _has_moved(known, row, records[at])}
    taken -= {known.ids[row] for row in left} | {known.ids[row] for at in moved if (row := rows[at]) is not None}
    for at, (record, row) in enumerate(zip(records, rows, strict=True)):
        if row is None:
            item_id = _free_id(record.id, source.title, taken)
            if item_id != record.id:
                plan.renamed[record.id] = item_id
            plan.arrivals[at] = Arrival(record, item_id)
        elif known.status[row] == "removed" and not _is_outdated(known, row, root, record):
            plan.removed.append(known.ids[row])
        elif known.status[row] == "removed":  # what is there may be something else now, and welcome
            unwanted = None if isinstance(root, FolderRoot) else known.content_hash[row]
            plan.arrivals[at] = Arrival(record, _free_id(record.id, source.title, taken), unwanted=unwanted)
        elif _is_outdated(known, row, root, record) and not corrected.was_so_before(
            known.keys[row], known.ids[row], record
        ):
            if at in moved:  # a new item in the order of the rows, that takes over what was said of the picture
                plan.arrivals[at] = Arrival(record, _free_id(record.id, source.title, taken), known.keys[row])
                continue
            owner = (there, known.given_name[row]) if (there := known.given_by[row]) is not None else None
            plan.arrivals[at] = Arrival(record, known.ids[row], known.keys[row], known.content_hash[row], owner)
        else:
            plan.keys[at] = known.keys[row]
            if known.status[row] == "missing":
                plan.back.append(known.keys[row])
    return plan


def _has_moved(known: KnownItems, row: int, record: Record) -> bool:
    """Whether an item that is named by its place lies at another one."""
    return known.given_name[row] != record.id and known.status[row] != "removed"


def _is_outdated(known: KnownItems, row: int, root: Root, record: Record) -> bool:
    """Whether an item may be another one now. A file that was not asked (at a URL) counts as the same."""
    if known.status[row] == "unreadable" and not known.content_hash[row]:
        return True  # it was never opened: a permission or a network that failed may have come back
    if record.content_hash is not None and not known.content_hash[row].endswith(record.content_hash):
        return True
    if place_of(root, record.path, record.box) != known.places[row]:
        return True
    facts = ((record.bytes, known.bytes[row]), (record.modified_ns, known.modified_ns[row]))
    return any(now is not None and then is not None and now != then for now, then in facts)


def _gone(
    source: Source, given_by: str, number: int, root: Root, known: KnownItems, there: set[int | None]
) -> list[int]:
    """Which known items are not in their source any more: of a folder those whose file is not there."""
    if not source.whole:
        return []
    rows = [row for row in range(len(known)) if row not in there and known.status[row] != "removed"]
    if isinstance(root, FolderRoot) and source.kind == "folder":
        mine = [row for row in rows if known.roots[row] == number and known.paths[row] is not None]
        return [row for row in mine if not os.path.lexists(root.file(str(known.paths[row])))]
    return [row for row in rows if known.given_by[row] == given_by]


def _with_facts(root: Root, records: Sequence[Record]) -> list[Record]:
    """The records with size and time of their files, where these lie in a folder; each file is asked once."""
    if not isinstance(root, FolderRoot):
        return list(records)

    @cache
    def facts(path: str) -> tuple[int | None, int | None]:
        try:
            found = os.stat(root.file(path))
        except (OSError, ValueError):  # gone, or no name at all: reading it says so
            return None, None
        return found.st_size, found.st_mtime_ns

    def asked(record: Record) -> Record:
        if record.path is None or record.bytes is not None:
            return record
        size, time = facts(record.path)
        return replace(record, bytes=size, modified_ns=time)

    return [asked(record) for record in records]


def _absent(given_by: str, known: KnownItems, there: set[int | None]) -> list[str]:
    """Ids of the items of a source that it does not speak of this time."""
    rows = [row for row in range(len(known)) if known.given_by[row] == given_by and row not in there]
    return [known.ids[row] for row in rows if known.status[row] == "ok"]


def _left_in_words(known: KnownItems, left: Sequence[int]) -> list[str]:
    if not left:
        return []
    return [
        f"{len(left):,} pictures are in it no more, such as the one that was {known.ids[left[0]]!r}: they have left "
        "the data set, with what people said of them."
    ]


def _kept_ids(known: KnownItems, records: Sequence[Record], rows: Sequence[int | None]) -> list[str]:
    """What to say where a source has names of its own for items that another source brought: they keep their ids."""
    others = [
        (record.id, known.ids[row])
        for record, row in zip(records, rows, strict=True)
        if row is not None and record.id not in (record.path, known.given_name[row], known.ids[row])
    ]
    if not others:
        return []
    name, there = others[0]
    return [f"{len(others):,} items were there already, and keep the ids that they have: {name!r} is {there!r} here."]


def _moved_in_words(old: str, root: Root) -> str:
    return (
        f"The folder {old} is gone, and its files are in {root.text}: its items are read from there now, as after "
        f"ds.reroot({root.text!r})."
    )


def _free_id(item_id: str, title: str, taken: set[str]) -> str:
    """``item_id``, or where another source has an item of that name, one that also names the source."""
    candidate, number = item_id, 1
    while candidate in taken:
        prefix = encode_path(title) if number == 1 else f"{encode_path(title)}~{number}"
        candidate, number = f"{prefix}/{item_id}", number + 1
    taken.add(candidate)
    return candidate
