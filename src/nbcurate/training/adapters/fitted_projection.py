"""The projection that a data set teaches: from labels, from the selection, from judged pairs; and how good it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...collection.item_labels import labels_of
from ...collection.missing_vectors import require_vectors
from ...curate.class_labels import ClassLabels
from ...curate.metric_projection import MetricProjection, ProjectionFamily, Strength
from ...curate.pair_projection import choose_for_pairs, told_apart
from ...curate.projection_strength import choose_strength
from ...curate.scatter import MOST_ROWS, class_scatter, pair_scatter
from ...store.embeddings import Embeddings
from ..parts import Parts, parts_of
from .adapter_report import AdapterReport
from .judged_pairs import read_pairs
from .projection_report import report_on_classes, report_on_pairs
from .selection_parts import selection_parts

if TYPE_CHECKING:
    from ...dataset import Dataset

#: Items of a part that choose, or judge.
_MOST_ASKED = 5_000
#: Items that tell how vectors lie where pairs are learnt from.
_MOST_AROUND = 20_000
#: The share of the pairs that judge.
_HELD_OUT = 0.2


@dataclass(frozen=True, eq=False)
class FittedProjection:
    """What was learnt.

    Attributes
    ----------
    projection : MetricProjection
    about : dict
        JSON-able: ``strength``, ``report``, and what it was learnt from.
    seconds : float
    """

    projection: MetricProjection
    about: dict[str, Any]
    seconds: float


def fit_to_labels(dataset: Dataset, label: str, embeddings: Embeddings, split: str, *, seed: int) -> FittedProjection:
    """Learn from the labels of the training part."""
    labels = labels_of(dataset, label)
    parts = parts_of(dataset, labels, split, stratify=label, seed=seed)
    return _fit_to_classes(dataset, labels, parts, embeddings, f"The column {label!r}", seed)


def fit_to_selection(dataset: Dataset, embeddings: Embeddings, *, seed: int) -> FittedProjection:
    """Learn what tells kept items from rejected ones."""
    labels, parts = selection_parts(dataset, seed)
    return _fit_to_classes(dataset, labels, parts, embeddings, "The selection", seed)


def _fit_to_classes(
    dataset: Dataset, labels: ClassLabels, parts: Parts, embeddings: Embeddings, source: str, seed: int
) -> FittedProjection:
    since = time.perf_counter()
    dice = np.random.default_rng(seed)
    part, held_out = parts.held_out
    asked = [np.sort(dice.permutation(rows)[:_MOST_ASKED]) for rows in (parts.val, held_out)]
    learnt = _usable(labels, parts.train, source)
    rows, places = np.unique(np.concatenate([learnt, *asked]), return_inverse=True)
    train, val, test = np.split(places, np.cumsum([len(learnt), len(asked[0])]))
    vectors, held = _vectors_of(dataset, embeddings, dataset.keys[rows]), labels.take(rows)
    family = ProjectionFamily(class_scatter(vectors, held, np.sort(train)))
    chosen, trials = choose_strength(vectors, held, family, train, val, seed=seed)
    projection = family.at(chosen)
    report = report_on_classes(vectors, held, projection, chosen, train, val, test, part, seed=seed)
    about: dict[str, Any] = {
        "classes": [held.names[c] for c in np.flatnonzero(held.take(train).counts())],
        "items": {"train": len(parts.train), "val": len(parts.val), part: len(held_out)},
        "strength": _as_json(chosen),
        "tried": [{**_as_json(trial.strength), "val_retrieval_map": _rounded(trial.known)} for trial in trials],
    }
    return _fitted(projection, about, report, since)


def fit_to_pairs(
    dataset: Dataset, pairs: Sequence[Sequence[Any]], embeddings: Embeddings, *, seed: int
) -> FittedProjection:
    """Learn what judged pairs say of likeness."""
    since = time.perf_counter()
    keys, alike = read_pairs(dataset, pairs)
    dice = np.random.default_rng(seed)
    around = dice.permutation(dataset.keys)[:_MOST_AROUND]
    there, places = np.unique(np.concatenate([keys.ravel(), around]), return_inverse=True)
    rows = places[: keys.size].reshape(-1, 2)
    vectors = _vectors_of(dataset, embeddings, there)
    judged = _held_out_pairs(alike, dice)
    chosen, told = choose_for_pairs(vectors, rows[~judged], alike[~judged], seed=seed)
    family = ProjectionFamily(pair_scatter(vectors, rows[~judged], alike[~judged]))
    measured = {
        name: told_apart(transform, vectors, rows[judged], alike[judged])
        for name, transform in (("frozen", lambda frozen: frozen), ("tuned", family.at(chosen).transform))
    }
    projection = ProjectionFamily(pair_scatter(vectors, rows, alike)).at(chosen)
    about: dict[str, Any] = {
        "pairs": {"alike": int(alike.sum()), "unlike": int((~alike).sum()), "held_out": int(judged.sum())},
        "strength": _as_json(chosen),
        "tried": [{**_as_json(strength), "told_apart": _rounded(share)} for strength, share in told.items()],
    }
    return _fitted(projection, about, report_on_pairs(measured, int(judged.sum())), since)


def _fitted(
    projection: MetricProjection, about: dict[str, Any], report: AdapterReport, since: float
) -> FittedProjection:
    return FittedProjection(projection, {**about, "report": report.as_json()}, time.perf_counter() - since)


def _usable(labels: ClassLabels, rows: NDArray[np.intp], source: str) -> NDArray[np.intp]:
    """Those of the training rows that say how things of a class differ, and where classes lie: at most 100,000.

    Raises
    ------
    ValueError
        If no class has two of them, or there is one class.
    """
    held = labels.take(rows)
    counts = held.counts()
    if counts.max(initial=0) < 2:
        raise ValueError(
            f"{source} gives every class one item of the training part at the most, so nothing tells how items of one "
            "class differ: label more, join classes, or learn from judged pairs, learn_from=[(id, id, True), …]."
        )
    if not labels.several and np.count_nonzero(counts) < 2:
        only = labels.names[int(counts.argmax())]
        raise ValueError(
            f"{source} has one class, {only!r}, in the training part, and so nothing to tell apart: label some items "
            "as something else, or split anew, ds.split()."
        )
    step = -(-len(rows) // MOST_ROWS)
    first = np.append(held.codes, 0)[np.minimum(held.starts[:-1], len(held.codes))]
    return rows if step == 1 else np.sort(rows[np.argsort(first, kind="stable")[::step]])


def _vectors_of(dataset: Dataset, embeddings: Embeddings, keys: NDArray[np.uint64]) -> NDArray[np.float32]:
    """The vectors of these items, in their order, in memory."""
    vectors, known = dataset.searcher(embeddings.name)[1].vectors_of(keys)
    require_vectors(known, embeddings)
    return vectors


def _held_out_pairs(alike: NDArray[np.bool_], dice: np.random.Generator) -> NDArray[np.bool_]:
    """Which pairs judge: a fifth of the alike ones and of the others, none where there are too few."""
    judged = np.zeros(len(alike), bool)
    for kind in (True, False):
        these = dice.permutation(np.flatnonzero(alike == kind))
        judged[these[: int(_HELD_OUT * len(these))]] = True
    return judged


def _as_json(strength: Strength) -> dict[str, float]:
    return {"discriminant": strength.discriminant, "whitening": strength.whitening}


def _rounded(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None
