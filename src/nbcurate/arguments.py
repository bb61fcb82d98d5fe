"""Checks of arguments that many functions take, in words that name the argument."""

from __future__ import annotations

import operator
from typing import Any


def require_count(argument: str, value: Any, least: int = 1) -> int:
    """A number of items, draws or neighbours, as an int.

    Raises
    ------
    TypeError
        If it is no whole number; 2.0 is none.
    ValueError
        If it is less than ``least``.
    """
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{argument}={value!r}: give a whole number, {least} or more.") from None
    if isinstance(value, bool):
        raise TypeError(f"{argument}={value!r}: give a whole number, {least} or more.")
    if count < least:
        raise ValueError(f"{argument}={count}: give a whole number, {least} or more.")
    return count


def require_threshold(threshold: Any) -> None:
    """Raise a ValueError unless it is "auto" or a cosine distance."""
    if isinstance(threshold, str) and threshold == "auto":
        return
    if not isinstance(threshold, int | float) or not 0 <= threshold <= 2:
        raise ValueError(f"threshold={threshold!r}: give 'auto' or a cosine distance from 0 to 2.")
