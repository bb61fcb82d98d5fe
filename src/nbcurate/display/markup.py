"""Text from the data as text, whatever it holds, and of no more bytes than there is room for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

#: What is not seen, but ends a text or turns the direction of what follows.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CUT = "…"


def escaped(words: object, most: int = 400) -> str:
    """``words`` for the text or an attribute of a page, in at most ``most`` bytes of markup; the end is cut off."""
    return _within(str(words), most, lambda text, n: f"{text[:n]}{_CUT}")


def name_in_short(name: object, most: int = 60) -> str:
    """As :func:`escaped`, for a name or path: of a long one the middle is left out, as both its ends tell it apart."""
    return _within(str(name), most, lambda text, n: f"{text[: n // 3]}{_CUT}{text[len(text) - (n - n // 3) :]}")


def code(words: str, most: int = 300) -> str:
    """A call, as one would write it."""
    return f"<code>{escaped(words, most)}</code>"


def _within(text: str, most: int, shorten: Callable[[str, int], str]) -> str:
    text = _INVISIBLE.sub("\ufffd", text)
    room = len(text)
    markup = _marked_up(text)
    while len(markup.encode()) > most and room > 1:
        room = min(room * 3 // 4, most)
        markup = _marked_up(shorten(text, room))
    return markup


def _marked_up(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode(), quote=True)
