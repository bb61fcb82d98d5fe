"""The masks of objects as outlines that a browser draws: few corners, in px of the upright picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from ..imaging.masks import Polygon, upright_polygons
from ..imaging.turning import StoredSize
from ..store.export_mark import COCO_ENTRY

#: Of a picture with more corners than this the masks of the first objects are drawn.
MAX_CORNERS = 1_000
#: An outline may be off by this part of the picture's longer side: less than a pixel of the screen.
_TOLERANCE = 1 / 1_000


def masks_of(annotations: Sequence[str | None], width: int, height: int) -> list[list[Polygon]]:
    """The outlines of each object, to be filled by the even-odd rule: x and y of their corners in turn.

    Parameters
    ----------
    annotations : sequence of str
        What the annotation file says of each, as JSON; see the column ``annotation`` of ``Dataset.from_coco``.
    width, height : int
        Of the upright picture, px.
    """
    left = MAX_CORNERS
    found: list[list[Polygon]] = []
    for text in annotations:
        outlines = _outlines(text, max(width, height) * _TOLERANCE) if left > 0 else []
        left -= sum(len(outline) // 2 for outline in outlines)
        found.append(outlines if left >= 0 else [])
    return found


def _outlines(text: str | None, tolerance: float) -> list[Polygon]:
    """Those of one object; none if it has no mask, or one that nobody can read."""
    try:
        given: dict[str, Any] = json.loads(text or "{}")
        stored = given.get(COCO_ENTRY, {}).get("stored")
        polygons = upright_polygons(given.get("segmentation"), StoredSize(*stored) if stored else None)
    except (ValueError, AttributeError):
        return []
    return [outline for polygon in polygons if len(outline := _simplified(polygon, tolerance)) >= 6]


def _simplified(polygon: Polygon, tolerance: float) -> Polygon:
    corners = list(zip(polygon[::2], polygon[1::2], strict=True))
    few = cv2.approxPolyDP(np.asarray(corners, np.float32), tolerance, True)
    return few.reshape(-1).astype(np.float64).round(1).tolist()
