"""Boxes and masks drawn into the pixels of a small picture, for pages that show nothing but pictures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from ..imaging.masks import Polygon

_DASH, _GAP = 4, 3
_TEXT = 9
#: A box this wide has room for a score, px.
_ROOM_FOR_SCORE = 22
_MASK = 0.35
_OTHER = (128, 133, 140)

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """A box with its mask; px of the picture. A label has no score."""

    name: str
    box: tuple[float, float, float, float]
    mask: list[Polygon] = field(default_factory=list)
    score: float | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes on a picture of this size, px."""

    width: int
    height: int
    shapes: list[Shape]


def draw_on(image: Image.Image, drawing: Drawing, colours: Mapping[str, Rgb], line: int = 1) -> Image.Image:
    """A picture with what is drawn on it: labels solid, predictions dashed and with their scores. RGB.

    Parameters
    ----------
    line : int
        Width of the lines, px: more where the picture is made smaller afterwards.
    """
    picture = image.convert("RGB")
    by = picture.width / max(drawing.width, 1), picture.height / max(drawing.height, 1)
    for shape in drawing.shapes:
        picture = _with_mask(picture, shape, by, colours.get(shape.name, _OTHER))
    canvas = ImageDraw.Draw(picture)
    for shape in drawing.shapes:
        _draw_box(canvas, shape, by, colours.get(shape.name, _OTHER), line)
    return picture


def _with_mask(picture: Image.Image, shape: Shape, by: tuple[float, float], colour: Rgb) -> Image.Image:
    """Outlines are filled by the even-odd rule: a hole is an outline in an outline."""
    if not shape.mask:
        return picture
    inside = np.zeros((picture.height, picture.width), bool)
    for outline in shape.mask:
        one = Image.new("1", picture.size)
        corners = [(x * by[0], y * by[1]) for x, y in zip(outline[::2], outline[1::2], strict=True)]
        ImageDraw.Draw(one).polygon(corners, fill=1)
        inside ^= np.asarray(one)
    pixels = np.asarray(picture).astype(np.float32)
    pixels[inside] = (1 - _MASK) * pixels[inside] + _MASK * np.asarray(colour, np.float32)
    return Image.fromarray(pixels.astype(np.uint8))


def _draw_box(canvas: ImageDraw.ImageDraw, shape: Shape, by: tuple[float, float], colour: Rgb, line: int) -> None:
    x, y, width, height = shape.box
    left, top = x * by[0], y * by[1]
    right, bottom = (x + width) * by[0], (y + height) * by[1]
    if shape.score is None:
        canvas.rectangle((left, top, max(right, left), max(bottom, top)), outline=colour, width=line)
        return
    for start, end in (
        ((left, top), (right, top)),
        ((right, top), (right, bottom)),
        ((right, bottom), (left, bottom)),
        ((left, bottom), (left, top)),
    ):
        _dash(canvas, start, end, colour, line)
    if right - left >= _ROOM_FOR_SCORE:
        words = f"{shape.score if shape.score >= 1 else min(shape.score, 0.99):.2f}".removeprefix("0")
        place = (left + 1, min(bottom, canvas.im.size[1]) - _TEXT - 2)
        canvas.text(place, words, font=ImageFont.load_default(_TEXT), fill="white", stroke_width=1, stroke_fill=colour)


def _dash(
    canvas: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], colour: Rgb, line: int
) -> None:
    """A dashed line on a pale ground, so that the gaps are seen on any picture."""
    canvas.line((*start, *end), fill=(235, 235, 235), width=line)
    length = math.dist(start, end)
    for at in np.arange(0, length, line * (_DASH + _GAP)):
        ends = [
            (a + (b - a) * min(along, length) / length)
            for along in (at, at + line * _DASH)
            for a, b in zip(start, end, strict=True)
        ]
        canvas.line(ends, fill=colour, width=line)
