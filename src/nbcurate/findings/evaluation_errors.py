"""The errors of a model on images, a row each, with a reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..curate.detection_kinds import Kind
from .judged_objects import ERRORS, MISSED, JudgedObjects

if TYPE_CHECKING:
    import pandas as pd


def error_table(found: JudgedObjects) -> pd.DataFrame:
    """A row for each prediction that is wrong and each object that is missed, image after image, the surest first."""
    import pandas as pd

    truth, predictions, kinds = found.truth, found.predictions, found.kinds
    rows = np.flatnonzero(found.shown & (kinds.kinds != Kind.RIGHT))
    missed = np.flatnonzero(found.missed)
    boxes = predictions.exact_boxes
    assert boxes is not None
    of = kinds.objects[rows]
    names = np.array([*truth.classes, None], object)
    there = np.concatenate([of, missed])
    image = np.concatenate([found.images[rows], truth.objects.images[missed]])
    scores = np.concatenate([predictions.exact_scores[rows], np.full(len(missed), np.nan)])
    order = np.lexsort((-np.nan_to_num(scores), image))
    objects = np.full(len(there), None, object)
    objects[there >= 0] = truth.ids_of(there[there >= 0])
    given = names[np.where(there >= 0, truth.objects.classes[there], -1)] if len(truth) else np.full(len(there), None)
    kind = np.array([*(Kind(code).words for code in kinds.kinds[rows].tolist()), *[MISSED] * len(missed)], object)
    said = np.concatenate([predictions.labels[rows], np.full(len(missed), None)])
    texts = {"kind": kind, "image": truth.image_ids(image), "object": objects, "label": given, "prediction": said}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in texts.items()})
    frame["score"] = scores
    frame["iou"] = np.concatenate([kinds.overlaps[rows], np.zeros(len(missed))])
    frame[["x", "y", "width", "height"]] = np.concatenate([boxes[rows], truth.objects.boxes[missed]])
    columns = [frame[name].tolist() for name in ("kind", "label", "prediction", "score", "iou")]
    frame["reason"] = [
        _reason(kind, label, said, sure, iou, found) for kind, label, said, sure, iou in zip(*columns, strict=True)
    ]
    return frame.iloc[order].reset_index(drop=True)


def _reason(kind: str, label: str | None, said: str | None, sure: float, iou: float, found: JudgedObjects) -> str:
    match kind:
        case "missed":
            return f"{label}, and no prediction from {found.score:.2f} on is of it"
        case "confused":
            return f"{label} taken for {said} at {sure:.2f} (IoU {iou:.2f})"
        case "badly placed":
            return f"{said} at {sure:.2f}, whose box overlaps the labelled one by {iou:.2f}: {found.iou:.2f} is needed"
        case "double":
            return f"{said} at {sure:.2f} on what a surer prediction has found"
    return f"{said} at {sure:.2f}, where no {said} is labelled"


def in_words(counts: Sequence[int], objects: int, surest: float) -> str:
    """What is wrong on an image, in the order of ``ERRORS``: ``2 of 5 objects missed, 1 false positive at 0.83``."""
    of = f"of {objects} object{'s' * (objects != 1)}"
    *unfound, double, false = counts
    parts = [f"{count} {of} {kind}" for kind, count in zip(ERRORS, unfound, strict=False) if count]
    parts += [f"{double} found twice"] if double else []
    if false:
        parts.append(f"{false} false positive{'s' * (false > 1)} {'up to' if false > 1 else 'at'} {surest:.2f}")
    return ", ".join(parts)
