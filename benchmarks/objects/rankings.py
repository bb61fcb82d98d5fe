"""What is found of planted errors, as rankings: what counts as a hit, and what average precision comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import nbcurate as nbc
from nbcurate.curate.box_pairs import overlapping

from .pasted import PastedSet
from .planted import KINDS


@dataclass(frozen=True, eq=False)
class Ranking:
    """What a way of looking found: hits in its order, and how many it calls issues by itself, if it does."""

    hits: NDArray[np.bool_]
    there: int
    flagged: int | None = None

    @property
    def precision(self) -> float:
        """Average precision; what is not in the ranking is not found."""
        return float((np.cumsum(self.hits) / np.arange(1, len(self.hits) + 1))[self.hits].sum() / self.there)

    def at_recall(self, recall: float = 0.9) -> float:
        """Best precision with so many found; 0 where that is never reached."""
        found = np.cumsum(self.hits)
        enough = found >= recall * self.there
        return float((found / np.arange(1, len(found) + 1))[enough].max(initial=0))

    def flags(self) -> tuple[float, float]:
        """Precision and recall of what is flagged; NaN where nothing flags."""
        if self.flagged is None:
            return float("nan"), float("nan")
        right = float(self.hits[: self.flagged].sum())
        return right / max(self.flagged, 1), right / self.there


def ranking(score: NDArray[np.floating], true: NDArray[np.bool_], flagged: bool = True) -> Ranking:
    """Of a score a label: surest first, flagged above one half."""
    order = np.argsort(-score, kind="stable")
    return Ranking(true[order], int(true.sum()), int((score > 0.5).sum()) if flagged else None)


def doubles(made: PastedSet, score: NDArray[np.floating], other: NDArray[np.object_]) -> Ranking:
    """Of labels by number; each object that is labelled twice counts once."""
    twice = set(made.of[made.kind == KINDS.index("double")].tolist())
    partner = np.array([int(name.rpartition("#")[2]) - 1 if isinstance(name, str) else -1 for name in other])
    rows = np.argsort(-score, kind="stable")
    rows = rows[score[rows] > 0]
    hits, seen = [], set()
    for row in rows.tolist():
        of = int(made.of[row])
        hit = partner[row] >= 0 and made.of[partner[row]] == of and of in twice and of not in seen
        hits.append(hit)
        seen |= {of} if hit else set()
    return Ranking(np.array(hits, bool), len(twice), int((score > 0.5).sum()))


def odd_doubles(made: PastedSet, odd: nbc.Finding) -> Ranking:
    """The doubles that geometry tells."""
    table = odd.to_pandas().query("kind == 'double'")
    score, other = np.zeros(len(made.labels)), np.full(len(made.labels), None, object)
    rows = annotations_of(table["id"])
    score[rows], other[rows] = table["score"], table["other"]
    return doubles(made, score, other)


def either(made: PastedSet, table: pd.DataFrame) -> Ranking:
    """Misplaced and doubled boxes, flagged under either kind."""
    shifted, double = table["shifted"].to_numpy(), table["double"].to_numpy()
    of_double = doubles(made, double, table["other"].to_numpy())
    order = np.argsort(-shifted, kind="stable")
    scores = np.r_[shifted[order], -np.sort(-double, kind="stable")[: len(of_double.hits)]]
    hits = np.r_[(made.kind == KINDS.index("shifted"))[order], of_double.hits]
    there = int((made.kind == KINDS.index("shifted")).sum()) + of_double.there
    return Ranking(hits[np.argsort(-scores, kind="stable")], there, int((scores > 0.5).sum()))


def proposed(
    made: PastedSet, images: NDArray[np.integer], boxes: NDArray, score: NDArray[np.floating], flagged: bool = True
) -> Ranking:
    """Boxes that are proposed where a label is missing; each missing object counts once."""
    rows = np.flatnonzero(np.isfinite(score))
    rows = rows[np.argsort(-score[rows], kind="stable")]
    lost = made.missing
    pairs = overlapping(boxes[rows], made.truth.boxes[lost], images[rows], made.truth.images[lost], least=0.5)
    hits = np.zeros(len(rows), bool)
    for missed in range(len(lost)):
        on = pairs.first[pairs.second == missed]
        hits[on[:1]] = True
    return Ranking(hits, len(lost), int((score > 0.5).sum()) if flagged else None)


def annotations_of(ids: Any) -> NDArray[np.intp]:
    """The number of the label, from 0, that each object is."""
    return np.array([int(name.rpartition("#")[2]) - 1 for name in ids], np.intp)
