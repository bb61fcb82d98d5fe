"""Where the user's model errs more than elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..collection.alignment import in_order_of_ids
from ..collection.distinct import distinct_items
from ..collection.item_labels import labels_of
from ..collection.vector_set import VectorSet
from ..collection.words import as_labels
from ..curate.class_labels import ClassLabels, encode_labels
from ..curate.weak_spots import find_weak_spots
from ..display.numbers import share_in_words
from .evaluate import evaluate
from .evaluation import Evaluation
from .finding import Finding
from .label_finding import of_column
from .rarity import coarse_clusters
from .recipe import make_recipe


class WeakSpots(Finding):
    """Items of the clusters in which a model errs more than elsewhere.

    Attributes
    ----------
    note : str
        Why there are none; empty where there are some.
    """

    note: str = ""

    def _summary(self) -> str:
        return f"{super()._summary()}{self.note and f': {self.note}'}"


def find_weak_spots_of(
    dataset: VectorSet,
    predictions: ArrayLike | Mapping[str, Any] | str | Evaluation,
    confidence: ArrayLike | Mapping[str, float] | None,
    label: str,
    encoder: str | None,
    seed: int,
) -> WeakSpots:
    """See :meth:`Dataset.weak_spots`."""
    if isinstance(predictions, str):
        predictions = evaluate(dataset, dataset, predictions, 0.5, label=label, score=None, version=None)
    if isinstance(predictions, Evaluation):
        return _spots(dataset, _of_evaluation(dataset, predictions), encoder, seed)
    return _spots(dataset, _of_predictions(dataset, predictions, confidence, label), encoder, seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Some of the items, which were judged.

    Attributes
    ----------
    rows : int array [m]
        Of the data set's ids.
    wrong : bool array [m]
    sure : float64 array [m] or None
        How sure the model was of each; NaN where that is not known.
    columns : dict
        What is told of them, aligned.
    parameters : dict
        Of the recipe.
    label : str
    """

    rows: NDArray[np.intp]
    wrong: NDArray[np.bool_]
    sure: NDArray[np.float64] | None
    columns: dict[str, NDArray[Any]]
    parameters: dict[str, Any]
    label: str


def _of_predictions(
    dataset: VectorSet,
    predictions: ArrayLike | Mapping[str, Any],
    confidence: ArrayLike | Mapping[str, float] | None,
    label: str,
) -> _Judged:
    """The items with a label and a prediction of the user's."""
    labels = labels_of(dataset, label)
    given = in_order_of_ids(dataset, predictions, "predictions")
    predicted = np.full(len(dataset), None, object)
    predicted[:] = [_prediction(value, labels) for value in given]
    judged = np.flatnonzero(labels.known & np.array([value is not None for value in predicted], bool))
    if not len(judged):
        raise ValueError("weak_spots needs items with a label and a prediction: there are none.")
    named = encode_labels(predicted[judged]).names
    if named and not set(labels.names) & set(named):
        raise ValueError(
            f"predictions: none of them ({', '.join(named[:5])}) is a label of this data set "
            f"({', '.join(labels.names[:5])}): predict labels as ds.labels has them."
        )
    known = labels.values()
    sure = None if confidence is None else read_confidence(dataset, confidence)
    wrong = np.array([_differ(known[row], predicted[row]) for row in judged.tolist()], bool)
    by_id = {item: value for item, value in zip(dataset.ids, predicted, strict=True) if value is not None}
    known_sure = None if sure is None else {dataset.ids[row]: float(sure[row]) for row in np.flatnonzero(sure == sure)}
    parameters = {"predictions": by_id, **of_column(label), "confidence": known_sure}
    columns = {"given_label": known[judged], "predicted_label": predicted[judged]}
    return _Judged(judged, wrong, None if sure is None else sure[judged], columns, parameters, label)


def _of_evaluation(dataset: VectorSet, evaluation: Evaluation) -> _Judged:
    """The items that an evaluation has judged, and on which of them something is wrong.

    Raises
    ------
    ValueError
        If none of them is in the data set.
    """
    keys, wrong = evaluation.judged()
    own = dataset.keys
    here = np.flatnonzero(np.isin(keys, own)) if dataset.store is evaluation.judged_in.store else np.empty(0, np.intp)
    if not len(here):
        raise ValueError(
            f"None of the items that {evaluation.predictions.name!r} was judged on is in this data set: of boxes these "
            "are the images, so ask ds.images.weak_spots(evaluation)."
        )
    here = here[np.argsort(keys[here])]
    parameters = {"predictions": evaluation.predictions.name, **of_column(evaluation.label_column)}
    rows = np.searchsorted(own, keys[here])
    return _Judged(rows, wrong[here], None, {}, parameters, evaluation.label_column)


def _spots(dataset: VectorSet, judged: _Judged, encoder: str | None, seed: int) -> WeakSpots:
    """The items of the clusters in which more of those that were judged are wrong than elsewhere."""
    wrong = judged.wrong
    distinct = distinct_items(dataset, encoder)
    clusters = coarse_clusters(distinct.vectors, seed)[distinct.inverse][judged.rows]
    spots = find_weak_spots(clusters, wrong)
    rate = spots.rate
    inside = np.flatnonzero(spots.weak[clusters])
    least_sure = np.zeros(len(wrong)) if judged.sure is None else np.nan_to_num(judged.sure, nan=1.0)
    order = (judged.rows[inside], least_sure[inside], ~wrong[inside], clusters[inside], -rate[clusters[inside]])
    inside = inside[np.lexsort(order)]
    cluster = clusters[inside]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [
            f"{spots.errors[c]} of the {spots.size[c]} items like it (cluster {c}) are predicted wrongly, elsewhere "
            f"{share_in_words(float(spots.elsewhere[c]))}; expect {share_in_words(float(rate[c]))} of others like these"
            for c in cluster[at].tolist()
        ]

    columns = {name: values[inside] for name, values in judged.columns.items()}
    if judged.sure is not None:
        columns["confidence"] = judged.sure[inside]
    parameters = {**judged.parameters, "encoder": encoder, "seed": seed}
    finding = WeakSpots(
        dataset, "weak_spots", dataset.keys[judged.rows[inside]], rate[cluster], reasons,
        recipe=make_recipe("weak_spots", parameters, dataset.keys, distinct.embeddings),
        score_meaning="share to expect wrong of other items of the cluster", groups=cluster,
        columns=columns, flagged=wrong[inside],
    )  # fmt: skip
    finding.label_column = judged.label
    finding.note = "" if len(inside) else _why_none(int(wrong.sum()), len(wrong), int((spots.size > 0).sum()))
    return finding


def _prediction(value: Any, labels: ClassLabels) -> str | list[str] | None:
    """A prediction in the form of the labels.

    Raises
    ------
    TypeError
        If it is a list where items have one label each, or the other way round.
    """
    several = isinstance(value, list | tuple | set | frozenset | np.ndarray)
    if value is None or several == labels.several:
        return as_labels(value) if several else None if value is None else str(value)
    theirs, ours = ("a list", "one label each") if several else ("no list", "lists of labels")
    raise TypeError(f"predictions: {value!r:.80} is {theirs}, but the items have {ours}: predict what the labels are.")


def _differ(label: Any, predicted: Any) -> bool:
    return set(label) != set(predicted) if isinstance(label, list) else label != predicted


def _why_none(errors: int, judged: int, clusters: int) -> str:
    if not errors:
        return f"none of {judged:,} predictions is wrong"
    said = f"{errors:,} of {judged:,} predictions are wrong"
    if clusters < 2:
        return f"{said}, but these are too few items to be divided into clusters that could be compared"
    return f"{said}, but in no one of {clusters} clusters more than chance explains"


def read_confidence(dataset: VectorSet, confidence: ArrayLike | Mapping[str, float]) -> NDArray[np.float64]:
    """The model's confidence in each of its predictions, in the order of the ids: NaN for none.

    Raises
    ------
    ValueError
        If one is not between 0 and 1.
    """
    given = in_order_of_ids(dataset, confidence, "confidence")
    try:
        values = np.array([np.nan if value is None else float(value) for value in given], np.float64)
    except (TypeError, ValueError):
        raise TypeError("confidence: give a number from 0 to 1 for each item, such as the largest softmax.") from None
    if ((values < 0) | (values > 1)).any():
        raise ValueError("confidence: give a number from 0 to 1 for each item, such as the largest softmax.")
    return values
