"""What is measured of a subset, of the whole, and of random draws of the same size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..collection.distinct import distinct_items
from ..collection.item_labels import labels_of
from ..collection.object_spread import are_objects
from ..collection.vector_set import VectorSet
from ..curate import coverage
from ..curate.clustering import cluster
from ..store.items import Keys
from .object_factors import spread_of
from .report import Report

#: Multiplications that the distances of a report may take; above, they are measured on a sample of the items.
_BUDGET = 2e11


def report_of(dataset: VectorSet, picks: Keys, draws: int, encoder: str | None, seed: int) -> Report:
    """The report on these items of a data set, each counted once."""
    keys = dataset.keys
    picks = np.unique(picks)
    inside = np.isin(keys, picks)
    measure = _Measures(dataset, encoder, len(picks), draws, seed)
    rng = np.random.default_rng(seed)
    chance = []
    for _ in tqdm(range(draws if len(keys) else 0), desc="random draws", unit="draw", delay=2, leave=False):
        drawn = np.zeros(len(keys), bool)
        drawn[rng.choice(len(keys), len(picks), replace=False)] = True
        chance.append(measure.of(drawn))
    everything = np.ones(len(keys), bool)
    report = Report(len(picks), len(keys), measure.of(inside), measure.of(everything), chance)
    report.of = dataset, dataset.store.items.ids_of_keys(picks)
    return report


class _Measures:
    """The measures of subsets of one data set."""

    def __init__(self, dataset: VectorSet, encoder: str | None, size: int, draws: int, seed: int) -> None:
        self.seed = seed
        distinct = distinct_items(dataset, encoder)
        self.vectors = distinct.vectors[distinct.inverse] if len(distinct) < len(dataset) else distinct.vectors
        self.labels = labels_of(dataset)
        self.clusters = cluster(distinct.vectors, *distinct.graph, seed=seed)[0].labels[distinct.inverse]
        self.distinct = distinct
        self.tau = coverage.near_copy_distance(distinct.graph[1])
        affordable = int(_BUDGET / max(size * (draws + 1) * self.vectors.shape[1], 1))
        self.spread = spread_of(dataset, self.labels) if are_objects(dataset) else {}
        self.sample = np.arange(len(dataset))
        if affordable < len(dataset):
            rng = np.random.default_rng(seed)
            self.sample = np.sort(rng.choice(len(dataset), max(affordable, 1000), replace=False))

    def of(self, inside: NDArray[np.bool_]) -> dict[str, float]:
        """The measures of the items that are ``inside`` (bool [n])."""
        if inside.all():  # each item is its own nearest pick
            distance = np.zeros(len(inside), np.float32)
        else:
            distance = coverage.nearest_pick(self.vectors[self.sample], self.vectors[inside])
        held = np.bincount(self.distinct.inverse[inside], minlength=len(self.distinct))
        counts = self.labels.counts(inside)
        return {
            "mean_distance": float(distance.mean()) if len(distance) else 0.0,
            "worst_distance": float(distance.max(initial=0)),
            "redundancy": coverage.redundancy(*self.distinct.graph, self.tau, held),
            "class_evenness": coverage.evenness(counts),
            "imbalance_ratio": coverage.imbalance_ratio(counts),
            "classes_missing": float((counts == 0).sum()) if len(counts) else float("nan"),
            "within_class_evenness": coverage.within_class_evenness(
                self.labels.codes, self.clusters[self.labels.items], inside[self.labels.items]
            ),
            **self._of_objects(inside),
            "vendi_score": coverage.vendi_score(self.vectors[inside], seed=self.seed),
        }

    def _of_objects(self, inside: NDArray[np.bool_]) -> dict[str, float]:
        """How evenly the objects of each class are spread over sizes and places; of images nothing."""
        codes, at = self.labels.codes, self.labels.items
        return {
            f"{name}_evenness": coverage.within_class_evenness(codes, levels[at], inside[at])
            for name, levels in self.spread.items()
        }
