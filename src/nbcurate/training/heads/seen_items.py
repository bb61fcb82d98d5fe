"""Which items a classifier has learnt from, so that it is not asked of them what it was told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ...search.exact import find_keys
from ...store.embeddings import Embeddings
from ...store.items import Items, Keys


@dataclass(frozen=True, eq=False)
class SeenItems:
    """Contents that were learnt from, and for each the fold of the classifier that has not learnt from it.

    Attributes
    ----------
    made : str
        Of which store: what its vectors are called and when they were made.
    contents : uint64 array [s]
        Ascending.
    folds : int8 array [s]
    """

    made: str
    contents: Keys
    folds: NDArray[np.int8]

    @classmethod
    def of(cls, embeddings: Embeddings, contents: Keys, folds: NDArray[np.int8]) -> SeenItems:
        """From the contents of the training items, some more than once, and the folds of these."""
        distinct, first = np.unique(contents, return_index=True)
        return cls(origin_of(embeddings), distinct, folds[first])

    def folds_of(self, embeddings: Embeddings, contents: Keys) -> NDArray[np.int8]:
        """The fold of each of these contents; -1 for those that were not learnt from: int8 [n]."""
        if origin_of(embeddings) != self.made:
            return np.full(len(contents), -1, np.int8)
        at, known = find_keys(self.contents, contents)
        return np.where(known, self.folds[at] if len(self.folds) else -1, -1).astype(np.int8)


def origin_of(embeddings: Embeddings) -> str:
    """What tells these vectors from those of any other store."""
    return "/".join(str(part) for part in embeddings.origin.values())


def picture_groups(items: Items, keys: Keys) -> NDArray[np.intp]:
    """A number for each item, the same for exact copies and for boxes on one picture: int [n]."""
    rows = items.rows_of_keys(keys)
    contents = items.contents[rows]
    if not items.table.column("box").take(pa.array(rows)).is_valid().to_numpy(zero_copy_only=False).any():
        return np.unique(contents, return_inverse=True)[1]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    content = np.unique(contents, return_inverse=True)[1]
    roots, paths = (items.table.column(name).take(pa.array(rows)) for name in ("root", "path"))
    names = [
        f"{root}/{path}" if path else f"/{row}"
        for row, root, path in zip(rows, roots.to_pylist(), paths.to_pylist(), strict=True)
    ]
    file = np.unique(np.array(names), return_inverse=True)[1]
    n = len(rows)
    ties = coo_array((np.ones(n, bool), (content, n + file)), (2 * n, 2 * n))  # copies and files that an item ties
    return connected_components(ties, directed=False)[1][content]
