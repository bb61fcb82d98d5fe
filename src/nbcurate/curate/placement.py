"""How one picture lies in another: the map that most of the keypoints they share agree on."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numkong
import numpy as np
from numpy.typing import NDArray

from .keypoints import Keypoints

#: A map of x, y: float64 [2, 3].
Affine = NDArray[np.float64]

#: Points below which nothing is said of a pair: any two pictures share so many by chance.
FEWEST_POINTS = 6

_MOST_BITS = 64  # of 256 that may differ between two views of one spot
_RATIO = 0.8  # of these to the bits that differ from the next best spot (Lowe 2004)
_TOLERANCE = 3.0  # px by which a point may miss its place
_PLACE = 6.0  # px, side of a spot: points of several octaves on one corner count once
_LEAST_SCALE, _MOST_STRETCH = 0.2, 1.6


class Placement(NamedTuple):
    """Where the first of two pictures lies in the second.

    Attributes
    ----------
    map : float64 array [2, 3]
        From x, y of the first (of its mirror image, where ``mirrored``) to x, y of the second, in working px.
    mirrored : bool
    points : int
        How many distinct spots of both agree on it.
    """

    map: Affine
    mirrored: bool
    points: int


def place(a: Keypoints, b: Keypoints) -> Placement | None:
    """The affine map on which most of the matched keypoints agree, as it is or mirrored; None where there is none.

    Keypoints match if each is the other's nearest by Hamming distance, clearly nearer than the next one. Squeezed
    and turned pictures are found, sheared ones as far as a camera held askew goes.

    References
    ----------
    Lowe (2004), "Distinctive image features from scale-invariant keypoints". Fischler and Bolles (1981), "Random
    sample consensus".
    """
    if min(len(a.points), len(b.points)) < FEWEST_POINTS:
        return None
    packed = numkong.hammings_pack(np.ascontiguousarray(b.descriptors), dtype="uint1")
    ways = [_place(a, b, packed, mirrored) for mirrored in (False, True)]
    found = [way for way in ways if way is not None]
    return max(found, key=lambda way: way.points) if found else None


def _place(a: Keypoints, b: Keypoints, packed: numkong.PackedMatrix, mirrored: bool) -> Placement | None:
    rows, others = _matches(a.mirrored if mirrored else a.descriptors, packed)
    if len(rows) < FEWEST_POINTS:
        return None
    here, there = a.points[rows], b.points[others]
    if mirrored:
        here = np.stack([a.shape[1] - 1 - here[:, 0], here[:, 1]], axis=1)
    found, agree = cv2.estimateAffine2D(
        here, there, method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE, maxIters=250, confidence=0.995
    )
    if found is None:
        return None
    found = np.asarray(found, np.float64)
    inside = agree.ravel().astype(bool)
    if inside.sum() < FEWEST_POINTS or not _is_plausible(found):
        return None
    points = min(_distinct_places(here[inside]), _distinct_places(there[inside]))
    return Placement(found, mirrored, points) if points >= FEWEST_POINTS else None


def _is_plausible(found: NDArray[np.floating]) -> bool:
    """Whether a map neither mirrors nor stretches much, and shrinks or enlarges by less than five."""
    longer, shorter = np.linalg.svd(found[:, :2])[1]
    scales = shorter > _LEAST_SCALE and longer < 1 / _LEAST_SCALE
    return bool(np.linalg.det(found[:, :2]) > 0 and scales and longer / shorter < _MOST_STRETCH)


def _matches(descriptors: NDArray[np.uint8], packed: numkong.PackedMatrix) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the first and of the packed descriptors that are each other's nearest."""
    bits = np.asarray(numkong.hammings_packed(np.ascontiguousarray(descriptors), packed))
    rows = np.flatnonzero(bits.min(axis=1) <= _MOST_BITS)
    near = bits[rows]
    nearest, row = near.argmin(axis=1), np.arange(len(rows))
    fewest = near[row, nearest]
    near[row, nearest] = 8 * descriptors.shape[1]
    clear = fewest < _RATIO * near.min(axis=1)
    rows, nearest = rows[clear], nearest[clear]
    mutual = bits[:, nearest].argmin(axis=0) == rows
    return rows[mutual], nearest[mutual]


def _distinct_places(points: NDArray[np.floating]) -> int:
    """Number of squares of 6 px that hold a point."""
    return len(np.unique(np.floor(points / _PLACE).astype(np.int64) @ np.array([1, 1 << 20])))
