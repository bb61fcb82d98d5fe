"""What the approximate indexes share: what is not in them is compared one and all, and exact similarity decides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from .exact import ExactIndex, find_keys, top_k

SPARE = 16  #: Candidates beyond k, among which the exact similarity decides.
_RELEASE_AFTER = 100  # exact vectors read: each may have brought 2 MB of the file into memory
_WHOLE_SHARE = 0.02  # who asks for more of all vectors than this has them all compared: that is quicker


class ApproximateIndex(ABC):
    """Search among candidates; what came since the index was made is found all the same.

    Parameters
    ----------
    embeddings : Embeddings
    keys, vectors : arrays [n], [n, d]
        All vectors of ``embeddings``, as :meth:`Embeddings.vectors` gives them.
    covered : uint64 array [m]
        Ascending keys of those in the index, all among ``keys``.
    present : uint64 array, optional
        Ascending keys of the contents that items still stand for; all by default. Others need not be found.

    Attributes
    ----------
    wanted : int array
        Rows of what is present.
    tail : int array
        Those of them that are not in the index, and are compared one and all.
    """

    def __init__(
        self,
        embeddings: Embeddings,
        keys: NDArray[np.uint64],
        vectors: NDArray[np.float32],
        covered: NDArray[np.uint64],
        present: NDArray[np.uint64] | None = None,
    ) -> None:
        self.covered = covered
        self.embeddings = embeddings
        self._unreleased = 0
        self._follow(keys, vectors, present)

    def following(
        self, keys: NDArray[np.uint64], vectors: NDArray[np.float32], present: NDArray[np.uint64] | None
    ) -> Self:
        """The same index over what the embeddings have become; this one serves on as it is."""
        other = copy(self)
        other._follow(keys, vectors, present)
        return other

    def _follow(
        self, keys: NDArray[np.uint64], vectors: NDArray[np.float32], present: NDArray[np.uint64] | None
    ) -> None:
        self.keys, self.vectors, self.present = keys, vectors, present
        self._rows_covered = np.searchsorted(keys, self.covered)
        self.wanted = np.arange(len(keys)) if present is None else rows_of(keys, present)
        is_new = np.zeros(len(keys), bool)
        is_new[self.wanted] = True
        is_new[self._rows_covered] = False
        self.tail = np.flatnonzero(is_new)

    @property
    def left(self) -> int:
        """How many of the vectors in the index no item stands for any more."""
        return len(self.covered) + len(self.tail) - len(self.wanted)

    def search(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
        """As :meth:`ExactIndex.search`, of nearly all true neighbours."""
        k = min(k, len(self.keys))
        found, similarity = np.empty((len(queries), k), np.uint64), np.empty((len(queries), k), np.float32)
        for i, query in enumerate(queries):
            rows = None if k > max(SPARE, _WHOLE_SHARE * len(self.keys)) else self._rows_near(query, k)
            if rows is None or len(rows) < k:
                (found[i],), (similarity[i],) = ExactIndex(self.keys, self.vectors).search(query[None], k)
                self._unreleased += len(self.keys)
                continue
            columns, (similarity[i],) = top_k((self.vectors[rows] @ query)[None], k)
            found[i] = self.keys[rows[columns[0]]]
            self._unreleased += len(rows)
        if self._unreleased > _RELEASE_AFTER:
            self._unreleased = 0
            self.embeddings.release_pages()
        return found, similarity

    def _rows_near(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Rows, ascending, among which the ``k`` nearest are."""
        return np.unique(np.concatenate([self.candidates(query, k), self._nearest_of_tail(query, k)]))

    @abstractmethod
    def candidates(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        """Rows of ``vectors``, of those in the index, among which nearly all of the ``k`` nearest are."""

    def _nearest_of_tail(self, query: NDArray[np.float32], k: int) -> NDArray[np.intp]:
        if len(self.tail) <= k:
            return self.tail
        is_slice = self.tail[-1] - self.tail[0] + 1 == len(self.tail)
        vectors = self.vectors[self.tail[0] : self.tail[-1] + 1] if is_slice else self.vectors[self.tail]
        return self.tail[np.argpartition(-(vectors @ query), k)[:k]]


def rows_of(keys: NDArray[np.uint64], present: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Rows of those of the ascending ``present`` that are among the ascending ``keys``."""
    at, there = find_keys(keys, present)
    return at[there]
