"""The pictures of a store's items, wherever they lie."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np
import pyarrow as pa
from PIL import Image

from ..imaging import UnreachableFileError, decode_image, reason_of
from ..store import Store
from ..store.items import Keys
from ..store.paths import decode_path
from .root import FolderRoot, NoRoot, RemoteRoot, Root, open_root

_root_of_text = lru_cache(maxsize=256)(open_root)  # an Arrow root holds what it has opened


@dataclass(frozen=True, slots=True)
class Original:
    """The file of an item as it was found: under ``root`` at ``path``, and the box on it that is the item, if any."""

    root: Root
    path: str
    box: tuple[float, ...] | None = None

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
            whole = _decode(self, None)
            return whole.crop(pixel_box(self.box, whole.size))
        return _decode(self, at_least)

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

    def copy_to(self, target: Path) -> None:
        """Write its bytes to a file."""
        with self.open() as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)


def originals(store: Store, keys: Keys) -> Iterator[Original]:
    """The files of items, in the order of ``keys``."""
    items = store.items
    rows = pa.array(items.rows_of_keys(keys))
    columns = (items.table.column(name).take(rows).to_pylist() for name in ("root", "path", "box"))
    roots = [_root_of_text(text) for text in store.roots]
    for root, path, box in zip(*columns, strict=True):
        yield Original(NoRoot() if path is None else roots[root], path or "", tuple(box) if box else None)


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
    return _decode(original, None), original.box


def pixel_box(box: tuple[float, ...], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge, in whole px, of a box given as x, y, width, height; never empty.

    What reaches over the edge of the image, of ``size`` width and height, is left out.
    """
    x, y, width, height = box
    left, upper = (min(max(int(side), 0), most - 1) for side, most in zip((x, y), size, strict=True))
    right, lower = (min(math.ceil(end), most) for end, most in zip((x + width, y + height), size, strict=True))
    return left, upper, max(left + 1, right), max(upper + 1, lower)


def _decode(original: Original, at_least: int | None) -> Image.Image:
    if isinstance(original.root, FolderRoot):
        return decode_image(original.root.path_of(original.path), at_least=at_least)
    with original.open() as stream:
        return decode_image(stream, at_least=at_least)
