"""Limits for copies that are fitted to pairs which the user has judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate.calibration import threshold_for_precision
from ..curate.copies import likeness
from .copies import PictureComparison, distances

#: A pair of ids and whether they are copies.
Judged = Sequence[Any]


def calibrated(
    dataset: VectorSet, examples: Sequence[Judged], precision: float, pixels: bool, encoder: str | None
) -> Mapping[str, Any]:
    """Limits that hold the precision on judged pairs: on what the pictures say, or on the distance if that finds more.

    Raises
    ------
    ValueError
        If the examples cannot be read, or no limit holds the precision.
    """
    distinct = distinct_items(dataset, encoder)
    rows, judged = _read_examples(dataset, distinct, examples)
    if not isinstance(precision, int | float | np.number) or not 0 < precision <= 1:
        raise ValueError(f"precision={precision!r}: give a share above 0 and up to 1.")
    distance = distances(distinct, rows)
    near, near_recall = threshold_for_precision(-distance, judged, precision)
    if pixels:
        compared = PictureComparison(distinct)
        evidence, known = compared.evidence(compared.in_order(rows))
        sure = np.where(known, likeness(evidence, compared.chance), -1.0)
        alike, alike_recall = threshold_for_precision(sure, judged, precision)
        if np.isfinite(alike) and alike > 0 and alike_recall >= near_recall:
            return {"min_likeness": alike}
    if not np.isfinite(near):
        raise ValueError(
            f"No threshold holds a precision of {precision} on these {len(judged)} examples: pairs judged copies are "
            "not nearer than the others. Judge more pairs, or lower precision=."
        )
    return {"threshold": max(-near, 0.0), "pixels": False}


def _read_examples(
    dataset: VectorSet, distinct: DistinctItems, examples: Sequence[Judged]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Positions ``[m, 2]`` among the distinct items, and what was judged."""
    if isinstance(examples, str) or not isinstance(examples, Iterable):
        raise ValueError(f"examples= takes (id, id, True or False) for each judged pair, got {examples!r}.")
    triples: list[tuple[Any, ...]] = [
        tuple(example) if isinstance(example, Iterable) else (example,) for example in examples
    ]
    wrong = [t for t in triples if len(t) != 3 or not isinstance(t[2], bool | np.bool_)]
    if wrong or not triples:
        given = repr(wrong[0]) if wrong else "none"
        raise ValueError(f"examples= takes (id, id, True or False) for each judged pair, got {given}.")
    keys = dataset.store.items.keys_of_ids([item for a, b, _ in triples for item in (a, b)])
    rows = distinct.positions(keys).reshape(-1, 2)
    if (rows < 0).any():
        raise ValueError("examples= names items that are not in this view of the data set.")
    judged = np.array([bool(is_copy) for _, _, is_copy in triples])
    if not judged.any():
        raise ValueError("examples= holds no pair judged True: give at least one pair of copies.")
    return rows, judged
