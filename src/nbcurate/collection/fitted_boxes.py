"""Boxes of an annotation file, brought onto the picture as it is here: tools resize and turn what they show."""

from __future__ import annotations

from dataclasses import replace

from ..curate.box_matching import TOLERANCE
from ..imaging.turning import StoredSize, turn_box
from ..sources.annotations import BoxAnnotation, ImageAnnotation

#: How much the ratio of two sides may differ for one picture to be the other in another size.
_RATIO = 0.02


def fit_boxes(
    boxes: list[BoxAnnotation], size: tuple[int, int] | None, stored: StoredSize | None
) -> tuple[list[BoxAnnotation] | None, str]:
    """The boxes in px of the upright picture, and what was done to them, in words; None if they do not fit.

    Of boxes that had to be brought there, what else a COCO file says is left out: their outlines are not in these px.

    Parameters
    ----------
    size : (int, int) or None
        Width and height of the picture, px, as the file knows it; None where it does not say.
    stored : StoredSize or None
        The picture's; None where it cannot be read.
    """
    if size is None or stored is None or size == stored.upright or not min(size):
        return boxes, ""
    if stored.sideways and size == (stored.width, stored.height):
        turned = [replace(one, box=turn_box(one.box, stored), given=None) for one in boxes]
        return (
            turned,
            "the boxes of an image are those of the picture before it is turned: they were turned",
        )
    across, down = stored.upright[0] / size[0], stored.upright[1] / size[1]
    if abs(across / down - 1) > _RATIO:
        return None, (
            f"its boxes are those of a picture of {size[0]} x {size[1]} px, which is no resized copy of the one here, "
            f"of {stored.upright[0]} x {stored.upright[1]}"
        )
    scaled = [
        replace(one, box=(one.box[0] * across, one.box[1] * down, one.box[2] * across, one.box[3] * down),
                area=None if one.area is None else one.area * across * down, given=None)
        for one in boxes
    ]  # fmt: skip
    return scaled, "the boxes of an image are those of the picture in another size: they were scaled to the one here"


def agree_on_boxes(first: list[BoxAnnotation], second: list[BoxAnnotation]) -> bool:
    """Whether two lists, in any order, say that the same is on an image, but for what is left by rounding."""
    if len(first) != len(second):
        return False
    left = list(second)
    for one in first:
        same = next((other for other in left if set(one.labels) == set(other.labels) and _as_near(one, other)), None)
        if same is None:
            return False
        left.remove(same)
    return True


def all_handed_out(images: list[ImageAnnotation]) -> set[str] | None:
    """The ids of boxes that one of these entries knows of; None where they know of all."""
    if any(image.handed_out is None for image in images):
        return None
    return {one for image in images for one in image.handed_out or []}


def _as_near(one: BoxAnnotation, other: BoxAnnotation) -> bool:
    return all(abs(a - b) <= TOLERANCE for a, b in zip(one.box, other.box, strict=True))
