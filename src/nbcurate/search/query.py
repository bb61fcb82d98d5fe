"""Queries made of several examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Weight of the negatives against the positives.
#: Rocchio (1971), "Relevance feedback in information retrieval"; the usual value.
NEGATIVE_WEIGHT = 0.5
_BLOCK_BYTES = 64 * 2**20


def combine(
    positives: NDArray[np.float32], negatives: NDArray[np.float32] | None = None, *, weight: float = NEGATIVE_WEIGHT
) -> NDArray[np.float32]:
    """One query vector ``[d]``: towards the mean of the positives ``[p, d]``, away from that of the negatives.

    References
    ----------
    Rocchio (1971), "Relevance feedback in information retrieval".
    """
    query = positives.mean(axis=0)
    if negatives is not None and len(negatives):
        query = query - weight * negatives.mean(axis=0)
    norm = float(np.linalg.norm(query))
    if norm < 1e-6:
        raise ValueError("The examples cancel each other out: there is no direction left to search in.")
    return (query / norm).astype(np.float32)


def nearest_to_any(vectors: NDArray[np.float32], examples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Similarity ``[n]`` of each row of ``vectors`` to the nearest of ``examples`` ``[e, d]``, block by block."""
    best = np.full(len(vectors), -1.0, np.float32)
    block = max(1, _BLOCK_BYTES // (4 * max(1, len(vectors))))
    for start in range(0, len(examples), block):
        np.maximum(best, (vectors @ examples[start : start + block].T).max(axis=1), out=best)
    return best.clip(-1.0, 1.0)
