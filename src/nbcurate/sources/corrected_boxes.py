"""Boxes that people have moved or added: their source does not know of it, and says what it said before."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from ..store import Store
from .record import Record


class CorrectedBoxes:
    """The boxes of a store that corrected annotations brought; see ``Dataset.merge_annotations``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        table, gone = store.edits.table, store.edits.taken_back()
        names = ("edit", "item", "column", "old", "new", "source")
        rows = zip(*(table.column(name).to_pylist() for name in names), strict=True)
        self.keys = {
            item
            for edit, item, column, old, new, source in rows
            if column == "status" and source is None and edit not in gone
            if (json.loads(old), json.loads(new)) == ("replaced", "ok")
        }
        self._before: dict[str, list[tuple[float, ...]]] | None = None

    def was_so_before(self, key: int, item_id: str, record: Record) -> bool:
        """Whether a source says of a corrected box what it said before it was corrected."""
        if key not in self.keys or record.box is None:
            return False
        sides = tuple(np.asarray(record.box, np.float32).tolist())
        return sides in self._boxes_before().get(item_id, ())

    def is_new(self, key: int, item_id: str) -> bool:
        """Whether people have added a box, so that no source has it."""
        return key in self.keys and item_id not in self._boxes_before()

    def _boxes_before(self) -> dict[str, list[tuple[float, ...]]]:
        """By id, the boxes that others took the place of."""
        if self._before is None:
            items = self._store.items
            retired = items.table.select(["id", "box"]).filter(pa.array(items.has_status("replaced")))
            self._before = {}
            for item_id, box in zip(*(column.to_pylist() for column in retired.columns), strict=True):
                if box is not None:
                    self._before.setdefault(item_id, []).append(tuple(box))
        return self._before
