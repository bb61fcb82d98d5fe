"""Predictions that are kept, judged by what is labelled: boxes by objects, classes by classes."""

from __future__ import annotations

from ..collection.item_set import ItemSet
from ..collection.predictions import PredictionSets
from .evaluation import Evaluation
from .evaluation_of_items import ItemEvaluation
from .evaluation_of_objects import ObjectEvaluation
from .judged_items import judge_items
from .judged_objects import judge


def evaluate(
    items: ItemSet, kept_with: ItemSet, name: str, iou: float, *, label: str, score: float | None, version: int | None
) -> Evaluation:
    """See :meth:`Dataset.evaluate`.

    Parameters
    ----------
    items : ItemSet
        What the finding is of.
    kept_with : ItemSet
        The items that the predictions are of: these, or the images that these objects are on.
    """
    if not isinstance(iou, int | float) or not 0 < iou <= 1:
        raise ValueError(f"iou={iou!r}: give an overlap above 0, up to 1.")
    if score is not None and (not isinstance(score, int | float) or not 0 <= score <= 1):
        raise ValueError(f"score={score!r}: give a number from 0 to 1.")
    sets = PredictionSets(kept_with)
    predictions = (sets[name] if version is None else sets.version(name, version)).of(kept_with.keys)
    parameters = {"name": name, "iou": iou, "label": label, "score": score, "version": predictions.version}
    if predictions.exact_boxes is None:
        judged = judge_items(items, predictions, score, label)
        return ItemEvaluation(items, judged, label=label, parameters=parameters)
    found = judge(kept_with, predictions, iou, score)
    return ObjectEvaluation(items, kept_with, found, label=label, parameters=parameters)
