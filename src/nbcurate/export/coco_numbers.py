"""Ids in an annotation file: what had one keeps it, what has none gets the next free number."""

from __future__ import annotations

from typing import Any


def number_entries(entries: list[dict[str, Any]]) -> int:
    """Give each entry an ``id`` of its own, at its place as the first member.

    An id that is there stays, unless an earlier entry has it. Returns how many had to take another one.
    """
    taken: set[Any] = set()
    lacking: list[dict[str, Any]] = []
    changed = 0
    for entry in entries:
        given = entry.get("id")
        if given is None or given in taken:
            changed += given is not None
            lacking.append(entry)
        else:
            taken.add(given)
    number = max((given for given in taken if isinstance(given, int)), default=0)
    for entry in lacking:
        number += 1
        others = {name: value for name, value in entry.items() if name != "id"}
        entry.clear()
        entry.update({"id": number, **others})
    return changed
