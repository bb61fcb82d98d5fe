"""The colour that a picture has most of, with a name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The basic colour terms of English (Berlin and Kay 1969), and beige, with typical values.
NAMED_COLOURS = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "white": (255, 255, 255),
    "red": (200, 30, 35),
    "orange": (240, 130, 30),
    "yellow": (245, 220, 60),
    "green": (60, 150, 60),
    "blue": (45, 95, 190),
    "purple": (125, 60, 150),
    "pink": (240, 150, 175),
    "brown": (115, 72, 40),
    "beige": (220, 200, 165),
}
_PALETTE = 8


def dominant_colour(image: Image.Image) -> tuple[str, str]:
    """Name and value of the colour that most pixels are close to.

    Parameters
    ----------
    image : PIL image
        RGB; a small one will do.

    Returns
    -------
    name : str
        A key of :data:`NAMED_COLOURS`: the nearest one in CIELAB.
    value : str
        ``#rrggbb``.
    """
    few = image.quantize(_PALETTE, method=Image.Quantize.FASTOCTREE)  # a tenth of the time of a median cut
    counts, palette = few.getcolors() or [(1, 0)], few.getpalette() or [0, 0, 0]
    _, index = max(counts)
    rgb = tuple(palette[3 * int(index) : 3 * int(index) + 3])  # pyright: ignore[reportArgumentType]
    distance = np.linalg.norm(_LAB - _to_lab(np.array(rgb, np.float64)), axis=-1)
    return _NAMES[int(distance.argmin())], "#{:02x}{:02x}{:02x}".format(*rgb)


def _to_lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB (D65) of sRGB values in [0, 255], ``[..., 3]``."""
    linear = np.where(rgb <= 0.04045 * 255, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])
_NAMES = list(NAMED_COLOURS)
_LAB = _to_lab(np.array(list(NAMED_COLOURS.values()), np.float64))
