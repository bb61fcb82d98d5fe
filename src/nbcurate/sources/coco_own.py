"""What our own exports say in a COCO file beside what COCO has a place for: ids, splits, tags and columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ..store.coco_columns import is_made
from ..store.export_mark import COCO_ENTRY
from ..store.json_values import from_json_values

_Entry = dict[str, Any]


def own_entry(given: Mapping[str, Any]) -> _Entry:
    """What an export noted on an image or an annotation; nothing of a file that another program wrote."""
    entry = given.get(COCO_ENTRY)
    return entry if isinstance(entry, dict) else {}


def split_of(entry: _Entry) -> str | None:
    return entry["split"] if isinstance(entry.get("split"), str) else None


def tags_of(entry: _Entry) -> list[str] | None:
    tags = entry.get("tags")
    return [str(tag) for tag in tags] if isinstance(tags, list) else None


def label_of(entry: _Entry, otherwise: str | list[str] | None) -> str | list[str] | None:
    """The label as it is noted, or else as the annotations tell it."""
    if "label" not in entry:
        return otherwise
    label = entry["label"]
    return [str(name) for name in label] if isinstance(label, list) else label if isinstance(label, str) else None


def own_columns(entries: Sequence[_Entry], document: Mapping[str, Any]) -> dict[str, pa.Array]:
    """The user's columns that an export noted, a value for each entry."""
    kept = [entry["columns"] if isinstance(entry.get("columns"), dict) else {} for entry in entries]
    types = own_entry(document).get("types")
    types = {name: kind for name, kind in types.items() if isinstance(kind, str)} if isinstance(types, dict) else {}
    names = dict.fromkeys(name for columns in kept for name in columns)
    return {name: _column([columns.get(name) for columns in kept], types.get(name)) for name in names}


def beside(made: Mapping[str, pa.Array], own: Mapping[str, pa.Array]) -> tuple[dict[str, pa.Array], list[str]]:
    """The user's columns that go beside those that are made of the annotations, and what to say of the others' names.

    One of a name that is made, and not of what that holds, such as a count of ``objects``, takes its place: it was
    there first.
    """
    kept = {name: column for name, column in own.items() if name not in made or not is_made(name, column.type)}
    names = ", ".join(repr(name) for name in kept if name in made)
    if not names:
        return kept, []
    return kept, [f"The file has columns of yours called {names}: they are kept, and annotations are not told there."]


def _column(values: list[Any], noted: str | None) -> pa.Array:
    for kind in (noted, None):
        try:
            return from_json_values(values, kind)
        except (ValueError, TypeError, ArithmeticError, pa.ArrowException):  # somebody has changed the file
            continue
    return pa.array([v if v is None or isinstance(v, str) else json.dumps(v) for v in values], pa.string())
