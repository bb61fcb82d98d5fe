"""Labels and tags as users give them: text, and what stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .alignment import align
from .item_set import ItemSet


def as_label(value: Any) -> str | None:
    """A label as text; None for None, NaN and the empty text. Numbers are classes, too: 3 and 3.0 are ``"3"``.

    Raises
    ------
    TypeError
        If it is a list or what else is no text.
    """
    if isinstance(value, str):
        return str(value) or None
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if isinstance(value, Real | np.bool_):
        return str(int(value)) if isinstance(value, float | np.floating) and value.is_integer() else str(value)
    hint = " To give each item its own, write relabel({id: label})." if isinstance(value, Iterable) else ""
    raise TypeError(f"label: a label is a text, got {value!r} of type {type(value).__name__}.{hint}")


def labels_by_id(items: ItemSet, given: Any) -> tuple[NDArray[np.intp], list[str | None]]:
    """A label for each of some items: rows of ``items.ids`` and the labels.

    Parameters
    ----------
    given : mapping of id to label, or Series
        See :func:`nbcurate.collection.alignment.align`.

    Raises
    ------
    TypeError
        If it holds ids and no labels.
    """
    ids_alone = isinstance(given, pd.Series) and len(given) > 0 and bool(given.isin(items.ids).all())
    if ids_alone or not isinstance(given, Mapping | pd.Series):
        raise TypeError("relabel: which label? Give one, relabel(ids, 'dog'), or None to take the labels away.")
    found = align(items, given, "labels")
    return found.rows, [as_label(value) for value in found.values]


def as_tags(given: Iterable[Any]) -> list[str]:
    """Tags, each once.

    Raises
    ------
    TypeError, ValueError
        If one is no text, or empty.
    """
    for tag in given:
        if not isinstance(tag, str):
            hint = " Write tag(ids, 'x', 'y') for several." if isinstance(tag, Iterable) else ""
            raise TypeError(f"tags: a tag is a text, got {tag!r} of type {type(tag).__name__}.{hint}")
        if not tag.strip():
            raise ValueError(f"tags: a tag is a text that is not empty, got {tag!r}.")
    return list(dict.fromkeys(map(str, given)))
