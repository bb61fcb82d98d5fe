"""Masks as COCO writes them: polygons, or runs of pixels column by column, as numbers or packed into text.

The packed form is that of pycocotools (``maskApi.c``): each run, from the third on as its difference from the last but
one, in groups of five bits, the lowest first, as characters from ``0`` on; bit 5 says that more follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .turning import StoredSize, turn_point

#: Corners of a polygon, x and y in turn, px.
Polygon = list[float]
#: A mask of more pixels is not unpacked: it is no picture's.
MAX_PIXELS = 2**28


def polygons_of(segmentation: Any) -> list[Polygon]:
    """The outlines of a COCO segmentation; those of holes are among them, to be filled by the even-odd rule.

    Parameters
    ----------
    segmentation : list of list of float, or dict of ``size`` and ``counts``
        As in the annotation file.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if isinstance(segmentation, dict):
        return outlines(decode_runs(segmentation))
    if not isinstance(segmentation, list):
        raise ValueError(f"a segmentation is a list of polygons, or size and counts, not {segmentation!r:.60}")
    return [_polygon(corners) for corners in segmentation]


def upright_polygons(segmentation: Any, stored: StoredSize | None) -> list[Polygon]:
    """As :func:`polygons_of`, on the upright picture; none where there is no segmentation.

    Parameters
    ----------
    stored : StoredSize or None
        Of the picture that the segmentation was drawn on, where that is not the upright one.

    Raises
    ------
    ValueError
        If it is no segmentation.
    """
    polygons = polygons_of(segmentation or [])
    if stored is None:
        return polygons
    rings = (zip(polygon[::2], polygon[1::2], strict=True) for polygon in polygons)
    return [[side for x, y in ring for side in turn_point(x, y, stored)] for ring in rings]


def decode_runs(segmentation: dict[str, Any]) -> NDArray[np.bool_]:
    """The mask [height, width] that runs of pixels describe.

    Raises
    ------
    ValueError
        If ``size`` or ``counts`` are none, or do not fit together.
    """
    height, width = _size(segmentation.get("size"))
    counts = segmentation.get("counts")
    runs = unpack_runs(counts) if isinstance(counts, str | bytes) else counts
    if not isinstance(runs, list) or not all(type(run) is int and run >= 0 for run in runs):
        raise ValueError("the counts of its mask are no numbers from 0 up")
    if sum(runs) != height * width:
        raise ValueError(f"its mask has {sum(runs)} pixels and should have {height} x {width}")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def unpack_runs(text: str | bytes) -> list[int]:
    """The runs that are packed into text.

    Raises
    ------
    ValueError
        If it is no such text.
    """
    data = text if isinstance(text, bytes) else text.encode("ascii", "replace")
    runs: list[int] = []
    value, shift = 0, 0
    for byte in data:
        bits = byte - 48
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("the counts of its mask are no packed runs")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value, shift = 0, 0
    if shift:
        raise ValueError("the counts of its mask are cut off")
    return runs


def outlines(mask: NDArray[np.bool_]) -> list[Polygon]:
    """The outlines of a mask [height, width], along the edges of its pixels' centres; holes are among them."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return [(line.reshape(-1) + 0.5).tolist() for line in found if len(line) > 2]


def _polygon(corners: Any) -> Polygon:
    if not isinstance(corners, list) or len(corners) < 6 or len(corners) % 2:
        raise ValueError("a polygon of its mask has not x and y of three corners or more")
    flat = [float(side) for side in corners if isinstance(side, int | float)]
    if len(flat) != len(corners) or not np.isfinite(flat).all():
        raise ValueError("a corner of its mask is no number")
    return flat


def _size(size: Any) -> Sequence[int]:
    if not isinstance(size, list) or len(size) != 2 or not all(type(side) is int and side > 0 for side in size):
        raise ValueError(f"the size of its mask is no height and width: {size!r:.60}")
    if size[0] * size[1] > MAX_PIXELS:
        raise ValueError(f"its mask has {size[0]} x {size[1]} pixels, which is no picture's")
    return size
