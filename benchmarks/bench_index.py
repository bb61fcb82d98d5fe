"""Build cost, recall and time of a query of the index, beside faiss (IVF, HNSW, exact) and hnswlib.

    python benchmarks/bench_index.py [n]

Queries are rows of the set, which must not find themselves. faiss and hnswlib have settings that trade recall for
time; each is shown at the first that reaches the recall of nbcurate or, if none does, at its highest.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss  # pyright: ignore[reportMissingImports]
import hnswlib  # pyright: ignore[reportMissingImports, reportMissingModuleSource]
import numpy as np
from generated import Vectors, clustered, manifold
from measure import hit_shares, measured, milliseconds, true_neighbours
from numpy.typing import NDArray

from nbcurate.search import open_index
from nbcurate.store import Store

N = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
WIDTH, K, QUERIES = 384, 10, 500
Search = Callable[[Vectors], NDArray[np.integer]]


def nbcurate(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "bench.nbc", create=True)
        embeddings = store.create_embeddings("generated", "0", WIDTH, {})
        embeddings.append(np.arange(len(vectors), dtype=np.uint64), vectors)
        index = open_index(embeddings, exact_limit=1000, wait=True)
        yield "cells", lambda queries: index.search(queries, K + 1)[0].astype(np.int64)
        store.close()


def faiss_ivf(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    cells = round(len(vectors) ** 0.5)
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(WIDTH), WIDTH, cells, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    for probes in (4, 8, 16, 32, 64, 128, 256):
        index.nprobe = probes
        yield f"{cells} cells, {probes} probes", lambda queries: index.search(queries, K + 1)[1]


def faiss_hnsw(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = faiss.IndexHNSWFlat(WIDTH, 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 128
    index.add(vectors)
    for expansion in (64, 128, 256, 512):
        index.hnsw.efSearch = expansion
        yield f"M=16, ef {expansion}", lambda queries: index.search(queries, K + 1)[1]


def hnsw(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = hnswlib.Index("ip", WIDTH)
    index.init_index(len(vectors), M=16, ef_construction=128)
    index.add_items(vectors)
    for expansion in (64, 128, 256, 512):
        index.set_ef(expansion)
        yield f"M=16, ef {expansion}", lambda queries: index.knn_query(queries, K + 1)[0].astype(np.int64)


def exact(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = faiss.IndexFlatIP(WIDTH)
    index.add(vectors)
    yield "", lambda queries: index.search(queries, K + 1)[1]


def main() -> None:
    methods = {"nbcurate": nbcurate, "faiss IVF": faiss_ivf, "faiss HNSW": faiss_hnsw, "hnswlib": hnsw}
    methods["faiss, exact"] = exact
    for name, vectors in {"clustered": clustered(N), "manifold": manifold(N // 2)}.items():
        rows = np.random.default_rng(99).choice(len(vectors), QUERIES, replace=False)
        queries = vectors[rows]
        truth = true_neighbours(vectors, queries, K, without=rows)
        print(f"\n{name}, {len(vectors):,} x {WIDTH}, recall@{K} of {QUERIES} rows\n")
        print("| index | setting | build CPU s | recall | queries without any | p50 ms | p95 ms | p50, nbcurate = 1 |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        goal = base = 0.0
        for method, settings in methods.items():
            made = settings(vectors)
            with measured() as cost:
                setting, search = next(made)
            while (hits := hit_shares(truth, search(queries))).mean() < goal:
                following = next(made, None)
                if following is None:
                    break
                setting, search = following
            median, p95 = milliseconds(queries, search)
            goal, base = goal or float(hits.mean()), base or median
            print(
                f"| {method} | {setting} | {cost.cpu:.1f} | {hits.mean():.4f} | {(hits == 0).mean():.1%} "
                f"| {median:.2f} | {p95:.2f} | {median / base:.1f} |",
                flush=True,
            )
            made.close()  # pyright: ignore[reportAttributeAccessIssue]


if __name__ == "__main__":
    main()
