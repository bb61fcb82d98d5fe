"""Some rows of an array that may be larger than the memory, read a block at a time and by all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Array = NDArray[np.float32]
Found = TypeVar("Found")

_BLOCK = 1 << 19  # numbers of a block: they stay in the processor's cache
_STREAMS = 8  # sums are taken along so many streams of blocks, whatever the number of cores, and so come out the same
_HELD = 1 << 27  # numbers up to which the rows are copied out of a mapped file: half a gigabyte
_SEEN = 10_000  # rows of which the covariance is found

#: Said of vectors that nothing can be computed with.
NOT_FINITE = "Some vectors hold NaN or infinity: leave these rows out, or make their vectors again."

#: Runs a function over parts of the rows, side by side, and gives what it returns in their order.
Each = Callable[[Callable[[list[slice]], Found]], Iterator[Found]]


@dataclass(frozen=True, eq=False)
class Moments:
    """How vectors lie: float64.

    Attributes
    ----------
    mean : array [d]
    covariance : array [d, d]
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @property
    def spread(self) -> float:
        """Mean squared distance from the mean."""
        return max(float(np.trace(self.covariance)), 1e-12)


class VectorRows:
    """Rows of vectors.

    Parameters
    ----------
    vectors : float32 array [m, d]
        May be mapped from a file; of more than 512 MB of rows a block at a time is read.
    rows : int array [n]
        Which of them.
    """

    def __init__(self, vectors: Array, rows: NDArray[np.integer]) -> None:
        held = len(rows) * vectors.shape[1] <= _HELD
        self._vectors = np.ascontiguousarray(vectors[rows], np.float32) if held else vectors
        self._rows = None if held else np.asarray(rows)
        self._count = len(rows)

    def __len__(self) -> int:
        return self._count

    @property
    def width(self) -> int:
        return self._vectors.shape[1]

    def part(self, block: slice) -> Array:
        """The vectors of some successive rows."""
        return self._vectors[block] if self._rows is None else self._vectors[self._rows[block]]

    @contextmanager
    def in_streams(self) -> Iterator[Each]:
        """What runs a function over lists of blocks on all cores; products inside take one core each.

        Threads that share one product of this size mostly wait for one another, and on a busy machine they wait long.
        """
        streams = _dealt(self._blocks())
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
            yield lambda function: pool.map(function, streams)

    def moments(self) -> Moments:
        """Mean and covariance, as 10,000 of these rows tell, or four times as many as the vectors are wide.

        Raises
        ------
        ValueError
            If one of these is not finite.
        """
        most = max(_SEEN, 4 * self.width)
        blocks = self._blocks()
        streams = _dealt(blocks[:: max(1, self._count // most)])
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
            sums = list(pool.map(self._sums, streams))
        count = sum(part[0] for part in sums)
        total, products = np.stack([part[1] for part in sums]).sum(axis=0), sums[0][2].astype(np.float64)
        for part in sums[1:]:
            products += part[2]
        mean = total / count
        return Moments(mean, products / count - np.outer(mean, mean))

    def _sums(self, blocks: list[slice]) -> tuple[int, NDArray[np.float64], Array]:
        """Number, sum, and sum of the products of the vectors in some blocks."""
        count, total, products = 0, np.zeros(self.width), np.zeros((self.width, self.width), np.float32)
        for block in blocks:
            part = self.part(block)
            count, total = count + len(part), total + part.sum(axis=0, dtype=np.float64)
            if not np.isfinite(total).all():
                raise ValueError(NOT_FINITE)
            products += part.T @ part
        return count, total, products

    def _blocks(self) -> list[slice]:
        size = max(64, _BLOCK // self.width)
        return [slice(start, min(start + size, self._count)) for start in range(0, self._count, size)]


def _dealt(blocks: list[slice]) -> list[list[slice]]:
    """The blocks in up to eight streams."""
    return [stream for at in range(_STREAMS) if (stream := blocks[at::_STREAMS])]
