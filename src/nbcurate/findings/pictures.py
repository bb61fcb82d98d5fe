"""Pictures of contents in the sizes in which they are compared."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..curate.keypoints import to_working_size
from ..imaging import THUMBNAIL_SIZE, reduce_image
from ..sources.reader import read_image
from ..store import Store
from ..store.items import Keys

Colours = NDArray[np.uint8]

#: Longest side in px at which pictures are looked at closely: the text of a form can be told from other text there.
FINE_SIDE = 512
_HELD = 256  # pictures; 14 MB of small ones, 130 MB of fine ones at most


class Pictures:
    """Small and fine pictures of a store's contents, the last ones held. RGB, uint8 [h, w, 3].

    Small ones are made of the thumbnails that a store keeps, so that no file is opened for them; fine ones are read
    from the files.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        contents, readable_as = store.items.distinct()
        self._readable_as = dict(zip(contents.tolist(), readable_as.tolist(), strict=True))
        self._small: OrderedDict[int, Colours | None] = OrderedDict()
        self._fine: OrderedDict[int, Colours | None] = OrderedDict()

    def prefetch(self, contents: Keys) -> None:
        """Bring the thumbnails of these contents into the store's cache, in one read."""
        self._store.media.get(contents)

    def small(self, content: int) -> Colours | None:
        """The picture at its working size; None where there is none, or its file is gone."""
        return _held(self._small, content, self._read_small)

    def fine(self, content: int) -> Colours | None:
        """The picture with 512 px on its longest side at the most; None where its file is gone."""
        return _held(self._fine, content, partial(self._read, side=FINE_SIDE))

    def whole(self, content: int) -> Colours | None:
        """The picture as it is, not held."""
        return self._read(content, None)

    def _read_small(self, content: int) -> Colours | None:
        stored = self._store.media.get(np.array([content], np.uint64)).get(content)
        if stored is None:
            picture = self._read(content, THUMBNAIL_SIZE)
        else:
            picture = np.asarray(Image.open(io.BytesIO(stored)).convert("RGB"))
        return None if picture is None else to_working_size(picture)

    def _read(self, content: int, side: int | None) -> Colours | None:
        key = self._readable_as.get(content)
        if key is None:
            return None
        try:
            image = read_image(self._store, key, side)
        except Exception:  # no picture was given, or its file is gone: the vectors decide
            return None
        return np.asarray(image if side is None else reduce_image(image, side))


def _held(
    pictures: OrderedDict[int, Colours | None], content: int, read: Callable[[int], Colours | None]
) -> Colours | None:
    if content in pictures:
        pictures.move_to_end(content)
        return pictures[content]
    picture = pictures[content] = read(content)
    while len(pictures) > _HELD:
        pictures.popitem(last=False)
    return picture
