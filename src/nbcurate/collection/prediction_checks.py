"""What of predictions can be used: scores that are probabilities, boxes that have a size and are in px."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..sources.predictions import GivenPredictions

#: What rounding may add to a probability.
_ROUNDING = 1e-6
#: From this share of scores beyond [0, 1] on, they are on another scale, and are no oddities.
_MANY, _FEW = 0.01, 20


@dataclass(slots=True)
class Checked:
    """Which predictions can be used (bool [m]), and what is wrong with the others, in words."""

    usable: NDArray[np.bool_]
    problems: list[str] = field(default_factory=list)

    def leave_out(self, wrong: NDArray[np.bool_], words: str, example: str) -> None:
        """Leave out those that are wrong."""
        if wrong.any():
            self.problems.append(f"{int(wrong.sum()):,} {words}, such as {example}")
            self.usable &= ~wrong


def check_predictions(given: GivenPredictions) -> Checked:
    """Which predictions can be used: what is wrong with one costs that one.

    Raises
    ------
    ValueError
        If the scores are no probabilities, or the boxes are not in px; the message says what they look like.
    """
    checked = Checked(np.ones(len(given), bool))
    scores = given.scores
    with np.errstate(invalid="ignore"):
        beyond = np.asarray(np.isfinite(scores) & ((scores < -_ROUNDING) | (scores > 1 + _ROUNDING)))
    _require_probabilities(given, beyond)
    missing = np.asarray(~np.isfinite(scores))
    checked.leave_out(missing, "have a score that is no number", _example(given, missing))
    checked.leave_out(beyond, "have a score that is not from 0 to 1", _example(given, beyond))
    if given.boxes is not None:
        broken = np.asarray(~np.isfinite(given.boxes).all(axis=1))
        checked.leave_out(broken, "have a box that is not four numbers", _example(given, broken))
        flat = np.asarray(~broken & (given.boxes[:, 2:] <= 0).any(axis=1))
        checked.leave_out(flat, "have a box of no size", _example(given, flat))
        _require_px(given, checked.usable)
    return checked


def _require_probabilities(given: GivenPredictions, beyond: NDArray[np.bool_]) -> None:
    count = int(beyond.sum())
    if not count or (count < len(given) / 2 and (count < _FEW or count < _MANY * len(given))):
        return
    known = given.scores[np.isfinite(given.scores)]
    low, high = float(known.min()), float(known.max())
    if low < 0:
        guess = "They look like logits: give what a softmax or sigmoid makes of them."
    elif high <= 100:
        guess = "They look like percent: divide them by 100."
    else:
        guess = "Give probabilities."
    raise ValueError(
        f"{given.title}: scores are from 0 to 1, and {count:,} of {len(given):,} are not: they go from {low:.4g} to "
        f"{high:.4g}. {guess}"
    )


def _require_px(given: GivenPredictions, usable: NDArray[np.bool_]) -> None:
    boxes = given.boxes
    if boxes is None or given.in_shares or not usable.any():
        return
    if float(boxes[usable].max()) <= 1 + _ROUNDING:
        raise ValueError(
            f"{given.title}: all boxes lie within 1 px, so they look like shares of the picture: boxes are x, y, "
            "width, height in px of the upright picture; multiply by its width and height."
        )


def outside(boxes: NDArray[np.float64], sizes: NDArray[np.floating]) -> str | None:
    """What to say where most boxes reach far over the edge of their pictures: they may be corners.

    Parameters
    ----------
    boxes : float64 array [m, 4]
    sizes : float array [m, 2]
        Width and height of the picture of each; NaN where it is not known.
    """
    known = np.isfinite(sizes).all(axis=1)
    over = ((boxes[:, :2] + boxes[:, 2:]) > sizes * 1.05 + 1)[known].any(axis=1)
    corners = ((boxes[:, 2:] > boxes[:, :2]) & (boxes[:, 2:] <= sizes * 1.05 + 1))[known].all(axis=1)
    if not known.any() or over.mean() < 0.5:
        return None
    guess = "; they look like x1, y1, x2, y2" if corners.mean() > 0.9 else ""
    return (
        f"{int(over.sum()):,} of {len(boxes):,} boxes reach over the edge of their picture: are they x, y, width, "
        f"height in px{guess}?"
    )


def _example(given: GivenPredictions, wrong: NDArray[np.bool_]) -> str:
    if not wrong.any():
        return ""
    row = int(wrong.argmax())
    box: Sequence[float] | None = None if given.boxes is None else np.round(given.boxes[row], 3).tolist()
    return f"{given.names[given.items[row]]!r}: score {given.scores[row]:.4g}{'' if box is None else f', box {box}'}"
