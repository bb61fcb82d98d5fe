"""The objects on the pictures of a Hugging Face data set, as columns that ``from_coco`` makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from ..store.json_text import to_json

BoxFormat = Literal["xywh", "xyxy"]
#: What the members are called that data sets on the hub have.
_BOXES, _CLASSES = ("bbox", "boxes", "box"), ("category", "category_id", "categories", "label", "labels", "class")


def object_columns(column: pa.ChunkedArray, kind: Any, box_format: BoxFormat) -> tuple[dict[str, pa.Array], int] | None:
    """``objects``, ``boxes`` and ``annotations`` of a column, and how many objects have no box; None if it holds none.

    Parameters
    ----------
    column : ChunkedArray
        A dict of lists a row, or a list of dicts: boxes, classes, and what else is said of each.
    kind : datasets feature
        Gives classes their names.
    box_format : {"xywh", "xyxy"}
        Corner and size, or two corners; px.
    """
    members = _members(kind)
    boxes = next((name for name in _BOXES if name in members), None)
    classes = next((name for name in _CLASSES if name in members), None)
    if boxes is None:
        return None
    lost = 0
    labels: list[list[str]] = []
    sides: list[list[float]] = []
    texts: list[list[str]] = []
    for row in column.to_pylist():
        labels.append([])
        sides.append([])
        texts.append([])
        for one in _objects(row):
            box = _box(one.get(boxes), box_format)
            if box is None:
                lost += 1
                continue
            label = _label(one.get(classes), members.get(classes)) if classes else None
            labels[-1].append(label or "")
            sides[-1] += box
            said = {name: value for name, value in one.items() if name not in (boxes, classes) and value is not None}
            texts[-1].append(to_json({**said, "bbox": box}))
    columns = {
        "objects": pa.array(labels, pa.list_(pa.string())),
        "boxes": pa.array(sides, pa.list_(pa.float32())),
        "annotations": pa.array(texts, pa.list_(pa.string())),
    }
    return columns, lost


def _members(kind: Any) -> Mapping[str, Any]:
    """What a feature says of each object, by name; empty where it is no list of objects."""
    inside = getattr(kind, "feature", kind[0] if isinstance(kind, list) and kind else kind)
    if not isinstance(inside, Mapping):
        return {}
    return {name: getattr(of, "feature", of[0] if isinstance(of, list) and of else of) for name, of in inside.items()}


def _objects(row: Any) -> list[dict[str, Any]]:
    if isinstance(row, Mapping):
        lists = {name: values for name, values in row.items() if isinstance(values, Sequence)}
        count = max(map(len, lists.values()), default=0)
        return [{name: values[at] for name, values in lists.items() if at < len(values)} for at in range(count)]
    return [dict(one) for one in row or [] if isinstance(one, Mapping)]


def _box(given: Any, box_format: BoxFormat) -> list[float] | None:
    if not isinstance(given, Sequence) or len(given) != 4 or any(side is None or side != side for side in given):
        return None
    left, top, right, bottom = (float(side) for side in given)
    return [left, top, right - left, bottom - top] if box_format == "xyxy" else [left, top, right, bottom]


def _label(value: Any, kind: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    names = getattr(kind, "names", None)
    return names[value] if names and isinstance(value, int) and 0 <= value < len(names) else str(value)
