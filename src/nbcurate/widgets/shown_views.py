"""Which items each view shows that is open."""

from __future__ import annotations

import weakref
from itertools import count

from ..dataset import Dataset
from .protocol import RequestError


class ShownViews:
    """The views of a session by number, from when they are made until they are closed.

    A data set keeps the number of the first view of it as long as anybody holds it: the columns that the browser has of
    it go by that number, also when that view is closed.
    """

    def __init__(self) -> None:
        self._numbers = count()
        self._open: dict[int, Dataset] = {}
        self._first: weakref.WeakValueDictionary[int, Dataset] = weakref.WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, dataset: Dataset) -> tuple[int, int]:
        """Number of a new view of ``dataset``, and that of the first view of it."""
        number = next(self._numbers)
        self._open[number] = dataset
        first = next((at for at, shown in list(self._first.items()) if shown is dataset), number)
        self._first[first] = dataset
        return number, first

    def close(self, number: int) -> None:
        """Forget a view."""
        self._open.pop(number, None)

    def dataset(self, number: int) -> Dataset:
        """What the view of that number shows.

        Raises
        ------
        RequestError
            If there is no such view, or no longer.
        """
        shown = self._open.get(number)
        shown = self._first.get(number) if shown is None else shown
        if shown is None:
            raise RequestError("bad-request", f"There is no view {number}.")
        return shown
