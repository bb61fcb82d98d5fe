"""Ids in an annotation file: what had one keeps it, what has none gets the next free number."""

from __future__ import annotations

from typing import Any

from ..store.coco_columns import as_key


def number_entries(entries: list[dict[str, Any]]) -> None:
    """Give each entry an ``id`` of its own, at its place as the first member.

    An id that is there stays, unless an earlier entry has it.
    """
    taken: set[str] = set()
    lacking: list[dict[str, Any]] = []
    for entry in entries:
        given = entry.get("id")
        if not isinstance(given, int | float | str) or as_key(given) in taken:
            lacking.append(entry)
        else:
            taken.add(as_key(given))
    number = max((int(key) for key in taken if key.isdecimal()), default=0)
    for entry in lacking:
        number += 1
        others = {name: value for name, value in entry.items() if name != "id"}
        entry.clear()
        entry.update({"id": number, **others})
