"""Where something lies on a picture once it is turned as its file says (EXIF orientation 1 to 8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from .picture import open_picture

#: x, y, width and height, px.
Box = tuple[float, float, float, float]
#: Of a point x, y on a stored picture of w by h: where it is on the upright one.
_POINTS: dict[int, Callable[[float, float, float, float], tuple[float, float]]] = {
    2: lambda x, y, w, h: (w - x, y),
    3: lambda x, y, w, h: (w - x, h - y),
    4: lambda x, y, w, h: (x, h - y),
    5: lambda x, y, w, h: (y, x),
    6: lambda x, y, w, h: (h - y, x),
    7: lambda x, y, w, h: (h - y, w - x),
    8: lambda x, y, w, h: (y, w - x),
}
#: What takes an orientation back: a quarter turn the other way; all the others undo themselves.
_BACK = {6: 8, 8: 6}


@dataclass(frozen=True, slots=True)
class StoredSize:
    """Width and height of a picture as it lies in its file, px, and how it is to be turned (EXIF, 1: not at all)."""

    width: int
    height: int
    orientation: int = 1

    @property
    def sideways(self) -> bool:
        """Whether the upright picture is as wide as this is high."""
        return self.orientation >= 5

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height of the picture as it is shown."""
        return (self.height, self.width) if self.sideways else (self.width, self.height)


def stored_size(file: IO[bytes]) -> StoredSize | None:
    """The size that a file's header tells; None if it cannot be read."""
    try:
        picture = open_picture(file)
        return StoredSize(*picture.stored_size, picture.exif().orientation)
    except Exception:  # decoders raise what they like
        return None


def turn_point(x: float, y: float, stored: StoredSize) -> tuple[float, float]:
    """A point on the stored picture, as it lies on the upright one."""
    turn = _POINTS.get(stored.orientation)
    return (x, y) if turn is None else turn(x, y, stored.width, stored.height)


def turn_box(box: Sequence[float], stored: StoredSize) -> Box:
    """A box on the stored picture, as it lies on the upright one."""
    x, y, width, height = box
    ends = [turn_point(x, y, stored), turn_point(x + width, y + height, stored)]
    left, upper = (min(side) for side in zip(*ends, strict=True))
    return (left, upper, height, width) if stored.sideways else (left, upper, width, height)


def turn_box_back(box: Sequence[float], stored: StoredSize) -> Box:
    """A box on the upright picture, as it lies on the stored one."""
    return turn_box(box, StoredSize(*stored.upright, _BACK.get(stored.orientation, stored.orientation)))
