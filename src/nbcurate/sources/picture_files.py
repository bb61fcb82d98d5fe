"""Items by the files that they are seen in: boxes on one picture share its decoding."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..imaging.memory import decoding
from ..imaging.reduction import LARGE
from ..store import Store
from ..store.items import Items, Keys
from .reader import Original, originals

_CHUNK = 1_024  # items whose places are looked up at once
_MOST_BOXES = 64  # of one decoding: what is made of them is in memory together
_MOST_PIXELS = LARGE  # of them together, where there are several


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One file, and the items that are seen in it: the whole picture, or boxes on it.

    Attributes
    ----------
    rows : intp array
        Places of these items in the keys that were asked for.
    items : sequence of Original
    """

    rows: NDArray[np.intp]
    items: Sequence[Original]

    def pictures(self, at_least: int | None = None) -> Generator[Image.Image]:
        """The picture of each item, as :meth:`Original.decode` gives it, from one decoding.

        Raises
        ------
        UnreadableImageError
            If the file cannot be read, before the first of them.
        """
        if self.items[0].box is None:
            for item in self.items:
                yield item.decode(at_least)
            return
        with decoding.kept():
            whole = self.items[0].decode_whole()
            for item in self.items:
                yield item.cut_out(whole, at_least)


def picture_files(store: Store, keys: Keys) -> Iterator[PictureFile]:
    """The files of items, in the order in which ``keys`` first come to each."""
    order = _by_file(store.items, keys)
    for start in range(0, len(order), _CHUNK):
        rows = order[start : start + _CHUNK]
        yield from _shared(rows, list(originals(store, keys[rows])))


def _by_file(items: Items, keys: Keys) -> NDArray[np.intp]:
    """Places in ``keys``, those of one file beside each other."""
    at = items.rows_of_keys(keys)
    if not items.table.column("box").is_valid().to_numpy(zero_copy_only=False)[at].any():
        return np.arange(len(keys))
    paths = items.table.column("path").dictionary_encode()
    path = paths.indices.fill_null(len(paths.dictionary)).to_numpy()[at].astype(np.int64)
    root = items.table.column("root").fill_null(0).to_numpy()[at]
    _, first, file = np.unique(root * (len(paths.dictionary) + 1) + path, return_index=True, return_inverse=True)
    return np.argsort(first[file], kind="stable")


def _shared(rows: NDArray[np.intp], found: Sequence[Original]) -> Iterator[PictureFile]:
    """Neighbours in one file together, as long as what is made of them is little."""
    start, pixels = 0, 0.0
    for at, item in enumerate(found):
        pixels += _pixels(item)
        if at > start and not (
            _in_one_file(found[at - 1], item) and at - start < _MOST_BOXES and pixels <= _MOST_PIXELS
        ):
            yield PictureFile(rows[start:at], found[start:at])
            start, pixels = at, _pixels(item)
    if start < len(found):
        yield PictureFile(rows[start:], found[start:])


def _in_one_file(one: Original, other: Original) -> bool:
    boxes = one.box is not None and other.box is not None
    return boxes and one.root is other.root and one.path == other.path


def _pixels(item: Original) -> float:
    return 0.0 if item.box is None else item.box[2] * item.box[3]
