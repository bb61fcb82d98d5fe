"""More vectors than forward passes give: real ones, and beside them others grown from real neighbourhoods.

    python benchmarks/grown_vectors.py [count of real vectors]

**Real**: the first vectors, those of `real_vectors.py` in 384 dimensions. **Grown**: all others. Each is a real vector
moved along the differences to its own 30 nearest real ones, each taken a random number of times (normal, mean 0), and
in all about as far as those are apart: so it lies in the directions in which real vectors vary there, and about as far
from real ones as they lie from each other. How far varies (log-normal), for real neighbourhoods have near copies and
gaps, too. What this cannot add are subjects that no picture shows: the more is grown, the more of a row's neighbours
come from the same real one, and the lower is the dimension around it. Run it to see how far grown sets resemble real
ones: cosines of the nearest and the tenth neighbour, the intrinsic dimension (Levina and Bickel 2004), and the rows
that an index of cells compares for .98 of the neighbours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from generated import unit
from measure import true_neighbours
from numpy.typing import NDArray
from real_vectors import COUNT, Vectors, narrowed, real_vectors

NEIGHBOURS, REACH, SPREAD = 30, 0.95, 0.4
BLOCK = 8_192


class Grown:
    """An endless set that begins with the vectors ``real`` ``[r, d]``; the same block each time it is asked for."""

    def __init__(self, real: Vectors, *, seed: int = 0) -> None:
        from nbcurate.search.graph import build_graph

        self._real, self._seed = real, seed
        self._neighbours = build_graph(real, NEIGHBOURS, target_recall=0.95).rows

    def blocks(self, n: int) -> Iterator[Vectors]:
        """The first ``n``, in parts of at most ``BLOCK`` rows."""
        real = self._real[:n]
        yield from (real[start : start + BLOCK] for start in range(0, len(real), BLOCK))
        for number, start in enumerate(range(len(real), n, BLOCK)):
            yield self._block(number)[: n - start]

    def first(self, n: int) -> Vectors:
        """The first ``n`` as one array."""
        return np.concatenate(list(self.blocks(n)))

    def more(self, count: int) -> Vectors:
        """The first ``count`` that are grown."""
        return self.first(len(self._real) + count)[len(self._real) :]

    def _block(self, number: int) -> Vectors:
        rng = np.random.default_rng([self._seed, number])
        rows = rng.integers(0, len(self._real), BLOCK)
        start = self._real[rows]
        steps = rng.normal(0, REACH / NEIGHBOURS**0.5, (BLOCK, NEIGHBOURS)) * rng.lognormal(0, SPREAD, (BLOCK, 1))
        steps = steps.astype(np.float32)
        moved = np.einsum("rk,rkd->rd", steps, self._real[self._neighbours[rows]]) - steps.sum(1, keepdims=True) * start
        return unit(start + moved)


def real_like(n: int, width: int = 384, *, count: int = COUNT) -> Vectors:
    """``n`` vectors: real ones, as far as ``count`` goes, and grown ones."""
    return Grown(narrowed(real_vectors(count), width)).first(n)


def neighbourhood(vectors: Vectors, sample: int = 1_000) -> str:
    """A row of the table: what the neighbourhoods of a sample are like."""
    rows = np.random.default_rng(1).choice(len(vectors), sample, replace=False)
    near = true_neighbours(vectors, vectors[rows], 50, without=rows)
    similarity = np.einsum("rd,rkd->rk", vectors[rows], vectors[near])
    similarity = -np.sort(-similarity, axis=1)
    quartiles = [" / ".join(f"{q:.2f}" for q in np.quantile(similarity[:, at], (0.1, 0.5, 0.9))) for at in (0, 9)]
    distance = np.sqrt(np.maximum(2 - 2 * similarity, 1e-9))
    dimension = np.median(-1 / np.minimum(np.log(distance[:, :-1] / distance[:, -1:]).mean(axis=1), -1e-6))
    share = compared(vectors, rows, near[:, :15]) / len(vectors)
    return f"{quartiles[0]} | {quartiles[1]} | {dimension:.1f} | {100 * share:.1f} %"


def compared(vectors: Vectors, rows: NDArray[np.integer], near: NDArray[np.integer]) -> float:
    """Rows that a query is compared with, in the square root of n cells, where .98 of the true neighbours are met."""
    from nbcurate.search.cells import fit_cells

    cells = fit_cells(vectors)
    gaps = cells.gaps(vectors[rows], cells.of_rows()[near])
    return cells.compared(vectors[rows], float(np.quantile(gaps, 0.98)))


def main() -> None:
    real = narrowed(real_vectors(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT), 384)
    n = len(real)
    print("\n| vectors | nearest: cosine .1 / .5 / .9 | tenth | dimension | compared for .98 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for parts in (32, 16, 8, 4, 2, 1):
        print(f"| real, {n // parts:,} | {neighbourhood(real[: n // parts])} |", flush=True)
    for parts in (4, 16):
        grown = Grown(real[: n // parts]).first(n)
        print(f"| grown to {n:,} from {n // parts:,} of them | {neighbourhood(grown)} |", flush=True)
    for times in (2, 4, 8):
        print(f"| grown to {times * n:,} from all | {neighbourhood(Grown(real).first(times * n))} |", flush=True)


if __name__ == "__main__":
    main()
