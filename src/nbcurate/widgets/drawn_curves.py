"""Precision and recall of predictions at each score, class by class, as a browser draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..curate.detection_curves import Curve, precision_recall, thinned
from ..curate.detection_kinds import Kind
from .answers import Answer, Part
from .drawn_labels import name_of
from .drawn_predictions import is_object_evaluation

if TYPE_CHECKING:
    import pandas as pd

    from ..findings.evaluation import Evaluation
    from ..findings.judged_objects import JudgedObjects

#: At each of these scores a curve has the point that is exact there.
_STEPS = np.arange(101) / 100
_CURVES_A_PART = 40


@dataclass(frozen=True, slots=True, eq=False)
class DrawnCurve:
    """The curve of a class, None: of all together; how many there are to be found, and the average precision."""

    name: str | None
    wanted: int
    precision: float | None
    curve: Curve


def curve_parts(evaluation: Evaluation) -> Answer:
    """The answer to ``curves`` of the wire."""
    curves = list(curves_of(evaluation))
    return [
        partial(_part, curves[start : start + _CURVES_A_PART])
        for start in range(0, max(1, len(curves)), _CURVES_A_PART)
    ]


def curves_of(evaluation: Evaluation) -> Iterator[DrawnCurve]:
    """Of all classes together, then of those with the most to be found first."""
    if is_object_evaluation(evaluation):
        curves = _of_objects(evaluation.found, evaluation.score)
    else:
        curves = _of_table(evaluation.curves)
    support = _by_class(evaluation, "support")
    precision = _by_class(evaluation, "AP")
    for name in (None, *support):
        wanted = int(sum(support.values()) if name is None else support[name])
        curve = curves.get(name)
        if curve is not None and (wanted or len(curve.scores)):
            yield DrawnCurve(None if name is None else name_of(name), wanted, _mean(precision, name), curve)


def _of_table(curves: pd.DataFrame) -> dict[str | None, Curve]:
    labels = np.array([None if one != one else one for one in curves["label"].tolist()], object)
    points = np.asarray(curves[["score", "precision", "recall"]], float)
    return {name: Curve(*points[labels == name].T) for name in dict.fromkeys(labels.tolist())}


def _of_objects(found: JudgedObjects, score: float) -> dict[str | None, Curve]:
    """Curves with the points that are exact at each hundredth, and at the score of the evaluation."""
    counted = np.flatnonzero(found.kinds.kinds != Kind.IGNORED)
    scores, right = found.predictions.exact_scores[counted], found.kinds.kinds[counted] == Kind.RIGHT
    wanted = found.truth.objects.classes[found.wanted]
    order = np.argsort(found.classes[counted], kind="stable")
    names = found.truth.classes
    ends = np.searchsorted(found.classes[counted][order], np.arange(len(names) + 1))
    sizes = np.bincount(wanted, minlength=len(names))
    curves: dict[str | None, Curve] = {None: _drawn(precision_recall(scores, right, len(wanted)), score)}
    for at, name in enumerate(names):
        rows = order[ends[at] : ends[at + 1]]
        curves[name] = _drawn(precision_recall(scores[rows], right[rows], int(sizes[at])), score)
    return curves


def _drawn(curve: Curve, score: float) -> Curve:
    few = thinned(curve)
    last = np.searchsorted(-curve.scores, -np.append(_STEPS, score), side="right") - 1
    kept = np.union1d(np.searchsorted(-curve.scores, -few.scores), last[last >= 0])
    return Curve(curve.scores[kept], curve.precision[kept], curve.recall[kept])


def _by_class(evaluation: Evaluation, column: str) -> dict[str, float]:
    """A column of the table by class; empty where there is none."""
    table = evaluation.table
    return dict(zip(table.index, np.asarray(table[column], float).tolist(), strict=True)) if column in table else {}


def _mean(precision: dict[str, float], name: str | None) -> float | None:
    """The average precision of a class, or the mean of all that have one; None for none."""
    values = [one for class_, one in precision.items() if name in (None, class_) and not np.isnan(one)]
    return float(np.mean(values)) if values else None


def _part(curves: list[DrawnCurve]) -> Part:
    heads = [{"name": one.name, "wanted": one.wanted, "ap": one.precision} for one in curves]
    return {"curves": heads}, [_points(one.curve).tobytes() for one in curves]


def _points(curve: Curve) -> NDArray[np.float64]:
    return np.stack([curve.scores, curve.precision, curve.recall]).astype("<f8")


def goodness_at(evaluation: Evaluation, score: float) -> pd.DataFrame:
    """``precision``, ``recall`` and ``f1`` of all classes together and of each, of what has a score or more."""
    import pandas as pd

    rows: dict[str, tuple[float, float, float]] = {}
    for one in curves_of(evaluation):
        at = int(np.searchsorted(-one.curve.scores, -score, side="right")) - 1
        precision = float(one.curve.precision[at]) if at >= 0 else np.nan
        recall = (float(one.curve.recall[at]) if at >= 0 else 0.0) if one.wanted else np.nan
        both = precision + recall
        rows[one.name or "all"] = (precision, recall, 2 * precision * recall / both if both else 0.0)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["precision", "recall", "f1"])
