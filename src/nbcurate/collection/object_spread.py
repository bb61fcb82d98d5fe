"""What objects of a class are to be spread over beside their looks: how large they are, and where on their picture."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..store import Store
from ..store.companion import IMAGES, has_companion, open_companion
from ..store.objects import image_ids
from .item_set import ItemSet

#: Sizes that are told apart in each class, and rows and columns of places on a picture.
SIZES, PLACES = 3, 3


def boxes_of(objects: ItemSet) -> NDArray[np.float64]:
    """x, y, width and height of each object, px: [n, 4]."""
    column = objects.column("box")
    flat = column.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
    return flat.reshape(-1, 4)


def are_objects(items: ItemSet) -> bool:
    """Whether all items are boxes on images."""
    snapshot, rows = items._rows()
    return bool(len(rows) and snapshot.are_boxes[rows].all())


def size_levels(boxes: NDArray[np.float64], classes: NDArray[np.integer]) -> NDArray[np.intp]:
    """In which third of its class the area of each box is: 0 small, 2 large: [n]."""
    area = boxes[:, 2] * boxes[:, 3]
    levels = np.zeros(len(boxes), np.intp)
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        rank = np.argsort(np.argsort(area[rows], kind="stable"), kind="stable")
        levels[rows] = rank * SIZES // max(len(rows), 1)
    return levels


def place_levels(boxes: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.intp]:
    """In which of 3 x 3 parts of its picture the middle of each box is, row by row: [n]."""
    middle = (boxes[:, :2] + boxes[:, 2:] / 2) / np.maximum(sizes, 1e-9)
    cell = np.clip((middle * PLACES).astype(np.intp), 0, PLACES - 1)
    return cell[:, 1] * PLACES + cell[:, 0]


def picture_sizes(objects: ItemSet, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Width and height of the picture of each object, px; where it was never read, how far its boxes reach: [n, 2]."""
    items, rows = objects._rows()
    names = np.asarray(image_ids(items, rows).to_numpy(zero_copy_only=False)).astype(str)
    on, codes = np.unique(names, return_inverse=True)
    sizes = np.zeros((len(on), 2))
    np.maximum.at(sizes, codes, boxes[:, :2] + boxes[:, 2:])
    if has_companion(objects.store):
        known = sizes_by_name(open_companion(objects.store, IMAGES), on)
        sizes = np.where(np.isfinite(known), known, sizes)
    return sizes[codes]


def sizes_by_name(images: Store, names: NDArray) -> NDArray[np.float64]:
    """Width and height of the images of these ids, px; NaN for those that are not there: [n, 2]."""
    items = images.items
    rows = np.flatnonzero(items.shown)
    sizes = np.full((len(names), 2), np.nan)
    if not len(rows) or not len(names):
        return sizes
    there = np.asarray(items.ids.take(pa.array(rows)).to_numpy(zero_copy_only=False)).astype(str)
    order = np.argsort(there)
    at = np.searchsorted(there[order], names).clip(max=len(there) - 1)
    known = there[order][at] == names
    table = items.table.select(["width", "height"]).take(pa.array(rows[order][at[known]]))
    sizes[known] = np.stack([table.column(side).to_numpy().astype(float) for side in ("width", "height")], axis=1)
    return sizes
