"""Small bars: pictures of one px, drawn out, as they are shown where styles and drawings are dropped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache

from .layout import table
from .markup import escaped, name_in_short
from .numbers import share_in_words
from .page import Pieces

#: Colours that stand out on a white and on a dark ground.
BLUE, GREY, ORANGE, GREEN = (0x3B, 0x7D, 0xDD), (0x8A, 0x8F, 0x98), (0xD9, 0x62, 0x2B), (0x3A, 0x9A, 0x5B)
_PARTS = (BLUE, ORANGE, GREEN, GREY)
_HEIGHT = 9


def bar(value: float, longest: float, width: int = 140, colour: tuple[int, int, int] = BLUE) -> str:
    """A bar as long as ``value`` is, where ``longest`` is ``width`` px; a value above 0 is seen."""
    px = round(width * value / longest) if longest > 0 and value > 0 else 0
    return _block(max(px, 1), colour) if value > 0 and longest > 0 else ""


def count_bars(counts: Sequence[tuple[str, int]], most: int = 12) -> Pieces:
    """A row a class: its name, its count, and a bar; of many classes the first, and what the others come to."""
    shown = counts if len(counts) <= most else counts[: most - 1]
    longest = max((count for _, count in counts), default=0)
    body = [[name_in_short(name, 60), f"{count:,}", bar(count, longest)] for name, count in shown]
    if rest := counts[len(shown) :]:
        body.append([f"{len(rest):,} more", f"{sum(count for _, count in rest):,}", ""])
    return table(["class", "items", ""], body)


def share_bar(sizes: Sequence[tuple[str, int]], width: int = 420) -> Pieces:
    """One bar cut into parts, and what each part is: name, size and share."""
    total = max(sum(size for _, size in sizes), 1)
    drawn = "".join(
        _block(max(round(width * size / total), 1), _PARTS[at % len(_PARTS)])
        for at, (_, size) in enumerate(sizes)
        if size
    )
    said = " &nbsp; ".join(
        f"{_block(_HEIGHT, _PARTS[at % len(_PARTS)])} {escaped(name, 60)} {size:,} ({share_in_words(size / total)})"
        for at, (name, size) in enumerate(sizes)
    )
    return [f'<p style="margin:4px 0;line-height:1.6">{drawn}<br>{said}</p>']


def legend(entries: Sequence[tuple[str, tuple[int, int, int]]]) -> Pieces:
    """What colours stand for."""
    said = " &nbsp; ".join(f"{_block(_HEIGHT, colour)} {escaped(name, 60)}" for name, colour in entries)
    return [f'<p style="margin:4px 0;line-height:1.6">{said}</p>'] if entries else []


def _block(width: int, colour: tuple[int, int, int]) -> str:
    style = f"max-width:none;margin:0;display:inline-block;height:{_HEIGHT}px"
    return f'<img alt="" width="{width}" height="{_HEIGHT}" style="{style}" src="{_dot(colour)}">'


@lru_cache(maxsize=64)
def _dot(colour: tuple[int, int, int]) -> str:
    """A GIF of one px, as a data URI."""
    frame = bytes(
        [*b"GIF89a", 1, 0, 1, 0, 0x80, 0, 0, *colour, *colour, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
    )
    return f"data:image/gif;base64,{base64.b64encode(frame).decode('ascii')}"
