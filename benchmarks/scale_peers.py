"""What one would use instead, on the same vectors: hnswlib and faiss to search, scikit-learn for the graph.

Each is left out where it would take more than some minutes; its line in the plot ends there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measure import measured, milliseconds
from numpy.typing import NDArray
from scale_steps import Figures, hits
from scale_store import K

_LINKS, _BUILD_EFFORT, _EFFORTS = 16, 200, (64, 128, 256, 512, 1024)
_RECALL = 0.99


def hnswlib(folder: Path) -> Figures:
    import hnswlib  # pyright: ignore[reportMissingImports]

    vectors, rows, truth = _data(folder)
    index: Any = hnswlib.Index("cosine", vectors.shape[1])
    with measured() as cost:
        index.init_index(len(vectors), M=_LINKS, ef_construction=_BUILD_EFFORT)
        index.add_items(vectors)

    def found(queries: NDArray[np.float32]) -> NDArray[np.integer]:
        return index.knn_query(queries, 11)[0]

    return _searched("hnswlib", vectors, rows, truth, index.set_ef, found) | {
        "hnswlib_cpu": cost.cpu,
        "hnswlib_mb": cost.peak_mb,
    }


def faiss_hnsw(folder: Path) -> Figures:
    import faiss  # pyright: ignore[reportMissingImports]

    vectors, rows, truth = _data(folder)
    index: Any = faiss.IndexHNSWFlat(vectors.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _BUILD_EFFORT
    with measured() as cost:
        index.add(vectors)

    def set_effort(effort: int) -> None:
        index.hnsw.efSearch = effort

    def found(queries: NDArray[np.float32]) -> NDArray[np.integer]:
        return index.search(queries, 11)[1]

    return _searched("faiss_hnsw", vectors, rows, truth, set_effort, found) | {
        "faiss_hnsw_cpu": cost.cpu,
        "faiss_hnsw_mb": cost.peak_mb,
    }


def faiss_flat(folder: Path) -> Figures:
    import faiss  # pyright: ignore[reportMissingImports]

    vectors, rows, truth = _data(folder)
    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return _searched("faiss_flat", vectors, rows, truth, lambda _: None, lambda q: index.search(q, 11)[1])


def sklearn(folder: Path) -> Figures:
    from sklearn.neighbors import NearestNeighbors

    vectors, _, _ = _data(folder)
    with measured() as cost:
        NearestNeighbors(n_neighbors=K, algorithm="brute").fit(vectors).kneighbors()
    return {"sklearn_cpu": cost.cpu, "sklearn_mb": cost.peak_mb}


PEERS: dict[str, Callable[[Path], Figures]] = {p.__name__: p for p in (hnswlib, faiss_hnsw, faiss_flat, sklearn)}
_AT_MOST = {"hnswlib": 100_000, "faiss_hnsw": 100_000, "faiss_flat": 1_000_000, "sklearn": 100_000}


def fitting(n: int) -> list[str]:
    """Names of those that run with ``n`` items in reasonable time."""
    return [name for name in PEERS if n <= _AT_MOST[name]]


def _data(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float32]]:
    """Vectors of the distinct contents, rows of the sample, the similarity of the ten contents nearest to each."""
    import nbcurate as nbc

    keys, vectors = nbc.Dataset.open(folder / "scale.nbc").store.embeddings_named().vectors()
    with np.load(folder / "truth.npz") as truth:
        rows = np.searchsorted(keys, truth["keys"])
    scores = vectors[rows] @ vectors.T
    scores[np.arange(len(rows)), rows] = -2
    return np.asarray(vectors), rows, -np.sort(-np.partition(scores, -10, axis=1)[:, -10:], axis=1)


def _searched(
    name: str,
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    truth: NDArray[np.float32],
    set_effort: Callable[[int], Any],
    found: Callable[[NDArray[np.float32]], NDArray[np.integer]],
) -> Figures:
    """The time of a query at the least effort that finds ``_RECALL`` of the neighbours, as ours are to."""
    queries = vectors[rows]
    recall = 0.0
    for effort in _EFFORTS:
        set_effort(effort)
        near = found(queries)
        similarity = np.einsum("qd,qkd->qk", queries, vectors[near])
        similarity[near == rows[:, None]] = -2
        recall = float(hits(truth, -np.sort(-similarity, axis=1), 10).mean())
        if recall >= _RECALL:
            break
    median, p95 = milliseconds(np.arange(len(rows)), lambda at: found(queries[at]))
    return {f"{name}_p50": median, f"{name}_p95": p95, f"{name}_recall": recall}
