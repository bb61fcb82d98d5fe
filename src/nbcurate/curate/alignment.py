"""Laying one picture over another: the map made exact, the picture warped along it, and what of it is detail."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .placement import Affine

Picture = NDArray[np.float32]
Band = tuple[float, float]

#: px, σ of the blur that is put on a picture, as noise is no detail, and of the one that is taken off, as light and
#: shade are none: for a first look, and for one at the strokes of letters.
FIRST_LOOK, CLOSE_LOOK = (1.0, 5.0), (0.0, 3.0)

_STEPS = 15  # of the refinement
_MOST_DRIFT, _MOST_SHIFT = 0.1, 8.0  # of a refined map, from the one that the keypoints gave


def refine(a: NDArray[np.uint8], b: NDArray[np.uint8], found: Affine, band: Band = FIRST_LOOK) -> Affine:
    """A map from one grey picture to another, exact to a fraction of a px; as it was where none fits better.

    Parameters
    ----------
    a, b : uint8 arrays [h, w]
    found : float64 array [2, 3]
        From px of ``a`` to px of ``b``, exact to some px.

    References
    ----------
    Evangelidis and Psarakis (2008), "Parametric image alignment using enhanced correlation coefficient maximization".
    """
    turned_round = scale_of(found) > 1
    lower, upper = (a, b) if turned_round else (b, a)
    way = inverse(found) if turned_round else found
    laid, inside = lay_over(upper.astype(np.float32), lower.shape, way)
    better = _between(laid, lower.astype(np.float32), inside, band)
    if better is None:
        return found
    way = _then(way, inverse(better))
    return inverse(way) if turned_round else way


def _between(laid: Picture, lower: Picture, inside: Picture, band: Band) -> Affine | None:
    """The map from px of the lower picture to px of the one laid over it, near the identity; None if there is none."""
    start = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, 1e-4)
    fixed, moving = details((lower, laid), inside, band)
    mask = (inside > 0).astype(np.uint8) * 255
    try:
        _, found = cv2.findTransformECC(fixed, moving, start, cv2.MOTION_AFFINE, criteria, mask, 5)
    except cv2.error:  # it did not converge
        return None
    drift = np.abs(found - np.eye(2, 3))
    near = drift[:, :2].max() < _MOST_DRIFT and drift[:, 2].max() < _MOST_SHIFT
    return np.asarray(found, np.float64) if near else None


def lay_over(picture: Picture, shape: tuple[int, ...], way: Affine) -> tuple[Picture, Picture]:
    """A picture, grey or in colour, as it lies in a frame [h, w], and where (1 inside, 0 outside)."""
    scale = scale_of(way)
    if scale < 0.9:  # as much blur as the reduction would have brought
        picture = cv2.GaussianBlur(picture, (0, 0), 0.5 * np.sqrt(1 / scale**2 - 1)).astype(np.float32)
    size = (shape[1], shape[0])
    laid = cv2.warpAffine(picture, way, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ones = np.ones(picture.shape[:2], np.float32)
    inside = cv2.warpAffine(ones, way, size, flags=cv2.INTER_NEAREST)
    return np.asarray(laid, np.float32), np.asarray(inside, np.float32)


def scale_of(way: Affine) -> float:
    """How much a map enlarges."""
    return float(np.sqrt(abs(np.linalg.det(way[:, :2]))))


def inverse(way: Affine) -> Affine:
    """The map back."""
    return np.asarray(cv2.invertAffineTransform(way), np.float64)


def _then(first: Affine, second: Affine) -> Affine:
    """One map after another."""
    below = np.array([[0.0, 0.0, 1.0]])
    return (np.vstack([second, below]) @ np.vstack([first, below]))[:2]


def details(pictures: tuple[Picture, Picture], inside: Picture, band: Band) -> tuple[Picture, Picture]:
    """What a narrow blur of each picture holds and a wide one does not, of the part that is inside."""
    weights = [weight_of(inside, radius) for radius in band]

    def detail(picture: Picture) -> Picture:
        there = picture * inside
        narrow, wide = (blurred(there, radius) / weight for radius, weight in zip(band, weights, strict=True))
        return np.asarray((narrow - wide) * inside, np.float32)

    return detail(pictures[0]), detail(pictures[1])


def blurred(picture: Picture, radius: float) -> Picture:
    """A Gaussian blur of that σ in px; 0 for none."""
    if not radius:
        return np.asarray(picture, np.float32)
    return np.asarray(cv2.GaussianBlur(np.asarray(picture, np.float32), (0, 0), radius), np.float32)


def weight_of(inside: Picture, radius: float) -> Picture:
    """How much of each window is inside."""
    return np.asarray(np.maximum(blurred(inside, radius), 1e-3), np.float32)
