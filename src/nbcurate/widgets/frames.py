"""How much of a text or a list a message holds: no frame of the wire is over :data:`MAX_FRAME`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

#: No message to the browser is larger, in bytes: over some 10 MB a notebook server drops the connection.
MAX_FRAME = 2**20
#: What of a frame is left for the buffers beside a small JSON part.
MAX_BUFFERS = MAX_FRAME - 16 * 1024
#: Characters of a text that a browser may send, or is told where it only shows it.
MAX_TEXT = 256

T = TypeVar("T")


def cut(text: str, longest: int = MAX_TEXT) -> str:
    """``text``, with dots in the place of its end where it is longer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def json_bytes(value: Any) -> int:
    """Bytes that a value takes as JSON on the wire.

    Raises
    ------
    UnicodeEncodeError
        If it holds half of a surrogate pair, which no message can.
    """
    return len(json.dumps(value, ensure_ascii=False).encode())


def fitting(values: Iterable[T], most: int) -> list[T]:
    """The first of the values that together take at most so many bytes as JSON."""
    taken: list[T] = []
    for value in values:
        most -= json_bytes(value) + 2
        if most < 0:
            break
        taken.append(value)
    return taken
