"""Exact nearest neighbours by matrix product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES = 64 * 2**20  # bounds the similarities held at once


class ExactIndex:
    """Exact cosine search over ``vectors``.

    Parameters
    ----------
    keys : uint64 array [n]
        Ascending.
    vectors : float32 array [n, d]
        L2-normalised rows; may be memory-mapped.
    """

    def __init__(self, keys: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        self.keys = keys
        self.vectors = vectors

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """The ``min(k, n)`` nearest rows of each query.

        Parameters
        ----------
        queries : float32 array [q, d]
            L2-normalised rows.

        Returns
        -------
        keys : uint64 array [q, min(k, n)]
        similarity : float32 array, same shape
            Cosine, descending; equal ones in the order of their keys.
        """
        k = min(k, len(self.keys))
        found = np.empty((len(queries), k), np.uint64)
        similarity = np.empty((len(queries), k), np.float32)
        block = max(1, _BLOCK_BYTES // (4 * max(1, len(self.keys))))
        for start in range(0, len(queries), block):
            part = slice(start, start + block)
            scores = queries[part] @ self.vectors.T
            rows, similarity[part] = top_k(scores, k)
            found[part] = self.keys[rows]
        return found, similarity


def top_k(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Columns and values of the ``k`` largest entries of each row, descending; ties in the order of the columns."""
    width = scores.shape[1]
    if k < width:
        # The k-th value decides; of the entries equal to it the first are taken, so that the answer does not
        # depend on how a partition happens to order them.
        threshold = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k] if k else scores[:, :0]
        above = scores > threshold if k else np.zeros_like(scores, bool)
        ties = scores == threshold if k else above
        room = k - above.sum(1, keepdims=True)
        keep = above | (ties & (np.cumsum(ties, axis=1) <= room))
        columns = np.nonzero(keep)[1].reshape(len(scores), k)
    else:
        columns = np.broadcast_to(np.arange(width), scores.shape).copy()
    values = np.take_along_axis(scores, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1).clip(-1.0, 1.0)


def find_keys(keys: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Place of each wanted key among the ascending ``keys``, and whether it is there."""
    if not len(keys):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), bool)
    at = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return at, keys[at] == wanted
