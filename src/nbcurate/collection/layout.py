"""The map of a data set: made once per embeddings, kept on disk, and grown as items come in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..curate import projection
from ..curate.procrustes import rotation_onto
from ..search import open_content_graph
from ..store import derived
from ..store.embeddings import Embeddings
from ..store.items import Keys

ProjectionMethod = Literal["umap", "pca"]

#: Neighbours an item in UMAP.
_N_NEIGHBORS = 15


def open_layout(
    embeddings: Embeddings, method: ProjectionMethod, *, seed: int, writable: bool
) -> tuple[Keys, NDArray[np.float32]]:
    """Content keys, ascending, and where each lies: uint64 [m], float32 [m, 2].

    A map that is on disk stays as it is, so that people find their way on it again: contents that came since are placed
    between their neighbours. It is made anew once more than half of what it would show is new.

    Raises
    ------
    ValueError
        If the method is not known.
    ImportError
        If umap-learn is needed and not installed.
    """
    if method not in ("umap", "pca"):
        raise ValueError(f"method={method!r}: use 'umap' or 'pca'.")
    keys, vectors = embeddings.vectors(writable=writable)
    path = embeddings.path_of(f"map-{method}-{seed}.npz")
    # Not of a version: a content keeps its vector for ever, so what was mapped once stays right.
    source = {"embeddings": embeddings.source["embeddings"], "method": method, "seed": seed}
    known, layout = _read(path, source)
    here = np.isin(keys, known, assume_unique=True)
    if here.all() and len(keys):
        return keys, layout[np.searchsorted(known, keys)]
    if here.sum() >= len(keys) / 2 and len(keys):
        plane = np.empty((len(keys), 2), np.float32)
        plane[here] = layout[np.searchsorted(known, keys[here])]
        plane[~here] = projection.place(vectors[~here], vectors[here], plane[here])
    elif method == "pca":
        plane = projection.pca(vectors)
    else:
        projection.require_umap()
        graph = open_content_graph(embeddings, _N_NEIGHBORS, device="cpu", writable=writable)[1]
        plane = projection.umap(vectors, graph.rows[:, :_N_NEIGHBORS], graph.similarity[:, :_N_NEIGHBORS], seed=seed)
    if writable:
        derived.write(path, source, partial(_save, keys, plane))
    return keys, plane


def kept_layout(embeddings: Embeddings, method: str, seed: int = 0) -> tuple[Keys, NDArray[np.float32]]:
    """As :func:`open_layout` gives it, of a map that is on disk; empty where there is none."""
    path = embeddings.path_of(f"map-{method}-{seed}.npz")
    return _read(path, {"embeddings": embeddings.source["embeddings"], "method": method, "seed": seed})


def turned_onto(
    keys: Keys, plane: NDArray[np.float32], other_keys: Keys, other: NDArray[np.float32]
) -> NDArray[np.float32]:
    """``plane``, turned and mirrored so that what both layouts show lies as alike as can be: float32 [m, 2]."""
    _, here, there = np.intersect1d(keys, other_keys, assume_unique=True, return_indices=True)
    return (plane @ rotation_onto(plane[here], other[there])).astype(np.float32)


def _read(path: Path, source: derived.Source) -> tuple[Keys, NDArray[np.float32]]:
    if not derived.is_fresh(path, source):
        return np.empty(0, np.uint64), np.empty((0, 2), np.float32)
    with np.load(path) as arrays:
        return arrays["keys"], arrays["plane"]


def _save(keys: Keys, plane: NDArray[np.float32], path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, keys=keys, plane=plane)
