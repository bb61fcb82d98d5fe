"""How a model fares class by class: a table, a confusion matrix, and curves of precision and recall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..curate.detection_curves import precision_recall, thinned
from ..curate.detection_kinds import Kind
from .judged_objects import JudgedObjects

#: The column and the row of the confusion matrix of what is not there.
NOTHING = "nothing"

if TYPE_CHECKING:
    import pandas as pd


def average_precisions(found: JudgedObjects) -> dict[str, float]:
    """``AP``, ``AP50``, ``AP75``, and ``AP`` of ``small``, ``medium`` and ``large`` objects; NaN of none."""
    of = found.precision.of
    sizes = {area: of(area=area) for area in ("small", "medium", "large")}
    return {"AP": of(), "AP50": of(overlap=0.5), "AP75": of(overlap=0.75), **sizes}


def class_table(found: JudgedObjects) -> pd.DataFrame:
    """A row a class, those with the most objects first.

    ``support`` (objects), ``AP``, ``AP50``, ``AP75``; from the score on: ``precision``, ``recall``, ``f1``,
    ``predicted``, and how many are ``right``, ``missed``, ``confused``, ``badly placed``, ``double``, ``false
    positive``.
    """
    import pandas as pd

    names, objects = found.truth.classes, found.truth.objects
    n = len(names)

    def of_class(rows: NDArray[np.bool_]) -> NDArray[np.intp]:
        return np.bincount(found.classes[rows], minlength=n)

    support = np.bincount(objects.classes[found.wanted], minlength=n)
    predicted, right = of_class(found.shown), of_class(found.of_kind(Kind.RIGHT))
    frame = pd.DataFrame(
        {
            "support": support,
            "AP": [found.precision.of(class_=at) for at in range(n)],
            "AP50": [found.precision.of(class_=at, overlap=0.5) for at in range(n)],
            "AP75": [found.precision.of(class_=at, overlap=0.75) for at in range(n)],
            "precision": np.where(predicted > 0, right / np.maximum(predicted, 1), np.nan),
            "recall": np.where(support > 0, right / np.maximum(support, 1), np.nan),
            "f1": 2 * right / np.maximum(predicted + support, 1),
            "predicted": predicted,
            "right": right,
            "missed": np.bincount(objects.classes[found.missed], minlength=n),
        },
        index=pd.Index(names, name="class", dtype=object),
    )
    for kind in (Kind.CONFUSED, Kind.BADLY_PLACED, Kind.DOUBLE, Kind.FALSE_POSITIVE):
        frame[kind.words] = of_class(found.of_kind(kind))
    return frame.sort_values("support", ascending=False, kind="stable")


def confusion_table(found: JudgedObjects) -> pd.DataFrame:
    """Given classes by predicted ones, from the score on: an object once in its row, a prediction in its column."""
    names, objects, of = found.truth.classes, found.truth.objects, found.kinds.objects
    n = len(names)
    counts = np.zeros((n + 1, n + 1), np.int64)
    right, confused = (np.flatnonzero(found.of_kind(kind)) for kind in (Kind.RIGHT, Kind.CONFUSED))
    taken = np.zeros(len(objects), bool)
    taken[of[right]] = True
    confused = confused[np.argsort(-found.predictions.exact_scores[confused], kind="stable")]
    confused = confused[~taken[of[confused]]]
    pairs = np.concatenate([right, confused[np.unique(of[confused], return_index=True)[1]]])
    taken[of[pairs]] = True
    np.add.at(counts, (objects.classes[of[pairs]], found.classes[pairs]), 1)
    rest = np.setdiff1d(np.flatnonzero(found.shown), pairs)
    counts[n, :n] += np.bincount(found.classes[rest], minlength=n)
    counts[:n, n] += np.bincount(objects.classes[~taken & found.wanted], minlength=n)
    return labelled_counts(counts, names)


def labelled_counts(counts: NDArray[np.int64], names: list[str]) -> pd.DataFrame:
    """Counts [classes + 1, classes + 1] as a table, the last row and column called ``nothing``."""
    import pandas as pd

    both = [*names, NOTHING]
    given, predicted = (pd.Index(both, name=name, dtype=object) for name in ("given", "predicted"))
    return pd.DataFrame(counts, index=given, columns=predicted)


def curve_table(found: JudgedObjects) -> pd.DataFrame:
    """Precision and recall from each score on, of all classes together (``label`` None), then class by class."""
    counted = np.flatnonzero(found.kinds.kinds != Kind.IGNORED)
    wanted = np.bincount(found.truth.objects.classes[found.wanted], minlength=len(found.truth.classes))
    right = found.kinds.kinds[counted] == Kind.RIGHT
    return curves_by_class(
        found.truth.classes, found.classes[counted], found.predictions.exact_scores[counted], right, wanted
    )


def curves_by_class(
    names: list[str], classes: NDArray[np.integer], scores: NDArray[np.float64], right: NDArray[np.bool_],
    wanted: NDArray[np.integer],
) -> pd.DataFrame:  # fmt: skip
    """Columns ``label``, ``score``, ``precision``, ``recall``: of all predictions, then of each class."""
    import pandas as pd

    order = np.argsort(classes, kind="stable")
    ends = np.searchsorted(classes[order], np.arange(len(names) + 1))
    parts = [(None, np.arange(len(classes)), int(wanted.sum()))]
    parts += [(name, order[ends[at] : ends[at + 1]], int(wanted[at])) for at, name in enumerate(names)]
    frames = []
    for name, rows, count in parts:
        curve = thinned(precision_recall(scores[rows], right[rows], count))
        columns = {"score": curve.scores, "precision": curve.precision, "recall": curve.recall}
        frames.append(pd.DataFrame({"label": pd.Series([name] * len(curve.scores), dtype=object), **columns}))
    return pd.concat(frames, ignore_index=True)
