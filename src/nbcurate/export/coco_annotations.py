"""What is on an image, as COCO annotations: as they were given, with what has been changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..imaging.turning import StoredSize, turn_box, turn_box_back
from ..store.export_mark import COCO_ENTRY

#: Members that every annotation has, in their usual order.
_FIRST = ("id", "image_id", "category_id", "bbox", "area", "iscrowd", "segmentation")


@dataclass(frozen=True, slots=True)
class Annotated:
    """An object on an image: its label, and the annotation that is written, without the ids of other entries."""

    label: str | None
    given_category: Any
    entry: dict[str, Any]


def annotations_of(row: dict[str, Any]) -> Iterator[Annotated]:
    """The objects of an item: the box that it is, those on it, or, where it has nothing but a label, all of it."""
    if row.get("box") is not None:
        label = next(iter(_labels(row["label"])), None)
        yield _annotated(label, _read(row.get("annotation")), row["box"], row.get("area"), row.get("crowd"))
    elif row.get("boxes") is not None:
        boxes = np.asarray(row["boxes"], float).reshape(-1, 4).tolist() if len(row["boxes"]) % 4 == 0 else []
        names = row.get("objects") or []
        texts = row.get("annotations") or []
        texts = texts if len(texts) == len(names) else [None] * len(names)
        for label, box, text in zip(names, boxes, texts, strict=False):
            yield _annotated(label or None, _read(text), box, None, None)
    elif row.get("width") and row.get("height"):
        for label in _labels(row["label"]):
            yield _annotated(label, {}, [0.0, 0.0, row["width"], row["height"]], None, None)


def _annotated(label: str | None, given: dict[str, Any], box: list[float], area: Any, crowd: Any) -> Annotated:
    shown = [_shortest(side) for side in box]
    written = _given_box(given, box)
    entry = {name: value for name, value in given.items() if name != COCO_ENTRY}
    entry["bbox"] = written if written is not None else _as_stored(given, shown)
    entry["area"] = _number(area, given.get("area"), entry["bbox"][2] * entry["bbox"][3])
    entry["iscrowd"] = int(bool(given.get("iscrowd", 0) if crowd is None else crowd))
    ordered = {name: entry[name] for name in _FIRST if name in entry}
    return Annotated(label, given.get("category_id"), {**ordered, **entry})


def _given_box(given: dict[str, Any], box: list[float]) -> list[Any] | None:
    """The box as it was given, with all its digits; None if it is another now."""
    bbox = given.get("bbox")
    if not isinstance(bbox, list) or len(bbox) != 4:
        return None
    try:
        sides = [float(side) for side in bbox]
    except (TypeError, ValueError):
        return None
    turned = _turned(given)
    upright = turn_box(sides, turned) if turned else sides
    return bbox if (np.asarray(upright, np.float32) == np.asarray(box, np.float32)).all() else None


def _as_stored(given: dict[str, Any], box: list[float]) -> list[float]:
    """A box of the upright picture, in px of what the annotation file calls the picture."""
    turned = _turned(given)
    return list(turn_box_back(box, turned)) if turned else box


def _turned(given: dict[str, Any]) -> StoredSize | None:
    """The size and the orientation of the file, where the annotations are those of the unturned picture."""
    sizes = given.get(COCO_ENTRY, {}).get("stored")
    return StoredSize(*sizes) if sizes else None


def _number(column: Any, given: Any, otherwise: float) -> Any:
    """The area: that of the column, as it was given where they are equal."""
    if isinstance(column, int | float) and np.isfinite(column):
        return given if given == column else column
    return given if isinstance(given, int | float) and np.isfinite(given) else otherwise


def _shortest(side: float) -> float:
    """A float32 as the shortest decimal number that it is the nearest to: 473.07, not 473.0700073."""
    return float(str(np.float32(side)))


def _labels(label: str | list[str] | None) -> list[str]:
    return [label] if isinstance(label, str) else list(label or [])


def _read(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
