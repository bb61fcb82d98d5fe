"""Predicted classes of items beside the classes that they are labelled with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..collection.item_labels import labels_of
from ..collection.item_set import ItemSet
from ..collection.predictions import Predictions
from ..curate.class_labels import ClassLabels
from ..curate.detection_curves import best_score, precision_recall
from ..store.items import Keys


@dataclass(frozen=True, eq=False)
class JudgedItems:
    """n items with a label and a prediction, and the m predictions that are looked at.

    Attributes
    ----------
    keys : uint64 array [n]
    labels : ClassLabels
        Of these items.
    names : list of str
        All classes, those that are only predicted behind those of the labels.
    predictions : Predictions
        All.
    rows : int array [m]
        Those of them that are looked at: of items with one class each the surest alone.
    items, classes : int arrays [m]
    scores : float64 array [m]
    score : float
        From which on predictions count.
    unlabelled, unpredicted : int
        How many items have a prediction alone, and a label alone.
    """

    keys: Keys
    labels: ClassLabels
    names: list[str]
    predictions: Predictions
    rows: NDArray[np.intp]
    items: NDArray[np.intp]
    classes: NDArray[np.intp]
    scores: NDArray[np.float64]
    score: float
    unlabelled: int
    unpredicted: int

    @cached_property
    def truth(self) -> NDArray[np.int64]:
        """What items are labelled with, as ``item * classes + class``, ascending: int64 [labels]."""
        return self._pairs(self.labels.items, self.labels.codes)

    @cached_property
    def told(self) -> NDArray[np.int64]:
        """What items are predicted to be, from the score on, in the same form: int64 [predictions that count]."""
        shown = self.scores >= self.score
        return np.unique(self._pairs(self.items[shown], self.classes[shown]))

    @cached_property
    def missed(self) -> NDArray[np.int64]:
        """Labels that were not predicted, in that form."""
        return np.setdiff1d(self.truth, self.told, assume_unique=True)

    @cached_property
    def extra(self) -> NDArray[np.int64]:
        """Predictions that count, and are no labels, in that form."""
        return np.setdiff1d(self.told, self.truth, assume_unique=True)

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Which predictions are of a class that their item is labelled with: bool [m]."""
        return np.isin(self._pairs(self.items, self.classes), self.truth)

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """On which items something is wrong: bool [n]."""
        found = np.zeros(len(self.keys), bool)
        found[self.missed // len(self.names)] = True
        found[self.extra // len(self.names)] = True
        return found

    @cached_property
    def given(self) -> NDArray[np.object_]:
        """The labels, as people write them: object array [n]."""
        return self.labels.values()

    @cached_property
    def said(self) -> NDArray[np.object_]:
        """What was predicted, in the form of the labels: object array [n]."""
        items, classes = np.divmod(self.told, len(self.names))
        names = np.array(self.names, object)[classes]
        found = np.full(len(self.keys), None, object)
        if not self.labels.several:
            found[items] = names
            return found
        parts = np.split(names, np.searchsorted(items, np.arange(1, len(self.keys))))
        for item, part in enumerate(parts):
            found[item] = part.tolist()
        return found

    def _pairs(self, items: NDArray[np.integer], classes: NDArray[np.integer]) -> NDArray[np.int64]:
        return items.astype(np.int64) * len(self.names) + classes

    def of_class(self, pairs: NDArray[np.int64]) -> NDArray[np.intp]:
        """How many of such pairs are of each class: int [classes]."""
        return np.bincount(pairs % len(self.names), minlength=len(self.names))

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """How sure the model is of what is wrong, or else of what is right: float64 [n]."""
        n = len(self.keys)
        sure, wrong = np.zeros(n), np.full(n, -1.0)
        np.maximum.at(sure, self.items, self.scores)
        differ = self.right != (self.scores >= self.score)
        np.maximum.at(wrong, self.items[differ], np.where(self.right, 1 - self.scores, self.scores)[differ])
        return np.where(wrong >= 0, wrong, sure)

    @cached_property
    def outcomes(self) -> NDArray[np.object_]:
        """What each of all predictions is: ``right``, ``confused`` (of lists ``false positive``), or ``ignored``."""
        found = np.full(len(self.predictions), "ignored", object)
        wrong = "false positive" if self.labels.several else "confused"
        found[self.rows] = np.where(self.right, "right", wrong)
        return found

    def errors(self) -> Iterator[tuple[str, int, str | None, str | None, float]]:
        """Kind, item, given class, predicted class, and score of each error, item after item."""
        names, width = self.names, len(self.names)
        sure = dict(zip(self._pairs(self.items, self.classes).tolist(), self.scores.tolist(), strict=True))
        if not self.labels.several:
            said = dict(zip((self.extra // width).tolist(), self.extra.tolist(), strict=True))
            for pair in self.missed.tolist():
                item, given = divmod(pair, width)
                extra = said.get(item)
                if extra is None:
                    yield "missed", item, names[given], None, float("nan")
                else:
                    yield "confused", item, names[given], names[extra % width], sure[extra]
            return
        for pair in np.sort(np.concatenate([self.missed, self.extra])).tolist():
            item, at = divmod(pair, width)
            if pair in self._missed_pairs:
                yield "missed", item, names[at], None, sure.get(pair, float("nan"))
            else:
                yield "false positive", item, None, names[at], sure[pair]

    @cached_property
    def _missed_pairs(self) -> set[int]:
        return set(self.missed.tolist())


def judge_items(items: ItemSet, predictions: Predictions, score: float | None, label: str) -> JudgedItems:
    """Judge predicted classes of items.

    Parameters
    ----------
    score : float, optional
        From which on predictions count. By default that is no matter where an item has one class; of lists it is where
        precision and recall are best together.

    Raises
    ------
    ValueError
        If no item has both a label and a prediction.
    """
    labels = labels_of(items, label)
    keys = items.keys
    at = np.searchsorted(keys, predictions.keys).clip(max=max(len(keys) - 1, 0))
    here = keys[at] == predictions.keys if len(keys) else np.zeros(len(predictions), bool)
    predicted = np.zeros(len(keys), bool)
    predicted[at[here]] = True
    judged = np.flatnonzero(labels.known & predicted)
    if not len(judged):
        raise ValueError(_why_none(items, predictions, label, int(labels.known.sum()), int(predicted.sum())))
    place = np.full(len(keys), -1)
    place[judged] = np.arange(len(judged))
    rows = np.flatnonzero(here & (place[at] >= 0))
    own = labels.take(judged)
    if not own.several:
        rows = _surest(rows, at, predictions.exact_scores)
    names = [*own.names, *sorted(set(predictions.classes) - set(own.names))]
    code = {name: number for number, name in enumerate(names)}
    classes = np.array([code[name] for name in predictions.classes], np.intp)[predictions.codes[rows]]
    scores = predictions.exact_scores[rows]
    parts: dict[str, Any] = {
        "keys": keys[judged], "labels": own, "names": names, "predictions": predictions, "rows": rows,
        "items": place[at[rows]], "classes": classes, "scores": scores,
        "unlabelled": int((predicted & ~labels.known).sum()), "unpredicted": int((labels.known & ~predicted).sum()),
    }  # fmt: skip
    if score is None:
        curve = precision_recall(scores, JudgedItems(**parts, score=0.0).right, len(own.codes))
        score = best_score(curve) if own.several else 0.0
    return JudgedItems(**parts, score=score)


def _surest(rows: NDArray[np.intp], items: NDArray[np.intp], scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """Of the predictions of each item the one with the highest score; of equal ones the first."""
    order = rows[np.lexsort((rows, -scores[rows], items[rows]))]
    first = np.r_[True, items[order][1:] != items[order][:-1]][: len(order)]
    return np.sort(order[first])


def _why_none(items: ItemSet, predictions: Predictions, label: str, labelled: int, predicted: int) -> str:
    name = predictions.name
    if not labelled:
        return (
            f"None of the {len(items):,} items has a {label}, so no prediction can be right or wrong: label some "
            f"(ds.relabel), or see what {name!r} predicts in ds.predictions[{name!r}]."
        )
    if not predicted:
        return f"{name!r} predicts nothing of these {len(items):,} items: evaluate it on the items that it is of."
    return (
        f"{labelled:,} items have a {label}, and {name!r} predicts {predicted:,} others: no item has both, so there is "
        "nothing to compare."
    )
