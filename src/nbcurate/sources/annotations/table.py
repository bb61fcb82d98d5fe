"""Corrections as a table has them: a row an item, with its label, split or tags."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from ...store.columns import PROPERTIES
from ..frame import Frame, as_frame, labels, texts
from ..odd_cells import tags
from .annotation import AnnotationFile, AnnotationFileError, ImageAnnotation

_IDS = ("id", "nbcurate_id")
_PATHS = ("path", "image", "file", "filename", "file_name", "image_path")
_TAKEN = ("label", "split", "tags")


def read_annotation_table(table: Any) -> AnnotationFile:
    """What the columns ``label``, ``split`` and ``tags`` of a table say, of the items that ``id`` or ``path`` name.

    An empty cell says nothing. A label may be a list, or a list of texts as JSON.

    Parameters
    ----------
    table : DataFrame, pyarrow.Table or path
        pandas, polars or Arrow, or the path of a CSV or Parquet file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If the table names no items, or says nothing of them.
    """
    is_file = isinstance(table, str | os.PathLike)
    title = Path(table).name if is_file else "the table"
    if is_file and not Path(table).expanduser().exists():
        raise FileNotFoundError(f"There is no file {Path(table).expanduser()}.")
    frame = as_frame(table, "", *_IDS, *_PATHS, "split")
    there = frame.rows.column_names
    names = next((name for name in (*_IDS, *_PATHS) if name in there), None)
    said = [name for name in _TAKEN if name in there]
    if names is None or not said:
        raise AnnotationFileError(
            f"{title} has the columns {', '.join(there)}: one of {', '.join((_IDS[0], *_PATHS))} is needed, to tell "
            f"which items are meant, and one of {', '.join(_TAKEN)}, to tell what they are."
        )
    others = [] if frame.exported else _others(there, names)
    passed_over = Counter({f"column {name!r}: ds.add_column takes it": 1 for name in others})
    found = {name: _column(frame, name, passed_over) for name in said}
    passed_over.update(dict.fromkeys(frame.problems, 1))
    images: list[ImageAnnotation] = []
    for row, name in enumerate(texts(frame.rows.column(names))):
        if name is None:
            passed_over[f"row without {names!r}"] += 1
            continue
        label = found["label"][row] if "label" in found else None
        split, given = (found[column][row] if column in found else None for column in ("split", "tags"))
        images.append(
            ImageAnnotation(
                [name], name if names in _IDS else None, split=split, tags=given,
                labels=[label] if isinstance(label, str) else label,
            )
        )  # fmt: skip
    return AnnotationFile(title, images, passed_over=passed_over)


def _others(there: list[str], names: str) -> list[str]:
    """Columns of the user's that are not taken."""
    ours = {*(known.name for known in PROPERTIES), "copy_of", *_TAKEN, *_IDS, *_PATHS, names}
    return [name for name in there if name not in ours]


def _column(frame: Frame, name: str, passed_over: Counter[str]) -> list[Any]:
    """The values of a column; of cells that hold something else ``passed_over`` is told."""
    match name:
        case "tags":
            found, problems = tags(frame.rows)
            if problems and not found:
                raise AnnotationFileError(f"{problems[0]}.")
            passed_over.update(problems)
            return found
        case "label":
            return [_label(value) for value in labels(frame.rows.column(name))]
    return texts(frame.rows.column(name))


def _label(value: str | list[str] | None) -> str | list[str] | None:
    """A label as it is meant: a text that is a list of texts as JSON is that list."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        given = json.loads(value)
    except ValueError:
        return value
    texts_alone = isinstance(given, list) and all(isinstance(one, str) for one in given)
    return list(dict.fromkeys(given)) if texts_alone else value
