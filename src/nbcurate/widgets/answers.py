"""Answers to requests: in parts, each small enough for a frame of the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numpy.typing import NDArray

from ..store.items import Items, Keys, UnknownItemError
from .frames import MAX_BUFFERS
from .protocol import Request

#: One part of an answer: the result object and its buffers.
Part = tuple[dict[str, Any], list[bytes]]
#: An answer: its parts, each made when its turn comes, so that the first is sent while the next is made.
Answer = list[Callable[[], Part]]
#: By the name of a request, what answers it.
Methods = dict[str, Callable[[Request], Answer]]


def part(result: dict[str, Any], *buffers: bytes) -> Part:
    """One part of an answer."""
    return result, list(buffers)


def whole(result: dict[str, Any], *buffers: bytes) -> Answer:
    """An answer in one part."""
    return [partial(part, result, *buffers)]


def slices(header: dict[str, Any], values: NDArray[Any]) -> Answer:
    """A column in parts that each fit a frame."""
    step = MAX_BUFFERS // values.itemsize

    def one(offset: int) -> Part:
        place = {"offset": offset, "total": len(values)}
        return part({**header, **place}, values[offset : offset + step].tobytes())

    return [partial(one, offset) for offset in range(0, max(1, len(values)), step)]


def known_keys(items: Items, keys: Keys) -> Keys:
    """``keys``, if all of them are items of the data set.

    Raises
    ------
    UnknownItemError
        If one is not, or no longer.
    """
    hidden = ~items.shown[items.rows_of_keys(keys)]
    if hidden.any():
        raise UnknownItemError(f"The item with key {keys[hidden][0]} is no longer in the data set.")
    return keys
