"""How good a projection is: on held-out items of its classes, on classes that it never saw, on held-out pairs."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ..curate.class_labels import ClassLabels
from ..curate.metric_projection import UNCHANGED, MetricProjection, Strength
from ..curate.unseen_classes import class_draws, one_class_each, without_classes
from .adapter_report import AdapterReport, Unseen
from .vector_measures import measure_vectors

_DRAWS = 12
#: Further from the seed that the strength was chosen by than anyone counts seeds: the draws are others.
_OTHER_DRAWS = 1_000_003
_MEASURES: tuple[str, ...] = ("knn_accuracy", "probe_accuracy", "nmi", "retrieval_map")
_MOST_FOR_PROBE = 10_000


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
    dice = np.random.default_rng(seed)
    codes = one_class_each(labels)
    test, learnt = test[codes[test] >= 0], train[codes[train] >= 0]
    learnt = np.sort(dice.permutation(learnt)[:_MOST_FOR_PROBE])
    if len(test) < 2:
        warnings.warn(
            "No labelled item is held out, so nobody knows how good the adapter is: ds.split(train=0.7, val=0.15, "
            "test=0.15) holds some out.",
            stacklevel=6,
        )
        measured: list[dict[str, float]] = [dict.fromkeys(_MEASURES, float("nan"))] * 2
    else:
        measured = [
            measure_vectors(turn(vectors[test]), codes[test], turn(vectors[learnt]), codes[learnt], seed=seed)
            for turn in (lambda frozen: frozen, projection.transform)
        ]
    unseen = _unseen(vectors, labels, strength, train, np.concatenate([train, val, test]), seed)
    return AdapterReport(*measured, n_items=len(test), part=part, unseen=unseen)


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
