"""What of a picture lies around the part that it shares with another: more of the scene, or a frame; and whether it is
an enlargement.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import Picture, inverse, lay_over, scale_of
from .placement import Affine

Grey = NDArray[np.uint8]

_LEAST = 0.03  # of a picture, below which nothing lies around
_FLAT = 1.5  # grey levels; a spot that varies less is of one colour
_SPOT = 5  # px, side of a spot
_EDGE = 9  # px, side of the square by which the overlap is widened
_DENSER = 1.25  # times the px of the other, from which a picture may be an enlargement of it
_MORE = 2.5  # grey levels, root mean square, of what the denser one shows besides


def framed(a: Grey, b: Grey, way: Affine) -> tuple[float, float]:
    """Share of what of each lies outside the overlap that is of one colour, as in frames, bars and on screens.

    Parameters
    ----------
    a, b : uint8 arrays [h, w]
    way : float64 array [2, 3]
        From px of ``a`` to px of ``b``.

    Returns
    -------
    tuple of float
        Of ``a`` and of ``b``, in [0, 1]; 0 where next to nothing lies outside.
    """
    covered_b = lay_over(np.ones(a.shape, np.float32), b.shape, way)[1]
    covered_a = lay_over(np.ones(b.shape, np.float32), a.shape, inverse(way))[1]
    return _one_colour(a, covered_a), _one_colour(b, covered_b)


def enlarged(a: Grey, b: Grey, way: Affine) -> tuple[bool, bool]:
    """Whether each is the other, enlarged: more px, and nothing to see in them that the other had not shown."""
    scale = scale_of(way)  # px of b to a px of a
    if 1 / _DENSER < scale < _DENSER:
        return False, False
    denser, ratio = (b, scale) if scale > 1 else (a, 1 / scale)
    size = (max(1, round(denser.shape[1] / ratio)), max(1, round(denser.shape[0] / ratio)))
    reduced = cv2.resize(denser, size, interpolation=cv2.INTER_AREA)
    back = cv2.resize(reduced, (denser.shape[1], denser.shape[0]), interpolation=cv2.INTER_CUBIC)
    more = float(np.sqrt(np.mean((denser.astype(np.float32) - back.astype(np.float32)) ** 2)))
    nothing = more < _MORE
    return nothing and scale < 1, nothing and scale > 1


def _one_colour(picture: Grey, covered: Picture) -> float:
    outside = cv2.dilate(covered, np.ones((_EDGE, _EDGE), np.uint8)) <= 0
    if outside.mean() < _LEAST:
        return 0.0
    values = picture.astype(np.float32)
    mean, square = (cv2.blur(power, (_SPOT, _SPOT)) for power in (values, values * values))
    flat = np.sqrt(np.maximum(square - mean * mean, 0)) < _FLAT
    return float(flat[outside].mean())
