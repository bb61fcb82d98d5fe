"""CPU seconds and peak memory of each function at 100,000 × 384, given the kNN graph.

python benchmarks/quality/cost.py [n [words]]

With words, only the functions whose names have one of them.
"""

from __future__ import annotations

import resource
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).parents[1]))
from generated import clustered

from nbcurate.curate import diversity
from nbcurate.curate.balance import balanced_counts, balanced_even, balanced_typical
from nbcurate.curate.clustering import ClusterMethod, cluster
from nbcurate.curate.coverage import nearest_pick, vendi_score
from nbcurate.curate.duplicates import find_near_vectors, star_cover
from nbcurate.curate.facility_location import representatives, similarity_graph
from nbcurate.curate.label_issues import find_label_issues
from nbcurate.curate.labelling import uncertain_and_different
from nbcurate.curate.projection import pca, umap
from nbcurate.curate.rarity import find_between, find_common, find_rare
from nbcurate.curate.split import connected_groups, grouped_split
from nbcurate.curate.weak_spots import find_weak_spots
from nbcurate.findings.rarity import coarse_clusters
from nbcurate.search.graph import build_graph

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WIDTH, CLASSES = 384, 50
#: How many clusters and picks are asked for.
K, PICKS = 300, 1000


def main() -> None:
    vectors = clustered(N, WIDTH)
    graph = build_graph(vectors)
    near, similarity = graph.rows, graph.similarity
    rng = np.random.default_rng(0)
    codes = coarse_clusters(vectors, 0) % CLASSES
    pairs = find_near_vectors(near, similarity)
    wrong = rng.random(N) < 0.1

    looks = cluster(vectors, near, similarity)[0].labels
    weighted = similarity_graph(near, similarity)

    def graph_of(part: np.ndarray) -> sp.csr_matrix:
        found = build_graph(part)
        return similarity_graph(found.rows, found.similarity)

    boxes = rng.poisson(0.2, (N, CLASSES)).astype(float)
    picks = vectors[:PICKS]

    def clusters(method: ClusterMethod, k: int | None) -> None:
        cluster(vectors, near, similarity, n_clusters=k, method=method)

    def split() -> None:
        groups = connected_groups(N, pairs.rows)
        grouped_split(groups, codes, coarse_clusters(vectors, 0), [0.8, 0.2])

    functions: dict[str, Callable[[], object]] = {
        "duplicates (vectors)": lambda: star_cover(N, find_near_vectors(near, similarity)),
        "rare": lambda: find_rare(near, similarity),
        "common": lambda: find_common(near, similarity, 0.1),
        "edge_cases": lambda: find_between(near, codes),
        "label_issues": lambda: find_label_issues(vectors, near, similarity, codes, CLASSES),
        "split": split,
        "weak_spots": lambda: find_weak_spots(coarse_clusters(vectors, 0), wrong),
        "clusters (communities)": lambda: clusters("communities", None),
        f"clusters (communities, k={K})": lambda: clusters("communities", K),
        f"clusters (k-means, k={K})": lambda: clusters("kmeans", K),
        f"clusters (hierarchical, k={K})": lambda: clusters("hierarchical", K),
        "clusters (density)": lambda: clusters("density", None),
        f"diverse, {PICKS} (facility location)": lambda: representatives(vectors, PICKS, graph=lambda: weighted),
        f"diverse, {PICKS} (k-center)": lambda: diversity.k_center(vectors, PICKS),
        f"diverse, {PICKS} (hierarchical)": lambda: diversity.hierarchical_sample(vectors, PICKS),
        f"balanced, {PICKS}": lambda: balanced_typical(vectors, near, codes, PICKS, graph_of=graph_of),
        f"balanced, {PICKS} (even)": lambda: balanced_even(weighted, codes, looks, PICKS),
        f"balanced by counts, {PICKS}": lambda: balanced_counts(boxes, near, similarity, PICKS),
        f"select_for_labelling, {PICKS}": lambda: uncertain_and_different(
            vectors, rng.random(N), PICKS, graph=lambda: weighted
        ),
        f"report on {PICKS} (coverage, Vendi)": lambda: (nearest_pick(vectors, picks), vendi_score(vectors)),
        "project (PCA)": lambda: pca(vectors),
        "project (UMAP)": lambda: umap(vectors, near, similarity),
    }
    print(f"\n{N:,} × {WIDTH}, given the graph\n\n| function | CPU s | peak MB |\n| --- | ---: | ---: |")
    words = sys.argv[2:]
    for name, run in functions.items():
        if words and not any(word in name for word in words):
            continue
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
