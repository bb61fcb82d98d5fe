"""Predictions as a table has them: a row a prediction, or a row an item with a column a class."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..frame import as_frame, labels, texts
from .given import GivenPredictions, PredictionFileError, numbered

#: Columns that tell which item, which class, and how sure; the first that is there counts.
_IDS = ("id", "nbcurate_id", "image", "image_id", "path", "file", "file_name", "filename", "image_path", "name")
_CLASSES = ("label", "prediction", "predicted_label", "class", "class_name", "category", "category_name", "name")
_NUMBERS = ("category_id",)
_SCORES = ("score", "confidence", "conf", "probability", "prob")
_SIDES = (("x", "y", "width", "height"), ("x", "y", "w", "h"))
_CORNERS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"))
_BOXES = ("box", "bbox")
#: A probability below this is none that a list of classes is told by.
_NEXT_TO_NOTHING = 0.01


def read_prediction_table(table: Any, *, lists: bool = False) -> GivenPredictions:
    """What a table says.

    One column names the item (``id``, ``image``, ``path``, …, or a pandas index of text). Then either ``label``
    and ``score``, and of boxes ``x, y, width, height``, ``x1, y1, x2, y2`` or a column ``box``, all in px; or a column
    a class with its probability.

    Parameters
    ----------
    table : DataFrame, pyarrow.Table or path
        pandas, polars or Arrow, or the path of a CSV or Parquet file.
    lists : bool
        Of probabilities: whether an item may have several of the classes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    PredictionFileError
        If the columns are none of these; the message says what is there and what is missing.
    """
    is_file = isinstance(table, str | os.PathLike)
    title = Path(table).name if is_file else "the table"
    if is_file and not Path(table).expanduser().exists():
        raise FileNotFoundError(f"There is no file {Path(table).expanduser()}.")
    frame = as_frame(_with_index(table), "", *_IDS)
    there = frame.rows.column_names
    id_column = next((name for name in _IDS if name in there), None)
    if id_column is None:
        raise PredictionFileError(
            f"{title} has the columns {_listed(there)}: one of {', '.join(_IDS[:5])} is needed, to tell which item "
            "each row is of."
        )
    rows = frame.own(there)
    label_column = next((name for name in (*_CLASSES, *_NUMBERS) if name in there and name != id_column), None)
    names = texts(frame.rows.column(id_column))
    if label_column is None:
        return _of_probabilities(title, names, rows.drop_columns([id_column]), lists=lists)
    boxes = _boxes(rows, title)
    scores, problems = _scores(rows, title, sure=boxes is None)
    given = labels(frame.rows.column(label_column))
    found = _of_rows(title, names, given, scores, boxes, label_column, id_column)
    return replace(found, problems=[*found.problems, *problems])


def _scores(rows: pa.Table, title: str, *, sure: bool) -> tuple[NDArray[np.float64], list[str]]:
    """How sure the model is of each row; where nothing tells it and that is no matter, it counts as ``sure``."""
    column = next((name for name in _SCORES if name in rows.column_names), None)
    if column is not None:
        return _numbers(rows.column(column), title, column), []
    missing = f"{title} has no column {', '.join(_SCORES[:3])}, which tells how sure the model is of each, from 0 to 1"
    if not sure:
        raise PredictionFileError(f"{missing}: it has {_listed(rows.column_names)}.")
    return np.ones(len(rows)), [f"{missing}: all count as sure"]


def _of_rows(
    title: str, names: list[str | None], given: list[Any], scores: NDArray[np.float64],
    boxes: NDArray[np.float64] | None, label_column: str, id_column: str,
) -> GivenPredictions:  # fmt: skip
    """Of a row a prediction; a list of classes in a row is a prediction each, as sure as the row."""
    sizes = [len(one) if isinstance(one, list) else 1 for one in given]
    rows = np.repeat(np.arange(len(given)), sizes)
    flat = [label for one in given for label in (one if isinstance(one, list) else [one])]
    known = np.array(
        [names[row] is not None and label is not None for row, label in zip(rows, flat, strict=True)], bool
    )
    left_out = len(known) - int(known.sum())
    problems = [f"{left_out:,} rows have no {id_column} or no {label_column}"] if left_out else []
    rows = rows[known]
    different, items = numbered([str(names[row]) for row in rows.tolist()])
    classes, codes = numbered([str(label) for label, used in zip(flat, known, strict=True) if used])
    return GivenPredictions(
        title, different, items, classes, codes.astype(np.int32), scores[rows], None if boxes is None else boxes[rows],
        classes_as="categories" if label_column in _NUMBERS else "names",
        names_as="images" if id_column == "image_id" else "items", problems=problems,
    )  # fmt: skip


def of_probabilities(
    title: str, names: list[str], classes: list[str], values: NDArray[np.floating], *, lists: bool
) -> GivenPredictions:
    """Of probabilities the likeliest class of each item; of lists every class that is not next to impossible.

    Parameters
    ----------
    values : float array [items, classes]
    """
    if lists:
        items, codes = np.nonzero(np.isfinite(values) & (values >= _NEXT_TO_NOTHING))
    else:
        items, codes = np.arange(len(values)), np.where(np.isfinite(values), values, -np.inf).argmax(axis=1)
    scores = values[items, codes].astype(np.float64)
    return GivenPredictions(title, names, items, classes, codes.astype(np.int32), scores, None)


def _of_probabilities(title: str, names: list[str | None], rows: pa.Table, *, lists: bool) -> GivenPredictions:
    columns = {name: values for name in rows.column_names if (values := _as_floats(rows.column(name))) is not None}
    if len(columns) < 2:
        raise PredictionFileError(
            f"{title} has no column {', '.join(_CLASSES[:3])} to tell the class, nor a column a class with its "
            f"probability: it has {_listed(rows.column_names)}."
        )
    values = np.stack(list(columns.values()), axis=1)
    known = np.array([name is not None for name in names], bool)
    given = [name for name in names if name is not None]
    if len(set(given)) < len(given):
        twice = next(name for at, name in enumerate(given) if name in given[:at])
        raise PredictionFileError(f"{title}: {twice!r} has two rows of probabilities: give one an item.")
    return of_probabilities(title, given, list(columns), values[known], lists=lists)


def _boxes(rows: pa.Table, title: str) -> NDArray[np.float64] | None:
    """x, y, width, height of each row; None where no column tells of boxes."""
    there = rows.column_names
    for sides in (*_CORNERS, *_SIDES):
        if all(side in there for side in sides):
            found = np.stack([_numbers(rows.column(side), title, side) for side in sides], axis=1)
            if sides in _CORNERS:
                found[:, 2:] -= found[:, :2]
            return found
    column = next((name for name in _BOXES if name in there), None)
    if column is None:
        return None
    found = [_box(value) for value in rows.column(column).to_pylist()]
    return np.array(found, np.float64).reshape(-1, 4)


def _box(value: Any) -> Iterable[float]:
    """A box as a list, a dict of corners, or either as JSON; of no size where it is none of these."""
    try:
        given = json.loads(value) if isinstance(value, str) else value
        if isinstance(given, Mapping):
            x, y, right, lower = (float(given[side]) for side in _CORNERS[0])
            return x, y, right - x, lower - y
        x, y, width, height = (float(side) for side in given)
    except (TypeError, ValueError, KeyError):
        return (np.nan,) * 4
    return x, y, width, height


def _numbers(column: pa.ChunkedArray, title: str, name: str) -> NDArray[np.float64]:
    """Numbers, NaN for what is missing."""
    found = _as_floats(column)
    if found is None:
        raise PredictionFileError(f"{title}: the column {name!r} holds {column.type}, and should hold numbers.")
    return found


def _as_floats(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """The numbers of a column, also where they are written as text; None where some are no numbers."""
    if pa.types.is_boolean(column.type) or pa.types.is_temporal(column.type):
        return None
    try:
        values = pc.cast(column, pa.float64())  # pyright: ignore[reportAttributeAccessIssue]
    except (pa.ArrowException, NotImplementedError):
        return None
    return np.array(values.to_numpy(), np.float64)


def _with_index(table: Any) -> Any:
    """A pandas table whose index names the items, with that as a column."""
    if not hasattr(table, "iloc") or not hasattr(table, "columns"):
        return table
    has_ids = any(name in table.columns for name in _IDS[:-1])
    by_text = len(table.index) > 0 and all(isinstance(one, str) for one in table.index)
    return table.rename_axis("id").reset_index() if by_text and not has_ids else table


def _listed(names: list[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "") or "none"
