"""Cells: the vectors divided by spherical k-means, so that a query need only be compared with the nearest few."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_ITERATIONS = 8
_SAMPLES_PER_CELL = 128  # more hardly move the centres
_BLOCK_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A partition of rows.

    Attributes
    ----------
    centres : float32 array [c, d]
        L2-normalised.
    rows : int64 array [n]
        All rows, those of one cell side by side.
    starts : int64 array [c + 1]
        Cell ``i`` is ``rows[starts[i]:starts[i + 1]]``.
    """

    centres: NDArray[np.float32]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]

    def nearest(self, query: NDArray[np.float32], probes: int) -> NDArray[np.int64]:
        """The rows in the ``probes`` cells whose centres are nearest to a vector ``[d]``."""
        probes = min(probes, len(self.centres))
        cells = np.argpartition(-(self.centres @ query), probes - 1)[:probes]
        return np.concatenate([self.rows[self.starts[cell] : self.starts[cell + 1]] for cell in cells])

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            np.savez(file, centres=self.centres, rows=self.rows, starts=self.starts)

    @classmethod
    def load(cls, path: Path) -> Cells:
        with np.load(path) as arrays:
            return cls(arrays["centres"], arrays["rows"], arrays["starts"])


def fit_cells(vectors: NDArray[np.float32], n_cells: int | None = None, *, seed: int = 0) -> Cells:
    """Divide ``vectors`` (``[n, d]``, L2-normalised) into cells; the square root of n of them by default.

    References
    ----------
    Dhillon and Modha (2001), "Concept decompositions for large sparse text data using clustering": spherical k-means.
    """
    rng = np.random.default_rng(seed)
    n_cells = min(len(vectors), n_cells or max(1, round(len(vectors) ** 0.5)))
    picked = np.sort(rng.choice(len(vectors), min(len(vectors), _SAMPLES_PER_CELL * n_cells), replace=False))
    sample = np.asarray(vectors[picked])
    centres = sample[rng.choice(len(sample), n_cells, replace=False)]
    for _ in range(_ITERATIONS):
        cell = _assign(sample, centres)
        order, counts = np.argsort(cell, kind="stable"), np.bincount(cell, minlength=n_cells)
        taken = counts > 0
        sums = np.add.reduceat(sample[order], np.concatenate([[0], np.cumsum(counts[taken])[:-1]]))
        centres = sample[rng.choice(len(sample), n_cells)]  # where a cell is empty, it begins anew
        centres[taken] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    cell = _assign(vectors, centres)
    starts = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=n_cells))])
    return Cells(centres, np.argsort(cell, kind="stable").astype(np.int64), starts.astype(np.int64))


def _assign(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    """Nearest centre of each row."""
    block = max(1, _BLOCK_BYTES // (4 * len(centres)))
    parts = [(vectors[i : i + block] @ centres.T).argmax(axis=1) for i in range(0, len(vectors), block)]
    return np.concatenate(parts)
