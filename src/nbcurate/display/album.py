"""The names and small pictures of a store's items, for pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..store import Store
from ..store.items import Keys
from .picture import Picture

_log = logging.getLogger(__name__)

#: From keys to JPEGs, empty where there is no picture.
ReadsThumbnails = Callable[[Keys], list[bytes]]


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """Pictures of a store's items by key.

    Parameters
    ----------
    store : Store
    thumbnails : callable
        From keys to JPEGs; one that cannot be had is empty.
    """

    store: Store
    thumbnails: ReadsThumbnails

    def pictures(self, keys: Keys, side: int, words: Sequence[str] = ()) -> list[Picture]:
        """A picture of each item, at most ``side`` px; ``words`` are told where one points at it."""
        said = [*words, *[""] * (len(keys) - len(words))]
        shown = zip(self.store.items.ids_of_keys(keys), self.images(keys), said, strict=True)
        return [Picture(image, side, name, why) for name, image, why in shown]

    def images(self, keys: Keys) -> list[Image.Image | None]:
        """The small picture of each item; None where there is none."""
        if not len(keys):
            return []
        try:
            return [_opened(jpeg) for jpeg in self.thumbnails(keys)]
        except Exception:  # whatever became of the store: the words of a result are shown without its pictures
            _log.warning("nbcurate: the pictures of %s could not be read", self.store.path, exc_info=True)
            return [None] * len(keys)


def kept_album(store: Store) -> Album:
    """The pictures that the store has: none is made."""

    def kept(keys: Keys) -> list[bytes]:
        items = store.items
        contents = items.contents[items.rows_of_keys(keys)]
        found = store.media.get(np.unique(contents))
        return [found.get(content, b"") for content in contents.tolist()]

    return Album(store, kept)


def _opened(jpeg: bytes) -> Image.Image | None:
    try:
        return Image.open(io.BytesIO(jpeg)).convert("RGB") if jpeg else None
    except OSError:  # a damaged one is no reason to show nothing of the others
        return None
