"""Two pictures laid over each other: how far they show the same, and what one shows that the other does not.

Keypoints that agree on a map say that the pictures share something: a thing, a place, the frame of a form. Only the
rest of the overlap says whether they are one picture: what is textured there must agree, too.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from .alignment import FIRST_LOOK, Band, Picture, blurred, details, inverse, lay_over, scale_of, weight_of
from .placement import Affine

_SHARPER = 1.15  # times finer, from which the finer of two pictures is blurred
_SOFTER = (1.0, 1.5, 2.0, 3.0, 4.0)  # px, σ of the blurs that are tried on it
_WINDOW = 0.8  # times the wider blur: px, σ of the windows that are compared one by one
_TEXTURE = 4.0  # grey levels; a window that varies less says nothing
_STRONG = 2.0  # times that; what varies so much cannot have been lost in copying
_NOISE = 1.5  # times the noise of a picture, that its texture must exceed
_SAME, _OTHER = 0.6, 0.3  # correlation of a window above which it shows the same, below which something else
_GAIN = 3.0  # times the usual ratio of their contrasts: a lamp that is lit is not one that is out
_GRID = 6  # cells a side, which count alike: a dense pattern in a corner is not the whole picture
_EDGE = 7  # px, side of the square by which the overlap is eroded: maps are exact to a px or so
_INTACT = 0.9  # share of a cell's texture that shows the same
_FEWEST_PX = 64
_REACH = 4  # times σ: what a blur sees of its surroundings


class Overlap(NamedTuple):
    """What two pictures show where they lie over each other. All shares are in [0, 1].

    Attributes
    ----------
    agreement : float
        Share of what is textured in either that shows the same.
    intact : float
        Share of the cells of the overlap (of 6 by 6, those that hold texture) in which nearly all shows the same. Where
        something was drawn on a copy it is in some cells and not in others; another shot differs a little everywhere.
    conflict : float
        Share of what is textured in both that shows something else.
    differing : float
        Share of what is textured in either that is strongly textured and unlike: covered, drawn on, another thing.
    shared : float
        Share of what is textured in both that shows the same.
    texture : float
        Textured area, in windows that are independent of one another: how much there is to compare.
    busier : float
        How much more the second shows where the two differ, as the mean logarithm of the ratio of their contrasts:
        above 0 if something was drawn on the second, below if on the first.
    covered : tuple of float
        Share of the first, and of the second, that lies in the overlap.
    """

    agreement: float
    intact: float
    conflict: float
    differing: float
    shared: float
    texture: float
    busier: float
    covered: tuple[float, float]


def compare(a: NDArray[np.uint8], b: NDArray[np.uint8], found: Affine, band: Band = FIRST_LOOK) -> Overlap:
    """Lay one grey picture over another along a map, and compare window by window.

    The picture that shows more detail is reduced onto the other; windows are compared by the correlation of what is
    left when a wide blur is taken off, so that neither brightness nor contrast matters.

    Parameters
    ----------
    a, b : uint8 arrays [h, w]
    found : float64 array [2, 3]
        From px of ``a`` to px of ``b``, exact to a px: see :func:`nbcurate.curate.alignment.refine`.
    band : (float, float)
        Sizes in px between which something is a detail.

    References
    ----------
    Immerkær (1996), "Fast noise variance estimation": what is noise and no texture.
    """
    turned_round = scale_of(found) > 1
    lower, upper = (a, b) if turned_round else (b, a)  # the upper one is reduced onto the lower one
    way = inverse(found) if turned_round else found
    laid, inside = lay_over(upper.astype(np.float32), lower.shape, way)
    area = float(inside.sum())
    covered = (min(1.0, area / max(abs(np.linalg.det(way[:, :2])) * upper.size, 1.0)), area / lower.size)
    below = lower.astype(np.float32)
    least = [max(_TEXTURE, _NOISE * _noise(picture)) for picture in (laid, below)]
    part = _around(inside, band)
    seen = _compared(laid[part], below[part], inside[part], least, band)
    if turned_round:
        return seen._replace(covered=(covered[1], covered[0]), busier=-seen.busier)
    return seen._replace(covered=covered)


def _around(inside: Picture, band: Band) -> tuple[slice, slice]:
    """Rows and columns of the overlap, and as far around it as a blur reaches: the rest is not looked at."""
    reach = int(_REACH * max(*_SOFTER, *band)) + 1
    sides = []
    for axis in (1, 0):
        there = np.flatnonzero(inside.any(axis=axis))
        first, last = (int(there[0]), int(there[-1])) if len(there) else (0, -1)
        sides.append(slice(max(first - reach, 0), last + reach + 1))
    return sides[0], sides[1]


def _compared(a: Picture, b: Picture, inside: Picture, least: list[float], band: Band) -> Overlap:
    """What two pictures of one size show, where they vary by the least; how much of each is covered is not told."""
    within = cv2.erode(inside, np.ones((_EDGE, _EDGE), np.uint8)) > 0
    if within.sum() < _FEWEST_PX:
        return Overlap(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (0.0, 0.0))
    window = _WINDOW * band[1]
    details_a, details_b = details((a, b), inside, band)
    correlation, spread_a, spread_b = _correlation(*_as_sharp(details_a, details_b), inside, least, window)
    seen_a, seen_b = within & (spread_a > least[0]), within & (spread_b > least[1])
    either, both = seen_a | seen_b, seen_a & seen_b
    if not either.any():
        return Overlap(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (0.0, 0.0))
    same, other = correlation > _SAME, correlation < _OTHER
    contrast = np.log((spread_b + 1) / (spread_a + 1))
    if (same & both).any():
        unlike = both & (np.abs(contrast - np.median(contrast[same & both])) > np.log(_GAIN))
        same, other = same & ~unlike, other | unlike
    strong = np.maximum(spread_a, spread_b) > _STRONG * max(least)
    differing = either & strong & ~same & (other | (correlation < (_SAME + _OTHER) / 2))
    textured, common = float(either.sum()), max(float(both.sum()), 1.0)
    return Overlap(
        agreement=float((either & same).sum()) / textured,
        intact=_intact(either, either & same, within),
        conflict=float((both & other).sum()) / common,
        differing=float(differing.sum()) / textured,
        shared=float((both & same).sum()) / common,
        texture=textured / (4 * np.pi * window**2),
        busier=float(contrast[differing].mean()) if differing.any() else 0.0,
        covered=(0.0, 0.0),
    )


def _intact(textured: NDArray[np.bool_], same: NDArray[np.bool_], within: NDArray[np.bool_]) -> float:
    """Share of the cells of the overlap that hold texture in which nearly all of it shows the same."""
    down, across = (_cells_along(np.asarray(within.any(axis=axis))) for axis in (1, 0))
    cell = down[:, None] * _GRID + across
    areas, wholes, sames = (np.bincount(cell[of], minlength=_GRID**2) for of in (within, textured, same))
    told = wholes > 0.1 * areas.clip(min=1)
    return float((sames[told] >= _INTACT * wholes[told]).mean()) if told.any() else 0.0


def _cells_along(there: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The number of each row's cell, from the first to the last row that is there."""
    first, last = np.flatnonzero(there)[[0, -1]]
    return np.asarray((np.arange(len(there)) - first).clip(0, last - first) * _GRID // (last - first + 1), np.intp)


def _as_sharp(a: Picture, b: Picture) -> tuple[Picture, Picture]:
    """Two details, the finer one blurred until it is as coarse as the other."""
    fine_a, fine_b = _fineness(a), _fineness(b)
    if fine_a > _SHARPER * fine_b:
        return _as_coarse(a, fine_b), b
    if fine_b > _SHARPER * fine_a:
        return a, _as_coarse(b, fine_a)
    return a, b


def _as_coarse(seen: Picture, fineness: float) -> Picture:
    """The first of the blurs of a detail that is no finer."""
    softer = seen
    for radius in _SOFTER:
        softer = blurred(seen, radius)
        if _fineness(softer) <= fineness:
            break
    return softer


def _fineness(seen: Picture) -> float:
    """How fast a detail varies, in spreads a px: high for sharp pictures."""
    down, across = np.diff(seen, axis=0), np.diff(seen, axis=1)
    return float(np.sqrt(((down**2).mean() + (across**2).mean()) / max(float((seen**2).mean()), 1e-6)))


def _correlation(
    a: Picture, b: Picture, inside: Picture, least: list[float], window: float
) -> tuple[Picture, Picture, Picture]:
    """Correlation of the window around each px, and the spread of each picture in it."""
    weight = weight_of(inside, window)
    mean_a, mean_b, square_a, square_b, product = (
        blurred(values, window) / weight for values in (a, b, a * a, b * b, a * b)
    )
    variance_a = np.asarray((square_a - mean_a**2).clip(min=0), np.float32)
    variance_b = np.asarray((square_b - mean_b**2).clip(min=0), np.float32)
    floor_a, floor_b = (level**2 / 4 for level in least)
    correlation = (product - mean_a * mean_b) / np.sqrt(
        np.maximum(variance_a, floor_a) * np.maximum(variance_b, floor_b)
    )
    return np.asarray(correlation, np.float32), np.sqrt(variance_a), np.sqrt(variance_b)


def _noise(picture: Picture) -> float:
    """Standard deviation of the noise, in grey levels."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    inner = np.abs(cv2.filter2D(picture, -1, kernel))[1:-1, 1:-1]
    return float(np.median(inner)) / 0.6745 / 6 if inner.size else 0.0
