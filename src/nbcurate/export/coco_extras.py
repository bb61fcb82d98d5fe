"""What is known of an item and has no place in COCO: its own entry, from which ``from_coco`` reads it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ..store.json_text import plain

#: The columns that ``from_coco`` makes of what COCO has a place for.
BOX_COLUMNS = ("area", "crowd", "annotation")
IMAGE_COLUMNS = ("objects", "boxes", "annotations")


def extras_of(row: dict[str, Any], own: Sequence[str], implied_id: str, *, several: bool) -> dict[str, Any]:
    """Id, label, split, tags and columns of an item, as far as the file does not tell them in another way.

    Parameters
    ----------
    several : bool
        Whether labels are lists: of these the annotations tell neither the order nor whether there are none or none is
        known.
    """
    found: dict[str, Any] = {} if row["id"] == implied_id else {"id": row["id"]}
    if several or not _is_told(row):
        found["label"] = row["label"]
    for name in ("split", "tags"):
        if row.get(name) is not None:
            found[name] = plain(row[name])
    columns = {name: plain(row[name]) for name in own if row[name] is not None}
    return {**found, "columns": columns} if columns else found


def types_of(rows: pa.Table, own: Sequence[str]) -> dict[str, str]:
    """The types of those of the user's columns that JSON has no values for: dates, with a time or without."""
    kinds = {name: rows.schema.field(name).type for name in own}
    return {name: str(kind) for name, kind in kinds.items() if pa.types.is_timestamp(kind) or pa.types.is_date(kind)}


def _is_told(row: dict[str, Any]) -> bool:
    """Whether the one label of an item is that of its annotations."""
    label = row["label"]
    if row.get("box") is not None:
        return True
    if row.get("boxes") is None:
        return label is None or (isinstance(label, str) and bool(row.get("width")))
    objects = {name for name in row.get("objects") or [] if name}
    return label == (next(iter(objects)) if len(objects) == 1 else None)
