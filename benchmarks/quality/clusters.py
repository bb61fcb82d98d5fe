"""Clusters against people's classes: ours with nothing told, and k-means that is told their number.

    python benchmarks/quality/clusters.py

NMI and AMI (adjusted for chance: NMI rises with the number of clusters), mean and standard deviation over the
final seeds.
"""

from __future__ import annotations

import time

import numpy as np
from ground_truth import FINAL_SEEDS, embedded, photographs
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

from nbcurate.curate.clustering import ClusterMethod, cluster
from nbcurate.search.graph import build_graph

METHODS: tuple[ClusterMethod, ...] = ("communities", "kmeans", "hierarchical", "density")


def main() -> None:
    """Print the table."""
    pictures = photographs()
    vectors, truth = embedded(pictures), pictures.labels
    graph = build_graph(vectors, 15)
    n_classes = len(np.unique(truth))

    def report(name: str, run: list[tuple[np.ndarray, float]]) -> None:
        nmi = [normalized_mutual_info_score(truth, labels) for labels, _ in run]
        ami = [adjusted_mutual_info_score(truth, labels) for labels, _ in run]
        clusters = [len(np.unique(labels[labels >= 0])) for labels, _ in run]
        seconds = np.mean([took for _, took in run])
        print(
            f"{name:38s} k {np.mean(clusters):5.1f}   NMI {np.mean(nmi):.3f} ± {np.std(nmi):.3f}   "
            f"AMI {np.mean(ami):.3f} ± {np.std(ami):.3f}   {seconds:6.2f} s"
        )

    def timed(fit: object, seed: int) -> tuple[np.ndarray, float]:
        start = time.perf_counter()
        return fit(seed), time.perf_counter() - start  # pyright: ignore[reportCallIssue]

    print(f"{len(truth):,} pictures in {n_classes} classes")
    for method in METHODS:

        def ours(seed: int, method: ClusterMethod = method) -> np.ndarray:
            return cluster(vectors, graph.rows, graph.similarity, method=method, seed=seed)[0].labels

        report(f"nbcurate {method}, nothing told", [timed(ours, seed) for seed in FINAL_SEEDS])

    def ours_told(seed: int) -> np.ndarray:
        return cluster(vectors, graph.rows, graph.similarity, n_clusters=n_classes, seed=seed)[0].labels

    def theirs(seed: int) -> np.ndarray:
        model = KMeans(n_classes, n_init=10, random_state=seed)  # pyright: ignore[reportArgumentType]
        return model.fit_predict(vectors)

    report("nbcurate communities, k told", [timed(ours_told, seed) for seed in FINAL_SEEDS])
    report("scikit-learn KMeans, k told", [timed(theirs, seed) for seed in FINAL_SEEDS])


if __name__ == "__main__":
    main()
