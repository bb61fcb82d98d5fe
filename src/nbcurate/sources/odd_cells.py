"""Cells that hold something else than belongs there: they cost themselves, and are told with their row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

_LISTS = (list, tuple, set, frozenset, dict, np.ndarray)


def without_lists(name: str, values: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """The values of a column of texts, None in the place of lists, arrays and the like, and what to say of them.

    Where all of them are such, they are left as they are: then it is no column of texts.
    """
    odd = [row for row, value in enumerate(values) if isinstance(value, _LISTS)]
    others = any(not isinstance(value, _LISTS) and not _is_nothing(value) for value in values)
    if not odd or not others:
        return list(values), []
    kept = [None if isinstance(value, _LISTS) else value for value in values]
    kind = type(values[odd[0]]).__name__
    return kept, [f"Column {name!r}: {len(odd):,} rows hold no text, such as row {odd[0]} (a {kind}): left empty."]


def tags(rows: pa.Table) -> tuple[list[list[str] | None], list[str]]:
    """The tags of each row, from its column ``tags``, and what is wrong there: a row with something else has none."""
    found: list[list[str] | None] = []
    odd: list[tuple[int, Any]] = []
    for row, value in enumerate(rows.column("tags").to_pylist()):
        try:
            found.append(_as_tags(value))
        except (ValueError, RecursionError):
            found.append(None)
            odd.append((row, value))
    if not odd:
        return found, []
    row, value = odd[0]
    such, wanted = f"row {row} holds {str(value)[:80]!r}", "neither a list of texts nor one as JSON"
    if not any(found):
        return [], [f"column 'tags' is left out: {such}, and {wanted}"]
    return found, [f"column 'tags': {len(odd):,} rows get no tags: {such}, and {wanted}."]


def _as_tags(value: Any) -> list[str] | None:
    if value is None or value == "" or value != value:
        return None
    given = json.loads(value) if isinstance(value, str) else value
    if not isinstance(given, list):
        raise ValueError
    found = [tag.decode() if isinstance(tag, bytes) else tag for tag in given]  # a column with bytes in it is all bytes
    if not all(isinstance(tag, str) for tag in found):
        raise ValueError
    return [tag.encode("utf-8", "backslashreplace").decode() for tag in found]


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)
