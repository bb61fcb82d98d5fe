"""Answers to what is asked about predictions on pictures: which classes there are, and the boxes of a few items."""

from __future__ import annotations

from functools import partial

from ..dataset import Dataset
from ..store.items import Keys
from .answers import Answer, Methods, Part, known_keys, whole
from .drawn_classes import DrawnClasses
from .drawn_predictions import DrawnPredictions, DrawnSets
from .frames import fitting
from .protocol import Request

_ITEMS_A_PART = 16
#: Bytes of the list of classes, of which there may be thousands.
_CLASSES_BYTES = 512 * 1024


class DrawnRequests:
    """``drawn`` and ``predicted`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset) -> None:
        self._store = dataset.store
        #: What the open views draw, and in which colours.
        self.sets = DrawnSets(dataset)
        self.classes = DrawnClasses(dataset.store)
        self.methods: Methods = {"drawn": self._drawn, "predicted": self._predicted}

    def _drawn(self, request: Request) -> Answer:
        name = request.params["predictions"]
        drawn = None if name is None else self.sets.named(name)
        classes = [dict(zip(("name", "labels", "predicted"), one, strict=True)) for one in self.classes.ranked(drawn)]
        outcomes = None if drawn is None else drawn.outcome_counts()
        return whole({"classes": fitting(classes, _CLASSES_BYTES), "outcomes": outcomes})

    def _predicted(self, request: Request) -> Answer:
        keys, drawn = known_keys(self._store.items, request.keys[0]), self.sets.named(request.params["predictions"])
        starts = range(0, max(1, len(keys)), _ITEMS_A_PART)
        return [partial(self._part, drawn, keys[start : start + _ITEMS_A_PART]) for start in starts]

    def _part(self, drawn: DrawnPredictions, keys: Keys) -> Part:
        return {"items": drawn.on(self._store, keys)}, []
