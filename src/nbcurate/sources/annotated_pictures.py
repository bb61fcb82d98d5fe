"""Pictures and what is annotated on them, out of files of any format, in the form of a COCO file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..imaging.turning import Box
from ..store.export_mark import COCO_ENTRY


@dataclass(frozen=True, slots=True)
class AnnotatedPictures:
    """What :func:`nbcurate.sources.coco.add_coco_objects` and ``add_coco_images`` take in the place of a COCO file.

    Attributes
    ----------
    file : Path
        The file, or the folder of files, that was read.
    content : dict
        In the form of a COCO file. The id of an annotation counts those of its picture.
    errors : dict of str
        Why something could not be read: a line of a label file, an object, a file; by the name that it has among the
        errors of the data set.
    remarks : list of str
        What else a person should know of.
    """

    file: Path
    content: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def picture(number: int, name: str, split: str | None) -> dict[str, Any]:
    """The entry of a picture; ids are numbers, as pycocotools wants them."""
    return {"id": number, "file_name": name, **({COCO_ENTRY: {"split": split}} if split else {})}


def annotation(
    picture_number: int,
    number: int,
    category: int,
    box: Box,
    *,
    outline: Iterable[float] = (),
    key_points: Iterable[float] = (),
    columns: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The entry of an object, its places in px of the upright picture."""
    entry: dict[str, Any] = {
        "id": number,
        "image_id": picture_number,
        "category_id": category,
        "bbox": [float(side) for side in box],
        "iscrowd": 0,
    }
    if points := [float(side) for side in outline]:
        entry |= {"segmentation": [points], "area": area_of(points)}
    if marks := [float(side) for side in key_points]:
        entry |= {"keypoints": marks, "num_keypoints": sum(side > 0 for side in marks[2::3])}
    if columns:
        entry |= {**columns, COCO_ENTRY: {"columns": dict(columns)}}
    return entry


def categories(names: Mapping[int, str]) -> list[dict[str, Any]]:
    """The entries of classes by their numbers, which COCO counts from 1."""
    return [{"id": number + 1, "name": name} for number, name in sorted(names.items())]


def area_of(outline: list[float]) -> float:
    """The area within a polygon (shoelace formula), px²; x and y of its points one after the other."""
    xs, ys = outline[::2], outline[1::2]
    pairs = zip(xs, ys, [*xs[1:], xs[0]], [*ys[1:], ys[0]], strict=True)
    return abs(sum(x * below - right * y for x, y, right, below in pairs)) / 2


def what_is_wrong(box: Box, size: tuple[int, int]) -> str | None:
    """Why a box cannot be on a picture of this width and height; None where some of it is."""
    x, y, width, height = box
    if width <= 0 or height <= 0:
        return f"its box has no size: {width:g} x {height:g} px"
    if x >= size[0] or y >= size[1] or x + width <= 0 or y + height <= 0:
        return f"its box lies outside of the picture, which has {size[0]} x {size[1]} px"
    return None
