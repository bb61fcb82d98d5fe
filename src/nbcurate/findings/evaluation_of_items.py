"""Predicted classes of whole items against the classes that they are labelled with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..collection.item_set import ItemSet
from ..curate.class_labels import in_words as class_words
from ..curate.detection_curves import precision_recall
from ..store.items import Keys
from .detection_tables import curves_by_class, labelled_counts
from .evaluation import Evaluation, FoundItems
from .evaluation_summary import summary_of_items
from .judged_items import JudgedItems

if TYPE_CHECKING:
    import pandas as pd

    from .slice_units import Units


class ItemEvaluation(Evaluation):
    """How a model classifies items: those that it errs on, the surest errors first.

    Attributes
    ----------
    accuracy : float
        Share of the judged items on which all is right.
    found : JudgedItems
        The same as arrays.

    Examples
    --------
    >>> ds.add_predictions("clip", probabilities, classes=["cat", "dog"])
    >>> evaluation = ds.evaluate("clip")
    >>> evaluation.to_pandas()[["id", "given_label", "predicted_label", "confidence"]]
    >>> evaluation.confusion
    """

    def __init__(self, items: ItemSet, found: JudgedItems, *, label: str, parameters: dict[str, Any]) -> None:
        self.found = found
        self.predictions = found.predictions
        self.score = found.score
        self.accuracy = float((~found.wrong).mean()) if len(found.wrong) else float("nan")
        self.outcomes = found.outcomes
        self.table, self.confusion, self.curves = _class_table(found), _confusion(found), _curves(found)
        self.summary = summary_of_items(found)
        super().__init__(items, _wrong_items(found), parameters=parameters, label=label)

    @cached_property
    def errors(self) -> pd.DataFrame:
        """A row an error, item after item.

        ``kind`` (confused; of lists of classes missed, false positive), ``image`` (id of the item), ``object`` (None),
        ``label``, ``prediction``, ``score``, ``iou``, ``x``, ``y``, ``width``, ``height`` (NaN) and ``reason``.
        """
        import pandas as pd

        found = self.found
        ids = self._items.store.items.ids_of_keys(found.keys)
        rows = [
            {
                "kind": kind, "image": ids[item], "object": None, "label": given, "prediction": said, "score": sure,
                "iou": np.nan, "x": np.nan, "y": np.nan, "width": np.nan, "height": np.nan,
                "reason": _reason(kind, given, said, sure),
            }
            for kind, item, given, said, sure in found.errors()
        ]  # fmt: skip
        names = [
            "kind",
            "image",
            "object",
            "label",
            "prediction",
            "score",
            "iou",
            "x",
            "y",
            "width",
            "height",
            "reason",
        ]
        return pd.DataFrame(rows, columns=pd.Index(names), dtype=object).astype(dict.fromkeys(names[5:11], float))

    def crop(self, error: int, *, margin: float = 0.5) -> Image.Image:
        return self._items.image(self.errors.iloc[error]["image"])

    def units(self) -> list[Units]:
        from .slice_units import Units, by_code, item_divisions

        found = self.found

        def divisions() -> list[Any]:
            classes = [] if found.labels.several else [by_code("class", found.labels.names, found.labels.single)]
            return [*classes, *item_divisions(self._items, found.keys, without=(self.label_column,))]

        return [Units("items", found.keys, np.arange(len(found.keys)), found.wrong, divisions)]

    def judged(self) -> tuple[Keys, NDArray[np.bool_]]:
        return self.found.keys, self.found.wrong


def _wrong_items(found: JudgedItems) -> FoundItems:
    wrong = np.flatnonzero(found.wrong)
    sure = found.confidence[wrong]
    wrong = wrong[np.lexsort((found.keys[wrong], -sure))]
    given, said, sure = found.given[wrong], found.said[wrong], found.confidence[wrong]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [
            f"labelled {class_words(given[row])}, predicted {class_words(said[row]) or 'nothing'} at {sure[row]:.2f}"
            for row in at.tolist()
        ]

    columns = {"given_label": given, "predicted_label": said, "confidence": sure}
    return FoundItems(found.keys[wrong], sure, reasons, "how sure the model is of what is wrong", columns)


def _reason(kind: str, given: str | None, said: str | None, sure: float) -> str:
    match kind:
        case "confused":
            return f"{given} taken for {said} at {sure:.2f}"
        case "missed":
            return f"{given} was not predicted"
    return f"{said} at {sure:.2f}, which it is not labelled with"


def _class_table(found: JudgedItems) -> pd.DataFrame:
    """``support``, ``predicted``, ``right``, ``precision``, ``recall``, ``f1`` of each class; of lists ``AP``, too."""
    import pandas as pd

    names = found.names
    support, predicted = found.of_class(found.truth), found.of_class(found.told)
    right = support - found.of_class(found.missed)
    frame = pd.DataFrame(
        {
            "support": support,
            "precision": np.where(predicted > 0, right / np.maximum(predicted, 1), np.nan),
            "recall": np.where(support > 0, right / np.maximum(support, 1), np.nan),
            "f1": 2 * right / np.maximum(predicted + support, 1),
            "predicted": predicted,
            "right": right,
        },
        index=pd.Index(names, name="class", dtype=object),
    )
    if found.labels.several:
        frame.insert(1, "AP", [_average_precision(found, at) for at in range(len(names))])
    return frame.sort_values("support", ascending=False, kind="stable")


def _average_precision(found: JudgedItems, at: int) -> float:
    """The mean of precision over recall, as scikit-learn has it; NaN where nothing is labelled so."""
    rows, wanted = found.classes == at, int(found.of_class(found.truth)[at])
    if not wanted:
        return float("nan")
    curve = precision_recall(found.scores[rows], found.right[rows], wanted)
    return float((np.diff(curve.recall, prepend=0) * curve.precision).sum())


def _confusion(found: JudgedItems) -> pd.DataFrame:
    """Given classes by predicted ones; of lists what is missed and what is too much stands beside ``nothing``."""
    n = len(found.names)
    counts = np.zeros((n + 1, n + 1), np.int64)
    missed, extra = found.of_class(found.missed), found.of_class(found.extra)
    right = found.of_class(found.truth) - missed
    if found.labels.several:
        counts[np.arange(n), np.arange(n)], counts[:n, n], counts[n, :n] = right, missed, extra
    else:
        given, predicted = (np.full(len(found.keys), n) for _ in range(2))
        for codes, pairs in ((given, found.truth), (predicted, found.told)):
            codes[pairs // n] = pairs % n
        np.add.at(counts, (given, predicted), 1)
    return labelled_counts(counts, found.names)


def _curves(found: JudgedItems) -> pd.DataFrame:
    return curves_by_class(found.names, found.classes, found.scores, found.right, found.of_class(found.truth))
