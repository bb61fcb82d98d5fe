"""Predictions of boxes beside the objects that are labelled: what each of both comes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..collection.item_set import ItemSet
from ..collection.predictions import Predictions
from ..curate.detection import AveragePrecision, Detections, average_precision, overlapping_objects
from ..curate.detection_curves import best_score, precision_recall
from ..curate.detection_kinds import BACKGROUND, DetectionKinds, Kind, kinds_of
from .object_truth import ObjectTruth, read_truth

MISSED = "missed"
#: Kinds of errors, in the order in which they are told.
ERRORS = (MISSED, Kind.CONFUSED.words, Kind.BADLY_PLACED.words, Kind.DOUBLE.words, Kind.FALSE_POSITIVE.words)


@dataclass(frozen=True, eq=False)
class JudgedObjects:
    """m predictions on n images.

    Attributes
    ----------
    truth : ObjectTruth
    predictions : Predictions
    images : int64 array [m]
        Place of the image of each among those of ``truth``, -1 for images of which nothing is known.
    classes : int64 array [m]
        Class of each among those of ``truth``, -1 for others.
    kinds : DetectionKinds
    precision : AveragePrecision
    iou : float
    score : float
        From which on predictions count.
    """

    truth: ObjectTruth
    predictions: Predictions
    images: NDArray[np.int64]
    classes: NDArray[np.int64]
    kinds: DetectionKinds
    precision: AveragePrecision
    iou: float
    score: float

    @cached_property
    def shown(self) -> NDArray[np.bool_]:
        """Which predictions count and are judged: bool [m]."""
        return (self.predictions.exact_scores >= self.score) & (self.kinds.kinds != Kind.IGNORED)

    @cached_property
    def missed(self) -> NDArray[np.bool_]:
        """Which objects no prediction that counts has to do with: bool [objects]."""
        return self.kinds.missed(self.truth.objects, self.shown)

    @cached_property
    def wanted(self) -> NDArray[np.bool_]:
        """Which objects are to be found: not the crowds."""
        return ~self.truth.objects.crowd

    def of_kind(self, kind: Kind) -> NDArray[np.bool_]:
        """Which predictions that count are of a kind: bool [m]."""
        return self.shown & (self.kinds.kinds == kind)

    @cached_property
    def errors_on_images(self) -> NDArray[np.int64]:
        """How many errors of each of :data:`ERRORS` there are on each image: int64 [kinds, n]."""
        n = len(self.truth.keys)
        kinds = (Kind.CONFUSED, Kind.BADLY_PLACED, Kind.DOUBLE, Kind.FALSE_POSITIVE)
        missed = np.bincount(self.truth.objects.images[self.missed], minlength=n)
        return np.stack([missed, *(np.bincount(self.images[self.of_kind(kind)], minlength=n) for kind in kinds)])


def judge(images: ItemSet, predictions: Predictions, iou: float, score: float | None) -> JudgedObjects:
    """Judge predictions of boxes on images.

    Parameters
    ----------
    score : float, optional
        From which on predictions count; by default the one where precision and recall are best together.

    Raises
    ------
    ValueError
        If nothing is known of objects on the images.
    """
    truth = read_truth(images)
    on = truth.images_at(predictions.keys)
    code = {name: at for at, name in enumerate(truth.classes)}
    classes = np.array([*(code.get(name, -1) for name in predictions.classes), -1], np.int64)[predictions.codes]
    known = np.flatnonzero((on >= 0) & (classes >= 0))
    boxes, scores = predictions.exact_boxes, predictions.exact_scores
    assert boxes is not None
    said = Detections(on[known], classes[known], boxes[known], scores[known])
    pairs = overlapping_objects(truth.objects, said, min(BACKGROUND, iou))
    precision = average_precision(truth.objects, said, len(truth.classes), pairs)
    kinds = _of_all(kinds_of(truth.objects, said, iou, pairs), known, len(predictions))
    if score is None:
        counted = kinds.kinds != Kind.IGNORED
        wanted = int((~truth.objects.crowd).sum())
        score = best_score(precision_recall(scores[counted], kinds.kinds[counted] == Kind.RIGHT, wanted))
    return JudgedObjects(truth, predictions, on, classes, kinds, precision, iou, score)


def _of_all(kinds: DetectionKinds, known: NDArray[np.intp], count: int) -> DetectionKinds:
    """Of all predictions: those of which nothing is known are ignored."""
    of_all = DetectionKinds(
        np.full(count, Kind.IGNORED, np.int8), np.full(count, -1, np.int32), np.zeros(count, np.float64)
    )
    of_all.kinds[known], of_all.objects[known], of_all.overlaps[known] = kinds.kinds, kinds.objects, kinds.overlaps
    return of_all
