"""Answers to what is asked about predictions on pictures: which classes there are, and the boxes of a few items."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..dataset import Dataset
from ..store.items import Keys
from .answers import Answer, Methods, Part, known_keys, whole
from .drawn_classes import DrawnClasses
from .drawn_predictions import DrawnPredictions, DrawnSets, is_object_evaluation
from .frames import fitting
from .protocol import Request, RequestError
from .shown_views import ShownViews

if TYPE_CHECKING:
    from ..findings.evaluation import Evaluation

_ITEMS_A_PART = 16
#: Bytes of the list of classes, of which there may be thousands.
_CLASSES_BYTES = 512 * 1024


class DrawnRequests:
    """``drawn``, ``predicted``, ``curves`` and ``pairs`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset, views: ShownViews) -> None:
        self._views = views
        self._store = dataset.store
        #: What the open views draw, and in which colours.
        self.sets = DrawnSets(dataset)
        self.classes = DrawnClasses(dataset.store)
        self.methods: Methods = {
            "drawn": self._drawn,
            "predicted": self._predicted,
            "curves": self._curves,
            "pairs": self._pairs,
        }

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

    def _curves(self, request: Request) -> Answer:
        from .drawn_curves import curve_parts

        return curve_parts(self._evaluation(request))

    def _pairs(self, request: Request) -> Answer:
        from .drawn_pairs import pair_parts

        evaluation = self._evaluation(request)
        if not is_object_evaluation(evaluation):
            raise RequestError("bad-request", "Classes of whole items are compared as columns, not as pairs.")
        return pair_parts(evaluation, self._views.dataset(request.params["view"]))

    def _evaluation(self, request: Request) -> Evaluation:
        name = request.params["predictions"]
        evaluation = self.sets.named(name).evaluation
        if evaluation is None:
            raise RequestError(
                "unknown-predictions", f"Nobody has compared {name!r} with the labels: ds.evaluate does."
            )
        return evaluation

    def _part(self, drawn: DrawnPredictions, keys: Keys) -> Part:
        return {"items": drawn.on(self._store, keys)}, []
