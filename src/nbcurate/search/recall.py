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


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Rows drawn at random and the rows of their true neighbours, nearest first: ``[m]``, ``[m, k]``."""

    rows: NDArray[np.intp]
    truth: NDArray[np.int32]

    def halves(self) -> tuple[Sample, Sample]:
        """One to choose by, and one to measure on what was chosen."""
        half = len(self.rows) // 2
        return Sample(self.rows[:half], self.truth[:half]), Sample(self.rows[half:], self.truth[half:])


def draw_sample(vectors: NDArray[np.float32], rows: NDArray[np.intp] | None = None, k: int = N_TRUE) -> Sample:
    """Some of the ``rows`` of ``vectors``, all by default, and their ``k`` nearest among them, by comparing all."""
    rows = np.arange(len(vectors)) if rows is None else rows
    drawn = np.random.default_rng(1).choice(rows, min(2 * _SAMPLE, len(rows)), replace=False)
    among = None
    if len(rows) < len(vectors):
        among = np.zeros(len(vectors), bool)
        among[rows] = True
    return Sample(drawn, nearest_rows(vectors, drawn, min(k, len(rows) - 1), among=among)[0])


def recall_of(
    find: Find, keys: NDArray[np.uint64], vectors: NDArray[np.float32], sample: Sample
) -> NDArray[np.float64]:
    """For each row of the sample the share of its true neighbours that are found: ``[m]``."""
    truth = sample.truth[:, :N_TRUE]
    found = find(vectors[sample.rows], truth.shape[1] + 1)
    return np.array([np.isin(keys[true], near).mean() for true, near in zip(truth, found, strict=True)], np.float64)
