"""The steps of `scale.py`: what is measured in a process of its own, on the store that `scale_store.py` made."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from measure import measured, milliseconds, resident_mb
from numpy.typing import NDArray
from scale_review import review
from scale_store import K, add_items, item_id

Figures = dict[str, float]


def index(folder: Path) -> Figures:
    from nbcurate.search import open_index

    ds = _opened(folder)
    with measured() as cost:
        open_index(ds.store.embeddings_named(), wait=True)
    print(info := ds.index_info(), file=sys.stderr)
    if info.kind == "exact":
        return {}
    return {"index_cpu": cost.cpu, "index_mb": cost.peak_mb}


def graph(folder: Path) -> Figures:
    ds = _opened(folder)
    with measured() as cost:
        made = ds.knn_graph(k=K)
    with np.load(folder / "truth.npz") as truth:
        rows = np.searchsorted(ds.keys, truth["keys"])
        recall = hits(truth["similarity"], made.similarity[rows], K).mean()
    print(made, file=sys.stderr)
    return {"graph_cpu": cost.cpu, "graph_mb": cost.peak_mb, "graph_recall": float(recall)}


def look(folder: Path) -> Figures:
    """Opening, and what the browser asks for until it can show the first pictures: all but the browser's own work."""
    import nbcurate as nbc
    from nbcurate.widgets.session import Session

    _ = nbc.Dataset, nbc.SimilarityGrid  # what a kernel has imported before it opens anything
    started = time.perf_counter()
    ds = nbc.Dataset.open(folder / "scale.nbc")
    assert len(ds)
    opened = time.perf_counter()
    grid = nbc.SimilarityGrid(ds)
    session = Session.of(ds)
    sent: list[tuple[dict[str, Any], Any]] = []
    session.send = lambda content, buffers=None: sent.append((content, buffers))  # pyright: ignore[reportAttributeAccessIssue]

    def ask(method: str, params: dict[str, Any], *buffers: bytes) -> None:
        message = {"type": "request", "id": f"scale:{method}", "method": method, "params": params}
        session._receive(None, message, list(buffers))
        for thread in session._beside.values():
            thread.submit(lambda: None).result()
        assert all(content["type"] != "error" for content, _ in sent), sent[-1]

    ask("hello", {})
    ask("columns", {"view": grid.view, "names": ["key", "label"]})
    ask("thumbnails", {"size": 192}, ds.keys[:60].astype("<u4").tobytes())
    pictures = sum(len(buffer) > 0 for content, buffers in sent[-60:] for buffer in buffers or ())
    assert pictures, "no picture came"
    return {"open": opened - started, "pictures": time.perf_counter() - opened, "look_mb": resident_mb()}


def search(folder: Path) -> Figures:
    ds = _opened(folder)
    started = time.perf_counter()
    ds.search(item_id(0), k=10)
    first = time.perf_counter() - started
    with np.load(folder / "truth.npz") as truth:
        asked, similarity = [item_id(key) for key in truth["keys"].tolist()], truth["similarity"]
    found: list[NDArray[np.float32]] = []
    median, p95 = milliseconds(
        np.arange(len(asked)), lambda rows: found.append(ds.search(asked[int(rows[0])], k=10).similarity)
    )
    share = hits(similarity, np.stack(found[1:]), 10)
    _, cpu95 = milliseconds(np.arange(len(asked)), lambda rows: ds.search(asked[int(rows[0])], k=10), time.process_time)
    return {
        "first": first,
        "p50": median,
        "p95": p95,
        "cpu95": cpu95,
        "recall": float(share.mean()),
        "without": 100 * float((share == 0).mean()),
        "kernel_mb": resident_mb(),
    }


def curate(folder: Path) -> Figures:
    """One in a hundred, rare ones among them. Pictures are not there: `bench_copies.py` compares some."""
    ds = _opened(folder)
    ds.rare(n=1)  # asks for 50 neighbours: that graph is kept, and is not counted here
    with measured() as cost:
        picked = ds.curate(len(ds) // 100, redundancy=None)
    assert len(picked.ids)
    return {"curate_cpu": cost.cpu, "curate_mb": cost.peak_mb}


def select(folder: Path) -> Figures:
    """A view by a condition, and all that is in it selected."""
    ds = _opened(folder)
    started = time.perf_counter()
    ds.selection.set(ds.where("bytes < 10000").ids)
    took = time.perf_counter() - started
    assert len(ds.selection.ids) >= len(ds) // 20
    return {"select_s": took, "select_mb": resident_mb()}


def add(folder: Path) -> Figures:
    ds = _opened(folder)
    n = len(ds)
    started = time.perf_counter()
    ds.knn_graph(k=K)
    read = time.perf_counter() - started
    add_items(ds.store, 100)
    started = time.perf_counter()
    assert len(ds.search(item_id(n), k=10)) == 10
    searched = time.perf_counter() - started
    with measured() as cost:
        ds.knn_graph(k=K)
    return {"graph_open_s": read, "add_search_s": searched, "add_graph_cpu": cost.cpu}


STEPS: dict[str, Callable[[Path], Figures]] = {
    step.__name__: step for step in (look, index, graph, search, curate, select, review, add)
}


def hits(truth: NDArray[np.float32], found: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """For each row the share of the ``k`` found that are as near as the true ones."""
    return (found[:, :k] >= truth[:, k - 1 : k] - 2e-5).mean(axis=1)


def _opened(folder: Path) -> Any:
    import nbcurate as nbc

    return nbc.Dataset.open(folder / "scale.nbc")
