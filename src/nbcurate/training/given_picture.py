"""A picture as people hand it over: a PIL image, an array or a file."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from PIL import Image

from ..imaging import Window, decode_image, to_rgb


def read_picture(picture: Any, at_least: int | None = None, window: Window | None = None) -> Image.Image:
    """The picture, RGB.

    Parameters
    ----------
    picture : PIL image, uint8 array [h, w] or [h, w, 3], or path
    at_least : int, optional
        Shortest side in px that is needed of a file: a large one is reduced while it is decoded.
    window : Window, optional
        What pictures of more than 8 bits are seen through.

    Raises
    ------
    UnreadableImageError
        If a file cannot be read.
    TypeError
        If it is none of these.
    """
    if isinstance(picture, str | os.PathLike):
        return decode_image(os.path.expanduser(picture), at_least=at_least, window=window)
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8:
        picture = Image.fromarray(picture)
    if isinstance(picture, Image.Image):
        return to_rgb(picture, window)
    raise TypeError(f"predict: give a data set, PIL images or paths of pictures, not {type(picture).__name__}.")
