"""Labelled boxes that predictions of a model contradict, as a finding on objects; and where a box is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.item_labels import labels_of
from ..collection.object_spread import boxes_of
from ..collection.predictions import Predictions
from ..collection.vector_set import VectorSet
from ..curate import box_issues as judging
from ..curate.detection import Detections, Objects
from ..store.objects import image_ids
from .box_classes import judge_classes
from .finding import Finding
from .recipe import make_recipe, of_view

if TYPE_CHECKING:
    import pandas as pd

    from ..collection.item_set import ItemSet

#: Kinds of what may be wrong with a box; of equal scores the first.
KINDS = ("double", "wrong class", "shifted")
#: From which probability on a box is flagged.
_LIKELY = 0.5


class BoxIssues(Finding):
    """Labelled boxes as :meth:`Dataset.box_issues` judges them, most suspicious first.

    Attributes
    ----------
    missing : DataFrame
        Where an object is that has no label, surest first: ``image``, ``label``, ``score`` (how likely a label is
        missing), ``prediction_score``, ``x``, ``y``, ``width``, ``height`` (px), and ``reason``.
    """

    _page_at = "findings.faces.boxes_page.box_issues_page"

    missing: pd.DataFrame
    _images: ItemSet | None = None

    def _summary(self) -> str:
        kinds = np.asarray(self.columns["kind"], object)[self.scores > _LIKELY]
        parts = [f"{int((kinds == kind).sum()):,} {kind}" for kind in KINDS if (kinds == kind).any()]
        missing = int(np.count_nonzero(self.missing["score"].to_numpy() > _LIKELY))
        parts += [f"{missing:,} missing"] if missing else []
        return f"{self.kind}: {len(self):,} boxes; likely {', '.join(parts) or 'nothing'}"


@dataclass(frozen=True, eq=False)
class _Said:
    """What is labelled and predicted on images, as arrays, and under which names."""

    objects: Objects
    detections: Detections
    ids: list[str]
    classes: list[str]
    images: NDArray[np.str_]
    rows: NDArray[np.intp]


def find_box_issues_of(
    asked: VectorSet,
    objects: VectorSet,
    everything: VectorSet,
    images: VectorSet,
    predictions: Predictions | None,
    *,
    label: str,
    encoder: str | None,
    seed: int,
) -> BoxIssues:
    """See :meth:`Dataset.box_issues`.

    Parameters
    ----------
    asked : VectorSet
        The data set or view of which it was called.
    objects : VectorSet
        Those that are judged.
    everything : VectorSet
        All the objects on these images: what is on no label of them is missing.
    images : VectorSet
    predictions : Predictions or None
        Boxes on the images.
    """
    name = None if predictions is None else predictions.name
    said = _read(everything, images, predictions, label)
    found = judging.find_box_issues(said.objects, said.detections, len(said.classes))
    codes = said.objects.classes
    classes = judge_classes(everything, codes, len(said.classes), found.evidence, encoder, seed, name is not None)
    wrong = classes.wrong * np.where(_named_alike(said, found), 1 - found.shifted, 1.0)
    wrong[said.objects.crowd] = 0.0
    scores = np.stack([found.double, wrong, found.shifted])
    kind, score = scores.argmax(axis=0), scores.max(axis=0, initial=0)
    keys = everything.keys
    judged = np.flatnonzero(np.isin(keys, objects.keys))
    order = judged[np.lexsort((keys[judged], -score[judged]))]
    names = np.array([*said.classes, None], object)
    suggested = np.where(kind == KINDS.index("wrong class"), classes.suggested, codes)
    box = np.full((len(codes), 4), np.nan)
    seen = found.detection >= 0
    box[seen] = said.detections.boxes[found.detection[seen]]
    prediction, sure = names[np.append(said.detections.classes, -1)[found.detection]], _scores_of(said, found)
    ids = np.array([*said.ids, None], object)

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [_reason(row, KINDS[kind[row]], float(score[row])) for row in order[at].tolist()]

    def _reason(row: int, of_kind: str, likely: float) -> str:
        sees = "" if not seen[row] else f"{name} sees {prediction[row] or 'another class'} ({sure[row]:.2f})"
        given = names[codes[row]] or "nothing"
        if likely <= _LIKELY:
            return f"fits {given}; {sees} here" if seen[row] else f"nothing speaks against {given}"
        if of_kind == "double":
            return f"lies where {ids[found.other[row]]} does, of the same class; {sees or 'nothing tells them apart'}"
        if of_kind == "shifted":
            return f"{sees} beside it: they share {found.overlap[row]:.0%}, less than boxes of this size usually do"
        looks = f"called {given}, is more like {names[suggested[row]]}" + classes.in_words(row)
        return f"{looks}; {sees}" if seen[row] else looks

    parameters: dict[str, Any] = {"predictions": name, "label": label, "encoder": encoder, "seed": seed}
    finding = BoxIssues(
        objects, "box_issues", keys[order], score[order], reasons,
        recipe=of_view(make_recipe("box_issues", parameters, asked.keys, classes.embeddings), asked),
        score_meaning="how likely the box is wrong in the way that its kind says",
        columns={
            "kind": np.array(KINDS, object)[kind[order]],
            "image": said.images[said.objects.images[order]].astype(object),
            "given_label": names[codes[order]],
            "suggested_label": names[suggested[order]],
            "prediction": prediction[order],
            "prediction_score": sure[order],
            "overlap": found.overlap[order],
            "other": ids[found.other[order]],
            **{one.replace(" ", "_"): scores[at][order] for at, one in enumerate(KINDS)},
            **{side: box[order, at] for at, side in enumerate(("x", "y", "width", "height"))},
        },
        flagged=score[order] > _LIKELY,
    )  # fmt: skip
    finding.label_column, finding._images = label, images
    finding.missing = _missing(said, found, name)
    return finding


def _read(everything: VectorSet, images: VectorSet, predictions: Predictions | None, label: str) -> _Said:
    items, rows = everything._rows()
    of_image = image_ids(items, rows).to_numpy(zero_copy_only=False).astype(str)
    there = np.array(images.ids, str) if len(images) else of_image[:0]
    on, inverse = np.unique(np.concatenate([of_image, there]), return_inverse=True)
    codes = inverse.astype(np.int64)
    labels = labels_of(everything, label)
    if labels.several:
        raise ValueError(f"A box has one class: the column {label!r} holds lists of them.")
    boxes = boxes_of(everything)
    crowd = np.zeros(len(boxes), bool)
    if "crowd" in items.table.column_names:
        held = items.table.column("crowd").take(pa.array(rows)).fill_null(False)
        crowd = held.to_numpy(zero_copy_only=False).astype(bool)
    given = labels.single.astype(np.int64)
    objects = Objects(codes[: len(rows)], given, boxes, boxes[:, 2] * boxes[:, 3], crowd | (given < 0))
    detections, of_detections = _detections(images, codes[len(rows) :], predictions, labels.names)
    ids = items.ids.take(pa.array(rows)).to_pylist()
    return _Said(objects, detections, ids, list(labels.names), on, of_detections)


def _detections(
    images: VectorSet, codes: NDArray[np.int64], predictions: Predictions | None, classes: list[str]
) -> tuple[Detections, NDArray[np.intp]]:
    """The predictions on these images, in their order, and which of all each is."""
    if predictions is None or not len(predictions) or not len(codes):
        nothing = np.empty(0, np.int64)
        return Detections(nothing, nothing, np.empty((0, 4)), np.empty(0)), np.empty(0, np.intp)
    if predictions.exact_boxes is None:
        raise ValueError(
            f"The predictions {predictions.name!r} are classes of whole items, not boxes: "
            "ds.label_issues(pred_probs=…) takes probabilities of those."
        )
    order = np.argsort(images.keys, kind="stable")
    in_order = images.keys[order]
    at = np.searchsorted(in_order, predictions.keys).clip(max=len(in_order) - 1)
    rows = np.flatnonzero(in_order[at] == predictions.keys)
    code = {name: number for number, name in enumerate(classes)}
    named = np.array([*(code.get(name, -1) for name in predictions.classes), -1], np.int64)[predictions.codes[rows]]
    where = codes[order[at[rows]]]
    return Detections(where, named, predictions.exact_boxes[rows], predictions.exact_scores[rows]), rows


def _named_alike(said: _Said, found: judging.BoxIssues) -> NDArray[np.bool_]:
    """Which objects a detection of their own class is of: what their crop shows beside them tells nothing then."""
    return np.append(said.detections.classes, -2)[found.detection] == said.objects.classes


def _scores_of(said: _Said, found: judging.BoxIssues) -> NDArray[np.float64]:
    return np.append(said.detections.scores, np.nan)[found.detection]


def _missing(said: _Said, found: judging.BoxIssues, name: str | None) -> pd.DataFrame:
    import pandas as pd

    likely = np.flatnonzero(found.missing > 0)
    likely = likely[np.argsort(-found.missing[likely], kind="stable")]
    names = np.array([*said.classes, None], object)[said.detections.classes[likely]]
    sure = said.detections.scores[likely]
    frame = pd.DataFrame(
        {
            "image": said.images[said.detections.images[likely]].astype(object),
            "label": names,
            "score": found.missing[likely],
            "prediction_score": sure,
        }
    )
    frame[["x", "y", "width", "height"]] = said.detections.boxes[likely]
    frame["reason"] = [
        f"{name} sees {called or 'another class'} ({one:.2f}) where nothing is labelled"
        for called, one in zip(names, sure.tolist(), strict=True)
    ]
    return frame
