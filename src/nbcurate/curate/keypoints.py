"""Keypoints of a picture: spots that can be found again in another picture, and what each looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

#: Longest side in px of the pictures in which keypoints are looked for.
WORKING_SIDE = 192
#: Most keypoints of a picture.
MOST = 256

_ENLARGED = 3.0  # a small picture is enlarged up to so far: corners are looked for in patches of a fixed size
_DETECTED = 600  # of which those are kept that lie spread over the picture
_GRID = 12  # cells a side from which keypoints take turns
_NARROWEST = 26  # px; a corner is looked for 12 px from the edge at least
_BYTES = 32  # of a descriptor


class Keypoints(NamedTuple):
    """The keypoints of one picture.

    Attributes
    ----------
    points : float32 array [n, 2]
        x and y in px of the picture in which they were looked for.
    descriptors : uint8 array [n, 32]
        256 bits each; few differ between two views of one spot, however turned.
    mirrored : uint8 array [n, 32]
        What the descriptors would be in the mirror image of the picture.
    shape : tuple of int
        Height and width in px of the picture in which they were looked for.
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    mirrored: NDArray[np.uint8]
    shape: tuple[int, int]


def working_size(width: int, height: int) -> tuple[int, int]:
    """Width and height in px at which a picture of this size is compared: 192 px on its longest side, if not tiny."""
    scale = min(WORKING_SIDE / max(width, height), _ENLARGED)
    return max(1, round(width * scale)), max(1, round(height * scale))


def to_working_size(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture, grey [h, w] or in colour [h, w, 3], at its :func:`working_size`."""
    height, width = picture.shape[:2]
    size = working_size(width, height)
    if size == (width, height):
        return picture
    way = cv2.INTER_AREA if size[0] < width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


def find_keypoints(grey: Grey) -> Keypoints:
    """Up to 256 keypoints, spread over the picture, with their descriptors as it is and as a mirror shows it.

    Corners crowd where a caption or a logo is, which is just what a copy may not share: so the cells of a grid take
    turns, each with its strongest. A picture without corners has none.

    Parameters
    ----------
    grey : uint8 array [h, w]
        At its working size.

    References
    ----------
    Rublee, Rabaud, Konolige and Bradski (2011), "ORB: an efficient alternative to SIFT or SURF". Brown, Szeliski and
    Winder (2005), "Multi-image matching using multi-scale oriented patches": why they are spread.
    """
    orb = _orb()
    found = orb.detect(grey, None) if min(grey.shape) >= _NARROWEST else ()
    chosen = [found[at] for at in _spread(found, grey.shape)]
    for number, point in enumerate(chosen):
        point.class_id = number
    width = grey.shape[1]
    seen_in_mirror = [
        cv2.KeyPoint(width - 1 - p.pt[0], p.pt[1], p.size, (180 - p.angle) % 360, p.response, p.octave, p.class_id)
        for p in chosen
    ]
    points, descriptors = orb.compute(grey, chosen) if chosen else ([], None)
    mirrored_points, mirrored = (
        orb.compute(np.ascontiguousarray(grey[:, ::-1]), seen_in_mirror) if chosen else ([], None)
    )
    place_in_mirror = {point.class_id: at for at, point in enumerate(mirrored_points)}
    kept = [at for at, point in enumerate(points) if point.class_id in place_in_mirror]
    if not kept or descriptors is None or mirrored is None:
        none = np.empty((0, _BYTES), np.uint8)
        return Keypoints(np.empty((0, 2), np.float32), none, none, grey.shape)
    return Keypoints(
        _places([points[at] for at in kept]),
        np.asarray(descriptors[kept], np.uint8),
        np.asarray(mirrored[[place_in_mirror[points[at].class_id] for at in kept]], np.uint8),
        grey.shape,
    )


def _orb() -> cv2.ORB:
    """Six octaves of 1.25 see a part of a third of the side; a low threshold, as cloth and skin have faint corners."""
    return cv2.ORB.create(
        nfeatures=_DETECTED, scaleFactor=1.25, nlevels=6, edgeThreshold=12, patchSize=25, fastThreshold=7
    )


def _places(points: Sequence[cv2.KeyPoint]) -> NDArray[np.float32]:
    """x and y of each [n, 2], in one call: a call a point takes a tenth of all the time."""
    return np.asarray(cv2.KeyPoint.convert(points), np.float32)


def _spread(found: Sequence[cv2.KeyPoint], shape: tuple[int, ...]) -> list[int]:
    """Which to keep: the strongest of every cell, then the second of every cell, and so on."""
    if not found:
        return []
    places = _places(found).astype(np.float64)
    strength = np.array([point.response for point in found])
    across, down = (places // (max(shape) / _GRID)).astype(int).T
    cell = down * _GRID + across
    by_cell = np.lexsort((-strength, cell))
    rank = np.empty(len(found), int)
    rank[by_cell] = np.arange(len(found)) - np.searchsorted(cell[by_cell], cell[by_cell])
    return np.lexsort((-strength, rank))[:MOST].tolist()
