"""A data set as a collection of Python: iterated, asked for an item, cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from ..collection.vector_set import VectorSet
from ..store.ids import HasIds, as_ids

if TYPE_CHECKING:
    import pandas as pd

    from .item import Item


#: What names a part of a data set: ids, or whatever has them, places, or true and false for each item.
Part: TypeAlias = "list[str] | tuple[str, ...] | set[str] | HasIds | slice | NDArray[Any] | pd.Series"


class Container(VectorSet):
    """Items that are iterated over and asked for by id. Base class of :class:`Dataset`.

    ``len(ds)`` is how many there are, ``for item_id in ds`` goes over their ids in the order in which they came in.
    """

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, item_id: object) -> bool:
        """Whether an item of that id is in this data set, or in this view."""
        items = self._store.items
        if not isinstance(item_id, str) or item_id not in items:
            return False
        return self._only is None or bool(np.isin(items.keys_of_ids([item_id]), self._only)[0])

    @overload
    def __getitem__(self, chosen: str) -> Item: ...
    @overload
    def __getitem__(self, chosen: Part) -> Self: ...
    def __getitem__(self, chosen: Any) -> Item | Self:
        """One item by its id, or a part of the data set: a view.

        Parameters
        ----------
        chosen : str, ids, slice, or true or false for the items
            An id gives an :class:`Item`. A list of ids, a finding, a selection, a slice of places (``ds[:100]``), or
            bools in the order of :attr:`ids` give a view, as :meth:`where` does: its items are in the order in which
            they came in. For a condition in SQL there is :meth:`where`.

        Raises
        ------
        UnknownItemError
            If there is no item of that id; the message suggests the nearest one.
        TypeError
            If it is none of these, such as a number: items are named by ids.
        ValueError
            If an item is not in this view.

        Examples
        --------
        >>> item = ds[ds.ids[0]]
        >>> item.label, item.properties["width"]
        >>> ds[[ds.ids[0], ds.ids[1]]]
        >>> ds[:100]
        """
        if isinstance(chosen, str):
            from .item import Item

            return Item(self, int(self.keys_of([chosen], "ds[...]")[0]))
        if isinstance(chosen, slice):
            return self._view(self.keys[chosen])
        if isinstance(chosen, int | np.integer) and not isinstance(chosen, bool):
            raise TypeError(f"ds[{chosen!r}]: items are named by their ids, such as ds[ds.ids[{int(chosen)}]].")
        if str(getattr(chosen, "dtype", "")) in ("bool", "boolean"):  # a Series is aligned by its index
            return self.where(chosen)
        return self._view(self.keys_of(as_ids(chosen, "ds[...]"), "ds[...]"))
