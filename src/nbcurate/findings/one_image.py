"""Which items are of one image: boxes on it are items of their own, and show one scene."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.item_set import ItemSet


def images_of_items(dataset: ItemSet) -> NDArray[np.int64]:
    """Number of the image that each item is of or lies on, -1 where it has no picture: int64 [n]."""
    items = dataset.store.items
    rows = pa.array(items.rows_of_keys(dataset.keys))
    paths = items.table.column("path").take(rows)
    roots = items.table.column("root").take(rows).fill_null(0).to_numpy().astype(np.int64)
    codes = paths.combine_chunks() if isinstance(paths, pa.ChunkedArray) else paths
    code = codes.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(code < 0, -1, roots * (code.max(initial=0) + 1) + code)


def pairs_of_one_image(images: NDArray[np.int64], contents: NDArray[np.integer]) -> NDArray[np.intp]:
    """Positions [m, 2] of items of one image, each with the one before; those of one content are left out.

    Parameters
    ----------
    images : int64 array [n]
        See :func:`images_of_items`.
    contents : int array [n]
        Number of the content of each item.
    """
    order = np.argsort(images, kind="stable")
    before, after = order[:-1], order[1:]
    same = (images[before] == images[after]) & (images[after] >= 0) & (contents[before] != contents[after])
    return np.stack([before[same], after[same]], axis=1)
