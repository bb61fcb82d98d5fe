"""Annotations as CVAT writes them: "CVAT for images 1.1", an XML file, or a ZIP archive with it."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from xml.etree.ElementTree import Element

from .annotation import AnnotationFile, AnnotationFileError, Box, BoxAnnotation, ImageAnnotation
from .files import read_files
from .xml_tree import read_xml

#: An attribute of a shape by which a task can carry our ids along.
_ID = "nbcurate_id"


def read_cvat(path: str | os.PathLike[str]) -> AnnotationFile:
    """What a CVAT export says of its images.

    A ``tag`` is a label of the image; a ``box`` one of its objects, as are polygons and masks, by their extent. Other
    shapes, and boxes that are turned, are counted and passed over: what lies there stays. Of an image with tags and no
    shapes, nothing is said of objects; of one with neither, that there are none, where the file has shapes at all.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it holds no images of CVAT; the message says what it holds.
    """
    passed_over: Counter[str] = Counter()
    elements: list[Element] = []
    for name, content in read_files(path, ".xml").items():
        root = read_xml(content, name)
        found = root.findall("image") if root.tag == "annotations" else []
        if root.tag == "annotations" and not found and root.find("track") is not None:
            raise AnnotationFileError(f'{name} is a CVAT export of a video: export it as "CVAT for images 1.1".')
        elements += found
    if not elements:
        raise AnnotationFileError(f'{path} holds no images of CVAT: export the task as "CVAT for images 1.1".')
    images = [_image(element, passed_over) for element in elements]
    if not any(image.boxes for image in images):
        images = [_without_boxes(image) for image in images]
    return AnnotationFile(Path(path).name, images, passed_over=passed_over)


def _image(element: Element, passed_over: Counter[str]) -> ImageAnnotation:
    labels = list(dict.fromkeys(label for tag in element.iter("tag") for label in _label(tag)))
    boxes: list[BoxAnnotation] = []
    unread = 0
    for shape in element:
        if shape.tag == "tag":
            continue
        found = _box(shape, passed_over)
        unread += found is None
        boxes += [found] if found else []
    size = _size(element)
    name = element.get("name", "")
    nothing_said = bool(labels) and not boxes
    return ImageAnnotation(
        [name] if name else [], size=size, labels=labels or None, boxes=None if nothing_said else boxes,
        complete=not unread,
    )  # fmt: skip


def _without_boxes(image: ImageAnnotation) -> ImageAnnotation:
    """Of a file without any shapes: it is about tags, and an image without one has none."""
    return ImageAnnotation(image.names, size=image.size, labels=image.labels or [])


def _box(shape: Element, passed_over: Counter[str]) -> BoxAnnotation | None:
    box = _READERS[shape.tag](shape) if shape.tag in _READERS else None
    kind = shape.tag
    if box is not None and float(shape.get("rotation", 0) or 0) % 360:
        kind, box = "turned box", None
    if box is None:
        passed_over[f"{kind}: only upright boxes, and the extent of polygons and masks, are read"] += 1
        return None
    attributes = {one.get("name"): (one.text or "").strip() for one in shape.iter("attribute")}
    if any(name != _ID for name in attributes):
        passed_over["attributes of a shape"] += 1
    return BoxAnnotation(box, _label(shape), attributes.get(_ID), outline=shape.tag != "box")


def _corners(shape: Element) -> Box | None:
    try:
        left, top, right, bottom = (float(shape.get(name, "")) for name in ("xtl", "ytl", "xbr", "ybr"))
    except ValueError:
        return None
    return left, top, right - left, bottom - top


def _extent(shape: Element) -> Box | None:
    try:
        points = [tuple(map(float, pair.split(","))) for pair in shape.get("points", "").split(";")]
        xs, ys = [x for x, _ in points], [y for _, y in points]
    except ValueError:
        return None
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _mask(shape: Element) -> Box | None:
    try:
        left, top, width, height = (float(shape.get(name, "")) for name in ("left", "top", "width", "height"))
    except ValueError:
        return None
    return left, top, width, height


_READERS = {"box": _corners, "polygon": _extent, "mask": _mask}


def _label(element: Element) -> list[str]:
    """The class; none where its name is empty."""
    return [name] if (name := element.get("label", "").strip()) else []


def _size(element: Element) -> tuple[int, int] | None:
    try:
        size = int(element.get("width", "")), int(element.get("height", ""))
    except ValueError:
        return None
    return size if min(size) > 0 else None
