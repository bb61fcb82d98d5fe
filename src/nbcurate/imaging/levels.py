"""From numbers of any type and range to the 8 bits of a picture: which value is black, and which is white."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .reduction import block_means

#: Greys of 16 bits and of floats are stretched linearly between these percentiles of their values.
STRETCH_PERCENTILES = (0.5, 99.5)

_ENOUGH = 1 << 22  # values that a percentile is taken of: that of every n-th pixel of a large picture is the same
_BLOCK = 1 << 22  # values that are converted at once, so that a large picture costs no second one of 64-bit floats


@dataclass(frozen=True, slots=True)
class Window:
    """The values that are shown as black and as white, in the file's own units; what is beyond is black or white, too.

    Raises
    ------
    ValueError
        If ``low`` is not below ``high``, or one of them is not finite.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"window=({self.low!r}, {self.high!r}): two numbers are needed, the smaller one first.")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The pixels of a picture as its file holds them.

    Attributes
    ----------
    values : array [height, width] or [height, width, 3]
        Grey, or red, green and blue.
    alpha : array [height, width], optional
        How opaque each pixel is.
    white_is_zero : bool
        Whether the lowest value is the brightest one, as in X-ray pictures.
    nothing : float, optional
        A number that stands for none, as in maps where nothing was measured.
    info : dict
        What Pillow knows of the file beside the pixels.
    seen : array, optional
        Of a picture that was reduced, a sample of the values that it had.
    """

    values: NDArray[Any]
    alpha: NDArray[Any] | None = None
    white_is_zero: bool = False
    nothing: float | None = None
    info: dict[Any, Any] = field(default_factory=dict)
    seen: NDArray[Any] | None = None

    @property
    def takes_window(self) -> bool:
        """Whether black and white are a matter of choice: not for 8 bits."""
        return self.values.dtype != np.uint8

    def sample(self, most: int = _ENOUGH) -> NDArray[Any]:
        """About ``most`` of the values, evenly spread over the picture, without those that are no numbers."""
        if self.seen is not None:
            return self.seen
        height, width = self.values.shape[:2]
        step = max(1, int(np.ceil(np.sqrt(self.values.size / most))))
        few = self.values[::step, ::step] if min(height, width) > step else self.values[:most]
        few = few[np.isfinite(few)] if few.dtype.kind == "f" else few.ravel()
        return few if self.nothing is None else few[few != self.nothing]

    def reduced(self, factor: int, most: int = _ENOUGH) -> Numbers:
        """The mean of each square of ``factor`` by ``factor`` px; one that holds a number for none is none.

        It keeps a sample of ``most`` of the values that there were.
        """
        if factor == 1:
            return self
        values = block_means(self.values, factor)
        if self.nothing is not None:
            values[block_means((self.values == self.nothing).astype(np.float32), factor) > 0] = self.nothing
        alpha = None if self.alpha is None else block_means(self.alpha, factor)
        return replace(self, values=values, alpha=alpha, seen=self.sample(most).copy())


def as_picture(numbers: Numbers, window: Window | None = None) -> Image.Image:
    """``numbers`` as an 8-bit RGB image; transparency is laid on white.

    Parameters
    ----------
    window : Window, optional
        What is black and what is white. By default: of greys the 0.5th and 99.5th percentile of the picture; of
        colours 0 and the largest number of as many bits as its values have (4,095 for those of a camera's 12 bits), or
        0 and 1 for fractions. Pictures of 8 bits are shown as they are.
    """
    low, high = own_range(numbers) if window is None or not numbers.takes_window else (window.low, window.high)
    grey = _scaled(numbers.values, low, high, numbers.white_is_zero, numbers.nothing)
    picture = Image.fromarray(grey)
    picture = picture if picture.mode == "RGB" else picture.convert("RGB")
    picture.info.update(numbers.info)
    if numbers.alpha is None:
        return picture
    opaque = Image.fromarray(_scaled(numbers.alpha, 0.0, full_scale(numbers.alpha)))
    picture.putalpha(opaque)
    return on_white(picture)


def on_white(image: Image.Image) -> Image.Image:
    """A picture with transparency (RGBA) laid on white, as RGB; its info says which share was not opaque."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    flat.info.update(image.info)
    flat.info.pop("transparency", None)  # what was transparent is white now
    opaque = image.getchannel("A").histogram()[255]
    flat.info["transparent_share"] = 1.0 - opaque / (image.width * image.height)
    return flat


def own_range(numbers: Numbers) -> tuple[float, float]:
    """The values of a picture that are black and white where nobody says; see :func:`as_picture`."""
    if not numbers.takes_window:
        return 0.0, 255.0
    values = numbers.sample()
    if not values.size:
        return 0.0, 1.0
    if numbers.values.ndim == 3:
        least = float(values.min())
        if values.dtype.kind == "u" or (values.dtype.kind == "f" and least >= 0 and float(values.max()) <= 1):
            return 0.0, full_scale(numbers.values if numbers.seen is None else numbers.seen)
    low, high = np.percentile(values.astype(np.float64), STRETCH_PERCENTILES)
    return float(low), float(high)


def full_scale(values: NDArray[Any]) -> float:
    """1 for fractions; else the largest whole number of as many bits, at least 8, as the values have."""
    if values.dtype.kind == "f" or not values.size:
        return 1.0
    return float((1 << max(8, int(values.max()).bit_length())) - 1)


def _scaled(
    values: NDArray[Any], low: float, high: float, white_is_zero: bool = False, nothing: float | None = None
) -> NDArray[np.uint8]:
    """``values`` as 0 to 255. What is not a number, or stands for none, is black."""
    scaled = np.empty(values.shape, np.uint8)
    rows = max(1, _BLOCK // max(1, values[:1].size))
    kind = np.float32 if values.dtype.itemsize <= 2 else np.float64
    for start in range(0, len(values), rows):
        given = values[start : start + rows]
        with np.errstate(all="ignore"):
            block = (given.astype(kind) - low) / max(high - low, 1e-300)
        if nothing is not None:
            block[given == nothing] = np.nan
        block = np.nan_to_num(block, copy=False, nan=float(white_is_zero), posinf=1.0, neginf=0.0).clip(0, 1)
        scaled[start : start + rows] = ((1 - block if white_is_zero else block) * 255).round()
    return scaled
