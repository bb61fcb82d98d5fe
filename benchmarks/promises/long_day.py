"""A long day: 2,000 times a view is shown, items are selected and labelled, and the view is closed.

    python -m benchmarks.promises.long_day [cycles]

What is to stay as it was: the time of an edit, the memory of the process, the number of files, and no view that was
closed. There is nothing else that a user would pick to compare with: the end of the day is compared with its beginning.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import nbcurate as nbc

_ITEMS = 1_500
_SAMPLE = 100  # edits of which the median is taken
_IDLE_SECONDS = 2.0  # in which a store tidies up


def resident_mib() -> float:
    """Memory of this process, in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def views_alive() -> int:
    """How many views there are that nobody has."""
    gc.collect()
    return sum(type(thing) is nbc.SimilarityGrid for thing in gc.get_objects())


def main(cycles: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vectors = np.random.default_rng(0).normal(size=(_ITEMS, 16))
        names = [f"item-{number:05}" for number in range(_ITEMS)]
        ds = nbc.Dataset.from_embeddings(names, vectors, store=Path(folder, "day.nbc"))
        seconds: list[float] = []
        memory = 0.0
        for cycle in range(cycles):
            grid = nbc.SimilarityGrid(ds)
            ds.selection.set(names[cycle % 1_000 : cycle % 1_000 + 3])
            began = time.perf_counter()
            ds.relabel(names[cycle % _ITEMS : cycle % _ITEMS + 1], f"label-{cycle}")
            seconds.append(time.perf_counter() - began)
            grid.close()
            if cycle == _SAMPLE:
                memory = resident_mib()
        time.sleep(_IDLE_SECONDS)
        first, last = (1e3 * statistics.median(part) for part in (seconds[:_SAMPLE], seconds[-_SAMPLE:]))
        files = sum(len(names) for _, _, names in os.walk(ds.store.path))
        print(f"{cycles:,} cycles on {_ITEMS:,} items")
        print(f"an edit: {first:.0f} ms at the beginning, {last:.0f} ms at the end (x {last / first:.2f})")
        print(f"memory: + {resident_mib() - memory:.0f} MiB after the first {_SAMPLE} cycles")
        print(f"files of the store: {files}; closed views that are still there: {views_alive()}")
        ds.close()
        began = time.perf_counter()
        nbc.Dataset.open(Path(folder, "day.nbc")).close()
        print(f"opening the store: {1e3 * (time.perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
