"""What a million items cost: opening, searching, the index, the kNN graph, memory and disk. `make bench-scale` runs it.

    python benchmarks/scale.py [n] [folder]

Generated vectors of width 384 in three levels of clusters, with near copies; one item in fifty is an exact copy of
another. Each step runs in a process of its own, so that its memory is its own. CPU seconds are of all threads.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from generated import clustered
from measure import measured, milliseconds, resident_mb

WIDTH, SAMPLE, CHUNK = 384, 500, 65_536
Figures = dict[str, float]

#: Figure, what it is, unit, and what it may be at most (or at least, for a recall).
ROWS = [
    ("open", "opening the store", "s", 1.0),
    ("first", "first search of a kernel, by id", "s", None),
    ("p50", "search by id, median", "ms", None),
    ("p95", "search by id, 95th percentile", "ms", 25.0),
    ("recall", "recall@10 of search", "", 0.99),
    ("without", "queries without any true neighbour", "%", 0.0),
    ("kernel_mb", "memory of the kernel, searched", "MB", 2000.0),
    ("index_cpu", "index, built", "CPU s", None),
    ("index_mb", "index, most memory", "MB", None),
    ("graph_cpu", "kNN graph (k=15), built", "CPU s", 250.0),
    ("graph_recall", "recall@15 of the graph", "", 0.98),
    ("graph_mb", "kNN graph, most memory", "MB", 3000.0),
    ("graph_open_s", "kNN graph, read again", "s", None),
    ("add_search_s", "100 items added: next search", "s", None),
    ("add_graph_cpu", "100 items added: graph brought up to date", "CPU s", None),
    ("record_gb", "disk, items and vectors of record", "GB", None),
    ("derived_gb", "disk, derived (can be deleted)", "GB", None),
]


def item_id(key: int) -> str:
    return f"camera {key % 40:02d}/{key:08d}.jpg"


def rows_of(keys: np.ndarray, contents: np.ndarray) -> pa.Table:
    """Rows of the items table."""
    from nbcurate.store.items import ITEM_SCHEMA

    n = len(keys)
    columns = {
        "key": keys,
        "id": [item_id(key) for key in keys.tolist()],
        "label": [f"class {key % 300}" for key in keys.tolist()],
        "status": ["ok"] * n,
        "root": np.zeros(n, np.int32),
        "path": [item_id(key) for key in keys.tolist()],
        "bytes": keys.astype(np.int64) % 100_000,
        "content_hash": [f"{content:032x}" for content in contents.tolist()],
        "content": contents,
        "width": np.full(n, 640, np.int32),
        "height": np.full(n, 480, np.int32),
        "format": ["JPEG"] * n,
    }
    full = {f.name: columns.get(f.name, pa.nulls(n, f.type)) for f in ITEM_SCHEMA}
    return pa.table(full, schema=ITEM_SCHEMA)


def make(folder: Path, n: int) -> Figures:
    """The store, and the true similarities of the 15 items nearest to those of a sample."""
    from nbcurate.store import Store

    rng = np.random.default_rng(5)
    contents = np.arange(n, dtype=np.uint64)
    copies = rng.choice(np.arange(1, n), n // 50, replace=False)
    contents[copies] = contents[(copies * rng.random(len(copies))).astype(np.int64)]
    while (contents != (first := contents[contents.astype(np.int64)])).any():
        contents = first  # a copy of a copy is one of the original
    is_first = contents == np.arange(n)
    vectors = clustered(int(is_first.sum()), WIDTH)
    store = Store.open(folder / "scale.nbc", create=True)
    embeddings = store.create_embeddings("generated", "0", WIDTH, {})
    distinct = np.flatnonzero(is_first).astype(np.uint64)
    for start in range(0, n, CHUNK):
        keys = np.arange(start, min(start + CHUNK, n), dtype=np.uint64)
        store.add_items(rows_of(keys, contents[start : start + CHUNK]))
    for start in range(0, len(distinct), CHUNK):
        embeddings.append(distinct[start : start + CHUNK], vectors[start : start + CHUNK])
    embeddings.vectors()
    store.close()
    count = np.bincount(contents.astype(np.int64), minlength=n)[is_first]
    sample = rng.choice(np.flatnonzero(count == 1), SAMPLE, replace=False)
    nearest = np.full((SAMPLE, 15), -2.0, np.float32)
    for start in range(0, len(vectors), CHUNK):
        scores = vectors[sample] @ vectors[start : start + CHUNK].T
        inside = np.flatnonzero((sample >= start) & (sample < start + CHUNK))
        scores[inside, sample[inside] - start] = -2
        at = np.argpartition(-scores, 14, axis=1)[:, :15]  # each may stand for several items
        times = count[start + at].ravel()
        items = np.repeat(np.take_along_axis(scores, at, axis=1).ravel(), times)
        owner = np.repeat(np.repeat(np.arange(SAMPLE), 15), times)
        for row in range(SAMPLE):
            both = np.concatenate([nearest[row], items[owner == row]])
            nearest[row] = -np.sort(-both)[:15]
    np.savez(folder / "truth.npz", keys=distinct[sample], similarity=nearest)
    return {}


def hits(truth: np.ndarray, found: np.ndarray, k: int) -> np.ndarray:
    """For each row the share of the ``k`` found that are as near as the true ones."""
    return (found[:, :k] >= truth[:, k - 1 : k] - 2e-5).mean(axis=1)


def index(folder: Path, n: int) -> Figures:
    import nbcurate as nbc
    from nbcurate.search import open_index

    ds = nbc.Dataset.open(folder / "scale.nbc")
    with measured() as cost:
        open_index(ds.store.embeddings_named(), wait=True)
    print(ds.index_info(), file=sys.stderr)
    return {"index_cpu": cost.cpu, "index_mb": cost.peak_mb}


def graph(folder: Path, n: int) -> Figures:
    import nbcurate as nbc

    ds = nbc.Dataset.open(folder / "scale.nbc")
    with measured() as cost:
        made = ds.knn_graph(k=15)
    with np.load(folder / "truth.npz") as truth:
        rows = np.searchsorted(ds.keys, truth["keys"])
        recall = hits(truth["similarity"], made.similarity[rows], 15).mean()
    print(made, file=sys.stderr)
    return {"graph_cpu": cost.cpu, "graph_mb": cost.peak_mb, "graph_recall": float(recall)}


def search(folder: Path, n: int) -> Figures:
    import nbcurate as nbc

    nbc.Dataset  # noqa: B018 - what a kernel has imported before it opens anything
    started = time.perf_counter()
    ds = nbc.Dataset.open(folder / "scale.nbc")
    assert len(ds) == n
    opened = time.perf_counter()
    ds.search(item_id(0), k=10)
    first = time.perf_counter()
    with np.load(folder / "truth.npz") as truth:
        keys, similarity = truth["keys"], truth["similarity"]
    found: list[np.ndarray] = []
    asked = [item_id(key) for key in keys.tolist()]
    median, p95 = milliseconds(
        np.arange(len(asked)), lambda rows: found.append(ds.search(asked[int(rows[0])], k=10).similarity)
    )
    share = hits(similarity, np.stack(found[1:]), 10)
    return {
        "open": opened - started,
        "first": first - opened,
        "p50": median,
        "p95": p95,
        "recall": float(share.mean()),
        "without": 100 * float((share == 0).mean()),
        "kernel_mb": resident_mb(),
    }


def add(folder: Path, n: int) -> Figures:
    import nbcurate as nbc

    ds = nbc.Dataset.open(folder / "scale.nbc")
    started = time.perf_counter()
    ds.knn_graph(k=15)
    read = time.perf_counter() - started
    keys = np.arange(n, n + 100, dtype=np.uint64)
    ds.store.add_items(rows_of(keys, keys))
    ds.store.embeddings_named().append(keys, clustered(100, WIDTH, seed=1))
    started = time.perf_counter()
    assert len(ds.search(item_id(n), k=10)) == 10
    searched = time.perf_counter() - started
    with measured() as cost:
        ds.knn_graph(k=15)
    return {"graph_open_s": read, "add_search_s": searched, "add_graph_cpu": cost.cpu}


STEPS: dict[str, Callable[[Path, int], Figures]] = {step.__name__: step for step in (make, index, graph, search, add)}


def size_gb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e9


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder, figures = Path(name), {}
        for step in STEPS:
            run = [sys.executable, __file__, str(n), name, step]
            answer = subprocess.run(run, check=True, stdout=subprocess.PIPE, text=True).stdout
            figures |= json.loads(answer.splitlines()[-1])
            print(f"{step}: {json.loads(answer.splitlines()[-1])}", file=sys.stderr, flush=True)
        figures["derived_gb"] = size_gb(folder / "scale.nbc" / "derived")
        figures["record_gb"] = size_gb(folder / "scale.nbc") - figures["derived_gb"]
    print(f"\n{n:,} items x {WIDTH}\n\n| | measured | target | |\n| --- | ---: | ---: | --- |")
    for key, what, unit, target in ROWS:
        at_least = key.endswith("recall")
        good = target is None or (figures[key] >= target if at_least else figures[key] <= target)
        met = "" if target is None else "met" if good else "missed"
        sign = "" if target is None else f"{'≥' if at_least else '≤'} {target:,g} {unit}"
        digits = 4 if at_least else 2 if figures[key] < 100 else 0
        print(f"| {what} | {figures[key]:,.{digits}f} {unit} | {sign} | {met} |")


if __name__ == "__main__":
    if len(sys.argv) > 3:
        print(json.dumps(STEPS[sys.argv[3]](Path(sys.argv[2]), int(sys.argv[1]))))
    else:
        main()
