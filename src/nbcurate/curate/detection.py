"""Average precision of detections as COCO defines it, equal to that of pycocotools, of all pictures at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .box_pairs import BoxPairs, overlapping
from .detection_matching import Matches, match_detections

#: Overlaps (intersection over union) from which a detection stands for an object.
OVERLAPS = np.linspace(0.5, 0.95, int(np.round((0.95 - 0.5) / 0.05)) + 1)
#: At which recalls precision is read.
RECALLS = np.linspace(0.0, 1.0, 101)
#: Areas of objects in px², both ends included.
AREAS = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
#: How many detections of a class on a picture count, the surest.
MOST_ON_A_PICTURE = 100


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """What is on the pictures: m objects.

    Attributes
    ----------
    images, classes : int arrays [m]
        Numbers from 0.
    boxes : float64 array [m, 4]
        x, y, width, height, px.
    areas : float64 array [m]
        px²: of the mask, where one is known.
    crowd : bool array [m]
        Which are regions of many objects, in which nothing is missed and nothing is wrong.
    """

    images: NDArray[np.int64]
    classes: NDArray[np.int64]
    boxes: NDArray[np.float64]
    areas: NDArray[np.float64]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a model says is on the pictures: n detections, as :class:`Objects`, with a score each (float64 [n])."""

    images: NDArray[np.int64]
    classes: NDArray[np.int64]
    boxes: NDArray[np.float64]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.intp]) -> Detections:
        """Those at these places."""
        return Detections(self.images[rows], self.classes[rows], self.boxes[rows], self.scores[rows])


@dataclass(frozen=True, slots=True, eq=False)
class AveragePrecision:
    """Precision at 101 recalls: what every average precision is a mean of.

    Attributes
    ----------
    precision : float64 array [overlaps, recalls, classes, areas]
        -1 where a class has no object of that size.
    recall : float64 array [overlaps, classes, areas]
    """

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]

    def of(self, *, overlap: float | None = None, area: str = "all", class_: int | None = None) -> float:
        """Average precision, over all overlaps and classes or of one; NaN where there are no such objects."""
        at = slice(None) if overlap is None else np.flatnonzero(np.isclose(OVERLAPS, overlap))
        kinds = slice(None) if class_ is None else slice(class_, class_ + 1)
        values = self.precision[at, :, kinds, list(AREAS).index(area)]
        values = values[values > -1]
        return float(np.mean(values)) if len(values) else float("nan")


def overlapping_objects(objects: Objects, detections: Detections, least: float = float(OVERLAPS[0])) -> BoxPairs:
    """The pairs of a detection and an object of one picture, of whatever classes, that overlap by ``least`` or more."""
    return overlapping(
        detections.boxes, objects.boxes, detections.images, objects.images, least=least, crowd=objects.crowd
    )


def of_one_class(pairs: BoxPairs, objects: Objects, detections: Detections, least: float) -> BoxPairs:
    """The pairs of one class that overlap by ``least`` or more."""
    same = detections.classes[pairs.first] == objects.classes[pairs.second]
    return pairs.take(same & (pairs.overlap >= least))


def ranked(detections: Detections) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each detection the group that it is in, a class on a picture, and its place there by score: int arrays [n].

    Of equal scores the one that comes first goes first.
    """
    order = np.lexsort((-detections.scores, detections.images, detections.classes))
    images, classes = detections.images[order], detections.classes[order]
    new = np.r_[True, (images[1:] != images[:-1]) | (classes[1:] != classes[:-1])][: len(order)]
    starts = np.flatnonzero(new)
    groups, ranks = np.empty(len(order), np.intp), np.empty(len(order), np.intp)
    groups[order] = np.cumsum(new) - 1
    ranks[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return groups, ranks


def average_precision(
    objects: Objects, detections: Detections, classes: int, pairs: BoxPairs | None = None
) -> AveragePrecision:
    """Average precision as ``pycocotools.cocoeval.COCOeval`` computes it for boxes.

    Parameters
    ----------
    objects, detections : Objects, Detections
        Detections are of pictures and classes that are looked at. Where scores are equal, those of the picture with the
        lower number go first: number the pictures in the order of their COCO ids.
    classes : int
        How many there are.
    pairs : BoxPairs, optional
        What :func:`overlapping_objects` found, where that is there already.

    References
    ----------
    Lin et al. (2014), "Microsoft COCO: common objects in context"; https://cocodataset.org/#detection-eval.

    Examples
    --------
    >>> found = average_precision(objects, detections, classes=80)
    >>> found.of(), found.of(overlap=0.5), found.of(area="small"), found.of(class_=0)
    """
    pairs = overlapping_objects(objects, detections) if pairs is None else pairs
    groups, ranks = ranked(detections)
    counted = ranks < MOST_ON_A_PICTURE
    near = of_one_class(pairs, objects, detections, float(OVERLAPS[0]))
    near = near.take(counted[near.first])
    limits = np.array(list(AREAS.values()))
    sides = objects.areas[:, None]
    ignore = objects.crowd[:, None] | (sides < limits[:, 0]) | (sides > limits[:, 1])
    lanes = len(OVERLAPS)
    matches = match_detections(
        near, groups, ranks, np.tile(OVERLAPS, len(AREAS)), np.repeat(ignore, lanes, axis=1), objects.crowd
    )
    order = np.flatnonzero(counted)
    order = order[
        np.lexsort((ranks[order], detections.images[order], -detections.scores[order], detections.classes[order]))
    ]
    ends = np.searchsorted(detections.classes[order], np.arange(classes + 1))
    size = (detections.boxes[:, 2] * detections.boxes[:, 3])[:, None]
    outside = (size < limits[:, 0]) | (size > limits[:, 1])
    precision = np.full((lanes, len(RECALLS), classes, len(AREAS)), -1.0)
    recall = np.full((lanes, classes, len(AREAS)), -1.0)
    for area in range(len(AREAS)):
        wanted = np.bincount(objects.classes[~ignore[:, area]], minlength=classes)
        for kind in np.flatnonzero(wanted).tolist():
            rows = order[ends[kind] : ends[kind + 1]]
            precision[:, :, kind, area], recall[:, kind, area] = _curves(
                matches, rows, slice(area * lanes, (area + 1) * lanes), outside[rows, area], int(wanted[kind])
            )
    return AveragePrecision(precision, recall)


def _curves(
    matches: Matches, rows: NDArray[np.intp], lanes: slice, outside: NDArray[np.bool_], wanted: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Precision at each of the recalls, and the last recall, of the detections of a class by score."""
    found = matches.objects[rows, lanes] >= 0
    ignored = np.where(found, matches.ignored[rows, lanes], outside[:, None])
    right = np.cumsum(found & ~ignored, axis=0).astype(float)
    wrong = np.cumsum(~found & ~ignored, axis=0).astype(float)
    recall = right / wanted
    precision = right / (wrong + right + np.spacing(1))
    precision = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    read = np.zeros((right.shape[1], len(RECALLS)))
    for lane in range(right.shape[1]):
        places = np.searchsorted(recall[:, lane], RECALLS, side="left")
        reached = places < len(rows)
        read[lane, reached] = precision[places[reached], lane]
    return read, recall[-1] if len(rows) else np.zeros(right.shape[1])
