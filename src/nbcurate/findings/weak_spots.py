"""Where the user's model errs more than elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..collection.alignment import in_order_of_ids
from ..collection.distinct import distinct_items
from ..collection.vector_set import VectorSet
from ..curate.weak_spots import find_weak_spots
from .finding import Finding
from .rarity import coarse_clusters
from .recipe import make_recipe


def find_weak_spots_of(
    dataset: VectorSet, predictions: ArrayLike | Mapping[str, str], encoder: str | None, seed: int
) -> Finding:
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
    distinct = distinct_items(dataset, encoder)
    clusters = coarse_clusters(distinct.vectors, seed)[distinct.inverse][judged]
    wrong = (labels[judged] != predicted[judged]).astype(bool)
    spots = find_weak_spots(clusters, wrong)
    rate = spots.errors / np.maximum(spots.size, 1)
    inside = np.flatnonzero(spots.weak[clusters])
    inside = inside[np.lexsort((judged[inside], ~wrong[inside], clusters[inside], -rate[clusters[inside]]))]
    cluster, rows = clusters[inside], judged[inside]

    def reasons(at: NDArray[np.intp]) -> list[str]:
        return [
            f"cluster {c}: {spots.errors[c]} of {spots.size[c]} predicted wrongly, {spots.elsewhere[c]:.0%} elsewhere"
            for c in cluster[at].tolist()
        ]

    by_id = {item: label for item, label in zip(dataset.ids, predicted, strict=True) if label is not None}
    parameters = {"predictions": by_id, "encoder": encoder, "seed": seed}
    return Finding(
        dataset, "weak_spots", dataset.keys[rows], rate[cluster], reasons,
        recipe=make_recipe("weak_spots", parameters, dataset.keys, distinct.embeddings),
        score_meaning="share of the item's cluster that is predicted wrongly", groups=cluster,
        columns={"given_label": labels[rows], "predicted_label": predicted[rows]}, flagged=wrong[inside],
    )  # fmt: skip
