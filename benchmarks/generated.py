"""Generated unit vectors that the benchmarks of index and graph share: with structure, and without.

Methods that shine on clusters fail on a sheet without any, and the other way round; so both are measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_BLOCK = 65_536


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1."""
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n: int, width: int = 384, clusters: int = 300, *, seed: int = 0) -> Vectors:
    """Three levels of clusters in sizes that follow a power law, each of 20 dimensions, and 2 % near copies.

    Ten groups of clusters, ``clusters`` of them, four sub-clusters in each.
    """
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, clusters + 1) ** 0.7
    coarse = rng.normal(size=(10, width))
    middle = coarse[np.arange(clusters) % 10] + 1.4 * rng.normal(size=(clusters, width))
    fine = np.repeat(middle, 4, axis=0) + 0.5 * rng.normal(size=(4 * clusters, width))
    bases = rng.normal(size=(clusters, 20, width)).astype(np.float32)
    vectors = np.empty((n, width), np.float32)
    for start in range(0, n, _BLOCK):
        rows = min(_BLOCK, n - start)
        cluster = np.sort(rng.choice(clusters, rows, p=share / share.sum()))
        inside = rng.normal(size=(rows, 20)).astype(np.float32) * 0.28
        part = fine[4 * cluster + rng.integers(0, 4, rows)].astype(np.float32)
        for name, first in zip(*np.unique(cluster, return_index=True), strict=True):
            last = np.searchsorted(cluster, name, "right")
            part[first:last] += inside[first:last] @ bases[name]
        part += 0.02 * rng.normal(size=part.shape).astype(np.float32)
        near = rng.choice(rows, rows // 50, replace=False)
        part[near] = part[rng.integers(0, rows, len(near))] + 0.01 * rng.normal(size=(len(near), width))
        vectors[start : start + rows] = unit(part)[rng.permutation(rows)]
    return vectors


def manifold(n: int, width: int = 384, *, seed: int = 0) -> Vectors:
    """One curved sheet of 26 dimensions, without clusters."""
    rng = np.random.default_rng(seed)
    bend, out = rng.normal(size=(26, 256)) / 5, rng.normal(size=(256, width))
    parts = [unit(np.tanh(rng.normal(size=(min(_BLOCK, n - start), 26)) @ bend) @ out) for start in range(0, n, _BLOCK)]
    return np.concatenate(parts)
