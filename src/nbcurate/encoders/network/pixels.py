"""The common preprocessing, resize, crop, normalise, in a few passes over the pixels.

The image processors of transformers and timm spend most of their time on checks and conversions. Where their settings
say that they do no more than this, the same pixels are made here at a third of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .resampling import Resize, fast_resize, plain_resize

# From this size on, the ConvNext processor scales to the target itself and crops nothing.
CONVNEXT_UNCROPPED = 384

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

# An image this many times as long as it is wide is cropped before it is scaled.
_LONG = 20

# Landscape, portrait, enlarged, and with sides that do not divide: where roundings of sizes would differ.
_PROBE_SIZES = ((361, 250), (217, 301), (97, 61))


@dataclass(frozen=True)
class PixelTransform:
    """Scale an image, take the middle, shift and scale its values.

    Attributes
    ----------
    shortest : int, optional
        The shorter side in px after scaling, the proportions kept. Else ``exact`` is what it is scaled to.
    exact : (int, int), optional
        Height and width after scaling, whatever the proportions.
    crop : (int, int), optional
        Height and width of the middle part that is taken.
    resample : PIL.Image.Resampling
    resize : callable
        How it is scaled by that filter; see `resampling`.
    scale, offset : ndarray of shape (3, 1, 1), float32
        A value ``v`` in 0...255 becomes ``v * scale + offset``.
    round_half : bool
        Whether an odd margin is halved to the nearest even number, as torchvision does, or down.
    """

    shortest: int | None
    exact: tuple[int, int] | None
    crop: tuple[int, int] | None
    resample: Image.Resampling
    resize: Resize
    scale: NDArray[np.float32]
    offset: NDArray[np.float32]
    round_half: bool

    def __call__(self, image: Image.Image) -> NDArray[np.float32]:
        """Transform an RGB image.

        Returns
        -------
        ndarray of shape (3, height, width), float32
        """
        size = self._scaled(image.width, image.height)
        middle = None if self.crop is None else self._middle(*size, self.crop)
        if middle is not None and max(size) > _LONG * min(size):
            # Scaled whole, a line of 1 x 10,000 px would take gigabytes. The rounding differs a little in this way.
            x, y = image.width / size[0], image.height / size[1]
            box = (middle[0] * x, middle[1] * y, middle[2] * x, middle[3] * y)
            shape = (middle[2] - middle[0], middle[3] - middle[1])
            pixels = np.asarray(image.resize(shape, self.resample, box=box))
        else:
            pixels = self.resize(image, size)
            if middle is not None:
                pixels = _window(pixels, middle)
        values = np.empty((3, *pixels.shape[:2]), np.float32)
        np.multiply(pixels.transpose(2, 0, 1), self.scale, out=values)
        values += self.offset
        return values

    def _scaled(self, width: int, height: int) -> tuple[int, int]:
        if self.exact is not None:
            return self.exact[1], self.exact[0]
        if self.shortest is None:
            return width, height
        if width <= height:
            return self.shortest, int(self.shortest * height / width)
        return int(self.shortest * width / height), self.shortest

    def _middle(self, width: int, height: int, crop: tuple[int, int]) -> tuple[int, int, int, int]:
        tall, wide = crop
        halve: Callable[[int], int] = (lambda margin: round(margin / 2)) if self.round_half else (lambda m: m // 2)
        left, top = halve(width - wide), halve(height - tall)
        return left, top, left + wide, top + tall


def pixel_transform(settings: Mapping[str, Any], processor: Callable[[Image.Image], Any]) -> PixelTransform | None:
    """Return the transform that does what an image processor does, if there is one.

    Parameters
    ----------
    settings : mapping
        The processor's configuration.
    processor : callable
        The processor itself, from an RGB image to an array of shape (3, height, width). The transform is compared with
        it on images of several shapes, because settings may hold more than is known here.

    Returns
    -------
    PixelTransform or None
        None where the settings ask for something else, or any pixel differs by more than 1e-3. That is
        compared with Pillow's scaling; the work is done with the fastest that there is.
    """
    try:
        transform = _from_timm(settings) if "data_config" in settings else _from_transformers(settings)
    except (KeyError, TypeError, ValueError):  # settings of a kind not known here
        return None
    if transform is None:
        return None
    for number, size in enumerate(_PROBE_SIZES):
        image = texture_image(size, seed=number)
        try:
            expected = np.asarray(processor(image), np.float32)
        except (RuntimeError, ValueError, TypeError):
            return None
        made = transform(image)
        if made.shape != expected.shape or np.abs(made - expected).max() > 1e-3:
            return None
    return replace(transform, resize=fast_resize(transform.resample))


def _window(pixels: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """The part of an array inside a box (left, upper, right, lower); black where that reaches over the edge."""
    left, upper, right, lower = box
    height, width = pixels.shape[:2]
    if left >= 0 and upper >= 0 and right <= width and lower <= height:
        return pixels[upper:lower, left:right]
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).crop(box))


def _from_timm(settings: Mapping[str, Any]) -> PixelTransform | None:
    config = settings["data_config"]
    height, width = config["input_size"][1:]
    if config["crop_mode"] != "center" or height != width:
        return None
    std = np.asarray(config["std"], np.float64)
    return PixelTransform(
        shortest=int(height / config["crop_pct"]),
        exact=None,
        crop=(height, width),
        resample=_FILTERS[config["interpolation"]],
        resize=plain_resize(_FILTERS[config["interpolation"]]),
        scale=_per_channel(1 / (255 * std)),
        offset=_per_channel(-np.asarray(config["mean"], np.float64) / std),
        round_half=True,
    )


def _from_transformers(settings: Mapping[str, Any]) -> PixelTransform | None:
    """Read the settings that the processors of transformers share.

    A processor that reads them in another way, or has more of them, is found out by the comparison.
    """
    size = settings.get("size") or {}
    shortest, exact = size.get("shortest_edge"), (size.get("height"), size.get("width"))
    crop = settings.get("crop_size") if settings.get("do_center_crop") else None
    window = (crop["height"], crop["width"]) if crop else None
    share = settings.get("crop_pct")
    if shortest and share:  # ConvNext: scaled so that the target is this share of it, then cropped to the target
        if shortest >= CONVNEXT_UNCROPPED:
            shortest, exact = None, (shortest, shortest)
        else:
            window, shortest = (shortest, shortest), int(shortest / share)
    if not settings.get("do_resize", True):
        shortest, exact = None, (None, None)
    rescale = settings.get("rescale_factor", 1 / 255) if settings.get("do_rescale", True) else 1.0
    normalise = settings.get("do_normalize", True)
    mean = np.asarray(settings["image_mean"] if normalise else [0, 0, 0], np.float64)
    std = np.asarray(settings["image_std"] if normalise else [1, 1, 1], np.float64)
    resample = Image.Resampling(settings.get("resample", Image.Resampling.BILINEAR))
    return PixelTransform(
        shortest=int(shortest) if shortest else None,
        exact=(int(exact[0]), int(exact[1])) if exact[0] and exact[1] else None,
        crop=window,
        resample=resample,
        resize=plain_resize(resample),
        scale=_per_channel(rescale / std),
        offset=_per_channel(-mean / std),
        round_half=False,
    )


def _per_channel(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.broadcast_to(values, 3).astype(np.float32).reshape(3, 1, 1)


def texture_image(size: tuple[int, int], seed: int) -> Image.Image:
    """Return an image of ``size`` (width, height) with structure of all kinds, on which any difference shows."""
    shape = (max(1, size[1] // 3), max(1, size[0] // 3), 3)
    noise = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BILINEAR)
