"""Where the user's model errs more than elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..collection.vector_set import VectorSet
from ..curate.weak_spots import find_weak_spots
from .finding import Finding
from .rarity import coarse_clusters
from .recipe import make_recipe


def find_weak_spots_of(
    dataset: VectorSet, predictions: Sequence[str] | Mapping[str, str], encoder: str | None, seed: int
) -> Finding:
    """See :meth:`Dataset.weak_spots`."""
    predicted = np.array(_aligned(dataset, predictions), object)
    labels = np.array(dataset.labels, object)
    judged = np.flatnonzero([a is not None and b is not None for a, b in zip(labels, predicted, strict=True)])
    if not len(judged):
        raise ValueError("weak_spots needs items with a label and a prediction: there are none.")
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

    parameters = {"predictions": predictions, "encoder": encoder, "seed": seed}
    return Finding(
        dataset, "weak_spots", dataset.keys[rows], rate[cluster], reasons,
        recipe=make_recipe("weak_spots", parameters, dataset.keys, distinct.embeddings),
        score_meaning="share of the item's cluster that is predicted wrongly", groups=cluster,
        columns={"given_label": labels[rows], "predicted_label": predicted[rows]}, flagged=wrong[inside],
    )  # fmt: skip


def _aligned(dataset: VectorSet, predictions: Sequence[str] | Mapping[str, str]) -> list[str | None]:
    if isinstance(predictions, Mapping):
        dataset.store.items.keys_of_ids(predictions)  # a wrong id says so
        return [predictions.get(item) for item in dataset.ids]
    given = list(predictions)
    if len(given) != len(dataset):
        raise ValueError(f"There are {len(given):,} predictions for {len(dataset):,} items: one for each of ds.ids.")
    return [None if label is None else str(label) for label in given]
