"""Pictures of contents in the sizes in which they are compared."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ..curate.keypoints import to_working_size
from ..imaging import THUMBNAIL_SIZE, reduce_image
from ..sources.reader import read_image
from ..store import Store
from ..store.items import Keys

Colours = NDArray[np.uint8]
Grey = NDArray[np.uint8]

#: Longest side in px at which pictures are looked at closely: the text of a form can be told from other text there.
FINE_SIDE = 512
_HELD = 256  # pictures; 14 MB of small ones, 45 MB of fine ones at most

Picture = TypeVar("Picture")


class ComparedPictures:
    """Small and fine pictures of a store's contents, the last ones held.

    Small ones are made of the thumbnails that a store keeps, so that no file is opened for them; fine ones are read
    from the files. Safe to use from several threads: what one of them reads the others wait for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        contents, readable_as = store.items.distinct()
        self._readable_as = dict(zip(contents.tolist(), readable_as.tolist(), strict=True))
        self._small: _Held[Colours | None] = _Held(self._read_small)
        self._fine: _Held[Grey | None] = _Held(self._read_fine)

    def thumbnails(self, contents: Keys) -> dict[int, bytes]:
        """The thumbnails that the store has of these contents, in one read."""
        return self._store.media.get(contents)

    def small(self, content: int) -> Colours | None:
        """The picture at its working size, RGB uint8 [h, w, 3]; None where there is none, or its file is gone."""
        return self._small.get(content)

    def fine(self, content: int) -> Grey | None:
        """The picture in grey, uint8 [h, w], with 512 px on its longest side at the most; None where there is none."""
        return self._fine.get(content)

    def whole(self, content: int) -> Colours | None:
        """The picture as it is, RGB uint8 [h, w, 3], not held."""
        return self._read(content, None)

    def small_of(self, content: int, thumbnail: bytes | None) -> Colours | None:
        """The picture at its working size, of its thumbnail where there is one; not held."""
        small = None if thumbnail is None else small_of_thumbnail(thumbnail)
        if small is not None:
            return small
        picture = self._read(content, THUMBNAIL_SIZE)
        return None if picture is None else to_working_size(picture)

    def _read_small(self, content: int) -> Colours | None:
        return self.small_of(content, self.thumbnails(np.array([content], np.uint64)).get(content))

    def _read_fine(self, content: int) -> Grey | None:
        picture = self._read(content, FINE_SIDE)
        return None if picture is None else to_grey(picture)

    def _read(self, content: int, side: int | None) -> Colours | None:
        key = self._readable_as.get(content)
        if key is None:
            return None
        try:
            image = read_image(self._store, key, side)
        except Exception:  # no picture was given, or its file is gone: the vectors decide
            return None
        return np.asarray(image if side is None else reduce_image(image, side))


def to_grey(picture: Colours) -> Grey:
    """A picture in colour as its luma."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def small_of_thumbnail(thumbnail: bytes) -> Colours | None:
    """The picture of a JPEG at its working size, read by OpenCV in half of Pillow's time; None where it is damaged."""
    data = np.frombuffer(thumbnail, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if picture is None else to_working_size(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))


class _Held(Generic[Picture]):
    """The pictures that were asked for last, each read by the first who asks for it."""

    def __init__(self, read: Callable[[int], Picture]) -> None:
        self._read = read
        self._guard = Lock()
        self._held: OrderedDict[int, Future[Picture]] = OrderedDict()

    def get(self, content: int) -> Picture:
        with self._guard:
            held = self._held.get(content)
            is_first = held is None
            if held is None:
                held = self._held[content] = Future()
                while len(self._held) > _HELD:
                    self._held.popitem(last=False)
            else:
                self._held.move_to_end(content)
        if is_first:
            try:
                held.set_result(self._read(content))
            except BaseException as error:
                held.set_exception(error)
                with self._guard:
                    self._held.pop(content, None)
        return held.result()
