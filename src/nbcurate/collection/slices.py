"""Slices: selections saved under a name, to come back to, to compare and to combine."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from datetime import datetime

from ..display.shown import Shown
from ..store.ids import IdAlgebra
from ..store.marks import Marks, moved
from .item_set import ItemSet


class Slice(Shown, IdAlgebra):
    """One saved selection. ``|``, ``&`` and ``-`` combine its ids with those of others.

    Attributes
    ----------
    name : str
    saved : datetime
        When, in UTC.
    """

    _page_at = "collection.slice_pages.slice_page"

    def __init__(self, items: ItemSet, name: str, saved: datetime) -> None:
        self.name = name
        self.saved = saved
        self._items = items
        self._marks = Marks(*items.store.slices.load(name))

    @property
    def ids(self) -> list[str]:
        """Kept ids, in the order in which they were picked. Items that have left the data set are left out."""
        return self._items.store.items.ids_of_keys(self._standing.kept)

    @property
    def rejected(self) -> list[str]:
        """Rejected ids."""
        return self._items.store.items.ids_of_keys(self._standing.rejected)

    def select(self) -> None:
        """Make it the selection of the data set; that can be undone."""
        marks = self._standing
        self._items.selection.replace(marks.kept, marks.rejected)

    @property
    def _standing(self) -> Marks:
        """What it holds on what its items are now: it may be older than what has been removed or has changed."""
        return moved(self._marks, self._items.store.items.standing)

    def __len__(self) -> int:
        return len(self._standing.kept)

    def __repr__(self) -> str:
        rejected = len(self._standing.rejected)
        return f"Slice({self.name!r}: {len(self):,} kept, {rejected:,} rejected, saved {self.saved:%Y-%m-%d})"


class Slices(Shown, Mapping[str, Slice]):
    """The slices of a data set by name.

    Examples
    --------
    >>> ds.save_slice("night")
    >>> ds.slices["night"].ids
    >>> ds.slices["night"] - ds.slices["blurry"]
    >>> ds.slices["night"].select()
    >>> del ds.slices["night"]
    """

    _page_at = "collection.slice_pages.slices_page"

    def __init__(self, items: ItemSet) -> None:
        self._items = items

    def __getitem__(self, name: str) -> Slice:
        names = self._items.store.slices.names()
        if name not in names:
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names) or 'none yet'}."
            raise KeyError(f"There is no slice {name!r}: {hint}")
        return Slice(self._items, name, names[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._items.store.slices.names())

    def __len__(self) -> int:
        return len(self._items.store.slices.names())

    def __delitem__(self, name: str) -> None:
        """Forget a slice; its items stay as they are."""
        store = self._items.store
        store.require_writable()
        with store.guard:
            self[name]  # one that is not there says so
            store.slices.drop(name)
        store.announce()

    def __repr__(self) -> str:
        return f"Slices({', '.join(f'{name}: {len(self[name]):,}' for name in self) or 'none yet'})"
