"""What is known of an item and has no place in COCO: its own entry, from which ``from_coco`` reads it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ..store.json_text import plain
from ..store.json_values import noted_type


def extras_of(row: dict[str, Any], own: Mapping[str, Any], implied: dict[str, Any]) -> dict[str, Any]:
    """Id, label, split, tags and columns of an item, as far as the file does not tell them in another way.

    Parameters
    ----------
    own : mapping
        The values of the user's columns, as JSON has them.
    implied : dict
        The id and the label that are read from the rest of the file.
    """
    found = {name: plain(row[name]) for name in ("id", "label") if row[name] != implied[name]}
    for name in ("split", "tags"):
        if row.get(name) is not None:
            found[name] = plain(row[name])
    columns = {name: value for name, value in own.items() if value is not None}
    return {**found, "columns": columns} if columns else found


def implied_label(labels: Sequence[str | None], *, lists: bool) -> str | list[str] | None:
    """The label of an image by those of its annotations; a list if some image of the file has several."""
    names = list(dict.fromkeys(label for label in labels if label))
    return names if lists else names[0] if len(names) == 1 else None


def types_of(rows: pa.Table, own: Sequence[str]) -> dict[str, str]:
    """The types of those of the user's columns that JSON does not tell: times, decimals, infinite numbers and so on."""
    noted = {name: noted_type(rows[name]) for name in own}
    return {name: kind for name, kind in noted.items() if kind}
