"""A store as a person has it who comes back to it: thumbnails, vectors, measures, marks, slices, a history of edits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from generated import unit

import nbcurate as nbc
from nbcurate.imaging import THUMBNAIL_SIZE, make_thumbnail, measure_image
from nbcurate.sources.reader import read_image
from nbcurate.store import Store
from nbcurate.store.items import ITEM_SCHEMA

_CLASSES, _CHUNK = 40, 10_000


def make_store(folder: Path, pictures: Path, n: int) -> Path:
    """A store of ``n`` items with a picture each, embedded with the default model, at ``folder/first.nbc``.

    The pictures take turns; each item has a thumbnail, a row of measures and a vector of its own. Vectors are random:
    nothing here searches them.
    """
    rng = np.random.default_rng(0)
    files = sorted(pictures.rglob("*.png"))
    store = Store.open(folder / "first.nbc", create=True)
    root = store.root_index(str(pictures))
    keys = np.arange(n, dtype=np.uint64)
    names = [str(file.relative_to(pictures)) for file in files]
    columns = {
        "key": keys,
        "content": keys,
        "id": [f"{key:07d}/{names[key % len(names)]}" for key in keys.tolist()],
        "label": [f"class {code:02d}" for code in np.minimum(rng.geometric(0.08, n), _CLASSES)],
        "split": rng.choice(["train", "val"], n, p=[0.9, 0.1]),
        "status": ["ok"] * n,
        "root": np.full(n, root, np.int32),
        "path": [names[key % len(names)] for key in keys.tolist()],
        "bytes": rng.integers(10_000, 900_000, n),
        "content_hash": [f"{key:032x}" for key in keys.tolist()],
        "width": rng.integers(200, 2000, n, dtype=np.int32),
        "height": rng.integers(200, 2000, n, dtype=np.int32),
        "format": ["PNG"] * n,
    }
    for start in range(0, n, _CHUNK):
        part = {name: values[start : start + _CHUNK] for name, values in columns.items()}
        rows = len(part["key"])
        full = {f.name: part.get(f.name, pa.nulls(rows, f.type)) for f in ITEM_SCHEMA}
        store.add_items(pa.table(full, schema=ITEM_SCHEMA))
    images = [read_image(store, key) for key in range(len(files))]
    thumbnails = [make_thumbnail(image, THUMBNAIL_SIZE) for image in images]
    measures = [measure_image(image) for image in images]
    for start in range(0, n, _CHUNK):
        part = keys[start : start + _CHUNK].tolist()
        store.media.put({key: _own(thumbnails[key % len(files)], key) for key in part})
        store.properties.put({key: measures[key % len(files)] for key in part})
        store.media.flush()
        store.properties.flush()
    _embed(store, keys, rng)
    _use(nbc.Dataset(store), rng)
    store.close()
    return folder / "first.nbc"


def _own(jpeg: bytes, key: int) -> bytes:
    """A JPEG with a comment in it, so that it is like no other one: a table would keep equal ones once."""
    return jpeg[:2] + b"\xff\xfe\x00\x0a" + key.to_bytes(8, "big") + jpeg[2:]


def _embed(store: Store, keys: np.ndarray, rng: np.random.Generator) -> None:
    """Vectors as ``ds.embed()`` would have made them, of the model that it takes by default."""
    model = nbc.load_encoder("efficientnet-lite0")
    embeddings = store.create_embeddings(model.name, model.key, model.width, model.recipe)
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        embeddings.append(part, unit(rng.normal(size=(len(part), model.width))))
    embeddings.vectors()
    store.make_newest(embeddings)


def _use(dataset: nbc.Dataset, rng: np.random.Generator) -> None:
    """What people leave: marks, slices, edits, a column of their own."""
    ids = np.array(dataset.ids, object)
    n = len(ids)
    some = [ids[np.sort(rng.choice(n, n // share, replace=False))].tolist() for share in (20, 50, 100, 200)]
    dataset.selection.set(some[0])
    dataset.selection.reject(some[3])
    dataset.save_slice("night", some[1])
    dataset.save_slice("for the second round")
    dataset.relabel(some[2], "class 03")
    dataset.tag(some[3], "blurry")
    dataset.remove(some[3][:100])
    dataset.add_column("score", rng.random(len(dataset)))
