"""Items that are objects on an image: what tells which image that is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .items import Items


def image_ids(items: Items, rows: NDArray[np.intp]) -> pa.Array | pa.ChunkedArray:
    """The id of the image that each item is on: what its source calls it, up to the last ``#``; null for an image.

    An object is called ``<image>#<number>`` by whatever source it has, also one that a corrected file has brought.
    """
    here = pa.array(rows)
    names = pc.coalesce(items.table.column("given_name").take(here), items.ids.take(here))  # pyright: ignore[reportAttributeAccessIssue]
    images = pc.replace_substring_regex(names, "#[^#]*$", "")  # pyright: ignore[reportAttributeAccessIssue]
    return pc.if_else(pa.array(items.are_boxes[rows]), images, None)  # pyright: ignore[reportAttributeAccessIssue]
