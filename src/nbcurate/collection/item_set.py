"""The items of a data set: what they are called, what is known of them, their pictures."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from PIL import Image

from ..display.shown import Shown
from ..selection import Selection
from ..store import Store
from ..store.columns import IMAGE, column_names
from ..store.ids import Ids
from ..store.items import Items, Keys
from ..store.objects import image_ids
from ..store.process_lock import ProcessLock
from ..store.properties import MEASURED

if TYPE_CHECKING:
    import pandas as pd

#: Columns of :meth:`ItemSet.to_pandas` that are looked up when they are asked for, and shown by no view.
LOOKED_UP = ("path", "copy_of")


class ItemSet(Shown):
    """Items of a store, named by id, with the store's one selection. Base class of :class:`Dataset`.

    Parameters
    ----------
    store : Store
    only : uint64 array, optional
        Keys of the items that belong to it; all by default.
    conditions : sequence of str or uint64 array
        What made these items of all, first to last: see :attr:`conditions`.
    """

    def __init__(self, store: Store, only: Keys | None = None, conditions: Sequence[str | Keys] = ()) -> None:
        if not isinstance(store, Store):
            raise TypeError(f"Dataset: expected an open store, got {store!r}. Write nbc.Dataset.open(path).")
        self._store = store
        self._only = only
        self._conditions = tuple(conditions)
        self._selection = Selection.of(store)
        self._guard = ProcessLock()
        self._fixed: tuple[Items, NDArray[np.intp]] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: where the store lies, and which items of it. It is read-only there."""
        return _reopened, (type(self), self._store.path, self._only, self._conditions)

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
    def conditions(self) -> list[str | dict[str, list[str]]]:
        """How this view was made of the whole data set, first to last: SQL, or ``{"ids": [...]}``; JSON-able.

        Empty for the whole data set. :meth:`Dataset.replay` makes the view again from the recipe of a finding, which
        holds them.
        """
        names = self._store.items.ids_of_keys
        return [made if isinstance(made, str) else {"ids": names(made)} for made in self._conditions]

    def keys_of(self, ids: Ids, argument: str = "ids") -> Keys:
        """Key of each id (uint64 [m]), in the order given.

        Parameters
        ----------
        ids : iterable of str, or an object with ``ids``
            A list, array or Series of ids; a finding, a selection, a slice, a search result, a data set.
        argument : str
            What the caller's user calls them, for the errors.

        Raises
        ------
        TypeError
            If these are no ids.
        UnknownItemError
            If an id is in no view of the data set.
        ValueError
            If an id is not in this view.
        """
        items = self._store.items
        keys = items.keys_of_ids(ids, argument)
        if self._only is not None and not (here := np.isin(keys, self._only)).all():
            foreign = items.ids_of_keys(keys[~here][:1])[0]
            raise ValueError(
                f"{argument}: {np.count_nonzero(~here):,} of {len(keys):,} are not in this view, such as {foreign!r}; "
                "use them with the data set that they are in."
            )
        return keys

    @property
    def labels(self) -> list[Any]:
        """Label of each item, in the order of :attr:`ids`: text, or a list where items have several; None for none.

        An empty list says that an item has none of the classes, None that nothing is known.
        """
        items, rows = self._rows()
        return items.table.column("label").take(pa.array(rows)).to_pylist()

    @property
    def column_names(self) -> list[str]:
        """What :meth:`column` knows: the columns of every data set, then those that users have added."""
        return column_names(self._store.items)

    def column(self, name: str) -> pa.Array:
        """A column of the items, in the order of :attr:`ids`; null where there is no value.

        Parameters
        ----------
        name : str
            One of :attr:`column_names`; :attr:`properties` tells what each means. Or ``path`` or ``copy_of``: see
            :meth:`to_pandas`.

        Returns
        -------
        pyarrow.Array [n]
            Of the type of the column, such as float32, int64 or str.

        Raises
        ------
        KeyError
            If there is none of that name; the message suggests the nearest one.
        """
        items, rows = self._rows()
        return self._column(items, rows, name)

    @property
    def changed(self) -> pd.DataFrame:
        """Items whose file has changed since people said something of them: they kept it, and may have to see it again.

        A row each: ``id``; ``said``, the columns whose values were given to an earlier picture and are as they were;
        ``earlier``, how many pictures it was before. A value that is changed is one of the picture that is there.

        Examples
        --------
        >>> ds.where(ds.changed["id"])
        """
        from .changed_items import changed_items

        return changed_items(self._store)

    @property
    def errors(self) -> pd.DataFrame:
        """What could not be read: columns ``id``, ``path``, ``status`` and ``error``, the reason.

        ``unreadable``: not an item of the data set. ``missing``: was read before and still is an item, with all that
        was made of it, but its file is gone.
        """
        items = self._store.items
        bad = np.flatnonzero(items.has_status("unreadable", "missing"))
        frame = items.table.select(["id", "path", "status", "error"]).take(pa.array(bad)).to_pandas()
        return frame.assign(path=self._places(items.keys[bad]))

    def to_pandas(self, ids: Ids | None = None) -> pd.DataFrame:
        """A row an item, in the order of :attr:`ids` or of those given.

        Columns: all of :attr:`column_names`, ``path`` (absolute; None without a picture), and ``copy_of``: the id of
        the first item with the very same bytes, None for that one.

        Parameters
        ----------
        ids : ids, optional
            Which items, and in which order; all of them by default.
        """
        import pandas as pd

        items, rows = self._rows()
        if ids is not None:
            rows = items.rows_of_keys(self.keys_of(ids))
        names = [*column_names(items), *LOOKED_UP]
        return pd.DataFrame({name: _as_series(self._column(items, rows, name)) for name in names})

    def image(self, item_id: str) -> Image.Image:
        """The picture of an item: RGB, upright, full size.

        Parameters
        ----------
        item_id : str

        Raises
        ------
        UnreadableImageError
            If its file is gone or damaged, or the item has no picture.
        """
        from ..imaging import UnreadableImageError
        from ..sources.reader import read_image

        key = int(self._store.items.keys_of_ids([item_id], "item_id")[0])
        try:
            return read_image(self._store, key)
        except UnreadableImageError as error:
            raise type(error)(f"{item_id}: {error}") from error

    def _as_it_is(self) -> Self:
        """These items as they are now, for work that asks for them several times while other threads change them."""
        fixed = type(self)(self._store, self._only, self._conditions)
        fixed._fixed = self._rows()
        return fixed

    def _only_with(self, keys: Keys) -> Self:
        """A part of the items, as it is where these are as they were once."""
        part = type(self)(self._store, keys)
        if self._fixed is not None:
            items, _ = self._fixed
            part._fixed = items, items.rows_of_keys(keys)
        return part

    def _rows(self) -> tuple[Items, NDArray[np.intp]]:
        if self._fixed is not None:
            return self._fixed
        items = self._store.items
        rows = np.flatnonzero(items.shown)
        return items, rows if self._only is None else rows[np.isin(items.keys[rows], self._only)]

    def _distinct(self) -> tuple[Keys, Keys]:
        """The distinct contents among the items, and for each the key of an item to read it from."""
        items, rows = self._rows()
        contents, readable_as = items.distinct()
        here = np.isin(contents, items.contents[rows])
        return contents[here], readable_as[here]

    def _column(self, items: Items, rows: NDArray[np.intp], name: str) -> pa.Array:
        if name in MEASURED:
            return self._store.properties.column(name, items.contents[rows])
        if name == "aspect":
            width, height = (self._column(items, rows, side) for side in ("width", "height"))
            return _flat(pc.divide(width.cast(pa.float32()), height.cast(pa.float32())))  # pyright: ignore[reportAttributeAccessIssue]
        if name == IMAGE.name and name not in items.table.column_names:
            return _flat(image_ids(items, rows))
        if name == "path":
            return pa.array(self._places(items.keys[rows]), pa.string())
        if name == "copy_of":
            return pa.array(items.copies_of(rows), pa.string())
        if name not in (known := column_names(items)):
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
            raise KeyError(f"There is no column {name!r}: {hint}")
        column = items.table.column(name)
        everything = len(rows) == len(items) and bool((np.diff(rows) > 0).all())
        return _flat(column if everything else column.take(pa.array(rows)))

    def _places(self, keys: Keys) -> list[str | None]:
        """Where the picture of each item lies; None for one without."""
        from ..sources.reader import originals

        return [original.place or None for original in originals(self._store, keys)]


def _reopened(kind: type[ItemSet], path: Path, only: Keys | None, conditions: Sequence[str | Keys]) -> ItemSet:
    return kind(Store.open(path, read_only=True), only, conditions)


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _as_series(column: pa.Array) -> pd.Series:
    """A column for pandas; whole numbers beyond what floats hold, beside missing ones, in a type of pandas that can."""
    import pandas as pd

    exact = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
    if column.type not in exact or not column.null_count:
        return column.to_pandas()
    ends = pc.min_max(column)  # pyright: ignore[reportAttributeAccessIssue]
    large = max(abs(ends["min"].as_py() or 0), abs(ends["max"].as_py() or 0)) > 2**53
    return column.to_pandas(types_mapper=exact.get if large else None)
