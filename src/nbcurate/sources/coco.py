"""COCO annotations as a source: an item an image, or an item an object on an image."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..imaging import Probe
from ..store import Store
from ..store.paths import encode_path
from .ingest import ProbeRecord, probe_record
from .reconcile import reconcile
from .record import Record
from .report import SourceReport
from .root import Root, root_of
from .source import Source

#: An annotation file, or its content.
Annotations = str | os.PathLike[str] | dict[str, Any]


def add_coco_objects(store: Store, annotations: Annotations, images: str | os.PathLike[str]) -> SourceReport:
    """Bring ``store`` up to date with the annotated boxes: each is an item, its category the label.

    An item's id is ``<file name>#<annotation id>``. Boxes that are empty or lie outside of their image are unreadable;
    what reaches over an edge is left out.

    Raises
    ------
    ValueError
        If the file is no COCO annotation file; the message says what is missing.
    """
    coco, root = read_coco(annotations), root_of(images)
    files, names = _files(coco), _categories(coco)
    records: list[Record] = []
    taken: set[str] = set()
    extra: dict[str, list[Any]] = {"area": [], "crowd": []}
    skipped = nameless = 0
    for annotation in coco["annotations"]:
        file, box = files.get(annotation.get("image_id")), annotation.get("bbox")
        if file is None or not box or len(box) != 4:
            skipped += 1
            continue
        number = annotation.get("id")
        name = f"{file}#{number}"
        if number is None or name in taken:  # ids are to be unique; where they are not, the order tells them apart
            nameless += 1
            name = next(name for name in (f"{name}~{copy}" for copy in count(1)) if name not in taken)
        taken.add(name)
        x, y, width, height = map(float, box)
        label = names.get(annotation.get("category_id"))
        records.append(Record(name, encode_path(file), label=label, box=(x, y, width, height)))
        extra["area"].append(float(annotation.get("area", width * height)))
        extra["crowd"].append(bool(annotation.get("iscrowd", 0)))
    source = _source(annotations, root, frozenset({"label"}))
    report = reconcile(store, source, root, records, columns=pa.table(extra), probe=_box_probe(root))
    problems = [f"{skipped} annotations name no image of the file, or have no box"] if skipped else []
    if nameless:
        problems.append(
            f"{nameless} annotations have no id, or that of another one: they are told apart by their order, and may "
            "be taken for others when the file has changed"
        )
    return replace(report, skipped=skipped, problems=[*report.problems, *problems])


def add_coco_images(store: Store, annotations: Annotations, images: str | os.PathLike[str]) -> SourceReport:
    """Bring ``store`` up to date with the annotated images.

    The columns ``objects`` (the category of each box) and ``boxes`` (x, y, width, height of each, one after the other,
    in px) say what is on an image. Where all objects are of one category, that is the label.
    """
    coco, root = read_coco(annotations), root_of(images)
    files, names = _files(coco), _categories(coco)
    objects: dict[str, list[str]] = defaultdict(list)
    boxes: dict[str, list[float]] = defaultdict(list)
    for annotation in coco["annotations"]:
        file, box = files.get(annotation.get("image_id")), annotation.get("bbox")
        if file is not None and box and len(box) == 4:
            objects[file].append(names.get(annotation.get("category_id")) or "")
            boxes[file].extend(map(float, box))
    found = {
        file: Record(file, encode_path(file), label=objects[file][0] if len(set(objects[file])) == 1 else None)
        for file in files.values()
    }
    columns = {
        "objects": pa.array([objects[file] for file in found], pa.list_(pa.string())),
        "boxes": pa.array([boxes[file] for file in found], pa.list_(pa.float32())),
    }
    source = _source(annotations, root, frozenset({"label"}))
    return reconcile(store, source, root, list(found.values()), columns=pa.table(columns))


def _source(annotations: Annotations, root: Root, says: frozenset[str]) -> Source:
    if isinstance(annotations, dict):
        return Source("coco", encode_path(root.text.rstrip("/").rpartition("/")[2]), says=says)
    file = Path(annotations).expanduser().resolve()
    return Source("coco", encode_path(file.stem), encode_path(file), says, whole=True)


def read_coco(annotations: Annotations) -> dict[str, Any]:
    """The content of a COCO annotation file, or what was read from one already.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(annotations, dict):
        path, coco = "The dict", annotations
    else:
        path = Path(annotations).expanduser()
        try:
            coco = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path} is no JSON file: {error}") from None
    missing = [key for key in ("images", "annotations", "categories") if not isinstance(coco, dict) or key not in coco]
    if missing:
        raise ValueError(f"{path} is no COCO annotation file: it has no {', '.join(missing)}.")
    return coco


def _files(coco: dict[str, Any]) -> dict[Any, str]:
    return {image["id"]: image["file_name"] for image in coco["images"] if "id" in image and "file_name" in image}


def _categories(coco: dict[str, Any]) -> dict[Any, str]:
    return {category["id"]: str(category["name"]) for category in coco["categories"]}


def _box_probe(root: Root) -> ProbeRecord:
    """Looks at the box of a record; each image file is read once for all boxes that follow one another."""
    look = lru_cache(maxsize=256)(lambda path: probe_record(root, Record(path, path)))

    def probe(record: Record) -> Probe:
        whole = look(record.path)
        if whole.error is not None or record.box is None:
            return whole
        x, y, width, height = record.box
        sides = ((x, width, whole.width), (y, height, whole.height))
        inside = [min(at + side, of or 0) - max(at, 0) for at, side, of in sides]
        if min(width, height, *inside) <= 0:
            return Probe(error=f"its box {record.box} is empty or outside of the image")
        digest = f"{whole.content_hash}#{x:g},{y:g},{width:g},{height:g}"
        return replace(whole, content_hash=digest, width=max(1, round(inside[0])), height=max(1, round(inside[1])))

    return probe
