"""The finished parts of a kNN graph on disk, so that a build of minutes that was interrupted goes on where it was."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from ..store import derived
from ..store.embeddings import Embeddings
from .graph import Part


class FileCheckpoint:
    """A file for each part, in the folder of what is derived from ``embeddings``.

    Parameters
    ----------
    k : int
        Neighbours of each row. Parts of another k, or of other vectors, are passed over.
    """

    def __init__(self, embeddings: Embeddings, k: int) -> None:
        self._embeddings = embeddings
        self._k = k

    def load(self, first: int, last: int) -> Part | None:
        """The part of the rows from ``first`` to ``last``, if it was finished."""
        path = self._path(first)
        if not derived.is_fresh(path, self._source(last)):
            return None
        with np.load(path) as arrays:
            return arrays["rows"], arrays["similarity"]

    def save(self, first: int, part: Part) -> None:
        """Keep a part; what was read of the mapped vectors for it is given back."""
        self._embeddings.release_pages()
        derived.write(self._path(first), self._source(first + len(part[0])), partial(_write, part))

    def clear(self) -> None:
        """The whole graph is kept: its parts are not needed any more."""
        for path in self._path(0).parent.glob("graph-part-*"):
            path.unlink(missing_ok=True)

    def _path(self, first: int) -> Path:
        return self._embeddings.path_of(f"graph-part-{first}.npz")

    def _source(self, last: int) -> derived.Source:
        return {**self._embeddings.source, "k": self._k, "last": last}


def _write(part: Part, path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, rows=part[0], similarity=part[1])
