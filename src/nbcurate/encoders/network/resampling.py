"""Scaling of pictures with the vector units of the processor, where torch has a kernel for it: a quarter of the time.

Both filters are Pillow's, with smoothing where a picture is made smaller. Values differ by two levels of 256 at most,
and most do not: the weights of the filters are rounded elsewhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from ...store.import_whole import import_whole

Pixels: TypeAlias = NDArray[np.uint8]
"""Shape (height, width, 3): red, green and blue."""

Resize: TypeAlias = Callable[[Image.Image, tuple[int, int]], Pixels]
"""From an RGB image and a size (width, height)."""

_MODES = {Image.Resampling.BILINEAR: "bilinear", Image.Resampling.BICUBIC: "bicubic"}
_VECTOR_UNITS = ("AVX2", "AVX512")  # elsewhere torch's kernel for bytes is no faster than Pillow's


def plain_resize(resample: Image.Resampling) -> Resize:
    """Return Pillow's own scaling."""
    return lambda image, size: np.asarray(image if size == image.size else image.resize(size, resample))


def fast_resize(resample: Image.Resampling) -> Resize:
    """Return the fastest scaling that there is on this machine for a filter."""
    import_whole("torch")
    import torch

    mode = _MODES.get(resample)
    if mode is None or torch.backends.cpu.get_cpu_capability() not in _VECTOR_UNITS:
        return plain_resize(resample)
    columns_first = _order_of_pillow()
    with warnings.catch_warnings():  # torch says once a process that what it is shown must not be written to
        warnings.simplefilter("ignore")
        torch.from_numpy(pixels_of(Image.new("RGB", (1, 1))))

    def scale(planes: torch.Tensor, size: tuple[int, ...]) -> torch.Tensor:
        return torch.nn.functional.interpolate(planes, size=size, mode=mode, antialias=True)

    def resize(image: Image.Image, size: tuple[int, int]) -> Pixels:
        pixels = pixels_of(image)
        if size == image.size:
            return pixels[..., :3]
        planes = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        if columns_first(image.size, size):
            planes = scale(planes, (size[1], image.width))
        return scale(planes, size[::-1])[0].permute(1, 2, 0).numpy()[..., :3]

    return resize


@cache
def _order_of_pillow() -> Callable[[tuple[int, ...], tuple[int, ...]], bool]:
    """Return what tells whether Pillow scales the columns of a picture before its rows, given its size and the new one.

    Values are rounded in between, so that the order shows in the last bit. Pillow went by rows until version 12.
    """
    noise = np.random.default_rng(0).integers(0, 256, (64, 16, 3), dtype=np.uint8)
    picture, size = Image.fromarray(noise), (14, 40)
    rows_first = picture.resize((14, 64), Image.Resampling.BICUBIC).resize(size, Image.Resampling.BICUBIC)
    if picture.resize(size, Image.Resampling.BICUBIC) == rows_first:
        return lambda old, new: False
    return lambda old, new: new[1] < old[1] and old[1] - new[1] > 2 * (old[0] - new[0])


def pixels_of(image: Image.Image) -> Pixels:
    """Return the pixels of an RGB image, without a copy where Pillow has them in one piece: then with a fourth channel.

    Returns
    -------
    ndarray of shape (height, width, 4) or (height, width, 3), uint8
        Not to be written to. The fourth channel is empty.
    """
    try:
        values = pa.array(image).flatten()
    except (ValueError, TypeError):  # large images lie in several blocks
        return np.asarray(image)
    return values.to_numpy(zero_copy_only=True).reshape(image.height, image.width, 4)
