"""Labels as people give them, with errors that are known: wrong classes, boxes misplaced, doubled and missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Width and height of a picture, px.
SIDES = (480, 360)
#: Shares of the objects with each planted error; no object has two.
WRONG, SHIFTED, DOUBLED, MISSING = 0.05, 0.05, 0.03, 0.05
KINDS = ("right", "wrong class", "shifted", "double")


@dataclass(frozen=True, eq=False)
class Boxes:
    """n boxes on pictures: ``images`` and ``classes`` int [n], ``boxes`` float [n, 4] (x, y, width, height, px)."""

    images: NDArray[np.int64]
    classes: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)


def labelled(
    truth: Boxes, classes: list[str], rng: np.random.Generator
) -> tuple[Boxes, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Labels, what is wrong with each, which object each is of, and the objects without one."""
    drawn = rng.permutation(len(truth))
    ends = np.cumsum(np.round(np.array([WRONG, SHIFTED, DOUBLED, MISSING]) * len(truth)).astype(int))
    wrong, shifted, doubled, missing = (np.sort(part) for part in np.split(drawn[: ends[-1]], ends[:-1]))
    kind = np.zeros(len(truth), np.int64)
    kind[wrong], kind[shifted] = KINDS.index("wrong class"), KINDS.index("shifted")
    boxes, named = _unsteady(truth.boxes, rng), truth.classes.copy()
    for row in wrong.tolist():
        named[row] = _mistaken(classes, int(named[row]), rng)
    for at, row in enumerate(shifted.tolist()):
        boxes[row] = _misplaced(truth.boxes[row], rng, moved=at % 2 == 0)
    again = boxes[doubled].copy()
    again[::2] = _unsteady(truth.boxes[doubled[::2]], rng)
    of = np.r_[np.delete(np.arange(len(truth)), missing), doubled]
    kind = np.r_[np.delete(kind, missing), np.full(len(doubled), KINDS.index("double"))]
    boxes, named = (
        np.concatenate([np.delete(boxes, missing, axis=0), again]),
        np.r_[np.delete(named, missing), truth.classes[doubled]],
    )
    order = np.lexsort((rng.random(len(of)), truth.images[of]))
    return Boxes(truth.images[of][order], named[order], boxes[order]), kind[order], of[order], missing


def _unsteady(boxes: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """As people draw them: each side 1 to 3 px off, of small boxes no more than a tenth of them, inside the picture."""
    off = rng.integers(1, 4, boxes.shape) * rng.choice([-1, 1], boxes.shape)
    most = np.maximum(np.tile(boxes[:, 2:] * 0.1, 2), 1)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1) + np.clip(off, -most, most)
    return _within(corners)


def _misplaced(box: NDArray[np.float64], rng: np.random.Generator, *, moved: bool) -> NDArray[np.float64]:
    """A box at an overlap of .3 to .7: moved by 25 to 60 % of its sides, or with one or two sides in another place."""
    for _ in range(1000):
        corners = np.r_[box[:2], box[:2] + box[2:]]
        if moved:
            share = rng.uniform(0.25, 0.6) * np.array([rng.choice([-1, 1]), 0])
            off = (
                (share if rng.random() < 0.5 else share[::-1])
                if rng.random() < 0.6
                else rng.choice([-1, 1], 2) * rng.uniform(0.25, 0.6, 2)
            )
            corners = corners + np.tile(off * box[2:], 2)
        else:
            sides = rng.choice(4, int(rng.integers(1, 3)), replace=False)
            corners[sides] += rng.uniform(-0.8, 0.8, len(sides)) * np.tile(box[2:], 2)[sides]
        if (corners[2:] - corners[:2]).min() < 3:
            continue
        placed = _within(corners[None])[0]
        if 0.3 <= overlap_of(box, placed) <= 0.7:
            return placed
    return np.r_[box[:2], np.maximum(box[2:] * 0.7, 2)]


def overlap_of(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Intersection over union of two boxes."""
    common = np.minimum(first[:2] + first[2:], second[:2] + second[2:]) - np.maximum(first[:2], second[:2])
    shared = float(common.clip(min=0).prod())
    return shared / (float(first[2:].prod() + second[2:].prod()) - shared)


def _within(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """x, y, width and height of what lies in the picture, at least 2 px of it."""
    start = np.clip(corners[:, :2], 0, np.array(SIDES) - 2)
    end = np.maximum(np.clip(corners[:, 2:], 0, SIDES), start + 2)
    return np.concatenate([start, end - start], axis=1)


def _mistaken(classes: list[str], named: int, rng: np.random.Generator) -> int:
    """Another class: every second time one of the same kind of things, if there is one."""
    family = classes[named].split()[0]
    near = [at for at, name in enumerate(classes) if at != named and name.split()[0] == family]
    others = near if near and rng.random() < 0.5 else [at for at in range(len(classes)) if at != named]
    return int(rng.choice(others))
