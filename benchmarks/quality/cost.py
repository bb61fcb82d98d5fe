"""CPU seconds and peak memory of each function at 100,000 × 384, given the kNN graph.

python benchmarks/quality/cost.py [n]
"""

from __future__ import annotations

import resource
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from generated import clustered

from nbcurate.curate.duplicates import find_copies, star_cover
from nbcurate.curate.label_issues import find_label_issues
from nbcurate.curate.rarity import find_between, find_common, find_rare
from nbcurate.curate.split import connected_groups, grouped_split
from nbcurate.curate.weak_spots import find_weak_spots
from nbcurate.findings.rarity import coarse_clusters
from nbcurate.search.graph import build_graph

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WIDTH, CLASSES = 384, 50


def main() -> None:
    vectors = clustered(N, WIDTH)
    graph = build_graph(vectors)
    near, similarity = graph.rows, graph.similarity
    rng = np.random.default_rng(0)
    codes = coarse_clusters(vectors, 0) % CLASSES
    pairs = find_copies(near, similarity)
    wrong = rng.random(N) < 0.1

    def split() -> None:
        groups = connected_groups(N, pairs.rows)
        grouped_split(groups, codes, coarse_clusters(vectors, 0), [0.8, 0.2])

    functions: dict[str, Callable[[], object]] = {
        "duplicates (vectors)": lambda: star_cover(N, find_copies(near, similarity)),
        "rare": lambda: find_rare(near, similarity),
        "common": lambda: find_common(near, similarity, 0.1),
        "edge_cases": lambda: find_between(near, codes),
        "label_issues": lambda: find_label_issues(vectors, near, codes, CLASSES),
        "split": split,
        "weak_spots": lambda: find_weak_spots(coarse_clusters(vectors, 0), wrong),
    }
    print(f"\n{N:,} × {WIDTH}, given the graph\n\n| function | CPU s | peak MB |\n| --- | ---: | ---: |")
    for name, run in functions.items():
        seconds, megabytes = cost(run)
        print(f"| {name} | {seconds:.1f} | {megabytes:.0f} |", flush=True)


def cost(run: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds of all threads, and the most memory allocated by numpy in the meantime, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak / 2**20


if __name__ == "__main__":
    main()
