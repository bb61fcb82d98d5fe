"""A store of many items for `scale.py`: vectors with the structure of real ones, copies, the neighbours of a sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from grown_vectors import Grown
from numpy.typing import NDArray
from PIL import Image
from real_vectors import COUNT, Vectors, kept_counts, narrowed, real_vectors

from nbcurate.imaging import THUMBNAIL_SIZE, make_thumbnail
from nbcurate.store import Store
from nbcurate.store.embeddings import Embeddings
from nbcurate.store.items import ITEM_SCHEMA

WIDTH, SAMPLE, CHUNK, CLASSES = 384, 500, 65_536, 300
K = 15
#: Items that have a thumbnail, made of noise: those that a grid shows first.
SHOWN = 256

Keys = NDArray[np.uint64]


def make_store(folder: Path, n: int, n_vectors: int) -> None:
    """``folder/scale.nbc``: ``n`` items, one in fifty a copy of another, and vectors of at most ``n_vectors`` contents.

    Beside it ``truth.npz``: for a sample of contents the similarity of the ``K`` items nearest to them.
    """
    rng = np.random.default_rng(5)
    contents = _contents(n, rng)
    is_first = contents == np.arange(n)
    embedded = np.flatnonzero(is_first).astype(np.uint64)[:n_vectors]
    store = Store.open(folder / "scale.nbc", create=True)
    for start in range(0, n, CHUNK):
        keys = np.arange(start, min(start + CHUNK, n), dtype=np.uint64)
        store.add_items(rows_of(keys, contents[start : start + CHUNK]))
    noise = np.random.default_rng(0).integers(0, 256, (SHOWN, THUMBNAIL_SIZE, THUMBNAIL_SIZE, 3), np.uint8)
    store.media.put({key: make_thumbnail(Image.fromarray(pixels)) for key, pixels in enumerate(noise)})
    store.media.flush()
    embeddings = store.create_embeddings("generated", "0", WIDTH, {})
    for keys, vectors in _with_keys(embedded):
        embeddings.append(keys, vectors)
    embeddings.vectors()
    copies = np.bincount(contents.astype(np.int64), minlength=n)[embedded.astype(np.int64)]
    _write_truth(folder / "truth.npz", embeddings, copies, rng)
    store.close()


def add_items(store: Store, count: int) -> None:
    """Another ``count`` items with vectors, grown ones."""
    first = len(store.items)
    keys = np.arange(first, first + count, dtype=np.uint64)
    store.add_items(rows_of(keys, keys))
    store.embeddings_named().append(keys, _grown(seed=1).more(count))


def item_id(key: int) -> str:
    return f"camera {key % 40:02d}/{key:08d}.jpg"


def rows_of(keys: Keys, contents: Keys) -> pa.Table:
    """Rows of the items table."""
    n = len(keys)
    ids = [item_id(key) for key in keys.tolist()]
    columns = {
        "key": keys,
        "id": ids,
        "label": [f"class {key % CLASSES}" for key in keys.tolist()],
        "status": ["ok"] * n,
        "root": np.zeros(n, np.int32),
        "path": ids,
        "bytes": keys.astype(np.int64) % 100_000,
        "content_hash": [f"{content:032x}" for content in contents.tolist()],
        "content": contents,
        "width": np.full(n, 640, np.int32),
        "height": np.full(n, 480, np.int32),
        "format": ["JPEG"] * n,
    }
    full = {f.name: columns.get(f.name, pa.nulls(n, f.type)) for f in ITEM_SCHEMA}
    return pa.table(full, schema=ITEM_SCHEMA)


def _contents(n: int, rng: np.random.Generator) -> Keys:
    """Key of the first item with the same bytes, for every item."""
    contents = np.arange(n, dtype=np.uint64)
    copies = rng.choice(np.arange(1, n), n // 50, replace=False)
    contents[copies] = contents[(copies * rng.random(len(copies))).astype(np.int64)]
    while (contents != (first := contents[contents.astype(np.int64)])).any():
        contents = first  # a copy of a copy is one of the original
    return contents


def _grown(seed: int = 0) -> Grown:
    """From as many real vectors as were made before, or ``COUNT``."""
    return Grown(narrowed(real_vectors(max(kept_counts(), default=COUNT)), WIDTH), seed=seed)


def _with_keys(keys: Keys) -> Iterator[tuple[Keys, Vectors]]:
    """Keys and vectors in chunks: a commit for each block would leave thousands of files."""
    waiting: list[Vectors] = []
    done = held = 0
    for block in _grown().blocks(len(keys)):
        waiting.append(block)
        held += len(block)
        if held >= CHUNK or done + held == len(keys):
            yield keys[done : done + held], np.concatenate(waiting)
            done, held, waiting = done + held, 0, []


def _write_truth(path: Path, embeddings: Embeddings, copies: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Similarity ``[SAMPLE, K]`` of the nearest items; each content counts as many times as it has items."""
    keys, vectors = embeddings.vectors()
    sample = np.sort(rng.choice(np.flatnonzero(copies == 1), SAMPLE, replace=False))
    nearest = np.full((SAMPLE, K), -2.0, np.float32)
    for start in range(0, len(vectors), CHUNK):
        scores = vectors[sample] @ vectors[start : start + CHUNK].T
        inside = np.flatnonzero((sample >= start) & (sample < start + CHUNK))
        scores[inside, sample[inside] - start] = -2
        at = np.argpartition(-scores, K - 1, axis=1)[:, :K]
        for row in range(SAMPLE):
            items = np.repeat(scores[row, at[row]], copies[start + at[row]])
            nearest[row] = -np.sort(-np.concatenate([nearest[row], items]))[:K]
    np.savez(path, keys=keys[sample], similarity=nearest)
