"""Labels that detections contradict: what was planted stands first, and what is right is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nbcurate.curate.box_issues import find_box_issues
from nbcurate.curate.box_pairs import BoxPairs
from nbcurate.curate.detection import Detections, Objects
from nbcurate.curate.mutual_matching import match_mutually

CLASSES, PICTURES, ON_EACH = 3, 60, 3


def objects_of(images: NDArray, classes: NDArray, boxes: NDArray, crowd: NDArray | None = None) -> Objects:
    no_crowd = np.zeros(len(boxes), bool)
    return Objects(images, classes, boxes, boxes[:, 2] * boxes[:, 3], no_crowd if crowd is None else crowd)


@pytest.fixture
def truth() -> Objects:
    """Three objects a picture, side by side."""
    rng = np.random.default_rng(0)
    n = PICTURES * ON_EACH
    start = np.stack([np.tile(np.arange(ON_EACH) * 100.0, PICTURES), rng.uniform(0, 40, n)], axis=1)
    boxes = np.concatenate([start, rng.uniform(30, 80, (n, 2))], axis=1)
    return objects_of(np.repeat(np.arange(PICTURES), ON_EACH), rng.integers(0, CLASSES, n), boxes)


@pytest.fixture
def detections(truth: Objects) -> Detections:
    """A fair model: nine of ten objects, boxes a little off, and some doubtful ones where nothing is."""
    rng = np.random.default_rng(1)
    found = np.flatnonzero(np.r_[np.ones(24, bool), rng.random(len(truth) - 24) < 0.9])
    boxes = truth.boxes[found] + rng.normal(0, 0.04, (len(found), 4)) * np.tile(truth.boxes[found, 2:], 2)
    nothing = np.concatenate([np.tile([0.0, 150.0], (30, 1)), rng.uniform(20, 60, (30, 2))], axis=1)
    return Detections(
        np.r_[truth.images[found], np.arange(30)], np.r_[truth.classes[found], rng.integers(0, CLASSES, 30)],
        np.concatenate([boxes, nothing]), np.r_[rng.uniform(0.7, 1, len(found)), rng.uniform(0, 0.4, 30)],
    )  # fmt: skip


def test_another_class_is_more_likely_where_the_label_is_wrong(truth: Objects, detections: Detections) -> None:
    classes = truth.classes.copy()
    classes[:6] = (classes[:6] + 1) % CLASSES
    found = find_box_issues(replace(truth, classes=classes), detections, CLASSES)
    assert (found.evidence[:6].argmax(axis=1) == truth.classes[:6]).all()
    own = found.evidence[np.arange(len(truth)), classes]
    assert own[:6].max() < 0.2 < own[6:].min()
    unseen = found.detection < 0
    assert unseen.any()
    assert np.allclose(found.evidence[unseen], 1 / CLASSES)


@pytest.mark.parametrize("off", [[0.3, 0.3, 0.0, 0.0], [0.0, 0.0, 0.6, 0.4], [0.25, 0.0, -0.4, 0.0]])
def test_boxes_in_another_place_are_found(truth: Objects, detections: Detections, off: list[float]) -> None:
    boxes = truth.boxes.copy()
    boxes[:6] += np.array(off) * np.tile(boxes[:6, 2:], 2)
    found = find_box_issues(replace(truth, boxes=boxes), detections, CLASSES)
    assert found.shifted[:6].min() > 0.5
    assert (found.shifted[6:] > 0.5).mean() < 0.02


def test_one_of_two_labels_of_one_object_is_a_double(truth: Objects, detections: Detections) -> None:
    again = truth.boxes[:6] + np.r_[[[0.0] * 4] * 3, [[2.0, -2.0, 1.0, 2.0]] * 3]
    doubled = objects_of(
        np.r_[truth.images, truth.images[:6]], np.r_[truth.classes, truth.classes[:6]],
        np.concatenate([truth.boxes, again]),
    )  # fmt: skip
    found = find_box_issues(doubled, detections, CLASSES)
    pairs = {frozenset((row, int(found.other[row]))) for row in np.flatnonzero(found.double > 0.5).tolist()}
    assert pairs == {frozenset((row, len(truth) + row)) for row in range(6)}


def test_neighbours_of_one_class_are_two_where_two_are_seen(truth: Objects, detections: Detections) -> None:
    beside = truth.boxes[:6] + np.array([0.22, 0.0, 0.0, 0.0]) * np.tile(truth.boxes[:6, 2:], 2)  # share 64 %
    crowded = objects_of(
        np.r_[truth.images, truth.images[:6]], np.r_[truth.classes, truth.classes[:6]],
        np.concatenate([truth.boxes, beside]),
    )  # fmt: skip
    seen = Detections(
        np.r_[detections.images, truth.images[:6]], np.r_[detections.classes, truth.classes[:6]],
        np.concatenate([detections.boxes, beside + 0.5]), np.r_[detections.scores, np.full(6, 0.9)],
    )  # fmt: skip
    found = find_box_issues(crowded, seen, CLASSES)
    assert found.double.max() <= 0.5
    assert (found.shifted > 0.5).mean() < 0.02


def test_a_sure_detection_on_nothing_is_a_missing_label(truth: Objects, detections: Detections) -> None:
    labelled = objects_of(truth.images[18:], truth.classes[18:], truth.boxes[18:])
    found = find_box_issues(labelled, detections, CLASSES)
    surest = np.argsort(-found.missing, kind="stable")[:18]
    assert sorted(surest.tolist()) == list(range(18))
    assert np.median(found.missing[surest]) > 0.5
    assert found.missing[surest].min() > 3 * np.delete(found.missing, surest).max()


def test_crowds_are_not_judged_nor_what_lies_in_them(truth: Objects, detections: Detections) -> None:
    region = objects_of(
        np.r_[0, truth.images[3:]], np.r_[0, truth.classes[3:]],
        np.concatenate([[[0.0, 0.0, 300.0, 130.0]], truth.boxes[3:]]), np.r_[True, np.zeros(len(truth) - 3, bool)],
    )  # fmt: skip
    found = find_box_issues(region, detections, CLASSES)
    assert found.shifted[0] == found.double[0] == 0
    assert found.missing[:3].max() == 0


def test_without_detections_only_what_is_there_twice_is_found(truth: Objects) -> None:
    nothing = Detections(np.empty(0, int), np.empty(0, int), np.empty((0, 4)), np.empty(0))
    doubled = objects_of(
        np.r_[truth.images, 0], np.r_[truth.classes, truth.classes[0]], np.concatenate([truth.boxes, truth.boxes[:1]])
    )
    found = find_box_issues(doubled, nothing, CLASSES)
    assert np.count_nonzero(found.double > 0.5) == 1
    assert found.shifted.max() == 0
    empty = find_box_issues(objects_of(*(part[:0] for part in (truth.images, truth.classes, truth.boxes))), nothing, 0)
    assert len(empty.double) == len(empty.missing) == 0


def test_detections_without_labels_are_all_missing_but_prove_nothing(detections: Detections) -> None:
    none = objects_of(np.empty(0, int), np.empty(0, int), np.empty((0, 4)))
    found = find_box_issues(none, detections, CLASSES)
    assert len(found.missing) == len(detections)
    assert np.isfinite(found.missing).all()


def test_each_box_is_paired_once_the_best_fitting_first() -> None:
    pairs = BoxPairs(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 1]), np.array([0.9, 0.8, 0.95, 0.2, 0.5]))
    taken = match_mutually(pairs, pairs.overlap)
    assert {(int(pairs.first[at]), int(pairs.second[at])) for at in taken} == {(1, 0), (0, 1)}
    assert len(match_mutually(pairs.take(np.zeros(5, bool)), np.empty(0))) == 0
