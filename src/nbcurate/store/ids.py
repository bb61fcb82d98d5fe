"""Ids, from whatever names items (lists, findings, search results, views), and set operations of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import pyarrow as pa


class HasIds(Protocol):
    """A finding, a selection, a slice, a search result or a data set."""

    @property
    def ids(self) -> list[str]: ...


#: What every function takes that is asked for ids.
Ids = Iterable[str] | HasIds


def as_ids(given: Any, argument: str = "ids") -> list[str]:
    """The ids that were given, in their order.

    Parameters
    ----------
    given : iterable of str, or an object with ``ids``
        A list, array, Series or generator of ids; a finding, a selection, a slice, a search result, a data set.
    argument : str
        What the caller's user calls it, for the errors.

    Raises
    ------
    TypeError
        If it is one string, None, a table, or holds what is not a string.
    """
    if isinstance(given, str):
        raise TypeError(f"{argument}: expected a list of ids, got one string: write [{given!r}].")
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        raise TypeError(f'{argument}: expected ids, got a table: give its column of ids, such as table["id"].')
    if hasattr(given, "ids"):
        return given.ids
    if isinstance(given, pa.Array | pa.ChunkedArray):
        given = given.to_pylist()
    if not isinstance(given, Iterable):
        raise TypeError(f"{argument}: expected a list of ids, a finding or a data set, got {given!r}.")
    ids = list(given)
    for item_id in ids:
        if not isinstance(item_id, str):
            raise TypeError(f"{argument}: {_no_id(item_id)}")
    return ids


class IdAlgebra:
    """Set operations of something that has ``ids``: lists of ids in the order of the left side."""

    @property
    def ids(self) -> list[str]:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self.ids

    def __or__(self, other: Ids) -> list[str]:
        return list(dict.fromkeys([*self.ids, *as_ids(other)]))

    def __and__(self, other: Ids) -> list[str]:
        wanted = set(as_ids(other))
        return [item_id for item_id in self.ids if item_id in wanted]

    def __sub__(self, other: Ids) -> list[str]:
        unwanted = set(as_ids(other))
        return [item_id for item_id in self.ids if item_id not in unwanted]


def _no_id(value: Any) -> str:
    kind = type(value).__name__
    hint = " Items for which something is true are ds.where(…)." if kind in ("bool", "bool_") else ""
    return f"an id is a string, got {value!r} of type {kind}.{hint}"
