"""How good a projection is: on held-out items of its classes, on classes that it never saw, on held-out pairs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ...curate.agreement import knn_accuracy
from ...curate.class_labels import ClassLabels
from ...curate.metric_projection import UNCHANGED, MetricProjection, Strength
from ...curate.unseen_classes import agreement_of, class_draws, one_class_each, without_classes
from ...search.graph import build_graph
from .adapter_report import AdapterReport, Unseen

_DRAWS = 8
#: Further from the seed that the strength was chosen by than anyone counts seeds: the draws are others.
_OTHER_DRAWS = 1_000_003
_N_NEIGHBORS = 10


def report_on_classes(
    vectors: NDArray[np.float32],
    labels: ClassLabels,
    projection: MetricProjection,
    strength: Strength,
    train: NDArray[np.intp],
    val: NDArray[np.intp],
    test: NDArray[np.intp],
    part: str,
    *,
    seed: int,
) -> AdapterReport:
    """Frozen against projected, on the rows ``test``; and on classes that were left out of other fits.

    The left-out classes are drawn anew, and not those that the strength was chosen by.
    """
    codes = one_class_each(labels)
    asked = test[codes[test] >= 0]
    if len(asked) < 2:
        warnings.warn(
            "No labelled item is held out, so nobody knows how good the adapter is: ds.split(train=0.7, val=0.15, "
            "test=0.15) holds some out.",
            stacklevel=6,
        )
    frozen = vectors[asked]
    measured = [_measures(turned, codes[asked], seed) for turned in (frozen, projection.transform(frozen))]
    unseen = _unseen(vectors, labels, strength, train, np.concatenate([train, val, test]), seed)
    return AdapterReport(*measured, n_items=len(asked), part=part, unseen=unseen)


def _measures(vectors: NDArray[np.float32], codes: NDArray[np.int32], seed: int) -> dict[str, float]:
    """kNN accuracy among these items, NMI of clusters, retrieval mAP; nan where there are too few."""
    if len(vectors) < 2:
        return dict.fromkeys(("knn_accuracy", "nmi", "retrieval_map"), float("nan"))
    neighbours = build_graph(vectors, min(_N_NEIGHBORS, len(vectors) - 1)).rows
    agreement = agreement_of(vectors, codes, seed=seed)
    return {
        "knn_accuracy": float(knn_accuracy(neighbours, codes)),
        "nmi": agreement.nmi,
        "retrieval_map": agreement.retrieval_map,
    }


@threadpool_limits.wrap(limits=1)
def _unseen(
    vectors: NDArray[np.float32],
    labels: ClassLabels,
    strength: Strength,
    train: NDArray[np.intp],
    there: NDArray[np.intp],
    seed: int,
) -> Unseen | None:
    """Before and after, in the mean over classes that were left out, each time others; None where there are too few."""
    there = np.unique(there)
    draws = class_draws(labels, there, _DRAWS, seed + _OTHER_DRAWS)
    if not draws:
        return None
    trials = list(without_classes(vectors, labels, train, there, draws, (UNCHANGED, strength), seed=seed))
    frozen, tuned, worst = {}, {}, {}
    for measure in ("nmi", "retrieval_map"):
        before, after = np.array([[getattr(agreement, measure) for agreement in trial] for trial in trials]).T
        frozen[measure], tuned[measure] = float(before.mean()), float(after.mean())
        worst[measure] = min(float((after - before).min()), 0.0)
    return Unseen(frozen, tuned, len(draws), len(draws[0]), worst)


def report_on_pairs(measured: Mapping[str, float], n_pairs: int) -> AdapterReport:
    """Which share of held-out pairs is told apart, frozen and projected."""
    one, two = ({"told_apart": measured[name]} for name in ("frozen", "tuned"))
    return AdapterReport(one, two, n_items=2 * n_pairs, part="held-out pairs")
