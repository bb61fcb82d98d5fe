"""Measure the pictures of a store: properties and thumbnails in one decoding, of all boxes on a picture, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import numpy as np
from tqdm.auto import tqdm

from ..imaging import THUMBNAIL_SIZE, UnreadableImageError, encode_jpeg, measure_image, reduce_image
from ..imaging.reading_threads import in_order, reading_threads
from ..store import Store
from ..store.items import Keys
from .picture_files import PictureFile, picture_files

_DECODERS = 4
_CHUNK = 256  # files a commit: what an interrupted run loses at most
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
    names: list[int] = contents[todo].tolist()
    done = 0

    def look(file: PictureFile) -> int:
        measured = 0
        with suppress(UnreadableImageError):
            for row, picture in zip(file.rows, file.pictures(THUMBNAIL_SIZE), strict=False):
                content, small = names[row], reduce_image(picture)
                store.properties.put({content: measure_image(small)})
                if content in wants_thumbnail:
                    store.media.put({content: encode_jpeg(small, _THUMBNAIL_QUALITY)})
                measured += 1
        return measured

    with reading_threads(_DECODERS) as pool, tqdm(total=len(names), desc="measuring", unit="img") as bar:
        try:
            for chunk in _chunks(picture_files(store, readable_as[todo]), _CHUNK):
                done += sum(in_order(pool, look, chunk))
                store.properties.flush()
                store.media.flush()
                bar.update(sum(len(file.rows) for file in chunk))
        finally:
            store.properties.flush()
    return done


def _chunks(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
