"""What is on the images of a store as items of another: each object one, with its box, class and annotation."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
import pyarrow as pa

from ..imaging import Probe
from ..imaging.exif import Exif
from ..store import Store
from ..store.coco_columns import FLAGS, as_key, hold_objects
from ..store.edits import Change
from .box_probe import box_probe
from .coco_document import copy_document
from .reconcile import reconcile
from .record import Record
from .root import open_root
from .source import Source

_FACTS = ("content_hash", "width", "height", "format", "mode", "bytes", "taken", "camera", "latitude", "longitude")
_COLUMNS = ("id", "root", "path", "given_by", "label", *_FACTS)


def object_source(given_by: str | None) -> Source:
    """The source of objects on the images of a source; of a COCO file the one that reading its objects makes."""
    place = (given_by or "images").partition(":")[2] or "images"
    return Source("coco", "objects", place if place.endswith("#objects") else f"{place}#objects", frozenset({"label"}))


def holds_objects(images: Store) -> bool:
    """Whether something is said of what is on the images of a store."""
    return hold_objects(images.items.table.schema)


def take_objects(images: Store, objects: Store) -> None:
    """Bring a store of objects up to date with what the columns of a store of images say is on them.

    Nothing is read again: what is known of a picture is known of its boxes. An object that is on no image any more is
    removed, and one that is back comes back.
    """
    with objects.intake:
        found = _read(images)
        there: set[int] = set()
        for (root, given_by), group in found.items():
            source = object_source(given_by)
            place = open_root(images.roots[root])
            columns = pa.table(
                {
                    "area": pa.array(group.areas, pa.float64()),
                    "crowd": pa.array(group.crowds, pa.bool_()),
                    "annotation": pa.array(group.annotations, pa.string()),
                    **{name: pa.array(values) for name, values in group.flags.items() if set(values) - {None}},
                }
            )
            _bring_back(objects, source, {record.id for record in group.records})
            probe = box_probe(place, lambda path, known=group.probes: known[path or ""])
            report = reconcile(objects, source, place, group.records, columns=columns, probe=probe)
            there.update(report.keys.values())
            copy_document(images, given_by or "", objects, source.named(source.place or ""))
        items = objects.items
        gone = items.keys[items.shown & ~np.isin(items.keys, np.array(sorted(there), np.uint64))]
        objects.edit([_status(gone, "ok", "removed")], source="images")


@dataclass(slots=True)
class _Objects:
    """The objects of one source below one root, aligned; and what is known of each picture, by its path."""

    records: list[Record] = field(default_factory=list)
    areas: list[float] = field(default_factory=list)
    crowds: list[bool] = field(default_factory=list)
    annotations: list[str | None] = field(default_factory=list)
    flags: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in FLAGS})
    probes: dict[str, Probe] = field(default_factory=dict)


def _read(images: Store) -> dict[tuple[int, str | None], _Objects]:
    items = images.items
    rows = pa.array(np.flatnonzero(items.shown & ~items.are_boxes))
    names = [*_COLUMNS, "objects", "boxes", *(["annotations"] if "annotations" in items.table.column_names else [])]
    table = items.table.select(names).take(rows)
    found: dict[tuple[int, str | None], _Objects] = defaultdict(_Objects)
    for row in table.to_pylist():
        if row["path"] is None or row["boxes"] is None:
            continue
        group = found[row["root"], row["given_by"]]
        group.probes[row["path"]] = _probe(row)
        for name, label, box, text, given in _on(row):
            group.records.append(Record(name, row["path"], label=label, box=box))
            area = given.get("area")
            group.areas.append(float(area) if isinstance(area, int | float) else box[2] * box[3])
            group.crowds.append(bool(given.get("iscrowd")))
            group.annotations.append(text)
            for flag, values in group.flags.items():
                values.append(given.get(flag))
    return found


def _on(row: dict[str, Any]) -> Iterator[tuple[str, str | None, tuple[float, float, float, float], str | None, dict]]:
    """Of each object on an image: its name, class, box, annotation as JSON, and that read."""
    labels = row["objects"] or []
    texts = row.get("annotations") or []
    texts = texts if len(texts) == len(labels) else [None] * len(labels)
    taken: set[str] = set()
    for number, (label, text) in enumerate(zip(labels, texts, strict=True)):
        sides = row["boxes"][4 * number : 4 * number + 4]
        if len(sides) < 4:
            return
        given = json.loads(text) if text else {}
        known = given.get("id")
        name = f"{row['id']}#{number + 1 if known is None else as_key(known)}"
        if name in taken:
            name = next(other for other in (f"{name}~{copy}" for copy in count(1)) if other not in taken)
        taken.add(name)
        yield name, label or None, (sides[0], sides[1], sides[2], sides[3]), text, given


def _probe(row: dict[str, Any]) -> Probe:
    facts = {name: row[name] for name in ("content_hash", "width", "height", "format", "mode")}
    exif = Exif(1, *(row[name] for name in ("taken", "camera", "latitude", "longitude")))
    return replace(Probe(**facts), bytes=row["bytes"] or 0, exif=exif)


def _bring_back(objects: Store, source: Source, names: set[str]) -> None:
    """Let in again what was removed with its image, which is back."""
    items = objects.items
    rows = np.flatnonzero(items.has_status("removed"))
    table = items.table.select(["given_name", "given_by"]).take(pa.array(rows)).to_pydict()
    given_by = source.named(source.place or "")
    back = [
        row
        for row, name, by in zip(rows, table["given_name"], table["given_by"], strict=True)
        if by == given_by and name in names
    ]
    objects.edit([_status(items.keys[np.array(back, np.intp)], "removed", "ok")], source="images")


def _status(keys: Any, before: str, after: str) -> Change:
    return Change("status", keys, [before] * len(keys), [after] * len(keys))
