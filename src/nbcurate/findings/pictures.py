"""Thumbnails of items, for comparing their pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm.auto import tqdm

from ..curate.layouts import PLAUSIBLE, SIDE, match_layouts
from ..curate.pixels import pixel_similarity
from ..imaging import THUMBNAIL_SIZE
from ..sources.reader import read_image
from ..store import Store
from ..store.items import Keys
from .verdicts import Verdicts

_AT_A_TIME = 1_000  # pictures read, or pairs aligned; what is held of them is then some 50 MB
_PATIENCE = 2  # seconds before a bar is shown
_AS_GOOD = 0.04  # difference of correlations that does not yet tell which way a picture lies in another
_SAME_HUE = 0.5  # share of the coloured cells that must have the same hue


class PixelCheck:
    """Compares the pictures of pairs of items: a :data:`nbcurate.curate.duplicates.Verify`.

    Reductions decide for most pairs that they are no copies, those left are laid over each other. What was found of a
    pair is remembered while the store is open.

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
        items, verdicts = self._store.items, Verdicts.of(self._store)
        contents = items.contents[items.rows_of_keys(self._keys[pairs.ravel()])].reshape(pairs.shape)
        result = verdicts.recall(contents)
        new = np.flatnonzero(np.isnan(result))
        if len(new):
            result[new] = self._compared(pairs[new])
            verdicts.remember(contents[new], result[new])
        return result

    def _compared(self, pairs: NDArray[np.integer]) -> NDArray[np.float32]:
        result = np.full(len(pairs), np.nan, np.float32)
        rows, ends = np.unique(pairs, return_inverse=True)
        layouts, readable = self._layouts(rows)
        ends = ends.reshape(pairs.shape)
        known = np.flatnonzero(readable[ends].all(axis=1))
        match = match_layouts(layouts, ends[known])
        result[known] = 0.0
        likely = (match.correlation >= PLAUSIBLE) & (match.hue >= _SAME_HUE)
        plausible, ways = known[likely], match.ways[likely] >= match.correlation[likely, None] - _AS_GOOD
        with tqdm(total=len(plausible), desc="comparing pixels", unit="pair", delay=_PATIENCE, leave=False) as bar:
            for start in range(0, len(plausible), _AT_A_TIME):
                part = plausible[start : start + _AT_A_TIME]
                pictures = dict(self._pictures(np.unique(pairs[part]), "L", THUMBNAIL_SIZE))
                result[part] = pixel_similarity(pictures, pairs[part], ways[start : start + _AT_A_TIME])
                bar.update(len(part))
        return result

    def _layouts(self, rows: NDArray[np.integer]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Reductions uint8 [n, 32, 32, 3], and of which of the rows there are any."""
        layouts, readable = np.zeros((len(rows), SIDE, SIDE, 3), np.uint8), np.zeros(len(rows), bool)
        with tqdm(total=len(rows), desc="reading thumbnails", unit="img", delay=_PATIENCE, leave=False) as bar:
            for start in range(0, len(rows), _AT_A_TIME):
                part = rows[start : start + _AT_A_TIME]
                for row, picture in self._pictures(part, "RGB", 2 * SIDE):
                    at = int(np.searchsorted(rows, row))
                    layouts[at] = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))
                    readable[at] = True
                bar.update(len(part))
        return layouts, readable

    def _pictures(self, rows: NDArray[np.integer], mode: str, size: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Thumbnails by row, of the items that have a picture, at least about ``size`` px if they are that large."""
        items = self._store.items
        contents = items.contents[items.rows_of_keys(self._keys[rows])]
        stored = self._store.media.get(np.unique(contents))
        for row, content in zip(rows.tolist(), contents.tolist(), strict=True):
            image = Image.open(io.BytesIO(stored[content])) if content in stored else self._read(int(self._keys[row]))
            if image is not None:
                image.draft(mode, (size, size))  # JPEG decodes to a half or a quarter at less cost
                yield row, np.asarray(image.convert(mode))

    def _read(self, key: int) -> Image.Image | None:
        try:
            image = read_image(self._store, key, THUMBNAIL_SIZE)
        except Exception:  # no picture was given, or its file is gone: the vectors decide
            return None
        image.thumbnail((THUMBNAIL_SIZE, THUMBNAIL_SIZE))
        return image
