"""Milliseconds of `ds.where(...)` at a million items, beside pandas on the same columns in memory.

python benchmarks/bench_query.py [n]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

import nbcurate as nbc
from nbcurate.store import Store
from nbcurate.store.items import ITEM_SCHEMA
from nbcurate.store.properties import PROPERTY_SCHEMA

N = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = 20

#: The same question as SQL and as pandas code.
QUERIES = {
    "label = 'class 7' and brightness < 0.2 and width >= 640": lambda f: f[
        (f["label"] == "class 7") & (f["brightness"] < 0.2) & (f["width"] >= 640)
    ],
    "sharpness < 0.01 or entropy < 1": lambda f: f[(f["sharpness"] < 0.01) | (f["entropy"] < 1)],
    "label in ('class 1', 'class 2') and split = 'val'": lambda f: f[
        f["label"].isin(["class 1", "class 2"]) & (f["split"] == "val")
    ],
    "id like '%99%' and width / height > 1.5": lambda f: f[
        f["id"].str.contains("99", regex=False) & (f["width"] / f["height"] > 1.5)
    ],
    "dominant_colour = 'red'": lambda f: f[f["dominant_colour"] == "red"],
}


def make(folder: Path) -> nbc.Dataset:
    """A store of N items with measured properties."""
    rng = np.random.default_rng(0)
    store = Store.open(folder / "query.nbc", create=True)
    keys = np.arange(N, dtype=np.uint64)
    items = {
        "key": keys,
        "content": keys,
        "id": [f"folder {key % 100:02}/{key:07}.jpg" for key in keys.tolist()],
        "label": np.char.add("class ", rng.integers(0, 40, N).astype(str)),
        "split": rng.choice(["train", "val", "test"], N),
        "status": ["ok"] * N,
        "root": np.zeros(N, np.int32),
        "width": rng.integers(200, 2000, N, dtype=np.int32),
        "height": rng.integers(200, 2000, N, dtype=np.int32),
    }
    store.add_items(pa.table({f.name: items.get(f.name, pa.nulls(N, f.type)) for f in ITEM_SCHEMA}, schema=ITEM_SCHEMA))
    measured = {
        "key": keys,
        "brightness": rng.random(N, np.float32),
        "sharpness": rng.random(N, np.float32),
        "entropy": 8 * rng.random(N, np.float32),
        "dominant_colour": rng.choice(["red", "green", "blue", "grey"], N),
    }
    rows = {f.name: measured.get(f.name, pa.nulls(N, f.type)) for f in PROPERTY_SCHEMA}
    store.properties.append(pa.table(rows, schema=PROPERTY_SCHEMA))
    return nbc.Dataset(store)


def times(run: Callable[[], object]) -> np.ndarray:
    """Milliseconds of each round; the first, which loads, is left out."""
    run()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        taken.append(1_000 * (time.perf_counter() - started))
    return np.array(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ds = make(Path(folder))
        names = ["id", "label", "split", "width", "height", "brightness", "sharpness", "entropy", "dominant_colour"]
        frame = pd.DataFrame({name: ds.column(name).to_pandas() for name in names})
        print(f"\n{N:,} items; median and 95th percentile of {ROUNDS} rounds, ms\n")
        print("| query | found | nbcurate p50 | p95 | pandas p50 | p95 | nbcurate / pandas |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for query, by_hand in QUERIES.items():
            found = ds.where(query)
            assert found.ids == by_hand(frame)["id"].tolist()
            ours, theirs = times(lambda q=query: ds.where(q)), times(lambda f=by_hand: f(frame))
            ratio = np.median(ours) / np.median(theirs)
            cells = [f"{np.percentile(t, p):.0f}" for t in (ours, theirs) for p in (50, 95)]
            print(f"| `{query}` | {len(found):,} | {' | '.join(cells)} | {ratio:.2f} |")
        ds.close()


if __name__ == "__main__":
    main()
