"""Boxes of an annotation file, brought onto the picture as it is here: tools resize and turn what they show."""

from __future__ import annotations

from dataclasses import replace

from ..curate.box_matching import TOLERANCE
from ..imaging.turning import StoredSize, stored_size, turn_box
from ..sources.annotations import BoxAnnotation, ImageAnnotation
from ..sources.reader import originals
from ..store import Store
from .annotated_images import FoundImage

#: How much the ratio of two sides may differ for one picture to be the other in another size.
_RATIO = 0.02


def size_of_picture(store: Store, image: FoundImage) -> StoredSize | None:
    """The size of the picture of an image here; None where it has no item yet, or its kind does not tell.

    Raises
    ------
    OSError, UnreadableImageError
        If it is gone.
    """
    rows = image.boxes or image.whole
    if not rows:
        return None
    original = next(originals(store, store.items.keys[rows[:1]]))
    with original.open() as stream:
        return stored_size(stream)


def fit_boxes(image: ImageAnnotation, stored: StoredSize | None) -> tuple[list[BoxAnnotation] | None, str]:
    """The boxes in px of the upright picture, and what was done to them, in words; None if they do not fit.

    Of boxes that had to be brought there, what else a COCO file says is left out: their outlines are not in these px.

    Parameters
    ----------
    image : ImageAnnotation
        With the size of the picture as the file knows it, if it does.
    stored : StoredSize or None
        The picture's; None where it cannot be read.
    """
    boxes, size = image.boxes or [], image.size
    if image.in_shares:
        return (
            (boxes if not boxes else None, "its size is not known")
            if stored is None
            else (_scaled(boxes, *stored.upright), "")
        )
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
    return _scaled(
        boxes, across, down
    ), "the boxes of an image are those of the picture in another size: they were scaled to the one here"


def _scaled(boxes: list[BoxAnnotation], across: float, down: float) -> list[BoxAnnotation]:
    return [
        replace(one, box=(one.box[0] * across, one.box[1] * down, one.box[2] * across, one.box[3] * down),
                area=None if one.area is None else one.area * across * down, given=None)
        for one in boxes
    ]  # fmt: skip


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
