"""A store of many items that share a few hundred pictures, with a map of generated points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from nbcurate.imaging import THUMBNAIL_SIZE, make_thumbnail
from nbcurate.sources.reader import read_image
from nbcurate.store import Store
from nbcurate.store.items import ITEM_SCHEMA

CLASSES, PICTURES = 40, 400

#: Code of a cell that opens the store as ``ds``; the map is given, for it is not what is measured here.
OPENING = """
import nbcurate as nbc, numpy as np
ds = nbc.Dataset.open({path!r})
_points = np.load({points!r})
ds.project = lambda method="umap", **_: _points
len(ds)
"""


def make_store(folder: Path, pictures: Path, n: int) -> str:
    """A store of ``n`` items below ``folder``; the code that opens it."""
    rng = np.random.default_rng(0)
    files = sorted(pictures.rglob("*.png"))[:PICTURES]
    store = Store.open(folder / "many.nbc", create=True)
    root = store.root_index(str(pictures))
    keys = np.arange(n, dtype=np.uint64)
    shown = (keys % len(files)).astype(np.intp)
    label = np.minimum(rng.geometric(0.08, n), CLASSES)  # classes as uneven as real ones
    columns: dict[str, Any] = {
        "key": pa.array(keys),
        "content": pa.array(shown.astype(np.uint64)),
        "id": pa.array([f"{key:08d}.png" for key in range(n)]),
        "label": pa.array([f"class {code:02d}" for code in label]),
        "status": pa.array(["ok"] * n),
        "path": pa.array([str(files[at].relative_to(pictures)) for at in shown]),
        "root": pa.array(np.full(n, root), pa.int32()),
        "width": pa.array(rng.integers(64, 4000, n), pa.int32()),
    }
    columns |= {field.name: pa.nulls(n, field.type) for field in ITEM_SCHEMA if field.name not in columns}
    store.add_items(pa.table(columns, schema=ITEM_SCHEMA))
    store.media.put(
        {key: make_thumbnail(read_image(store, key, THUMBNAIL_SIZE), THUMBNAIL_SIZE) for key in range(len(files))}
    )
    store.close()
    angle = label / CLASSES * 2 * np.pi
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 4 + rng.normal(size=(n, 2)) * 0.4
    np.save(folder / "points.npy", points.astype(np.float32))
    return OPENING.format(path=str(folder / "many.nbc"), points=str(folder / "points.npy"))
