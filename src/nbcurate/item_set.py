"""The items of a data set: what they are called, what is known of them, their pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from .selection import Selection
from .sources.reader import image_paths, read_image
from .store import Store
from .store.items import Items, Keys

if TYPE_CHECKING:
    import pandas as pd


class ItemSet:
    """Items of a store, named by id, with the store's one selection. Base class of :class:`Dataset`.

    Parameters
    ----------
    store : Store
    only : uint64 array, optional
        Keys of the items that belong to it; all by default.
    """

    def __init__(self, store: Store, only: Keys | None = None) -> None:
        self._store = store
        self._only = only
        self._selection = Selection.of(store)
        self._guard = threading.RLock()

    @property
    def store(self) -> Store:
        """What is on disk."""
        return self._store

    @property
    def selection(self) -> Selection:
        """What is kept and rejected: one for the whole store, shown by every view of it."""
        return self._selection

    def __len__(self) -> int:
        return len(self._rows()[1])

    @property
    def ids(self) -> list[str]:
        """Ids of the items, in the order in which they came in."""
        items, rows = self._rows()
        return items.ids.take(pa.array(rows)).to_pylist()

    @property
    def keys(self) -> Keys:
        """Keys of the items (uint64 [n]), in the order of :attr:`ids`: numbers that never change nor are reused."""
        items, rows = self._rows()
        return items.keys[rows]

    @property
    def labels(self) -> list[str | None]:
        """Label of each item, in the order of :attr:`ids`."""
        items, rows = self._rows()
        return items.table.column("label").take(pa.array(rows)).to_pylist()

    @property
    def errors(self) -> pd.DataFrame:
        """What could not be read: columns ``id``, ``path``, ``status`` and ``error``, the reason.

        ``unreadable``: not an item of the data set. ``missing``: was read before and still is an item, with all that
        was made of it, but its file is gone.
        """
        bad = np.flatnonzero(self._store.items.has_status("unreadable", "missing"))
        return self._frame(bad, ["id", "path", "status", "error"])

    def to_pandas(self, ids: Iterable[str] | None = None) -> pd.DataFrame:
        """A row an item, in the order of :attr:`ids` or of those given.

        Columns: ``id``, ``label``, ``split``, ``status``, ``path`` (absolute), ``bytes``, ``width`` and ``height`` (px,
        upright), ``format``, and ``copy_of``: the id of the first item with the very same bytes, None for that one.
        """
        items, rows = self._rows()
        if ids is not None:
            rows = items.rows_of_keys(items.keys_of_ids(ids))
        columns = ["id", "label", "split", "status", "path", "bytes", "width", "height", "format"]
        return self._frame(rows, columns).assign(copy_of=items.copies_of(rows))

    def image(self, item_id: str) -> Image.Image:
        """The picture of an item: RGB, upright, full size.

        Raises
        ------
        UnreadableImageError
            If its file is gone or damaged.
        """
        return read_image(self._store, int(self._store.items.keys_of_ids([item_id])[0]))

    def _rows(self) -> tuple[Items, NDArray[np.intp]]:
        items = self._store.items
        rows = np.flatnonzero(items.shown)
        return items, rows if self._only is None else rows[np.isin(items.keys[rows], self._only)]

    def _frame(self, rows: NDArray[np.intp], columns: list[str]) -> pd.DataFrame:
        items = self._store.items
        frame = items.table.select(columns).take(pa.array(rows)).to_pandas()
        return frame.assign(path=[str(path) for path in image_paths(self._store, items.keys[rows])])
