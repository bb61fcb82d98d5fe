"""What of labels and predictions is drawn on a picture, by what a person has chosen: as js's ``pictures/shapes.ts``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..display.drawing import Drawing, Shape
from ..store import Store
from ..store.items import Keys
from .drawn_labels import has_objects, labels_on
from .drawn_predictions import OUTCOMES, DrawnPredictions

#: What predictions may make of the label that they are held against, the best first.
_BEST_FIRST = ("right", "confused", "badly placed")


def drawings_of(
    store: Store, keys: Keys, drawn: DrawnPredictions | None, choice: Mapping[str, Any]
) -> dict[int, Drawing]:
    """What is drawn on each of some items, by key. ``choice``: the lowest ``score``, ``classes`` and ``outcomes``."""
    labels = {row["key"]: row for row in labels_on(store, keys)} if has_objects(store) else {}
    # What is predicted around an item that is itself a box is not on its picture.
    said = [] if drawn is None else [row for row in drawn.on(store, keys) if "whole" not in row]
    predicted = {row["key"]: row for row in said}
    found: dict[int, Drawing] = {}
    for key in keys.tolist():
        size = labels.get(key) or predicted.get(key)
        if size:
            shapes = [*_labels(labels.get(key), predicted.get(key), choice), *_predicted(predicted.get(key), choice)]
            found[key] = Drawing(size["width"], size["height"], [s for s in shapes if _is_chosen(s, choice)])
    return found


def _is_chosen(shape: Shape, choice: Mapping[str, Any]) -> bool:
    if choice["classes"] and shape.name not in choice["classes"]:
        return False
    return not choice["outcomes"] or shape.outcome is None or shape.outcome in choice["outcomes"]


def _predicted(row: dict[str, Any] | None, choice: Mapping[str, Any]) -> list[Shape]:
    if row is None:
        return []
    outcomes = row.get("outcomes") or [None] * len(row["names"])
    return [
        Shape(name, _box(row, at), [], score, None if outcome is None else OUTCOMES[outcome])
        for at, (name, score, outcome) in enumerate(zip(row["names"], row["scores"], outcomes, strict=True))
        if score >= choice["score"]
    ]


def _labels(row: dict[str, Any] | None, predicted: dict[str, Any] | None, choice: Mapping[str, Any]) -> list[Shape]:
    if row is None:
        return []
    masks = row.get("masks") or [[]] * len(row["names"])
    return [
        Shape(name, _box(row, at), mask, None, _outcome(predicted, at, choice["score"]))
        for at, (name, mask) in enumerate(zip(row["names"], masks, strict=True))
    ]


def _outcome(predicted: dict[str, Any] | None, label: int, score: float) -> str | None:
    """What a label comes to by the predictions above a score: with none of them left it is missed."""
    if predicted is None or "outcomes" not in predicted:
        return None
    against = zip(predicted["outcomes"], predicted["matches"], predicted["scores"], strict=True)
    found = {OUTCOMES[outcome] for outcome, match, sure in against if match == label and sure >= score}
    return next((outcome for outcome in _BEST_FIRST if outcome in found), "missed")


def _box(row: dict[str, Any], at: int) -> tuple[float, float, float, float]:
    x, y, width, height = row["boxes"][4 * at : 4 * at + 4]
    return x, y, width, height
