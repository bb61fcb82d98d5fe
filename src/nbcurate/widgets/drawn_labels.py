"""What is labelled on pictures, as it is drawn: the names, boxes and masks of the objects of an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..store import Store
from ..store.items import Keys

#: In the annotation of an object that has a mask.
MASK = '"segmentation"'
#: Of an image with more objects the first are drawn; longer names are cut.
MAX_OBJECTS, MAX_NAME = 100, 64


def has_objects(store: Store) -> bool:
    """Whether the items say what is where on them, in the columns ``objects`` and ``boxes``."""
    types = {field.name: field.type for field in store.items.table.schema}
    return all(name in types and pa.types.is_list(types[name]) for name in ("objects", "boxes"))


def labels_on(store: Store, keys: Keys) -> list[dict[str, Any]]:
    """Of those of the items that have objects ``key``, ``width``, ``height`` and what ``objects`` of the wire says."""
    found = []
    for row in rows_of(store, keys, "key", "width", "height", "objects", "boxes", *there(store, "annotations")):
        names, boxes, said = row.pop("objects") or [], row.pop("boxes") or [], row.pop("annotations", None) or []
        if names and len(boxes) == 4 * len(names) and row["width"] and row["height"]:
            few = [name_of(name) for name in names[:MAX_OBJECTS]]
            numbers = in_tenths(np.asarray(boxes[: 4 * len(few)], np.float64))
            masks = masks_on(said[: len(few)], row["width"], row["height"]) if len(said) == len(names) else {}
            found.append({**row, "names": few, "boxes": numbers, **masks})
    return found


def in_tenths(sides: NDArray[np.float64]) -> list[float]:
    """Sides of boxes as they are drawn, one after the other: px to a tenth, 0 where one is no number."""
    rounded = sides.ravel().round(1)
    return rounded.tolist() if np.isfinite(rounded).all() else np.nan_to_num(rounded).tolist()


def masks_on(annotations: Sequence[str | None], width: int, height: int) -> dict[str, Any]:
    """The outlines of each object, where there are any."""
    if not any(text and MASK in text for text in annotations):
        return {}  # most objects are a box and no more: there is nothing to be read
    from .drawn_masks import masks_of

    masks = masks_of(annotations, width, height)
    return {"masks": masks} if any(masks) else {}


def name_of(label: Any) -> str:
    """A class as it stands at a box."""
    return str(label or "")[:MAX_NAME]


def rows_of(store: Store, keys: Keys, *columns: str) -> list[dict[str, Any]]:
    """Values of a few items, in the order of the keys."""
    items = store.items
    return items.table.select(list(columns)).take(pa.array(items.rows_of_keys(keys))).to_pylist()


def there(store: Store, *columns: str) -> list[str]:
    """Those of these columns that the data set has."""
    return [name for name in columns if name in store.items.table.column_names]
