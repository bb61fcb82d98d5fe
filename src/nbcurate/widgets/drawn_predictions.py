"""What a model predicted on pictures, as it is drawn beside the labels: boxes, scores, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from ..collection.predictions import Predictions
from ..dataset import Dataset
from ..store import Store
from ..store.items import Keys
from ..store.objects import image_ids
from ..store.predictions import kept_predictions
from .drawn_labels import MAX_OBJECTS, in_tenths, name_of, rows_of
from .protocol import RequestError

if TYPE_CHECKING:
    from ..findings.evaluation import Evaluation
    from ..findings.evaluation_of_objects import ObjectEvaluation

#: What predictions, and labels, come to: those of ``Evaluation.outcomes``, and labels that nothing was predicted for.
OUTCOMES = ("right", "confused", "badly placed", "double", "false positive", "missed", "ignored")
_CODES = {outcome: code for code, outcome in enumerate(OUTCOMES)}


def is_evaluation(given: Any) -> TypeGuard[Evaluation]:
    """Whether this is what ``ds.evaluate`` returns."""
    from ..findings.evaluation import Evaluation

    return isinstance(given, Evaluation)


def is_object_evaluation(given: Any) -> TypeGuard[ObjectEvaluation]:
    """Whether this is an evaluation of boxes."""
    from ..findings.evaluation_of_objects import ObjectEvaluation

    return isinstance(given, ObjectEvaluation)


def evaluated(dataset: Dataset, given: Any) -> Evaluation:
    """An evaluation, or that of kept predictions by their name.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(given, str):
        return dataset.evaluate(given)
    if is_evaluation(given):
        return given
    raise TypeError(
        f"evaluation: give what ds.evaluate(name) returns, or the name of predictions, got {type(given).__name__}."
    )


class DrawnPredictions:
    """Predictions that a view draws: the newest kept under a name, or given ones, and how they fare against labels.

    Parameters
    ----------
    name : str
    read : callable
        Gives the predictions when they are asked for.
    evaluation : Evaluation, optional
        Of these predictions.
    """

    def __init__(self, name: str, read: Callable[[], Predictions], evaluation: Evaluation | None = None) -> None:
        self.name = name
        self.evaluation = evaluation
        self._read = read

    @classmethod
    def of(cls, dataset: Dataset, given: Any, *, boxes: bool = True) -> DrawnPredictions:
        """What an argument ``predictions`` stands for: a name, predictions, or an evaluation of some.

        ``boxes``: whether they are to be drawn, and must be boxes.

        Raises
        ------
        KeyError
            If no predictions of that name are kept.
        TypeError, ValueError
            If it is none of these, or its predictions are no boxes.
        """
        if isinstance(given, str):
            drawn = cls(given, lambda: dataset.predictions[given])
        elif isinstance(given, Predictions):
            drawn = cls(given.name, lambda: given)
        elif is_evaluation(given):
            drawn = cls(given.predictions.name, lambda: given.predictions, given)
        else:
            raise TypeError(
                f"predictions: give the name of kept ones (ds.add_predictions), ds.predictions[name], or what "
                f"ds.evaluate(name) returns, got {type(given).__name__}."
            )
        if boxes and not drawn.are_boxes(dataset):
            raise ValueError(
                f"predictions: {drawn.name!r} are classes of whole items, and no boxes to be drawn. "
                "nbc.ConfusionMatrix shows them."
            )
        return drawn

    def are_boxes(self, dataset: Dataset) -> bool:
        """Whether they are boxes on pictures; of kept ones that is noted, and a million of them need not be read."""
        noted = [kept.boxes for kept in kept_predictions(dataset.store) if kept.name == self.name]
        return noted[-1] if noted else self.predictions.exact_boxes is not None

    @property
    def predictions(self) -> Predictions:
        """The predictions as they are now."""
        return self._read()

    def on(self, store: Store, keys: Keys) -> list[dict[str, Any]]:
        """Of the items ``key``, ``width``, ``height`` and what ``predicted`` of the wire says, the surest first."""
        predictions = self.predictions
        if store.items.are_boxes.any():
            return self._around(predictions, store, keys)
        sizes = {row["key"]: row for row in rows_of(store, keys, "key", "width", "height")}
        starts, ends = (np.searchsorted(predictions.keys, keys, side) for side in ("left", "right"))
        return [
            {**sizes[key], **self._between(predictions, start, end)}
            for key, start, end in zip(keys.tolist(), starts.tolist(), ends.tolist(), strict=True)
            if sizes[key]["width"] and sizes[key]["height"]
        ]

    def _around(self, predictions: Predictions, store: Store, keys: Keys) -> list[dict[str, Any]]:
        """Of items that are objects, what is predicted on the image that each is on: ``whole`` says so."""
        images = predictions.store
        names = image_ids(store.items, store.items.rows_of_keys(keys)).to_pylist()
        there = [(key, name) for key, name in zip(keys.tolist(), names, strict=True) if name in images.items]
        of = images.items.keys_of_ids([name for _, name in there])
        found = {row["key"]: row for row in self.on(images, np.unique(of))}
        return [
            {**{name: value for name, value in found[image].items() if name != "matches"}, "key": key, "whole": True}
            for (key, _), image in zip(there, of.tolist(), strict=True)
            if image in found
        ]

    def _between(self, predictions: Predictions, start: int, end: int) -> dict[str, Any]:
        boxes = predictions.exact_boxes
        assert boxes is not None
        surest = start + np.argsort(-predictions.exact_scores[start:end], kind="stable")[:MAX_OBJECTS]
        drawn: dict[str, Any] = {
            "names": [name_of(predictions.classes[code]) for code in predictions.codes[surest].tolist()],
            "boxes": in_tenths(boxes[surest]),
            "scores": predictions.exact_scores[surest].round(4).tolist(),
        }
        if is_object_evaluation(self.evaluation):
            drawn["outcomes"] = [_CODES[one] for one in self.evaluation.outcomes[surest].tolist()]
            places = self.evaluation.places[surest]
            drawn["matches"] = np.where(places < MAX_OBJECTS, places, -1).tolist()
        return drawn

    def outcome_counts(self) -> dict[str, int] | None:
        """How many predictions came to what, and how many labels were missed; None where nobody has compared them."""
        if not is_object_evaluation(self.evaluation):
            return None
        from ..curate.detection_kinds import Kind

        counts = np.bincount(self.evaluation.found.kinds.kinds, minlength=len(Kind)).tolist()
        found = {kind.words: count for kind, count in zip(Kind, counts, strict=True)}
        found["missed"] = int(np.asarray(self.evaluation.table["missed"]).sum())
        return {name: found[name] for name in OUTCOMES if found.get(name)}


class DrawnSets:
    """The predictions that open views draw, by name: those that say what became of each go before others."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._of_view: dict[int, DrawnPredictions] = {}

    def show(self, view: int, drawn: DrawnPredictions) -> None:
        """Register what a view draws."""
        self._of_view[view] = drawn

    def forget(self, view: int) -> None:
        """Hold no longer what a view drew."""
        self._of_view.pop(view, None)

    def named(self, name: str) -> DrawnPredictions:
        """What is drawn under a name.

        Raises
        ------
        RequestError
            If there are no such predictions.
        """
        shown = [drawn for drawn in reversed(list(self._of_view.values())) if drawn.name == name]
        if shown:
            return next((drawn for drawn in shown if drawn.evaluation is not None), shown[0])
        try:
            return DrawnPredictions.of(self._dataset, name)
        except (KeyError, ValueError) as error:
            raise RequestError("unknown-predictions", str(error.args[0])) from error
