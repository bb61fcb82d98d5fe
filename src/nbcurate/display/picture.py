"""A small picture inside a page: a data URI of a few hundred to a few thousand bytes."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

from PIL import Image, features

from .markup import escaped, name_in_short

#: Tried one after the other until a picture has room: how many px a shown px is made of, and the quality.
_TRIES = ((1.5, 62), (1.25, 55), (1.0, 55), (1.0, 35), (0.75, 35), (0.5, 30))
#: Bytes a px at the first quality that are expected, until one was tried: few tries are made in vain.
_EXPECTED = 0.13
_WEBP = features.check("webp")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture on a page, at most ``side`` px wide and high; ``name`` and ``words`` are read where one points at it.

    ``image`` is None where there is none to be shown.
    """

    image: Image.Image | None
    side: int
    name: str
    words: str = ""

    @property
    def alt(self) -> str:
        """What is read in its place, as markup."""
        return name_in_short(self.name, 90)

    @property
    def title(self) -> str:
        """What is read where one points at it, as markup."""
        return f"{self.alt}: {escaped(self.words, 260)}" if self.words else self.alt

    def markup(self, most: int) -> str:
        """The picture as HTML, of some ``most`` bytes."""
        if self.image is None:
            return f'<span title="{self.title}" style="opacity:.75">no picture</span>'
        width, height = _fitted(self.image.size, self.side)
        shown = f'width="{width}" height="{height}" style="max-width:none;margin:0"'
        bare = f'<img alt="{self.alt}" title="{self.title}" {shown}'
        room = max(most - len(bare.encode()) - 40, 300) * 3 // 4
        kind, data = _encoded(self.image, self.side, room)
        return f'{bare} src="data:image/{kind};base64,{base64.b64encode(data).decode("ascii")}">'


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Width and height of a picture at most ``side`` px wide and high, also where it was smaller."""
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _encoded(image: Image.Image, side: int, room: int) -> tuple[str, bytes]:
    """What kind of file a picture is made, and its bytes: the best that has room, or the smallest of all."""
    bytes_a_pixel, data = _EXPECTED, b""
    for scale, quality in _TRIES:
        pixels, last = (side * scale) ** 2, (scale, quality) == _TRIES[-1]
        if bytes_a_pixel * pixels * quality / _TRIES[0][1] > 1.5 * room and not last:
            continue  # what was seen of it so far says that it will not do
        data = _file(image, round(side * scale), quality)
        if len(data) <= room:
            break
        bytes_a_pixel = len(data) / pixels * _TRIES[0][1] / quality
    return ("webp" if _WEBP else "jpeg"), data


def _file(image: Image.Image, side: int, quality: int) -> bytes:
    small = image.convert("RGB")
    small.thumbnail((side, side), reducing_gap=2.0)
    file = io.BytesIO()
    if _WEBP:
        small.save(file, "WEBP", quality=quality, method=2)
    else:
        small.save(file, "JPEG", quality=quality)
    return file.getvalue()
