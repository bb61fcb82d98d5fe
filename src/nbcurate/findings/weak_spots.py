"""Where the user's model errs more than elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..collection.alignment import in_order_of_ids
from ..collection.distinct import distinct_items
from ..collection.vector_set import VectorSet
from ..curate.weak_spots import find_weak_spots
from .finding import Finding
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
    predictions: ArrayLike | Mapping[str, str],
    confidence: ArrayLike | Mapping[str, float] | None,
    encoder: str | None,
    seed: int,
) -> WeakSpots:
    """See :meth:`Dataset.weak_spots`."""
    values = in_order_of_ids(dataset, predictions, "predictions")
    predicted = np.array([None if value is None else str(value) for value in values], object)
    labels = np.array(dataset.labels, object)
    judged = np.flatnonzero([a is not None and b is not None for a, b in zip(labels, predicted, strict=True)])
    if not len(judged):
        raise ValueError("weak_spots needs items with a label and a prediction: there are none.")
    known, named = sorted(set(labels) - {None}), sorted(set(predicted[judged]))
    if not set(known) & set(named):
        raise ValueError(
            f"predictions: none of them ({', '.join(named[:5])}) is a label of this data set ({', '.join(known[:5])}): "
            "predict labels as ds.labels has them."
        )
    sure = None if confidence is None else read_confidence(dataset, confidence)
    distinct = distinct_items(dataset, encoder)
    clusters = coarse_clusters(distinct.vectors, seed)[distinct.inverse][judged]
    wrong = (labels[judged] != predicted[judged]).astype(bool)
    spots = find_weak_spots(clusters, wrong)
    rate = spots.rate
    inside = np.flatnonzero(spots.weak[clusters])
    least_sure = np.zeros(len(judged)) if sure is None else np.nan_to_num(sure[judged], nan=1.0)
    order = (judged[inside], least_sure[inside], ~wrong[inside], clusters[inside], -rate[clusters[inside]])
    inside = inside[np.lexsort(order)]
    cluster, rows = clusters[inside], judged[inside]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [
            f"cluster {c}: {spots.errors[c]} of {spots.size[c]} predicted wrongly, {spots.elsewhere[c]:.0%} elsewhere; "
            f"expect {rate[c]:.0%} of others like these"
            for c in cluster[at].tolist()
        ]

    by_id = {item: label for item, label in zip(dataset.ids, predicted, strict=True) if label is not None}
    known_sure = None if sure is None else {dataset.ids[row]: float(sure[row]) for row in np.flatnonzero(sure == sure)}
    parameters = {"predictions": by_id, "confidence": known_sure, "encoder": encoder, "seed": seed}
    columns: dict[str, Any] = {"given_label": labels[rows], "predicted_label": predicted[rows]}
    if sure is not None:
        columns["confidence"] = sure[rows]
    finding = WeakSpots(
        dataset, "weak_spots", dataset.keys[rows], rate[cluster], reasons,
        recipe=make_recipe("weak_spots", parameters, dataset.keys, distinct.embeddings),
        score_meaning="share to expect wrong of other items of the cluster", groups=cluster,
        columns=columns, flagged=wrong[inside],
    )  # fmt: skip
    finding.note = "" if len(inside) else _why_none(int(wrong.sum()), len(judged), int((spots.size > 0).sum()))
    return finding


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
