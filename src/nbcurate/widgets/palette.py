"""Colours for data, as ``js/src/lib/ui/palette.ts`` has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]

_HUES = (
    (47, 126, 216),
    (217, 98, 43),
    (42, 157, 87),
    (201, 68, 61),
    (138, 99, 210),
    (31, 155, 174),
    (212, 86, 161),
    (143, 154, 30),
    (156, 107, 78),
    (91, 110, 225),
    (184, 134, 11),
)
_DARKER = 0.62
#: No value, and all that has no colour of its own.
NEUTRAL: Rgb = (128, 133, 140)
_RAMP = np.array(
    [(74, 95, 214), (31, 145, 178), (42, 157, 87), (143, 154, 30), (201, 138, 14), (217, 98, 43), (190, 50, 70)], float
)


def class_colour(rank: int) -> Rgb:
    """The colour of the ``rank``-th most frequent class: eleven hues, each in two shades, then from the start again."""
    red, green, blue = _HUES[rank % len(_HUES)]
    by = 1.0 if rank // len(_HUES) % 2 == 0 else _DARKER
    return round(red * by), round(green * by), round(blue * by)


def ramp_colours(places: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Colours (uint8 [n, 3]) of places on a scale, 0 to 1; neutral where a place is not a number."""
    at = np.nan_to_num(np.clip(places, 0, 1)) * (len(_RAMP) - 1)
    channels = [np.interp(at, np.arange(len(_RAMP)), _RAMP[:, channel]) for channel in range(3)]
    found = np.stack(channels, axis=1).round().astype(np.uint8)
    found[np.isnan(places)] = NEUTRAL
    return found
