"""Boxes that were removed: a file that still has them does not bring them back."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa

from ..curate.box_matching import TOLERANCE
from ..sources.annotations.annotation import Box
from ..store.items import Items


class RemovedBoxes:
    """The boxes that were taken out of a data set, by the image that they lie on."""

    def __init__(self, items: Items) -> None:
        removed = items.table.select(["root", "path", "box", "id"]).filter(pa.array(items.has_status("removed")))
        self._on: dict[tuple[int, str], list[tuple[list[float], str]]] = defaultdict(list)
        for root, path, box, item_id in zip(*(column.to_pylist() for column in removed.columns), strict=True):
            if box is not None:
                self._on[root, path].append((box, item_id))

    def at(self, root: int, path: str, box: Box) -> str | None:
        """The id of one at a place; None where none was."""
        near = (item_id for there, item_id in self._on.get((root, path), ()) if _are_near(there, box))
        return next(near, None)


def _are_near(there: list[float], box: Box) -> bool:
    return bool((np.abs(np.asarray(there) - box) <= TOLERANCE).all())
