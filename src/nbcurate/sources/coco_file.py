"""A COCO annotation file as it is: what of it can be used, and what of it cannot, told by kind with an example each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from ..imaging.masks import polygons_of
from ..imaging.turning import Box
from ..store.coco_columns import as_key
from ..store.export_mark import COCO_ENTRY
from .coco_json import Annotations, read_coco
from .coco_problems import Problems


@dataclass(frozen=True, slots=True)
class CocoImage:
    """An image of the file: its id there, its file name, its size as the file says, if it does, and all else."""

    id: Any
    file_name: str
    size: tuple[int, int] | None
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CocoAnnotation:
    """An object on an image that can be used.

    Attributes
    ----------
    label : str or None
        Name of its category.
    box : tuple of float
        x, y, width, height in px, as the file says.
    area : float
        As the file says, or else that of the box.
    given : dict
        All that the file says of it.
    """

    image: CocoImage
    label: str | None
    box: Box
    area: float
    crowd: bool
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CocoFile:
    """What of an annotation file can be used.

    Attributes
    ----------
    images, annotations : list
        In the order of the file.
    without : list of str
        File names of the images on which the file says that there is nothing.
    document : dict
        Categories, images, and all else that the file says beside its annotations.
    problems : list of str
        What cannot be used, or was read otherwise than it is written.
    skipped : int
        How many annotations cannot be used.
    """

    images: list[CocoImage]
    annotations: list[CocoAnnotation]
    without: list[str]
    document: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    skipped: int = 0


def parse_coco(annotations: Annotations) -> CocoFile:
    """What can be used of a COCO annotation file, or of its content.

    Raises
    ------
    ValueError
        If it is none: see :func:`nbcurate.sources.coco_json.read_coco`.
    """
    content = read_coco(annotations)
    problems = Problems()
    images = _images(content["images"], problems)
    labels = _labels(content["categories"], problems)
    by_id = _by_id(images, problems)
    found: list[CocoAnnotation] = []
    mentioned: set[str] = set()
    for given in content["annotations"]:
        mentioned.add(as_key(given.get("image_id")) if isinstance(given, dict) else "")
        annotation = _annotation(given, by_id, labels, problems)
        if annotation is not None:
            found.append(annotation)
    on_something = {image.file_name for image in images if as_key(image.id) in mentioned}
    without = [name for name in dict.fromkeys(image.file_name for image in images) if name not in on_something]
    others = {name: value for name, value in content.items() if name not in ("images", "annotations")}
    categories = [one for one in content["categories"] if isinstance(one, dict) and _is_id(one.get("id"))]
    document = {**others, "categories": categories, "images": [image.given for image in images]}
    return CocoFile(images, found, without, document, problems.texts(), problems.skipped)


def _images(given: list[Any], problems: Problems) -> list[CocoImage]:
    images: list[CocoImage] = []
    for image in given:
        name = image.get("file_name") if isinstance(image, dict) else None
        if not isinstance(name, str) or not name.strip():
            problems.note("images are left out: they have no file name", image)
        elif not _is_id(image.get("id")):
            problems.note("images have no id: nothing is known to be on them", image)
            images.append(CocoImage(None, name, _size(image), image))
        else:
            images.append(CocoImage(image["id"], name, _size(image), image))
    return images


def _by_id(images: list[CocoImage], problems: Problems) -> dict[str, CocoImage | None]:
    """The images by their ids; None for an id that several have: what lies on which is not told."""
    by_id: dict[str, CocoImage | None] = {}
    for image in images:
        key = as_key(image.id)
        if image.id is None:
            continue
        there = by_id.setdefault(key, image)
        if there is not None and there.file_name != image.file_name:
            problems.note("images have the id of another one: it is not told what is on which", image.given)
            by_id[key] = None
    names = Counter(image.file_name for image in images)
    for image in images:
        if names[image.file_name] > 1:
            problems.note(
                "images are listed more than once: what is on one of them is on the same picture", image.given
            )
    return by_id


def _labels(given: list[Any], problems: Problems) -> dict[str, str | None]:
    """The label that each category id stands for."""
    labels: dict[str, str | None] = {}
    ids_of: dict[str, list[str]] = {}
    for category in given:
        if not isinstance(category, dict) or not _is_id(category.get("id")):
            problems.note("categories are left out: they have no id", category)
            continue
        key, name = as_key(category["id"]), _name(category)
        if name is None and not category.get(COCO_ENTRY):
            problems.note("categories have no name: what is of them has no label", category)
        if key in labels and labels[key] != name:
            problems.note("categories have the id of another one: what is of them has no label", category)
            name = None
        elif name is not None and key not in labels:
            ids_of.setdefault(name, []).append(key)
        labels[key] = name
    for name, ids in ids_of.items():
        if len(ids) > 1:
            problems.note(
                "names are those of several categories, which become one label", f"{name!r}: {', '.join(ids)}"
            )
    return labels


def _name(category: dict[str, Any]) -> str | None:
    name = category.get("name")
    if isinstance(category.get(COCO_ENTRY), dict) and category[COCO_ENTRY].get("no_label"):
        return None
    if isinstance(name, int | float) and not isinstance(name, bool) and name == name:
        return str(name)
    return name if isinstance(name, str) and name.strip() else None


def _annotation(
    given: Any, images: dict[str, CocoImage | None], labels: dict[str, str | None], problems: Problems
) -> CocoAnnotation | None:
    """An annotation that can be used; None for one that cannot, which is noted."""
    if not isinstance(given, dict):
        problems.skip("they are none", given)
        return None
    key = as_key(given.get("image_id"))
    image = images.get(key)
    if image is None:
        problems.skip(
            "several images have their image_id" if key in images else "they name no image of the file", given
        )
        return None
    box = _box(given, problems)
    if box is None:
        return None
    category = as_key(given.get("category_id"))
    if category not in labels:
        problems.note("annotations have no label: the file has no category of their category_id", given)
    area = _number(given.get("area"))
    if area is None and "area" in given:
        problems.note("annotations have no number as their area: that of the box is taken", given)
    crowd = bool(given.get("iscrowd")) and given.get("iscrowd") not in ("0", "false", "False")
    return CocoAnnotation(image, labels.get(category), box, box[2] * box[3] if area is None else area, crowd, given)


def _box(given: dict[str, Any], problems: Problems) -> Box | None:
    box = given.get("bbox")
    if box is None or box == []:
        return _box_of_mask(given, problems)
    sides = [_number(side) for side in box] if isinstance(box, list | tuple) else []
    if len(sides) != 4:
        problems.skip("their box is not x, y, width, height", given)
        return None
    if None in sides:
        problems.skip("a side of their box is no number", given)
        return None
    x, y, width, height = (float(side) for side in sides if side is not None)
    return x, y, width, height


def _box_of_mask(given: dict[str, Any], problems: Problems) -> Box | None:
    try:
        outlines = polygons_of(given.get("segmentation"))
    except ValueError:
        outlines = []
    if not outlines:
        problems.skip("they have no box", given)
        return None
    across = [side for outline in outlines for side in outline[::2]]
    down = [side for outline in outlines for side in outline[1::2]]
    problems.note("annotations have no box: that around their mask is taken", given)
    return min(across), min(down), max(across) - min(across), max(down) - min(down)


def _number(value: Any) -> float | None:
    """A finite number, or one as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _size(image: dict[str, Any]) -> tuple[int, int] | None:
    width, height = _number(image.get("width")), _number(image.get("height"))
    return (round(width), round(height)) if width and height and width > 0 and height > 0 else None


def _is_id(value: Any) -> bool:
    return isinstance(value, int | str | float) and isinstance(value, Hashable) and value == value and value != ""
