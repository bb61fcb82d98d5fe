"""CPU seconds, memory and recall: what the benchmarks of index and graph print."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from generated import Vectors
from numpy.typing import NDArray


class Cost:
    """CPU seconds of all threads, wall seconds, and the most memory held (MB), of a ``with measured()`` block."""

    cpu = wall = peak_mb = 0.0


@contextmanager
def measured():
    """Measure the block."""
    cost, done = Cost(), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            cost.peak_mb = max(cost.peak_mb, resident_mb())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    before, started = _cpu(), time.perf_counter()
    try:
        yield cost
    finally:
        cost.cpu, cost.wall = _cpu() - before, time.perf_counter() - started
        done.set()
        watcher.join()


def resident_mb() -> float:
    """Memory that this process holds now, mapped files included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def true_neighbours(vectors: Vectors, queries: Vectors, k: int, *, without: NDArray[np.integer] | None = None):
    """Rows of the ``k`` nearest of each query, by comparing all; ``without``: the row of each that is left out."""
    best = np.full((len(queries), k), -2.0, np.float32)
    rows = np.full((len(queries), k), -1, np.int64)
    for start in range(0, len(vectors), 65_536):
        scores = queries @ vectors[start : start + 65_536].T
        if without is not None:
            inside = np.flatnonzero((without >= start) & (without < start + scores.shape[1]))
            scores[inside, without[inside] - start] = -2
        both = np.concatenate([best, scores], axis=1)
        names = np.concatenate([rows, np.broadcast_to(start + np.arange(scores.shape[1]), scores.shape)], axis=1)
        at = np.argpartition(-both, k - 1, axis=1)[:, :k]
        best, rows = np.take_along_axis(both, at, axis=1), np.take_along_axis(names, at, axis=1)
    return rows


def hit_shares(truth: NDArray[np.integer], found: NDArray[np.integer]) -> NDArray[np.float64]:
    """For each query the share of its true neighbours that were found."""
    return np.array([np.isin(true, near).mean() for true, near in zip(truth, found, strict=True)])


def milliseconds(
    queries: NDArray[Any],
    search: Callable[[NDArray[Any]], object],
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """Median and 95th percentile of the time of one query, asked one at a time; of the CPU by `time.process_time`."""
    search(queries[:1])
    times = []
    for i in range(len(queries)):
        started = clock()
        search(queries[i : i + 1])
        times.append(1e3 * (clock() - started))
    return float(np.median(times)), float(np.quantile(times, 0.95))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
