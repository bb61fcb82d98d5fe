"""Pictures for the browser: thumbnails from the store, or decoded when they are not there yet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PIL import Image

from ..imaging import THUMBNAIL_SIZE, encode_jpeg
from ..store import Store
from ..store.items import Keys
from .frames import MAX_FRAME

_DECODERS = 4
_PREVIEW_QUALITIES = (88, 75, 60, 40)
#: Leaves room in the frame for the mask that is drawn on the picture.
_MOST_BYTES = MAX_FRAME - 64 * 1024


class Pictures:
    """Makes JPEGs of a store's items. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="nbcurate-thumbnail")

    def close(self) -> None:
        """End the threads; for who makes a few pictures and no more."""
        self._pool.shutdown()

    def thumbnails(self, keys: Keys, size: int) -> list[bytes]:
        """A JPEG for each item whose longest side is at most ``size`` px; empty where there is no picture.

        Those of the stored size come from the store and go there; larger ones are made each time.
        """
        from ..sources.small_pictures import thumbnail_of, thumbnails_of

        make = partial(thumbnail_of, self._store)
        if size > THUMBNAIL_SIZE:
            return list(self._pool.map(make, keys.tolist(), [size] * len(keys)))
        return thumbnails_of(self._store, keys, partial(self._pool.map, make))

    def preview(self, key: int, size: int) -> tuple[bytes, int, int]:
        """A JPEG of at most ``size`` px and one frame of bytes, with its width and height.

        Raises
        ------
        UnreadableImageError
            If the file is gone or damaged.
        """
        from ..sources.reader import read_image

        return _framed(read_image(self._store, key, size), size)

    def whole(self, key: int, size: int) -> tuple[bytes, int, int, tuple[float, ...]]:
        """The image that an item is a box on, as ``preview``; that image's own size in px, and the box on it.

        Raises
        ------
        ValueError
            If the item is no box on an image.
        UnreadableImageError
            If the file is gone or damaged.
        """
        from ..sources.reader import read_surroundings

        image, box = read_surroundings(self._store, key)
        width, height = image.size
        return _framed(image, size)[0], width, height, box


def _framed(image: Image.Image, size: int) -> tuple[bytes, int, int]:
    """A JPEG of at most ``size`` px that fits a frame, with its width and height. Changes ``image``."""
    image.thumbnail((size, size), reducing_gap=2.0)
    for quality in _PREVIEW_QUALITIES:
        jpeg = encode_jpeg(image, quality)
        if len(jpeg) < _MOST_BYTES:
            return jpeg, image.width, image.height
    return _framed(image, size // 2)
