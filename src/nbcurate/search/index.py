"""The index of one set of embeddings: which kind serves it, and whether the file on disk may be trusted."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from . import approximate
from .exact import ExactIndex

#: Up to so many distinct images every vector is compared: a few milliseconds, and nothing is ever missed.
EXACT_LIMIT = 100_000


class Index(Protocol):
    """What searches: ``keys`` [n] and ``vectors`` [n, d] that it covers, and ``search``."""

    keys: NDArray[np.uint64]
    vectors: NDArray[np.float32]

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]: ...


def open_index(embeddings: Embeddings, *, writable: bool = True, exact_limit: int | None = None) -> Index:
    """The index over the distinct contents of ``embeddings``.

    Exact up to ``exact_limit`` (:data:`EXACT_LIMIT`). Above, the saved graph is opened; it is built first when it is
    missing, damaged, or made from other vectors. Where it may not be written (``writable=False``) and is not fresh,
    search stays exact.
    """
    keys, vectors = embeddings.vectors(writable=writable)
    if len(keys) <= (EXACT_LIMIT if exact_limit is None else exact_limit):
        return ExactIndex(keys, vectors)
    if not approximate.is_built(embeddings):
        if not writable:
            return ExactIndex(keys, vectors)
        approximate.build(embeddings, keys, vectors)
    return approximate.ApproximateIndex(embeddings, keys, vectors)
