"""The pictures of a store's items, wherever they lie."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import IO, TypeVar

import numpy as np
import pyarrow as pa
from PIL import Image

from ..imaging import Numbers, UnreachableFileError, Window, decode_image, read_numbers_of, reason_of
from ..imaging.memory import decoding
from ..imaging.reduction import reduction
from ..store import Store
from ..store.items import Keys
from ..store.paths import decode_path
from .root import FolderRoot, NoRoot, RemoteRoot, Root, open_root

#: Under which the store keeps the window that its pictures are seen through.
WINDOW = "window"

_T = TypeVar("_T")
_root_of_text = lru_cache(maxsize=256)(open_root)  # an Arrow root holds what it has opened


@dataclass(frozen=True, slots=True)
class Original:
    """The file of an item as it was found: under ``root`` at ``path``, and the box on it that is the item, if any.

    Pictures of more than 8 bits are seen through ``window``.
    """

    root: Root
    path: str
    box: tuple[float, ...] | None = None
    window: Window | None = None

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.root.place(self.path)

    @property
    def name(self) -> str:
        """Its file name."""
        return decode_path(self.path).name if isinstance(self.root, FolderRoot) else PurePosixPath(self.path).name

    @property
    def is_file(self) -> bool:
        """Whether it is a file of its own: rows of a Hugging Face data set are not, nor are items without a picture."""
        return isinstance(self.root, FolderRoot | RemoteRoot)

    def decode(self, at_least: int | None = None) -> Image.Image:
        """The picture, the box on it alone where the item is one; see :func:`nbcurate.imaging.decode_image`."""
        if self.box is not None:
            with decoding.kept():
                return self.cut_out(self.decode_whole(), at_least)
        return self._read(partial(decode_image, at_least=at_least, window=self.window))

    def decode_whole(self) -> Image.Image:
        """The picture that the item is, or is a box on."""
        return self._read(partial(decode_image, window=self.window))

    def cut_out(self, whole: Image.Image, at_least: int | None = None) -> Image.Image:
        """The box that the item is, out of what :meth:`decode_whole` gave."""
        if self.box is None:
            return whole
        cut = whole.crop(pixel_box(self.box, whole.size))
        factor = reduction(cut.size, at_least)
        return cut.reduce(factor) if factor > 1 else cut

    def numbers(self) -> Numbers | None:
        """The whole picture as the numbers in its file, if they have more than 8 bits."""
        return self._read(read_numbers_of)

    def open(self) -> IO[bytes]:
        """Its bytes.

        Raises
        ------
        UnreachableFileError
            If it is gone, may not be read, or the driver for its place is not installed.
        """
        try:
            return self.root.open(self.path)
        except UnreachableFileError:
            raise
        except Exception as error:  # each file system has errors of its own
            raise UnreachableFileError(reason_of(error)) from error

    def _read(self, read: Callable[[Path | IO[bytes]], _T]) -> _T:
        if isinstance(self.root, FolderRoot):
            return read(self.root.path_of(self.path))
        with self.open() as stream:
            return read(stream)


def originals(store: Store, keys: Keys) -> Iterator[Original]:
    """The files of items, in the order of ``keys``."""
    items = store.items
    rows = pa.array(items.rows_of_keys(keys))
    return originals_at(items.table.select(["root", "path", "box"]).take(rows), store.roots, window_of(store))


def originals_at(places: pa.Table, roots: Sequence[str], window: Window | None) -> Iterator[Original]:
    """The files at ``root`` (its place in ``roots``) and ``path``, of which a ``box`` may be the item; a row each."""
    opened = [_root_of_text(text) for text in roots]
    columns = (places.column(name).to_pylist() for name in ("root", "path", "box"))
    for root, path, box in zip(*columns, strict=True):
        place = NoRoot() if path is None else opened[root]
        yield Original(place, path or "", tuple(box) if box else None, window)


def boxes_on_pictures(store: Store) -> Counter[str]:
    """By the place of a picture, how many items are boxes on it."""
    items = store.items
    boxes = np.asarray(items.table.column("box").is_valid()) & items.shown
    return Counter(original.place for original in originals(store, items.keys[boxes]))


def window_of(store: Store) -> Window | None:
    """What the pictures of a store are seen through; None where each has a range of its own."""
    kept = store.setting(WINDOW)
    return None if kept is None else Window(kept["low"], kept["high"])


def read_image(store: Store, key: int, at_least: int | None = None) -> Image.Image:
    """Decode the picture of an item, the box on it alone where it is one; see :meth:`Original.decode`."""
    return next(originals(store, np.array([key], np.uint64))).decode(at_least)


def read_surroundings(store: Store, key: int) -> tuple[Image.Image, tuple[float, ...]]:
    """The whole image that an item is a box on, and the box: x, y, width, height in px of that image.

    Raises
    ------
    ValueError
        If the item is no box on an image.
    """
    original = next(originals(store, np.array([key], np.uint64)))
    if original.box is None:
        raise ValueError(f"{original.name} is an image of its own, no box on one.")
    return original.decode_whole(), original.box


def pixel_box(box: tuple[float, ...], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge, in whole px, of a box given as x, y, width, height; never empty.

    What reaches over the edge of the image, of ``size`` width and height, is left out.
    """
    x, y, width, height = box
    left, upper = (min(max(int(side), 0), most - 1) for side, most in zip((x, y), size, strict=True))
    right, lower = (min(math.ceil(end), most) for end, most in zip((x + width, y + height), size, strict=True))
    return left, upper, max(left + 1, right), max(upper + 1, lower)
