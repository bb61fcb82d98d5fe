"""CPU seconds and recall of the kNN graph, beside pynndescent and the exact search of faiss.

    python benchmarks/bench_knn_graph.py [n]

Unit vectors of width 384: of real pictures (`real_vectors.py`, some minutes, once), a generated mixture of clusters of
power-law sizes, and a curved manifold without clusters (methods that shine on the one fail on the other).
"""

from __future__ import annotations

import sys

import faiss  # pyright: ignore[reportMissingImports]
import numpy as np
import pynndescent  # pyright: ignore[reportMissingImports]
from generated import Vectors, clustered, manifold, unit
from measure import hit_shares, measured, true_neighbours
from numpy.typing import NDArray
from real_vectors import COUNT, narrowed, real_vectors

from nbcurate.search.graph import build_graph

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WIDTH, K, SAMPLE = 384, 15, 500


def nbcurate(vectors: Vectors) -> NDArray[np.integer]:
    return build_graph(vectors, K).rows


def exact_faiss(vectors: Vectors) -> NDArray[np.integer]:
    index = faiss.IndexFlatIP(WIDTH)
    index.add(vectors)
    return index.search(vectors, K + 1)[1][:, 1:]


def descent(vectors: Vectors) -> NDArray[np.integer]:
    return pynndescent.NNDescent(vectors, metric="cosine", n_neighbors=K + 1).neighbor_graph[0][:, 1:]  # pyright: ignore[reportOptionalSubscript]


def main() -> None:
    warm_up = unit(np.random.default_rng(0).normal(size=(2_000, WIDTH)))
    for method in (nbcurate, descent, exact_faiss):  # libraries are loaded and compiled before the clock runs
        method(warm_up)
    real = narrowed(real_vectors(min(N, COUNT)), WIDTH)
    for name, vectors in {"real pictures": real, "clustered": clustered(N), "manifold": manifold(N // 2)}.items():
        print(f"\n{name}, {len(vectors):,} x {WIDTH}, k={K}\n")
        print("| method | CPU s | wall s | recall@15 | CPU, nbcurate = 1 |\n| --- | ---: | ---: | ---: | ---: |")
        methods = {"nbcurate": nbcurate, "pynndescent": descent, "faiss IndexFlatIP (exact)": exact_faiss}
        base = 0.0
        sample = np.random.default_rng(99).choice(len(vectors), SAMPLE, replace=False)
        truth = true_neighbours(vectors, vectors[sample], K, without=sample)
        for method, run in methods.items():
            with measured() as cost:
                found = run(vectors)
            base = base or cost.cpu
            recall = hit_shares(truth, found[sample]).mean()
            print(f"| {method} | {cost.cpu:.1f} | {cost.wall:.1f} | {recall:.4f} | {cost.cpu / base:.1f} |", flush=True)


if __name__ == "__main__":
    main()
