"""Pictures with the objects on them, in px of the picture as it is shown: what formats need that are no COCO."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from ..imaging import UnreadableImageError
from ..imaging.masks import Polygon, upright_polygons
from ..imaging.turning import Box, StoredSize, stored_size
from ..store.coco_columns import annotating
from ..store.export_mark import COCO_ENTRY
from .classes import in_order_of_categories
from .coco_content import CocoItems
from .names import Names
from .pictures import Original, whole_name


@dataclass(frozen=True, slots=True)
class DrawnObject:
    """An object on a picture.

    Attributes
    ----------
    label : str or None
    box : Box
        x, y, width and height, px.
    outlines : list of Polygon
        Those of its mask; none where it has only a box.
    crowd : bool
    said : dict
        The columns of the item that it is, by name; or what the annotation file says of it.
    """

    label: str | None
    box: Box
    outlines: list[Polygon]
    crowd: bool
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DrawnPicture:
    """A picture, the split that it is in, and what is on it."""

    file: Original
    format: str | None
    split: str | None
    size: tuple[int, int] | None
    objects: list[DrawnObject] = field(default_factory=list)


def drawn_pictures(items: CocoItems) -> list[DrawnPicture]:
    """The pictures of items, in their order, and at the end those that nothing is on.

    An item is an object on a picture, or a picture with the columns ``objects`` and ``boxes``. The split of a picture
    is that of the first object on it.
    """
    found: dict[str, DrawnPicture] = {}
    for row, file in zip(annotating(items.rows).to_pylist(), items.files, strict=True):
        if not file.place:
            continue
        picture = found.get(file.place)
        if picture is None:
            is_whole = row.get("box") is None
            size = (row["width"], row["height"]) if is_whole and row.get("width") and row.get("height") else None
            picture = found[file.place] = DrawnPicture(file, row.get("format"), row.get("split"), size)
        picture.objects += _objects(row, items.own)
    for empty in items.empty:
        split = empty.given.get(COCO_ENTRY, {}).get("split")
        found.setdefault(empty.file.place, DrawnPicture(empty.file, None, split, None))
    return list(found.values())


def class_numbers(items: CocoItems, pictures: Sequence[DrawnPicture], classes: Sequence[str] | None) -> dict[str, int]:
    """The number of each class, from 0: those that are asked for, or as annotation files count them, others behind."""
    if classes is None:
        there = (one.label for picture in pictures for one in picture.objects if one.label)
        known = in_order_of_categories(document.says["categories"] for document in items.documents.values())
        classes = list(dict.fromkeys([*known, *items.classes, *there]))
    return {name: number for number, name in enumerate(classes)}


def copy_pictures(
    pictures: Sequence[DrawnPicture], folder: Path, under: str
) -> Iterator[tuple[DrawnPicture, PurePosixPath, tuple[int, int]]]:
    """Copy pictures to ``<under>/<split>/<name>`` below a folder: each with its path below ``under``, and its size.

    What cannot be read is left out; who calls tells of what did not come.
    """
    names = Names()
    for picture in tqdm(pictures, desc="exporting", unit="img"):
        path = names.file(PurePosixPath(picture.split or ""), whole_name(picture.file, picture.format))
        target = folder / under / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with picture.file.open() as stream, open(target, "wb") as copy:
                shutil.copyfileobj(stream, copy)
            size = picture.size or _size(target)
        except (OSError, UnreadableImageError):
            size = None
        if size is None:
            target.unlink(missing_ok=True)
            continue
        yield picture, path, size


def what_was_lost(
    pictures: Sequence[DrawnPicture], written: int, left_out: Counter[str], to: str | os.PathLike[str]
) -> list[str]:
    """Sentences on what an export could not take along."""
    told = [f"{count:,} objects are not in {os.fspath(to)}: {why}." for why, count in left_out.items()]
    if lost := len(pictures) - written:
        told.append(f"{lost:,} of {len(pictures):,} pictures could not be read, and are left out with what is on them.")
    return told


def clipped(box: Box, size: tuple[int, int]) -> Box | None:
    """The part of a box that is on a picture; None where none is."""
    left, top = max(box[0], 0.0), max(box[1], 0.0)
    right, bottom = min(box[0] + box[2], float(size[0])), min(box[1] + box[3], float(size[1]))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def _objects(row: dict[str, Any], own: Sequence[str]) -> Iterator[DrawnObject]:
    if row.get("box") is not None:
        label = row["label"]
        label = label if isinstance(label, str) or label is None else next(iter(label), None)
        given = _read(row.get("annotation"))
        said = {name: row.get(name) for name in own}
        yield _object(label, row["box"], given, bool(row.get("crowd") or given.get("iscrowd")), said)
        return
    boxes = np.asarray(row.get("boxes") or [], float)
    labels, texts = row.get("objects") or [], row.get("annotations") or []
    texts = texts if len(texts) == len(labels) else [None] * len(labels)
    sides = boxes.reshape(-1, 4).tolist() if len(boxes) % 4 == 0 else []
    for label, box, text in zip(labels, sides, texts, strict=False):
        given = _read(text)
        yield _object(label or None, box, given, bool(given.get("iscrowd")), given)


def _object(
    label: str | None, box: Sequence[float], given: dict[str, Any], crowd: bool, said: dict[str, Any]
) -> DrawnObject:
    stored = given.get(COCO_ENTRY, {}).get("stored")
    try:
        polygons = upright_polygons(given.get("segmentation"), StoredSize(*stored) if stored else None)
    except ValueError:
        polygons = []
    x, y, width, height = (float(str(np.float32(side))) for side in box)
    return DrawnObject(label, (x, y, width, height), [one for one in polygons if len(one) >= 6], crowd, said)


def _read(text: str | None) -> dict[str, Any]:
    try:
        given = json.loads(text or "{}")
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _size(file: Path) -> tuple[int, int] | None:
    with open(file, "rb") as stream:
        stored = stored_size(stream)
    return stored.upright if stored else None
