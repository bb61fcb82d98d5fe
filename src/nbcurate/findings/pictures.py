"""Grey thumbnails of items, for comparing their pixels."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..curate.pixels import pixel_similarity
from ..imaging import THUMBNAIL_SIZE
from ..sources.reader import read_image
from ..store import Store
from ..store.items import Keys

_PAIRS = 4_000  # compared at a time: bounds the pictures in memory to some 200 MB


class PixelCheck:
    """Compares the pictures of pairs of items: a :data:`nbcurate.curate.duplicates.Verify`.

    Parameters
    ----------
    store : Store
    keys : uint64 array [n]
        The items that the rows of a pair count.
    """

    def __init__(self, store: Store, keys: Keys) -> None:
        self._store = store
        self._keys = keys

    def __call__(self, pairs: NDArray[np.integer]) -> NDArray[np.float32]:
        """Share of the pictures that agrees, float32 [m]; NaN where a picture cannot be read."""
        parts = [np.empty(0, np.float32)]
        for start in range(0, len(pairs), _PAIRS):
            part = pairs[start : start + _PAIRS]
            parts.append(pixel_similarity(self._pictures(np.unique(part)), part))
        return np.concatenate(parts)

    def _pictures(self, rows: NDArray[np.integer]) -> dict[int, NDArray[np.uint8]]:
        """Grey thumbnails by row, of the items that have a picture."""
        items = self._store.items
        contents = items.contents[items.rows_of_keys(self._keys[rows])]
        stored = self._store.media.get(np.unique(contents))
        pictures: dict[int, NDArray[np.uint8]] = {}
        for row, content in zip(rows.tolist(), contents.tolist(), strict=True):
            image = _decoded(stored[content]) if content in stored else self._read(int(self._keys[row]))
            if image is not None:
                pictures[row] = np.asarray(image.convert("L"))
        return pictures

    def _read(self, key: int) -> Image.Image | None:
        try:
            image = read_image(self._store, key, THUMBNAIL_SIZE)
        except Exception:  # no picture was given, or its file is gone: the vectors decide
            return None
        image.thumbnail((THUMBNAIL_SIZE, THUMBNAIL_SIZE))
        return image


def _decoded(thumbnail: bytes) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail))
