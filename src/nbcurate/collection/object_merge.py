"""Corrected objects of items that are whole images: what is on them stands in columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..curate.box_matching import TOLERANCE, match_boxes
from ..sources.annotations import BoxAnnotation
from ..sources.annotations.annotation import Box
from ..store.export_mark import COCO_ENTRY
from ..store.json_text import to_json

#: The columns: categories; x, y, width and height of each, one after the other; all that a file said of each, as JSON.
OBJECT_COLUMNS = ("objects", "boxes", "annotations")
#: Share of a picture that a box covers which stands for all of it, as COCO has no label of an image.
_ALL_OF_IT = 0.98
#: Members of an annotation that no longer hold once its box is another.
_OF_PLACE = ("bbox", "area", "segmentation")
#: Those that are about the file, or are read in another way.
_OF_FILE = ("id", "image_id", "category_id", "bbox", COCO_ENTRY)
#: Category, box, and what a file said, as JSON.
_Object = tuple[str, list[float], str | None]


def corrected_objects(
    there: dict[str, list[Any] | None], said: list[BoxAnnotation], *, complete: bool
) -> dict[str, list[Any]]:
    """The columns of an image after correction; those of objects that are as they were stay to the digit.

    Parameters
    ----------
    there : dict
        The columns as they are; a column that the data set has not is missing.
    complete : bool
        Whether nothing else is on the image.
    """
    objects = list(there["objects"] or [])
    boxes = np.asarray(there["boxes"] or [], float).reshape(-1, 4).tolist()
    texts = list(there.get("annotations") or []) or [None] * len(objects)
    if not len(objects) == len(boxes) == len(texts):
        objects, boxes, texts = [], [], []
    names = [None if (number := read_annotation(text).get("id")) is None else str(number) for text in texts]
    found = match_boxes(
        boxes, [one.box for one in said], names, [one.id for one in said], objects, [_name(one) for one in said]
    )
    partner = dict(found.pairs)
    kept: list[_Object] = []
    for at, entry in enumerate(zip(objects, boxes, texts, strict=True)):
        if at in partner:
            kept.append(_corrected(*entry, said[partner[at]]))
        elif not complete:
            kept.append(entry)
    kept += [(_name(said[at]), list(said[at].box), annotation_text(said[at], None)) for at in found.new]
    after = {
        "objects": [name for name, _, _ in kept],
        "boxes": [float(np.float32(side)) for _, box, _ in kept for side in box],
        "annotations": [text for _, _, text in kept],
    }
    return {name: values for name, values in after.items() if name in there}


def usable_objects(
    said: list[BoxAnnotation], there: list[float] | None, size: tuple[int, int] | None
) -> list[BoxAnnotation]:
    """Those of which something is on a picture of a size, if that is known; and those that are there already."""
    before = np.asarray(there or [], float).reshape(-1, 4)
    across, down = size or (np.inf, np.inf)

    def is_usable(box: Box) -> bool:
        x, y, width, height = box
        known = (np.abs(before - box) <= TOLERANCE).all(axis=1).any() if np.isfinite(box).all() else False
        return bool(known or (min(width, height, x + width, y + height) > 0 and x < across and y < down))

    return [one for one in said if is_usable(one.box)]


def read_annotation(text: str | None) -> dict[str, Any]:
    """What a file said of an object, from the JSON that is kept of it."""
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def annotation_text(said: BoxAnnotation, before: str | None) -> str | None:
    """What is to be kept of a corrected object as JSON: all that the file says, or what still holds of before."""
    if said.given is not None:
        return to_json({name: value for name, value in said.given.items() if name != COCO_ENTRY})
    holds = {name: value for name, value in read_annotation(before).items() if name not in _OF_PLACE}
    return to_json(holds) if holds else None


def with_facts(text: str | None, said: BoxAnnotation) -> str | None:
    """What is kept of an object that stays where it is, as JSON, with what a COCO file says anew: area, outline, …"""
    if said.given is None:
        return text
    before = read_annotation(text)
    anew = {name: value for name, value in said.given.items() if name not in _OF_FILE and before.get(name) != value}
    of_box = {"area": said.box[2] * said.box[3], "iscrowd": 0}  # what is so where a file does not say it
    anew = {name: value for name, value in anew.items() if name in before or value != of_box.get(name)}
    return to_json({**before, **anew}) if anew else text


def label_of_whole(boxes: list[BoxAnnotation], size: tuple[int, int] | None) -> list[str] | None:
    """The classes of boxes that cover all of their image, if all do; that is how COCO says what an image is."""
    if not boxes or size is None:
        return None
    across, down = size
    covering = [one.box[2] >= _ALL_OF_IT * across and one.box[3] >= _ALL_OF_IT * down for one in boxes]
    return list(dict.fromkeys(label for one in boxes for label in one.labels)) if all(covering) else None


def _corrected(
    name: str, box: list[float], text: str | None, said: BoxAnnotation
) -> tuple[str, list[float], str | None]:
    label = _name(said) if said.labels else name
    if float(np.abs(np.asarray(box) - said.box).max()) <= TOLERANCE:
        return label, box, with_facts(text, said)
    return label, list(said.box), annotation_text(said, text)


def _name(said: BoxAnnotation) -> str:
    return said.labels[0] if said.labels else ""
