"""Objects and predictions of boxes as what slices are of: by class, size, place, crowding, and their image."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.item_set import ItemSet
from ..curate.detection_kinds import Kind
from .judged_objects import JudgedObjects
from .slice_units import Division, Units, by_code, by_thirds, item_divisions

_PLACES = [f"{row} {column}".strip() for row in ("top", "middle", "bottom") for column in ("left", "centre", "right")]


def object_units(images: ItemSet, found: JudgedObjects) -> Units:
    """The objects, wrong where no prediction is right on them."""
    truth = found.truth
    rows = np.flatnonzero(found.wanted)
    right = np.zeros(len(truth), bool)
    right[found.kinds.objects[found.of_kind(Kind.RIGHT)]] = True
    of, classes, boxes = truth.objects.images[rows], truth.objects.classes[rows], truth.objects.boxes[rows]
    return Units("objects", truth.keys, of, ~right[rows], lambda: _divisions(images, found, of, classes, boxes))


def prediction_units(images: ItemSet, found: JudgedObjects) -> Units:
    """The predictions that count, wrong where they are not right."""
    rows = np.flatnonzero(found.shown)
    boxes = found.predictions.exact_boxes
    assert boxes is not None
    of, classes = found.images[rows], found.classes[rows]
    wrong = found.kinds.kinds[rows] != Kind.RIGHT
    return Units(
        "predictions", found.truth.keys, of, wrong, lambda: _divisions(images, found, of, classes, boxes[rows])
    )


def _divisions(
    images: ItemSet, found: JudgedObjects, of: NDArray[np.int64], classes: NDArray[np.int64],
    boxes: NDArray[np.float64],
) -> list[Division]:  # fmt: skip
    truth = found.truth
    side, sides = (np.sqrt(given[:, 2] * given[:, 3]) for given in (boxes, truth.objects.boxes))
    sizes = by_thirds("size", ["small", "medium", "large"], side, sides, " px")
    divisions = [by_code("class", truth.classes, classes), *sizes]
    divisions += _by_place(images, truth.keys, of, boxes)
    divisions += _by_crowding(found, of)
    divisions.append(_beside(found, of, classes))
    return divisions + [division.of(of) for division in item_divisions(images, truth.keys, without=("label",))]


def _by_place(
    images: ItemSet, keys: NDArray[np.uint64], of: NDArray[np.int64], boxes: NDArray[np.float64]
) -> list[Division]:
    """By the ninth of the picture that the centre lies in."""
    table = images.store.items
    rows = pa.array(table.rows_of_keys(keys))
    width, height = (
        np.asarray(table.table.column(side).take(rows).to_numpy(zero_copy_only=False), float)
        for side in ("width", "height")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        across = 3 * (boxes[:, 0] + boxes[:, 2] / 2) / width[of]
        down = 3 * (boxes[:, 1] + boxes[:, 3] / 2) / height[of]
    known = np.isfinite(across) & np.isfinite(down)
    column, row = (np.nan_to_num(side).clip(0, 2.999).astype(int) for side in (across, down))
    return [by_code("place", _PLACES, np.where(known, 3 * row + column, -1))]


def _by_crowding(found: JudgedObjects, of: NDArray[np.int64]) -> list[Division]:
    """By how many objects are on the picture."""
    objects = found.truth.objects
    counts = np.bincount(objects.images[found.wanted], minlength=len(found.truth.keys)).astype(float)
    of_objects = counts[objects.images[found.wanted]]
    return by_thirds("crowding", ["few objects", "some objects", "many objects"], counts[of], of_objects)


def _beside(found: JudgedObjects, of: NDArray[np.int64], classes: NDArray[np.int64]) -> Division:
    """By what else is on the picture: a class that is not the own one."""
    objects, n = found.truth.objects, len(found.truth.classes)
    pairs = np.unique(objects.images[found.wanted] * n + objects.classes[found.wanted])
    there = Division("beside", found.truth.classes, (pairs // max(n, 1)).astype(np.intp), pairs % max(n, 1)).of(of)
    other = there.parts != classes[there.things]
    return Division("beside", there.names, there.things[other], there.parts[other])
