"""Predictions of boxes on images against the objects that are labelled there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..collection.item_set import ItemSet
from ..curate.detection_kinds import Kind
from ..store.items import Keys
from .detection_tables import average_precisions, class_table, confusion_table, curve_table
from .evaluation import Evaluation, FoundItems
from .evaluation_errors import error_table, in_words
from .evaluation_summary import summary_of_objects
from .judged_objects import ERRORS, MISSED, JudgedObjects

if TYPE_CHECKING:
    import pandas as pd

    from .slice_units import Units


class ObjectEvaluation(Evaluation):
    """How a model finds objects: its errors on images, or, of a data set of objects, those that it did not find.

    Attributes
    ----------
    average_precision : dict of str to float
        ``AP`` (over IoU .5 to .95), ``AP50``, ``AP75``, ``small``, ``medium``, ``large``: as pycocotools has them.
    iou : float
        Overlap from which a prediction stands for an object.
    found : JudgedObjects
        The same as arrays.

    Parameters
    ----------
    images : ItemSet
        On which the objects are.
    items : ItemSet
        Whose items it is a finding of: these images, or the objects on them.

    Examples
    --------
    >>> evaluation = ds.evaluate("yolo8")
    >>> evaluation.table
    >>> evaluation.errors.query("kind == 'missed'")
    >>> evaluation.slices().table
    """

    _page_at = "findings.faces.evaluation_page.object_evaluation_page"

    def __init__(
        self, items: ItemSet, images: ItemSet, found: JudgedObjects, *, label: str, parameters: dict[str, Any]
    ) -> None:
        self.found = found
        self.images = images
        self.predictions = found.predictions
        self.score, self.iou = found.score, found.iou
        self.average_precision = average_precisions(found)
        self.table, self.confusion, self.curves = class_table(found), confusion_table(found), curve_table(found)
        self.summary = summary_of_objects(found, self.average_precision, chosen=parameters["score"] is None)
        of = _images_with_errors(found) if items is images else self._objects_with_errors(items)
        super().__init__(items, of, parameters=parameters, label=label)

    @cached_property
    def outcomes(self) -> NDArray[np.object_]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """What each prediction comes to: object array [m] of str."""
        return np.array([kind.words for kind in Kind], object)[self.found.kinds.kinds]

    @cached_property
    def matched(self) -> NDArray[np.object_]:
        """Id of the object that each prediction has to do with: object array [m], None for none."""
        of = self.found.kinds.objects
        ids = np.full(len(of), None, object)
        ids[of >= 0] = self.found.truth.ids_of(of[of >= 0])
        return ids

    @cached_property
    def places(self) -> NDArray[np.int32]:
        """Which of the objects of its image each prediction has to do with: int32 [m], from 0; -1 for none."""
        return np.append(self.found.truth.places, -1)[self.found.kinds.objects].astype(np.int32)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """A row an error, image after image.

        ``kind`` (missed, confused, badly placed, double, false positive), ``image``, ``object`` (its id, or None),
        ``label`` (the given class), ``prediction``, ``score``, ``iou``, the box that was predicted, or that of what was
        missed (``x``, ``y``, ``width``, ``height``), and ``reason``.
        """
        return error_table(self.found)

    def crop(self, error: int, *, margin: float = 0.5) -> Image.Image:
        from .evaluation_crop import crop_of

        row = self.errors.iloc[error]
        return crop_of(self.images.image(row["image"]), row[["x", "y", "width", "height"]].tolist(), margin)

    def units(self) -> list[Units]:
        from .object_units import object_units, prediction_units

        return [object_units(self.images, self.found), prediction_units(self.images, self.found)]

    @property
    def judged_in(self) -> ItemSet:
        return self.images

    def judged(self) -> tuple[Keys, NDArray[np.bool_]]:
        return self.found.truth.keys, self.found.errors_on_images.sum(axis=0) > 0

    def _objects_with_errors(self, items: ItemSet) -> FoundItems:
        """Objects that were missed, confused or badly placed: those that were taken for something else surest first."""
        errors = self.errors[self.errors["kind"].isin([MISSED, Kind.CONFUSED.words, Kind.BADLY_PLACED.words])]
        rank = np.nan_to_num(np.asarray(errors["score"], float), nan=0.5)
        errors = errors.assign(rank=rank).sort_values("rank", ascending=False, kind="stable")
        errors = errors.drop_duplicates("object")
        there = items.store.items
        errors = errors.loc[[one in there for one in errors["object"].tolist()]]
        keys = there.keys_of_ids(errors["object"].tolist())
        here = np.isin(keys, items.keys)
        errors, keys = errors.loc[here], keys[here]
        columns = {
            "kind": np.asarray(errors["kind"], object),
            "given_label": np.asarray(errors["label"], object),
            "predicted_label": np.asarray(errors["prediction"], object),
            "prediction_score": np.asarray(errors["score"], float),
            "iou": np.asarray(errors["iou"], float),
        }
        meaning = "how sure the model was of what it said instead; 0.5 where it said nothing"
        return FoundItems(keys, np.asarray(errors["rank"], float), errors["reason"].tolist(), meaning, columns)


def _images_with_errors(found: JudgedObjects) -> FoundItems:
    """Images with errors, the worst first."""
    truth, counts = found.truth, found.errors_on_images
    n = len(truth.keys)
    errors = counts.sum(axis=0)
    right = np.bincount(found.images[found.of_kind(Kind.RIGHT)], minlength=n)
    objects = np.bincount(truth.objects.images[found.wanted], minlength=n)
    surest = np.zeros(n)
    false = found.of_kind(Kind.FALSE_POSITIVE)
    np.maximum.at(surest, found.images[false], found.predictions.exact_scores[false])
    score = errors / (errors + right + 1)
    chosen = np.flatnonzero(errors > 0)
    chosen = chosen[np.lexsort((truth.keys[chosen], -surest[chosen], -score[chosen]))]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [
            in_words(counts[:, image].tolist(), int(objects[image]), float(surest[image]))
            for image in chosen[at].tolist()
        ]

    columns: dict[str, Any] = {"objects": objects[chosen], "right": right[chosen]}
    columns |= {kind.replace(" ", "_"): counts[at, chosen] for at, kind in enumerate(ERRORS)}
    meaning = "share of errors among all that is labelled or predicted on it, one more counted as right"
    return FoundItems(truth.keys[chosen], score[chosen], reasons, meaning, columns)
