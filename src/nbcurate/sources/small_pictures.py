"""The small pictures of items: those that the store has, and the others made of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import wait

import numpy as np

from ..imaging import THUMBNAIL_SIZE, UnreadableImageError, make_thumbnail
from ..imaging.reading_threads import reading_threads
from ..store import Store
from ..store.items import Keys
from .reader import read_image

_THREADS = 4
#: Longest that a page waits for pictures that are not in the store, such as those on a slow server.
_SECONDS = 2.0


def thumbnail_of(store: Store, key: int, size: int = THUMBNAIL_SIZE) -> bytes:
    """The picture of an item as a JPEG of at most ``size`` px; empty where it cannot be read."""
    try:
        return make_thumbnail(read_image(store, key, size), size)
    except UnreadableImageError:
        return b""


def thumbnails_of(store: Store, keys: Keys, make: Callable[[Sequence[int]], Iterable[bytes]]) -> list[bytes]:
    """The small picture of each item, empty where there is none. ``make`` makes those that the store has not yet."""
    items = store.items
    contents = items.contents[items.rows_of_keys(keys)]
    found = store.media.get(np.unique(contents))
    reads_as = dict(zip(contents.tolist(), keys.tolist(), strict=True))
    wanted = [content for content in reads_as if content not in found]
    fresh = {
        content: jpeg
        for content, jpeg in zip(wanted, make([reads_as[content] for content in wanted]), strict=True)
        if jpeg
    }
    store.media.put(fresh)
    found.update(fresh)
    return [found.get(content, b"") for content in contents.tolist()]


def thumbnails_at_once(store: Store, keys: Keys, seconds: float = _SECONDS) -> list[bytes]:
    """As :func:`thumbnails_of`; of what takes longer than so many seconds there is no picture."""
    return thumbnails_of(store, keys, lambda wanted: _made_within(store, wanted, seconds))


def _made_within(store: Store, keys: Sequence[int], seconds: float) -> list[bytes]:
    if not keys:
        return []
    futures = []
    try:
        with reading_threads(_THREADS) as pool:
            futures += [pool.submit(thumbnail_of, store, key) for key in keys]
            if wait(futures, seconds).not_done:
                raise TimeoutError  # so that the threads are not waited for
    except TimeoutError:
        pass
    return [one.result() if one.done() and not one.cancelled() else b"" for one in futures]
