"""Points as a picture on a page: a map or a scatter plot, on whatever ground the page has."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .markup import escaped

_WIDTH, _HEIGHT, _MARGIN = 560, 360, 10
#: Pixels of the picture for each px on the page.
_DENSITY = 2
#: More points than these are a sample: a picture of this size shows no more.
_MOST = 20_000


def shown_rows(places: NDArray[np.floating], ringed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which of these points a picture shows: those that lie somewhere; of many a sample, of those with a ring all."""
    there = np.flatnonzero(np.isfinite(places).all(axis=1))
    if len(there) <= _MOST:
        return there
    plain = np.random.default_rng(0).permutation(there[~ringed[there]])[:_MOST]
    return np.concatenate([plain, there[ringed[there]][:_MOST]])


def points_picture(
    places: NDArray[np.floating], colours: NDArray[np.uint8], ringed: NDArray[np.bool_], words: str
) -> str:
    """Points as markup: an image with nothing behind them.

    Parameters
    ----------
    places : float array [n, 2]
        Across and up.
    colours : uint8 array [n, 3]
    ringed : bool array [n]
        Those with a ring around them, which are drawn last.
    words : str
        What is read in its place.
    """
    image = Image.new("RGBA", (_WIDTH * _DENSITY, _HEIGHT * _DENSITY))
    if len(places):
        _draw(ImageDraw.Draw(image), _fitted(places), colours, ringed)
    buffer = io.BytesIO()
    image.quantize(64, Image.Quantize.FASTOCTREE).save(buffer, "PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    size = f'width="{_WIDTH}" height="{_HEIGHT}" style="max-width:100%;margin:0"'
    return f'<p style="margin:4px 0"><img alt="{escaped(words, 200)}" {size} src="data:image/png;base64,{data}"></p>'


def _fitted(places: NDArray[np.floating]) -> NDArray[np.floating]:
    """The same in pixels of the picture."""
    low, high = places.min(axis=0), places.max(axis=0)
    share = (places - low) / np.where(high > low, high - low, 1)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _MARGIN
    return (_MARGIN + share * [1, -1] * room + [0, room[1]]) * _DENSITY


def _draw(
    draw: ImageDraw.ImageDraw, at: NDArray[np.floating], colours: NDArray[np.uint8], ringed: NDArray[np.bool_]
) -> None:
    radius = _DENSITY * float(np.clip(90 / np.sqrt(max(len(at), 1)), 1, 4.5))
    order = np.argsort(ringed, kind="stable")
    for (x, y), colour, ring in zip(at[order].tolist(), colours[order].tolist(), ringed[order].tolist(), strict=True):
        box = (x - radius, y - radius, x + radius, y + radius)
        if ring:
            wide = (x - 1.5 * radius, y - 1.5 * radius, x + 1.5 * radius, y + 1.5 * radius)
            draw.ellipse(wide, fill=(*colour, 255), outline=(20, 20, 20, 255), width=_DENSITY)
        else:
            draw.ellipse(box, fill=(*colour, 255))
