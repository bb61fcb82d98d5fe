"""A part of a picture around a box, with the box drawn on it."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw

_COLOUR = (255, 59, 48)
#: Around a box of fewer px so much is shown as around one of this size: alone it would tell nothing.
_LEAST = 64


def crop_of(picture: Image.Image, box: Sequence[float], margin: float) -> Image.Image:
    """The picture around a box.

    Parameters
    ----------
    picture : PIL.Image.Image
    box : sequence of float
        x, y, width, height in px.
    margin : float
        How much is shown on each side, as a share of the longer side of the box.
    """
    x, y, width, height = box
    around = margin * max(width, height, _LEAST)
    left, upper = max(int(x - around), 0), max(int(y - around), 0)
    right, lower = min(round(x + width + around), picture.width), min(round(y + height + around), picture.height)
    part = picture.crop((left, upper, max(right, left + 1), max(lower, upper + 1)))
    place = (x - left, y - upper, max(x + width - left - 1, x - left), max(y + height - upper - 1, y - upper))
    ImageDraw.Draw(part).rectangle(place, outline=_COLOUR, width=max(round(max(part.size) / 150), 1))
    return part
