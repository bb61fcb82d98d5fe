"""The columns that hold what is annotated on pictures, how they are told from others that are called so, and ids.

They lie below ``sources``, which fill them, and ``export``, which writes annotations of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

#: Of items that are boxes, and of images, the columns that ``from_coco`` makes.
BOX_COLUMNS = ("area", "crowd", "annotation")
#: What VOC says of an object, which are columns of their own, and members of its annotation.
FLAGS = ("difficult", "truncated", "occluded", "pose")
IMAGE_COLUMNS = ("objects", "boxes", "annotations")


def is_made(name: str, type_: pa.DataType) -> bool:
    """Whether a column can be one that ``from_coco`` makes: by its name and by what it holds.

    A count of ``objects`` or a text called ``area`` are the user's own.
    """
    if pa.types.is_null(type_):
        return False
    is_number = pa.types.is_integer(type_) or pa.types.is_floating(type_)
    match name:
        case "objects" | "annotations":
            return pa.types.is_list(type_) and _is_text(type_.value_type)
        case "boxes":
            return (
                pa.types.is_list(type_) and not _is_text(type_.value_type) and not pa.types.is_nested(type_.value_type)
            )
        case "area":
            return is_number
        case "crowd":
            return is_number or pa.types.is_boolean(type_)
        case "annotation":
            return pa.types.is_string(type_)
    return False


def hold_objects(schema: pa.Schema) -> bool:
    """Whether the columns of a table tell what is on images: both ``objects`` and ``boxes`` are as ``from_coco`` has
    them.
    """
    return all(name in schema.names and is_made(name, schema.field(name).type) for name in ("objects", "boxes"))


def annotating(rows: pa.Table) -> pa.Table:
    """The rows without those columns that are called like annotations and are none."""
    others = [
        name for name in (*BOX_COLUMNS, *IMAGE_COLUMNS) if name in rows.column_names and not _annotates(rows, name)
    ]
    return rows.drop_columns(others)


def own_columns(names: Sequence[str], rows: pa.Table) -> list[str]:
    """Of columns of rows that annotations came with, those that are not made of them."""
    return [name for name in names if not _annotates(rows, name)]


def _annotates(rows: pa.Table, name: str) -> bool:
    made = is_made(name, rows.schema.field(name).type)
    return made and (name not in IMAGE_COLUMNS or hold_objects(rows.schema))


def _is_text(type_: pa.DataType) -> bool:
    return pa.types.is_string(type_) or pa.types.is_null(type_)


def as_key(given_id: Any) -> str:
    """An id of an annotation file as text: a number and its text are one id, as programs write them differently."""
    return str(int(given_id)) if isinstance(given_id, float) and given_id.is_integer() else str(given_id)
