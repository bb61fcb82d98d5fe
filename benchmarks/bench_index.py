"""Build, size, recall and time of a query of the usearch index, beside faiss (IVF, HNSW, exact) and hnswlib.

    python benchmarks/bench_index.py [n]

On vectors of real pictures (`real_vectors.py`: forward passes of the packaged model, some minutes, once), in 384 and
1,280 dimensions, and on generated ones with clusters and without. Queries are rows of the set, which must not find
themselves; a neighbour as near as a true one is as good. faiss and hnswlib have settings that trade recall for time;
each is shown at the first that reaches the recall of nbcurate or, if none does, at its highest. Two more tables: from
how many bytes on the index is quicker than comparing all, and what half precision (f16) and scaled bytes (i8) in the
graph cost and give.
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
from measure import measured, milliseconds
from numpy.typing import NDArray
from real_vectors import narrowed, real_vectors

from nbcurate.search import ExactIndex, index_info, open_index
from nbcurate.search.hnsw import Shape, empty_graph
from nbcurate.store import Store
from nbcurate.store.embeddings import Embeddings

N = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
K, QUERIES = 10, 500
Search = Callable[[Vectors], NDArray[np.integer]]


def stored(folder: Path, vectors: Vectors) -> tuple[Store, Embeddings]:
    store = Store.open(folder / "bench.nbc", create=True)
    embeddings = store.create_embeddings("bench", "0", vectors.shape[1], {})
    embeddings.append(np.arange(len(vectors), dtype=np.uint64), vectors)
    return store, embeddings


def nbcurate_cells(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    yield from nbcurate(vectors, graph=False)


def nbcurate(vectors: Vectors, *, graph: bool = True) -> Iterator[tuple[str, Search]]:
    with tempfile.TemporaryDirectory() as folder:
        store, embeddings = stored(Path(folder), vectors)
        index = open_index(embeddings, exact_bytes=0, graph=graph, wait=True)
        info = index_info(embeddings, index)
        setting = f"{info.kind}, M={info.connectivity}, ef {info.expansion_search}" if graph else info.kind
        yield setting, lambda queries: index.search(queries, K + 1)[0].astype(np.int64)
        store.close()


def faiss_ivf(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    cells, width = round(len(vectors) ** 0.5), vectors.shape[1]
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(width), width, cells, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    for probes in (4, 8, 16, 32, 64, 128, 256):
        index.nprobe = probes
        yield f"{cells} cells, {probes} probes", lambda queries: index.search(queries, K + 1)[1]


def faiss_hnsw(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 128
    index.add(vectors)
    for expansion in (64, 128, 256, 512):
        index.hnsw.efSearch = expansion
        yield f"M=16, ef {expansion}", lambda queries: index.search(queries, K + 1)[1]


def hnsw(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = hnswlib.Index("ip", vectors.shape[1])
    index.init_index(len(vectors), M=16, ef_construction=128)
    index.add_items(vectors)
    for expansion in (64, 128, 256, 512):
        index.set_ef(expansion)
        yield f"M=16, ef {expansion}", lambda queries: index.knn_query(queries, K + 1)[0].astype(np.int64)


def exact(vectors: Vectors) -> Iterator[tuple[str, Search]]:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    yield "", lambda queries: index.search(queries, K + 1)[1]


def shares(
    vectors: Vectors, rows: NDArray[np.integer], found: NDArray[np.integer], kth: Vectors
) -> NDArray[np.float64]:
    """For each row the share of its ten that are as near as its tenth true neighbour, itself left out."""
    hits = np.empty(len(rows))
    for i, (row, near) in enumerate(zip(rows, found, strict=True)):
        others = near[(near != row) & (near >= 0)][:K]
        hits[i] = np.count_nonzero(vectors[others] @ vectors[row] >= kth[i] - 1e-5) / K
    return hits


def sample(vectors: Vectors) -> tuple[NDArray[np.integer], Vectors]:
    """Rows to search with, and the similarity of the tenth true neighbour of each."""
    rows = np.random.default_rng(99).choice(len(vectors), QUERIES, replace=False)
    similarity = ExactIndex(np.arange(len(vectors), dtype=np.uint64), vectors).search(vectors[rows], K + 1)[1]
    return rows, similarity[:, K]


def beside_others(name: str, vectors: Vectors) -> None:
    methods = {"nbcurate": nbcurate, "nbcurate, index='cells'": nbcurate_cells, "faiss IVF": faiss_ivf}
    methods |= {"faiss HNSW": faiss_hnsw, "hnswlib": hnsw, "faiss, exact": exact}
    rows, kth = sample(vectors)
    queries = vectors[rows]
    print(f"\n{name}, {len(vectors):,} x {vectors.shape[1]}, recall@{K} of {QUERIES} rows\n")
    print("| index | setting | build CPU s | recall | queries without any | p50 ms | p95 ms | p50, nbcurate = 1 |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    goal = base = 0.0
    for method, settings in methods.items():
        made = settings(vectors)
        with measured() as cost:
            setting, search = next(made)
        while (hits := shares(vectors, rows, search(queries), kth)).mean() < goal:
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


def crossover(vectors: Vectors) -> None:
    """From how many bytes on the index answers sooner than a comparison with all."""
    print("\n| width | vectors | MB | all compared, p50 ms | p95 | usearch p50 | p95 | its recall |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for width in (384, 768, 1280):
        of_width = narrowed(vectors, width)
        for megabytes in (12.5, 25, 50, 100):
            n = min(int(megabytes * 2**20 / 4 / width), len(of_width))
            part = np.ascontiguousarray(of_width[:n])
            rows, kth = sample(part)
            whole = ExactIndex(np.arange(n, dtype=np.uint64), part)
            compared = milliseconds(part[rows], lambda queries, whole=whole: whole.search(queries, K + 1))
            made = nbcurate(part)
            _, search = next(made)
            through = milliseconds(part[rows], search)
            recall = shares(part, rows, search(part[rows]), kth).mean()
            print(
                f"| {width} | {n:,} | {4 * width * n / 2**20:.0f} | {compared[0]:.2f} | {compared[1]:.2f} "
                f"| {through[0]:.2f} | {through[1]:.2f} | {recall:.4f} |",
                flush=True,
            )
            made.close()  # pyright: ignore[reportAttributeAccessIssue]


def quantised(vectors: Vectors) -> None:
    """The graph alone, the best K + 16 of it ordered by exact similarity: f16, usearch's own i8, and i8 scaled."""
    rows, kth = sample(vectors)
    scaled = np.round(vectors * (127 / np.abs(vectors).max())).astype(np.int8)
    print(f"\n{len(vectors):,} x {vectors.shape[1]}: types of the vectors in the graph\n")
    print("| in the graph | build CPU s | MB | " + " | ".join(f"recall, ef {ef}" for ef in (64, 256)) + " | p50 ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    kinds = {"f16": ("f16", vectors), "i8, as usearch casts": ("i8", vectors), "i8, scaled by the data": ("i8", scaled)}
    for name, (dtype, given) in kinds.items():
        graph = empty_graph(vectors.shape[1], Shape(dtype=dtype))
        with measured() as cost:
            graph.add(np.arange(len(given), dtype=np.uint64), given)
        recalls = []
        for expansion in (64, 256):
            graph.expansion_search = expansion
            found = np.asarray(graph.search(given[rows], K + 17).keys, np.int64)
            exactly = np.einsum("qd,qkd->qk", vectors[rows], vectors[found])
            best = np.take_along_axis(found, np.argsort(-exactly, axis=1), axis=1)
            recalls.append(shares(vectors, rows, best[:, : K + 1], kth).mean())
        median, _ = milliseconds(given[rows], lambda queries, graph=graph: graph.search(queries, K + 17, threads=1))
        size = graph.serialized_length / 2**20
        print(
            f"| {name} | {cost.cpu:.1f} | {size:.0f} | {recalls[0]:.4f} | {recalls[1]:.4f} | {median:.2f} |", flush=True
        )


def main() -> None:
    real = np.ascontiguousarray(real_vectors(N))
    narrow = narrowed(real, 384)
    beside_others("real pictures", narrow)
    beside_others("real pictures", real)
    beside_others("clustered", clustered(N))
    beside_others("manifold", manifold(N // 2))
    crossover(real)
    quantised(narrow)
    quantised(real)


if __name__ == "__main__":
    main()
