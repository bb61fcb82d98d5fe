"""How well an approximate index does, measured on rows of the data that it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .neighbours import nearest_rows

#: What an index is to find of the ten true neighbours.
TARGET_RECALL = 0.99
_SAMPLE = 500  # rows that set what can be set, and as many that measure what came of it
N_TRUE = 10  # true neighbours that are looked for

_CERTAIN = 0.003  # by so much what is chosen must pass the target, to meet it on other queries
_EQUAL = 1e-5  # two similarities that differ by less are equal, but for rounding

#: Keys ``[q, k]`` of what an index finds for queries ``[q, d]``.
Find = Callable[[NDArray[np.float32], int], NDArray[np.uint64]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of an index.

    Attributes
    ----------
    recall : float
        Share of the ten true neighbours that are found.
    without_any : float
        Share of the queries for which none is.
    compared : float
        Vectors that a query is compared with, on average.
    cpu_seconds : float
        What building it took.
    """

    recall: float
    without_any: float
    compared: float
    cpu_seconds: float

    @classmethod
    def of(cls, hits: NDArray[np.float64], compared: float, cpu_seconds: float) -> Measured:
        """From what :func:`recall_of` gives."""
        return cls(float(hits.mean()), float((hits == 0).mean()), compared, cpu_seconds)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows drawn at random, the rows of their true neighbours, nearest first, and their similarity.

    Of shapes ``[m]``, ``[m, k]``, ``[m, k]``.
    """

    rows: NDArray[np.intp]
    truth: NDArray[np.int32]
    similarity: NDArray[np.float32]

    def halves(self) -> tuple[Sample, Sample]:
        """One to choose by, and one to measure on what was chosen."""
        half = len(self.rows) // 2
        first, second = slice(0, half), slice(half, None)
        return (
            Sample(self.rows[first], self.truth[first], self.similarity[first]),
            Sample(self.rows[second], self.truth[second], self.similarity[second]),
        )


def draw_sample(
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp] | None = None,
    k: int = N_TRUE,
    *,
    before_each: Callable[[], object] = lambda: None,
) -> Sample:
    """Some of the ``rows`` of ``vectors``, all by default, and their ``k`` nearest among them, by comparing all."""
    rows = np.arange(len(vectors)) if rows is None else rows
    drawn = np.random.default_rng(1).choice(rows, min(2 * _SAMPLE, len(rows)), replace=False)
    among = None
    if len(rows) < len(vectors):
        among = np.zeros(len(vectors), bool)
        among[rows] = True
    truth, similarity = nearest_rows(vectors, drawn, min(k, len(rows) - 1), among=among, before_each=before_each)
    return Sample(drawn, truth, similarity)


def recall_of(
    find: Find, keys: NDArray[np.uint64], vectors: NDArray[np.float32], sample: Sample
) -> NDArray[np.float64]:
    """For each row of the sample the share of its true neighbours that are found: ``[m]``.

    One that is as similar as a true one is as good: of twenty that are equal, any ten are the nearest ten.
    """
    k = min(N_TRUE, sample.similarity.shape[1])
    found = find(vectors[sample.rows], k + 1)
    hits = np.empty(len(sample.rows))
    for i, (row, true) in enumerate(zip(sample.rows, sample.similarity, strict=True)):
        near = np.searchsorted(keys, found[i])
        near = near[near != row]
        hits[i] = min(k, np.count_nonzero(vectors[near] @ vectors[row] >= true[k - 1] - _EQUAL)) / max(k, 1)
    return hits


def is_certain(hits: NDArray[np.float64]) -> bool:
    """Whether the target will be met on other queries too."""
    return bool(hits.mean() >= TARGET_RECALL + _CERTAIN and hits.min(initial=1.0) > 0)
