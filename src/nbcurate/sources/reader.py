"""The pictures of a store's items, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from ..imaging import decode_image
from ..store import Store
from ..store.items import Keys
from ..store.paths import decode_path


def image_paths(store: Store, keys: Keys) -> list[Path]:
    """Where the files of items lie."""
    items = store.items
    rows = items.table.select(["root", "path"]).take(pa.array(items.rows_of_keys(keys)))
    roots = [decode_path(root) for root in store.roots]
    places = zip(rows.column("root").to_pylist(), rows.column("path").to_pylist(), strict=True)
    return [roots[root] / decode_path(path) for root, path in places]


def read_image(store: Store, key: int, at_least: int | None = None) -> Image.Image:
    """Decode the image of an item; see :func:`nbcurate.imaging.decode_image`."""
    return decode_image(image_paths(store, np.array([key], np.uint64))[0], at_least=at_least)
