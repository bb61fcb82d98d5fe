"""The vectors of a data set's items where they lie, in a mapped file, without a copy of them in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...collection.missing_vectors import require_vectors
from ...collection.vector_set import VectorSet
from ...search.exact import find_keys
from ...store.embeddings import Embeddings
from ...store.items import Keys


@dataclass(frozen=True, eq=False)
class ContentVectors:
    """Where the vector of each item lies.

    Attributes
    ----------
    embeddings : Embeddings
    vectors : float32 array [m, d]
        Mapped from a file; one a content.
    at : int array [n]
        For each item, in the order of the data set's ids, its row of ``vectors``.
    known : bool array [n]
        Which of the items have one; the others' rows mean nothing.
    contents : uint64 array [n]
        The content key of each item: exact copies share one.
    """

    embeddings: Embeddings
    vectors: NDArray[np.float32]
    at: NDArray[np.intp]
    known: NDArray[np.bool_]
    contents: Keys

    def require(self, rows: NDArray[np.integer] | slice = slice(None)) -> None:
        """Raise a ValueError that says what to run, where not all of these items have a vector."""
        require_vectors(self.known[rows], self.embeddings)


def content_vectors(dataset: VectorSet, encoder: str | None = None) -> ContentVectors:
    """The vectors of an encoder, or of the one that was run last.

    Raises
    ------
    ValueError
        If nothing was embedded.
    """
    store = dataset.store
    embeddings = store.embeddings_named(encoder)
    keys, vectors = embeddings.vectors(writable=not store.read_only)
    items = store.items
    contents = items.contents[items.rows_of_keys(dataset.keys)]
    return ContentVectors(embeddings, vectors, *find_keys(keys, contents), contents)
