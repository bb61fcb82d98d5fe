"""Vectors on a plane: principal components for the first second, UMAP for neighbourhoods, and where new ones go."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from .partition import unit

#: Above this many vectors UMAP lays out a sample, and the others are placed between its members.
UMAP_LIMIT = 100_000
_LANDMARKS = 20_000
#: Fewer vectors than this have no neighbourhoods to keep: their principal components are the map.
_FEWEST = 10
_BLOCK = 1024


def pca(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The two principal components: float32 [n, 2], signed so that the largest loading of each is positive."""
    n, d = vectors.shape
    plane = np.zeros((n, 2), np.float32)
    if n < 2:
        return plane
    mean = vectors.mean(axis=0, dtype=np.float64)
    scatter = np.zeros((d, d))
    for start in range(0, n, 16 * _BLOCK):
        block = vectors[start : start + 16 * _BLOCK] - mean
        scatter += block.T @ block
    axes = np.linalg.eigh(scatter)[1][:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    plane[:, : axes.shape[1]] = vectors @ axes.astype(np.float32) - (mean @ axes).astype(np.float32)
    return plane


def umap(
    vectors: NDArray[np.float32], neighbours: NDArray[np.int32], similarity: NDArray[np.float32], *, seed: int = 0
) -> NDArray[np.float32]:
    """A map on which near vectors stay near.

    Deterministic: one thread, a seed, a start from the principal components, and neighbours that are given. Above
    100,000 vectors a sample of 20,000 is laid out, and the others are placed between their nearest
    in it (:func:`place`).

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised and distinct: repeated ones tear the map.
    neighbours : int32 array [n, k]
        Row numbers of the nearest, nearest first; -1 for none.
    similarity : float32 array [n, k]
        Cosine to each.
    seed : int

    Returns
    -------
    float32 array [n, 2]

    Raises
    ------
    ImportError
        If umap-learn is not installed; the message says how.

    References
    ----------
    McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection", arXiv 1802.03426, 2018.
    """
    require_umap()
    if len(vectors) < _FEWEST:
        return pca(vectors)
    if len(vectors) <= UMAP_LIMIT:
        return _lay_out(vectors, neighbours, similarity, seed)
    rows = np.sort(np.random.default_rng(seed).choice(len(vectors), _LANDMARKS, replace=False))
    landmarks = vectors[rows]
    layout = _lay_out(landmarks, *_nearest(landmarks, landmarks, neighbours.shape[1], skip_self=True), seed)
    others = np.setdiff1d(np.arange(len(vectors)), rows)
    plane = np.empty((len(vectors), 2), np.float32)
    plane[rows] = layout
    plane[others] = place(vectors[others], landmarks, layout)
    return plane


def require_umap() -> None:
    """Raise an ImportError that says what to install, where umap-learn is missing."""
    try:
        import umap  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "A UMAP needs umap-learn: run `pip install 'nbcurate[map]'`, or use method='pca', which needs nothing."
        ) from error


def place(
    vectors: NDArray[np.float32], reference: NDArray[np.float32], layout: NDArray[np.float32], *, n_neighbors: int = 5
) -> NDArray[np.float32]:
    """Where new vectors go on a map that is there: between their nearest on it, the nearer the more.

    Parameters
    ----------
    vectors : float32 array [m, d]
    reference : float32 array [n, d]
        What the map was made of.
    layout : float32 array [n, 2]
        The map.

    Returns
    -------
    float32 array [m, 2]
    """
    rows, similarity = _nearest(vectors, reference, n_neighbors, skip_self=False)
    distance = 1 - similarity
    scale = np.maximum(distance.mean(axis=1, keepdims=True) - distance[:, :1], 1e-6)
    weight = np.exp(-(distance - distance[:, :1]) / scale)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.einsum("ik,ikc->ic", weight, layout[rows]).astype(np.float32)


def _lay_out(
    vectors: NDArray[np.float32], neighbours: NDArray[np.int32], similarity: NDArray[np.float32], seed: int
) -> NDArray[np.float32]:
    from umap import UMAP

    n, k = len(vectors), neighbours.shape[1]
    rows = np.column_stack([np.arange(n, dtype=np.int32), neighbours])
    distance = np.column_stack([np.zeros(n, np.float32), np.maximum(1 - similarity, 0)])
    start = pca(vectors)
    start = 10 * start / max(float(np.abs(start).max()), 1e-12)
    # Vectors on one point would move as one; UMAP itself adds such noise only where it makes the start.
    start += np.random.default_rng(seed).normal(scale=1e-3, size=start.shape)
    model = UMAP(
        n_neighbors=k + 1,
        metric="cosine",
        init=start.astype(np.float32),  # pyright: ignore[reportArgumentType] - typed as a string there
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(rows, distance, None),
        tqdm_kwds={"disable": False, "desc": "map", "unit": "epoch", "delay": 2, "leave": False, "bar_format": None},
    )
    with warnings.catch_warnings():
        # It misses the index by which it would place new vectors, which `place` does.
        warnings.filterwarnings("ignore", message=".*knn_search_index.*")
        return np.asarray(model.fit_transform(vectors), np.float32)


def _nearest(
    vectors: NDArray[np.float32], reference: NDArray[np.float32], k: int, *, skip_self: bool
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The nearest of ``reference`` to each vector, by comparing all, a block at a time: int32 and float32 [n, k]."""
    k = min(k, len(reference) - skip_self)
    rows, similarity = np.empty((len(vectors), k), np.int32), np.empty((len(vectors), k), np.float32)
    reference = unit(reference)
    for start in range(0, len(vectors), _BLOCK):
        cosine = vectors[start : start + _BLOCK] @ reference.T
        if skip_self:
            cosine[np.arange(len(cosine)), np.arange(start, start + len(cosine))] = -2
        near = np.argpartition(-cosine, k - 1, axis=1)[:, :k]
        found = np.take_along_axis(cosine, near, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        rows[start : start + _BLOCK] = np.take_along_axis(near, order, axis=1)
        similarity[start : start + _BLOCK] = np.take_along_axis(found, order, axis=1)
    return rows, similarity
