"""From whatever a user has of a model's predictions to what is kept of them."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..imaging.turning import StoredSize, turn_box
from ..sources.predictions import GivenPredictions, read_coco_results, read_prediction_table, read_ultralytics
from ..sources.predictions.table import of_probabilities
from ..store.class_order import class_order
from ..store.coco_columns import hold_objects
from ..store.export_mark import COCO_ENTRY
from ..store.items import Keys
from ..store.predictions import PredictedRows
from .item_labels import has_lists
from .item_set import ItemSet
from .prediction_checks import check_predictions, outside
from .prediction_classes import ClassNames, known_classes, name_classes, require_known
from .prediction_items import item_keys

_TABLES = (".csv", ".tsv", ".parquet", ".txt")


def read_given_predictions(
    items: ItemSet, given: Any, classes: ClassNames | None, label: str = "label"
) -> GivenPredictions:
    """Predictions in any form as arrays, not yet known of which items.

    Parameters
    ----------
    label : str
        The column that classes of items are of: whether an item may have several of them.

    Raises
    ------
    TypeError
        If it is none of the forms; the message tells them.
    ValueError, FileNotFoundError
        If it does not fit what it looks like.
    """
    lists = has_lists(items, label)
    if callable(getattr(given, "predict", None)):  # a model of ours
        given = given.predict(items)
    if isinstance(given, str | os.PathLike):
        return _read_path(Path(given).expanduser(), lists=lists)
    if isinstance(given, Mapping) and "annotations" not in given:
        given = _of_mapping(given)
    elif hasattr(given, "to_frame") and not hasattr(given, "columns"):  # a Series of classes
        given = _of_mapping(dict(given.items()))
    if hasattr(given, "columns") or isinstance(given, pa.Table):
        return read_prediction_table(given, lists=lists)
    if isinstance(given, Mapping) or (isinstance(given, list | tuple) and isinstance([*given, {}][0], Mapping)):
        return read_coco_results(given)  # pyright: ignore[reportArgumentType]
    return _of_array(items, given, classes, label, lists=lists)


def kept_rows(
    items: ItemSet, given: GivenPredictions, classes: ClassNames | None, label: str = "label"
) -> PredictedRows:
    """What is kept: of items of the store, with names of classes, scores in [0, 1], and boxes in px.

    Raises
    ------
    ValueError
        If none of it can be used; the message says why and what to do.

    Warns
    -----
    UserWarning
        Of what was left out, by kind, with an example each.
    """
    store, boxed = items.store, given.boxes is not None
    checked = check_predictions(given)
    known = known_classes(store, boxes=boxed, label=label)
    names = name_classes(store, given, classes, known)
    require_known(given, names, known)
    keys = item_keys(store, given.names, boxes=boxed, ids_of_images=given.names_as == "images")
    problems = [*given.problems, *checked.problems]
    if (missing := np.flatnonzero(keys < 0)).size:
        lost = int(np.isin(given.items, missing).sum())
        problems.append(
            f"{lost:,} are of {len(missing):,} items that are not in this data set, such as {given.names[missing[0]]!r}"
        )
    usable = checked.usable & (keys[given.items] >= 0)
    of = keys[given.items[usable]].astype(np.uint64)
    boxes = None
    if given.boxes is not None:
        boxes, told = _in_px(items, given, of, given.boxes[usable])
        problems += told
    _tell(given, problems)
    order, place = np.unique(np.array(names, object).astype(str), return_inverse=True)
    codes = place.astype(np.int32)[given.codes[usable]]
    return PredictedRows(of, order.tolist(), codes, given.scores[usable].clip(0, 1), boxes).in_order()


def _read_path(path: Path, *, lists: bool) -> GivenPredictions:
    if path.is_dir() and path.suffix.lower() != ".parquet":
        return read_ultralytics(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    if path.suffix.lower() in _TABLES:
        return read_prediction_table(path, lists=lists)
    return read_coco_results(path)


def _of_mapping(given: Mapping[Any, Any]) -> Any:
    """Classes by id as a table."""
    import pandas as pd

    return pd.DataFrame({"id": list(map(str, given)), "label": list(given.values()), "score": 1.0})


def _of_array(items: ItemSet, given: Any, classes: ClassNames | None, label: str, *, lists: bool) -> GivenPredictions:
    """Probabilities of classes, a row for each of the ids."""
    try:
        values = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 2:
        raise TypeError(
            f"predictions: expected COCO results (a file or list), a table, a folder of ultralytics, {{id: class}}, or "
            f"probabilities [items, classes], got {type(given).__name__}"
            f"{f' of shape {given.shape}' if hasattr(given, 'shape') else ''}."
        )
    count, width = len(values), int(np.size(values, 1))
    if count != len(items):
        raise ValueError(
            f"predictions: {count:,} rows of probabilities for {len(items):,} items; give one for each of ds.ids."
        )
    if isinstance(classes, list | tuple):
        names, said = [str(name) for name in classes], "classes= names"
    else:
        names = class_order(items.store).get(label) or known_classes(items.store, boxes=False, label=label)
        said = "the data set has"
    if len(names) != width:
        raise ValueError(
            f"predictions: {width} columns of probabilities, and {said} {len(names)} classes: give classes= "
            "the name of each column, in their order."
        )
    return of_probabilities("the array", items.ids, names, values, lists=lists)


def _in_px(
    items: ItemSet, given: GivenPredictions, keys: Keys, boxes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[str]]:
    """The boxes in px of the upright pictures, and what to say of them."""
    table = items.store.items
    rows = pa.array(table.rows_of_keys(keys))
    columns = [table.table.column(side).take(rows).cast(pa.float64()) for side in ("width", "height")]
    sizes = np.stack([np.array(pc.fill_null(one, np.nan)) for one in columns], axis=1)  # pyright: ignore[reportAttributeAccessIssue]
    if given.in_shares:
        return boxes * np.tile(sizes, 2), []
    if given.names_as == "images":
        boxes = _upright(items, keys, boxes)
    words = outside(boxes, sizes) if len(boxes) else None
    return boxes, [words] if words else []


def _upright(items: ItemSet, keys: Keys, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes as they lie on the pictures once these are turned: a COCO file's are from before where its own are."""
    table = items.store.items
    if not hold_objects(table.table.schema) or "annotations" not in table.table.column_names:
        return boxes
    first = pc.list_element(_with_one(table.table.column("annotations")), 0)  # pyright: ignore[reportAttributeAccessIssue]
    turned = np.asarray(pc.fill_null(pc.match_substring(first, f'"{COCO_ENTRY}"'), False))  # pyright: ignore[reportAttributeAccessIssue]
    stored: dict[int, StoredSize] = {}
    for row in np.flatnonzero(turned).tolist():
        given = json.loads(first[row].as_py()).get(COCO_ENTRY, {}).get("stored")
        if given:
            stored[int(table.keys[row])] = StoredSize(*given)
    boxes = boxes.copy()
    for row in np.flatnonzero(np.isin(keys, np.array(list(stored), np.uint64))).tolist():
        boxes[row] = turn_box(boxes[row].tolist(), stored[int(keys[row])])
    return boxes


def _with_one(lists: pa.Array) -> pa.Array:
    """Lists that have at least one element, null in the place of those that have none."""
    enough = pc.greater(pc.fill_null(pc.list_value_length(lists), 0), 0)  # pyright: ignore[reportAttributeAccessIssue]
    return pc.if_else(enough, lists, pa.scalar([None], lists.type))  # pyright: ignore[reportAttributeAccessIssue]


def _tell(given: GivenPredictions, problems: list[str]) -> None:
    if problems:
        warnings.warn(f"{given.title}: of {len(given):,} predictions {'; '.join(problems)}.", stacklevel=4)
