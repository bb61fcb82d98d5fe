"""What a picture looks like, in numbers: brightness, sharpness, colours, a perceptual hash."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .colour import dominant_colour
from .thumbnail import reduce_image

_COLOUR_SIDE = 64  # colours need no detail
_HASH_SIDE = 32
_HASH_KEPT = 8


def measure_image(image: Image.Image) -> dict[str, Any]:
    """The measured properties of a picture.

    All but ``transparency`` are taken from the picture reduced to the size of a thumbnail, so that those of a camera's
    photograph and of a small copy of it can be compared.

    Parameters
    ----------
    image : PIL image
        RGB and upright, as :func:`nbcurate.imaging.decode_image` gives it.

    Returns
    -------
    dict
        ``brightness`` (mean luma, 0 to 1), ``contrast`` (its standard deviation, 0 to 0.5), ``sharpness`` (root mean
        square of its Laplacian, 0 for a flat picture), ``colourfulness`` (Hasler and Süsstrunk 2003; 0 for grey, over
        80 for a very colourful one), ``entropy`` (of the luma's histogram, 0 to 8 bits), ``dominant_colour`` (a name),
        ``dominant_rgb`` (``#rrggbb``), ``transparency`` (share of the original that is not opaque) and
        ``perceptual_hash`` (64 bits as 16 hexadecimal digits, see :func:`perceptual_hash`).
    """
    small = reduce_image(image)
    grey = small.convert("L")
    few = small.resize((_COLOUR_SIDE, _COLOUR_SIDE), Image.Resampling.BOX)
    name, value = dominant_colour(few)
    histogram = np.array(grey.histogram()) / (grey.width * grey.height)
    brightness = float(histogram @ _LEVELS)
    return {
        "brightness": brightness,
        "contrast": float(np.sqrt(histogram @ (_LEVELS - brightness) ** 2)),
        "sharpness": _sharpness(np.asarray(grey, np.float32) / 255),
        "colourfulness": _colourfulness(np.asarray(few, np.float32)),
        "entropy": _entropy(histogram),
        "dominant_colour": name,
        "dominant_rgb": value,
        "transparency": float(image.info.get("transparent_share", 0.0)),
        "perceptual_hash": perceptual_hash(small),
    }


def perceptual_hash(image: Image.Image) -> str:
    """64 bits that stay alike when a picture is scaled, re-encoded or made brighter, as 16 hexadecimal digits.

    Each bit says whether a low frequency of the grey picture is above the median of them.

    References
    ----------
    Zauner (2010), "Implementation and benchmarking of perceptual image hash functions": the DCT hash.
    """
    grey = image.convert("L").resize((_HASH_SIDE, _HASH_SIDE), Image.Resampling.BOX)
    frequencies = _COSINES @ np.asarray(grey, np.float32) @ _COSINES.T
    bits = (frequencies > np.median(frequencies.ravel()[1:])).ravel()
    return np.packbits(bits).tobytes().hex()


def _cosines() -> NDArray[np.float32]:
    """The first rows of the discrete cosine transform."""
    frequency, place = np.mgrid[:_HASH_KEPT, :_HASH_SIDE]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * _HASH_SIDE)).astype(np.float32)


_COSINES = _cosines()
_LEVELS = np.arange(256) / 255


def _sharpness(luma: NDArray[np.floating]) -> float:
    if min(luma.shape) < 3:
        return 0.0
    inner = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * inner
    return float(np.sqrt(np.mean(laplacian**2)))


def _colourfulness(pixels: NDArray[np.floating]) -> float:
    """Hasler and Süsstrunk (2003), "Measuring colorfulness in natural images"; pixels in [0, 255]."""
    red, green, blue = np.moveaxis(pixels, -1, 0)
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def _entropy(histogram: NDArray[np.floating]) -> float:
    shares = histogram[histogram > 0]
    return float(abs((shares * np.log2(shares)).sum()))
