"""What a detector would say of pictures whose objects are known. No model is run: its errors are drawn.

A middling one does not find some 14 % of the objects at an overlap of one half, small and hidden ones more often. Its
boxes are off by some per cent of their sides, by more for small objects, and one in fifteen is placed badly. Seven in a
hundred have another class. Scores are the higher the better a box fits and the easier its object is, and noisy. There
are second boxes on objects, boxes around parts and groups, and boxes where nothing is, some of them with high scores.
A good one errs a third as often. :func:`simulated` never sees the labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nbcurate.curate.detection import Detections

from .planted import SIDES, Boxes, overlap_of


@dataclass(frozen=True)
class Detector:
    """Shares of the objects that are not found, get another class, are placed badly; boxes a picture on nothing."""

    unfound: float
    confused: float
    badly_placed: float
    false: float


MIDDLING = Detector(0.09, 0.07, 0.065, 0.9)
GOOD = Detector(0.03, 0.025, 0.02, 0.3)
#: Spread of the four sides, as a share of them, and px.
_SPREAD, _PIXELS = 0.035, 1.0


def simulated(
    truth: Boxes, seen: NDArray[np.float64], classes: list[str], seed: int, detector: Detector = MIDDLING
) -> Detections:
    """Detections on pictures with these objects.

    Parameters
    ----------
    truth : Boxes
        m objects.
    seen : float array [m]
        Which part of each is not hidden.
    classes : list of str
    """
    rng = np.random.default_rng([seed, 77])
    long = truth.boxes[:, 2:].max(axis=1)
    ease = 1.2 * np.log(long / 50) + 3.0 * (seen - 0.9) + rng.normal(0, 1.2, len(truth))
    found = np.flatnonzero(ease >= np.quantile(ease, detector.unfound))
    rows = np.concatenate([found, found[rng.random(len(found)) < 0.12]])  # some are found twice
    again = np.arange(len(rows)) >= len(found)
    spread = np.where(rng.random(len(rows)) < detector.badly_placed, 4.0, 1.0) * np.where(again, 2.5, 1.0)
    boxes = _unsteady(truth.boxes[rows], spread * np.exp(rng.normal(0, 0.35, len(rows))), rng)
    fit = np.array([overlap_of(box, truth.boxes[row]) for box, row in zip(boxes, rows.tolist(), strict=True)])
    confused = rng.random(len(rows)) < detector.confused * np.where(again, 3, 1)
    named = truth.classes[rows].copy()
    named[confused] = [_like(classes, int(kind), rng) for kind in named[confused]]
    sure = 0.9 + 0.9 * ease[rows] + 5 * (fit - 0.8) - 1.6 * confused - 2.0 * again + rng.normal(0, 0.8, len(rows))
    count = int(rng.poisson(detector.false * (truth.images.max() + 1)))
    nothing = _nothing(truth, count, rng)
    surely = rng.normal(-2.0, 1.3, count)
    return Detections(
        np.r_[truth.images[rows], nothing.images], np.r_[named, nothing.classes],
        np.concatenate([boxes, nothing.boxes]), 1 / (1 + np.exp(-np.r_[sure, surely])),
    )  # fmt: skip


def _unsteady(boxes: NDArray[np.float64], spread: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    off = rng.normal(0, 1, boxes.shape) * (_SPREAD * np.tile(boxes[:, 2:], 2) + _PIXELS) * spread[:, None]
    start = np.clip(boxes[:, :2] + off[:, :2], 0, np.array(SIDES) - 2)
    end = np.clip(boxes[:, :2] + boxes[:, 2:] + off[:, 2:], start + 2, SIDES)
    return np.concatenate([start, end - start], axis=1)


def _nothing(truth: Boxes, count: int, rng: np.random.Generator) -> Boxes:
    """Boxes on grounds, and, a third of them, around parts of objects or an object and what is beside it."""
    images = rng.integers(0, truth.images.max() + 1, count)
    sides = np.exp(rng.uniform(np.log(14), np.log(160), (count, 2)))
    start = rng.uniform(0, 1, (count, 2)) * (np.array(SIDES) - sides)
    boxes = np.concatenate([start, sides], axis=1)
    on = np.flatnonzero(rng.random(count) < 1 / 3)
    rows = rng.integers(0, len(truth), len(on))
    images[on] = truth.images[rows]
    scale = np.where(
        rng.random((len(on), 1)) < 0.6, rng.uniform(0.3, 0.6, (len(on), 1)), rng.uniform(1.5, 2.2, (len(on), 1))
    )
    sides = truth.boxes[rows, 2:] * scale
    place = truth.boxes[rows, :2] + rng.uniform(0, 1, (len(on), 2)) * (truth.boxes[rows, 2:] - sides)
    place = np.clip(place, 0, np.array(SIDES) - 2)
    boxes[on] = np.concatenate([place, np.minimum(sides, SIDES - place)], axis=1)
    classes = truth.classes[rng.integers(0, len(truth), count)]
    classes[on] = truth.classes[rows]
    return Boxes(images, classes, boxes)


def _like(classes: list[str], named: int, rng: np.random.Generator) -> int:
    """Another class, of the same kind of things two times out of three."""
    family = classes[named].split()[0]
    near = [at for at, name in enumerate(classes) if at != named and name.split()[0] == family]
    others = near if near and rng.random() < 2 / 3 else [at for at in range(len(classes)) if at != named]
    return int(rng.choice(others))
