"""Large pictures, made small while they are decoded: whole, in colours of 8 bits, they would take gigabytes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: Pixels of a picture that is reduced where its size is not needed: more than most cameras make.
LARGE = 1 << 24
_BAND = 1 << 20  # pixels that are converted at once


def reduction(size: tuple[int, int], at_least: int | None) -> int:
    """By how many a picture of ``size`` is divided each way, 1 for one that stays as it is.

    A large one keeps twice as many pixels on its shortest side as are needed, the margin within which the mean of
    pixels and a better filter look alike, and at most :data:`LARGE` of them in all.

    Parameters
    ----------
    at_least : int or None
        Shortest side in px that is needed; None for all of the picture.
    """
    pixels = size[0] * size[1]
    if at_least is None or pixels <= LARGE:
        return 1
    return max(min(size) // (2 * at_least), math.ceil(math.sqrt(pixels / LARGE)), 1)


def bands(size: tuple[int, int], factor: int) -> Iterator[tuple[int, int, int, int]]:
    """Boxes (left, upper, right, lower) over all of a picture, from the top, each of whole rows of the reduced one."""
    width, height = size
    rows = max(1, _BAND // (width * factor)) * factor
    for top in range(0, height, rows):
        yield 0, top, width, min(top + rows, height)


def reduced_picture(image: Image.Image, factor: int, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """What ``convert`` makes of a picture, RGB, reduced: the mean of each square of ``factor`` by ``factor`` px.

    Only a band of it exists in full beside ``image``.
    """
    width, height = image.size
    small = Image.new("RGB", (math.ceil(width / factor), math.ceil(height / factor)))
    transparent = 0.0
    for box in bands(image.size, factor):
        band = convert(image.crop(box))
        transparent += band.info.get("transparent_share", 0.0) * (box[3] - box[1]) / height
        small.paste(band.reduce(factor), (0, box[1] // factor))
    small.info.update({name: value for name, value in image.info.items() if name != "transparency"})
    if transparent:
        small.info["transparent_share"] = transparent
    return small


def block_means(values: NDArray, factor: int) -> NDArray:
    """The mean of each square of ``factor`` by ``factor`` numbers, rounded where these are whole.

    Parameters
    ----------
    values : array [h, w] or [h, w, n]

    Returns
    -------
    array [ceil(h / factor), ceil(w / factor)] or [..., n], of the type of ``values``
    """
    height, width = values.shape[:2]
    means = np.empty((math.ceil(height / factor), math.ceil(width / factor), *values.shape[2:]), values.dtype)
    columns = np.arange(0, width, factor)
    for _, top, _, bottom in bands((width, height), factor):
        rows = np.arange(0, bottom - top, factor)
        sums = np.add.reduceat(values[top:bottom].astype(np.float64), rows, axis=0)
        counts = np.outer(np.diff(rows, append=bottom - top), np.diff(columns, append=width))
        mean = np.add.reduceat(sums, columns, axis=1) / (counts[..., None] if values.ndim == 3 else counts)
        at = top // factor
        means[at : at + len(rows)] = np.rint(mean) if values.dtype.kind in "iu" else mean
    return means
