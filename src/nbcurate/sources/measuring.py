"""Measure the pictures of a store: properties and thumbnails in one decoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
from tqdm.auto import tqdm

from ..imaging import THUMBNAIL_SIZE, UnreadableImageError, encode_jpeg, measure_image, reduce_image
from ..imaging.reading_threads import in_order, reading_threads
from ..store import Store
from ..store.items import Keys
from .reader import read_image

_DECODERS = 4
_CHUNK = 256  # pictures a commit: what an interrupted run loses at most
_THUMBNAIL_QUALITY = 82
_T = TypeVar("_T")


def measure_items(store: Store, contents: Keys, readable_as: Keys) -> int:
    """Measure the contents that were not yet; makes missing thumbnails on the way.

    Parameters
    ----------
    contents : uint64 array [m]
        Distinct contents.
    readable_as : uint64 array [m]
        Key of an item to read each of them from.

    Returns
    -------
    int
        How many were measured. One that cannot be read stays without, and costs nothing else.
    """
    todo = np.isin(contents, store.properties.missing(contents))
    wants_thumbnail = set(store.media.missing(contents[todo]).tolist())
    work = list(zip(contents[todo].tolist(), readable_as[todo].tolist(), strict=True))
    done = 0

    def look(pair: tuple[int, int]) -> None:
        nonlocal done
        content, key = pair
        try:
            small = reduce_image(read_image(store, key, THUMBNAIL_SIZE))
        except UnreadableImageError:
            return
        store.properties.put({content: measure_image(small)})
        if content in wants_thumbnail:
            store.media.put({content: encode_jpeg(small, _THUMBNAIL_QUALITY)})
        done += 1

    with reading_threads(_DECODERS) as pool, tqdm(total=len(work), desc="measuring", unit="img") as bar:
        try:
            for chunk in _chunks(work, _CHUNK):
                list(in_order(pool, look, chunk))
                store.properties.flush()
                store.media.flush()
                bar.update(len(chunk))
        finally:
            store.properties.flush()
    return done


def _chunks(values: Sequence[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
