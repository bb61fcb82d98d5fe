"""The pictures of a store's items, wherever they lie."""

from __future__ import annotations

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
from .root import FolderRoot, Root, open_root

_root_of_text = lru_cache(maxsize=256)(open_root)  # an Arrow root holds what it has opened


@dataclass(frozen=True, slots=True)
class Original:
    """The file of an item as it was found: under ``root`` at ``path``."""

    root: Root
    path: str

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self.root.place(self.path)

    @property
    def name(self) -> str:
        """Its file name."""
        return decode_path(self.path).name if isinstance(self.root, FolderRoot) else PurePosixPath(self.path).name

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
    rows = items.table.select(["root", "path"]).take(pa.array(items.rows_of_keys(keys)))
    roots = [_root_of_text(text) for text in store.roots]
    for root, path in zip(rows.column("root").to_pylist(), rows.column("path").to_pylist(), strict=True):
        yield Original(roots[root], path or "")


def read_image(store: Store, key: int, at_least: int | None = None) -> Image.Image:
    """Decode the picture of an item; see :func:`nbcurate.imaging.decode_image`."""
    original = next(originals(store, np.array([key], np.uint64)))
    if isinstance(original.root, FolderRoot):
        return decode_image(original.root.path_of(original.path), at_least=at_least)
    with original.open() as stream:
        return decode_image(stream, at_least=at_least)
