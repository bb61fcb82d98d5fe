"""The classes that exports number: those of the whole data set, so that a number means the same in each part of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..export.classes import Label, class_names
from ..store import Store
from ..store.class_order import class_order
from ..store.coco_columns import hold_objects


def classes_by_column(store: Store) -> dict[str, list[str]]:
    """By column, of ``label`` and of those whose source numbers its classes, all classes in the order of their numbers.

    Those that the source numbers come first, others of any item behind them, sorted.
    """
    known = class_order(store)
    return {**known, "label": class_names(_shown(store, "label"), known.get("label", ()))}


def classes_of_annotations(store: Store) -> list[str]:
    """The classes of all that is annotated, in the order of their numbers: of objects on images, else of labels."""
    labels = _shown(store, "label")
    if hold_objects(store.items.table.schema):
        on = zip(labels, _shown(store, "boxes"), _shown(store, "objects"), strict=True)
        labels = [label if boxes is None else _texts(objects) for label, boxes, objects in on]
    return class_names(labels, class_order(store).get("label", ()))


def _shown(store: Store, column: str) -> list[Label]:
    """A column of all items, also of those that are not in a view."""
    rows = pa.array(np.flatnonzero(store.items.shown))
    return store.items.table.column(column).take(rows).to_pylist()


def _texts(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str) and name] if isinstance(value, list) else []
