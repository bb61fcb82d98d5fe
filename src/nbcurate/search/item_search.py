"""Search that speaks of items: copies come back as items of their own, the query never does."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..store.items import Items, Keys
from .exact import ExactIndex, find_keys
from .query import nearest_to_any
from .serving import Index, Vectors

_SPARE = 16  # contents asked for beyond k, for those that stand for no item any more
_PART_LIMIT = 20_000  # a part of so few contents is copied out and compared whole
_FEW_EXAMPLES = 64
_MOST_ASKED = 4_096  # so many candidates of an index take about as long as comparing all does


class ItemSearch:
    """Nearest items, on an index that holds one row per distinct content.

    Parameters
    ----------
    items : Items
        Snapshot of the data set.
    rows : int array
        The rows of ``items`` that may be found.
    index : Index
        Over the contents that have a vector.
    """

    def __init__(self, items: Items, rows: NDArray[np.intp], index: Index) -> None:
        self._items = items
        self._index = index
        self._rows = rows

    def vectors_of(self, keys: Keys) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Vectors ``[n, d]`` of items, and which of them have one (the others' rows are zero)."""
        contents = self._items.contents[self._items.rows_of_keys(keys)]
        vectors = np.zeros((len(keys), self._index.vectors.shape[1]), np.float32)
        at, known = find_keys(self._index.keys, contents)
        vectors[known] = self._index.vectors[at[known]]
        return vectors, known

    def having(self, keys: Keys) -> NDArray[np.bool_]:
        """Which of these items have a vector."""
        return find_keys(self._index.keys, self._items.contents[self._items.rows_of_keys(keys)])[1]

    def nearest(self, query: NDArray[np.float32], k: int, exclude: Keys) -> tuple[Keys, NDArray[np.float32]]:
        """The ``k`` items nearest to a normalised vector ``[d]``, without those in ``exclude``: keys, similarity.

        Of an index more is asked for, as much as makes up for what may not be found; where that would be very much, all
        that may be found is compared.
        """
        if (part := self._small_part) is not None:
            return self._expand(*part.search(query[None], len(part.keys)), k, exclude)
        asked = int((k + min(len(exclude), _FEW_EXAMPLES) + _SPARE) / self._share)
        while asked <= max(_MOST_ASKED, k):
            found, similarity = self._index.search(query[None], asked)
            keys, values = self._expand(found, similarity, k, exclude)
            if len(keys) >= k or asked >= len(self._index.keys):
                return keys, values
            asked *= 4
        return self._nearest_of_all(query[None], k, exclude)

    def nearest_to_any(self, examples: Keys, k: int, exclude: Keys) -> tuple[Keys, NDArray[np.float32]]:
        """The ``k`` items that are nearest to any one of ``examples``, which are not among them: keys, similarity."""
        vectors, known = self.vectors_of(examples)
        if not known.any():
            return np.empty(0, np.uint64), np.empty(0, np.float32)
        vectors = np.unique(vectors[known], axis=0)
        exclude = np.concatenate([examples, exclude])
        whole = isinstance(self._index, ExactIndex) or self._small_part is not None
        if not whole and len(vectors) <= _FEW_EXAMPLES:
            found = [self.nearest(vector, k, exclude) for vector in vectors]
            keys, similarity = (np.concatenate(part) for part in zip(*found, strict=True))
            order = np.argsort(-similarity, kind="stable")
            _, first = np.unique(keys[order], return_index=True)
            best = order[np.sort(first)][:k]
            return keys[best], similarity[best]
        return self._nearest_of_all(vectors, k, exclude)

    def _nearest_of_all(self, vectors: Vectors, k: int, exclude: Keys) -> tuple[Keys, NDArray[np.float32]]:
        """The ``k`` items nearest to any of ``vectors`` ``[e, d]``, by comparing all that may be found."""
        part = self._part
        similarity = nearest_to_any(self._index.vectors, vectors)[part]
        order = np.argsort(-similarity, kind="stable")
        return self._expand(self._index.keys[part][order][None], similarity[order][None], k, exclude)

    def contents(self) -> tuple[Keys, NDArray[np.float32]]:
        """Keys (ascending) and vectors of the distinct contents of the items that may be found."""
        return self._index.keys[self._part], self._index.vectors[self._part]

    @cached_property
    def _part(self) -> NDArray[np.intp] | slice:
        """Rows of the index that stand for an item that may be found."""
        at, known = find_keys(self._index.keys, np.unique(self._items.contents[self._rows]))
        return at[known] if known.sum() < len(self._index.keys) else slice(None)

    @cached_property
    def _share(self) -> float:
        """Share of the index that may be found."""
        if isinstance(self._part, slice):
            return 1.0
        return max(len(self._part), 1) / len(self._index.keys)

    @cached_property
    def _small_part(self) -> ExactIndex | None:
        """The contents that may be found, if they are so few that comparing just those is cheaper."""
        if isinstance(self._part, slice) or len(self._part) > min(_PART_LIMIT, len(self._index.keys) // 2):
            return None
        return ExactIndex(*self.contents())

    @cached_property
    def _by_content(self) -> tuple[Keys, Keys]:
        """Contents and keys of the items that may be found, sorted by content, then key."""
        contents, keys = self._items.contents[self._rows], self._items.keys[self._rows]
        order = np.argsort(contents, kind="stable")  # the keys ascend
        return contents[order], keys[order]

    def _expand(
        self, found: Keys, similarity: NDArray[np.float32], k: int, exclude: Keys
    ) -> tuple[Keys, NDArray[np.float32]]:
        """From contents ``[1, m]`` to the first ``k`` of their items."""
        contents, keys = self._by_content
        first = np.searchsorted(contents, found[0], "left")
        counts = np.searchsorted(contents, found[0], "right") - first
        starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        items = keys[starts + np.arange(counts.sum())] if len(found[0]) else keys[:0]
        values = np.repeat(similarity[0], counts)
        wanted = ~np.isin(items, exclude)
        return items[wanted][:k], values[wanted][:k]
