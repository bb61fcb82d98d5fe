"""CPU seconds and recall of the kNN graph, beside pynndescent and the exact search of faiss.

    python benchmarks/bench_knn_graph.py [n]

Generated unit vectors of width 384: a mixture of clusters of power-law sizes, and one curved manifold without clusters
(methods that shine on the first fail on the second).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import faiss  # pyright: ignore[reportMissingImports]
import numpy as np
import pynndescent  # pyright: ignore[reportMissingImports]
from numpy.typing import NDArray

from nbcurate.search.graph import build_graph

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WIDTH, K, SAMPLE = 384, 15, 500
Vectors = NDArray[np.float32]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n: int, clusters: int = 300) -> Vectors:
    """Clusters of 20 dimensions each, in sizes that follow a power law."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1, clusters + 1) ** 0.7
    label = rng.choice(clusters, n, p=share / share.sum())
    centres = 2 * rng.normal(size=(clusters, WIDTH)).astype(np.float32) / WIDTH**0.5
    vectors = 0.01 * rng.normal(size=(n, WIDTH)).astype(np.float32)
    for cluster in range(clusters):
        inside = label == cluster
        basis = 0.4 * rng.normal(size=(20, WIDTH)).astype(np.float32) / WIDTH**0.5
        vectors[inside] += centres[cluster] + rng.normal(size=(int(inside.sum()), 20)).astype(np.float32) @ basis
    return unit(vectors)


def manifold(n: int) -> Vectors:
    """One curved sheet of 26 dimensions."""
    rng = np.random.default_rng(0)
    sheet = np.tanh(rng.normal(size=(n, 26)) @ rng.normal(size=(26, 256)) / 5)
    return unit(sheet @ rng.normal(size=(256, WIDTH)))


def recall(vectors: Vectors, found: NDArray[np.integer]) -> float:
    """Share of the true neighbours of a sample (not the one that the method itself measures on)."""
    sample = np.random.default_rng(99).choice(len(vectors), SAMPLE, replace=False)
    similarity = vectors[sample] @ vectors.T
    similarity[np.arange(SAMPLE), sample] = -2
    truth = np.argpartition(-similarity, K, axis=1)[:, :K]
    return float(np.mean([len(np.intersect1d(a, b)) / K for a, b in zip(truth, found[sample], strict=True)]))


def cpu_seconds(run: Callable[[], NDArray[np.integer]]) -> tuple[float, float, NDArray[np.integer]]:
    """CPU seconds of all threads, wall seconds, and what came out."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        time.perf_counter() - started,
        found,
    )


def nbcurate(vectors: Vectors) -> NDArray[np.integer]:
    return build_graph(vectors, K).rows


def exact_faiss(vectors: Vectors) -> NDArray[np.integer]:
    index = faiss.IndexFlatIP(WIDTH)
    index.add(vectors)
    return index.search(vectors, K + 1)[1][:, 1:]


def descent(vectors: Vectors) -> NDArray[np.integer]:
    return pynndescent.NNDescent(vectors, metric="cosine", n_neighbors=K + 1).neighbor_graph[0][:, 1:]


def main() -> None:
    warm_up = unit(np.random.default_rng(0).normal(size=(2_000, WIDTH)))
    for method in (nbcurate, descent, exact_faiss):  # libraries are loaded and compiled before the clock runs
        method(warm_up)
    for name, vectors in {"clustered": clustered(N), "manifold": manifold(N // 2)}.items():
        print(f"\n{name}, {len(vectors):,} x {WIDTH}, k={K}\n")
        print("| method | CPU s | wall s | recall@15 | CPU, nbcurate = 1 |\n| --- | ---: | ---: | ---: | ---: |")
        methods = {"nbcurate": nbcurate, "pynndescent": descent, "faiss IndexFlatIP (exact)": exact_faiss}
        base = 0.0
        for method, run in methods.items():
            cpu, wall, found = cpu_seconds(lambda run=run, vectors=vectors: run(vectors))
            base = base or cpu
            print(
                f"| {method} | {cpu:.1f} | {wall:.1f} | {recall(vectors, found):.4f} | {cpu / base:.1f} |", flush=True
            )


if __name__ == "__main__":
    main()
