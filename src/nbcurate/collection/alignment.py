"""Values that a user gives for the items, brought into the order of the data set's ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .item_set import ItemSet

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Values of some or all items.

    Attributes
    ----------
    rows : int array [m]
        Which of the data set's ids each value belongs to, ascending.
    values : array_like [m]
        A list, a numpy or Arrow array, or what pandas object was given, in that order.
    """

    rows: NDArray[np.intp]
    values: Any


def align(items: ItemSet, values: Any, argument: str) -> Aligned:
    """Find out which items the values belong to.

    Parameters
    ----------
    items : ItemSet
    values : Series or DataFrame, mapping, or array_like [n]
        pandas objects are aligned by their index: by ids of the data set, some or all of them, or, where it counts the
        rows from 0 in whatever order, as :meth:`ItemSet.to_pandas` does, by these numbers. A mapping is of id to
        value. Anything else is in the order of ``items.ids``.
    argument : str
        What the caller's user calls the values, for the errors.

    Raises
    ------
    ValueError
        If there are too few or too many, or an index names neither ids nor rows, or an id twice or of another view.
    UnknownItemError
        If an id is not in the data set.
    TypeError
        If it is one value and no list, or a set.

    Examples
    --------
    >>> frame = ds.to_pandas().sort_values("width")
    >>> align(ds, frame["width"], "values").values.tolist() == ds.to_pandas()["width"].tolist()
    True
    """
    import pandas as pd

    if isinstance(values, pd.Series | pd.DataFrame):
        return _by_index(items, values, argument)
    if isinstance(values, Mapping):
        rows = _rows_of(items, list(values), argument)
        given = list(values.values())
        order = np.argsort(rows, kind="stable")
        return Aligned(rows[order], [given[place] for place in order])
    if isinstance(values, set | frozenset):
        raise TypeError(
            f"{argument}: a set has no order, so what each value belongs to is unknown: give a list or a dict."
        )
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise TypeError(f"{argument}: expected a value for each of {len(items):,} items, got {values!r}.")
    if not hasattr(values, "__len__"):
        values = list(values)
    _require_length(items, len(values), argument)  # pyright: ignore[reportArgumentType]
    return Aligned(np.arange(len(items)), values)


def in_order_of_ids(items: ItemSet, values: Any, argument: str) -> list[Any]:
    """A value for each of ``items.ids``: None where there is none, and for NaN, NaT and NA.

    Parameters and errors are those of :func:`align`.
    """
    import pandas as pd

    if isinstance(values, pd.DataFrame):
        raise TypeError(f"{argument}: expected one value an item, got a table: give one of its columns.")
    found = align(items, values, argument)
    ordered: list[Any] = [None] * len(items)
    for row, value in zip(found.rows.tolist(), without_missing(found.values), strict=True):
        ordered[row] = value
    return ordered


def truth(items: ItemSet, values: Any, argument: str) -> NDArray[np.bool_] | None:
    """Which of ``items.ids`` are said to be true (bool [n]): not those with no value. None if these are no truths.

    Parameters and errors are those of :func:`align`.
    """
    if not _are_truths(values):
        return None
    found = align(items, values, argument)
    if getattr(found.values, "ndim", 1) != 1:
        raise ValueError(f"{argument}: true or false for each item, got an array of shape {found.values.shape}.")
    mask = np.zeros(len(items), bool)
    if getattr(found.values, "dtype", None) == np.dtype(bool):
        mask[found.rows] = found.values
    else:
        mask[found.rows] = [value is not None and bool(value) for value in without_missing(found.values)]
    return mask


def _are_truths(values: Any) -> bool:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return pa.types.is_boolean(values.type)
    if hasattr(values, "ids") or hasattr(values, "columns") or not isinstance(values, Iterable):
        return False
    dtype = getattr(values, "dtype", None)
    if dtype is not None and dtype != np.dtype(object):
        return str(dtype).lower().startswith("bool")  # of numpy, pandas and polars
    if not hasattr(values, "__len__"):
        return False  # a generator can be read once: it is one of ids
    known = [v for v in without_missing(values.values() if isinstance(values, Mapping) else values) if v is not None]
    return bool(known) and all(isinstance(value, bool | np.bool_) for value in known)


def without_missing(values: Any) -> list[Any]:
    """Values as a list, None for NaN, NaT and NA."""
    import pandas as pd

    if isinstance(values, pa.Array | pa.ChunkedArray):
        values = values.to_pylist()
    series = pd.Series(list(values), dtype=object)
    return series.where(series.notna(), None).tolist()


def _by_index(items: ItemSet, values: pd.Series | pd.DataFrame, argument: str) -> Aligned:
    index = values.index
    if len(index) and all(isinstance(name, str) for name in index):
        if not index.is_unique:
            raise ValueError(f"{argument}: its index names {index[index.duplicated()][0]!r} twice: one value an id.")
        rows = _rows_of(items, index, argument)
        return Aligned(np.sort(rows), values.iloc[np.argsort(rows)])
    _require_length(items, len(index), argument)
    numbers = index.to_numpy()
    if numbers.dtype.kind not in "iu" or not np.array_equal(np.sort(numbers), np.arange(len(items))):
        raise ValueError(
            f"{argument}: its index holds neither ids nor the row numbers of ds.to_pandas(), so what a value "
            'belongs to is unknown: use .set_axis(frame["id"]), or .to_numpy() where it is in the order of ds.ids.'
        )
    return Aligned(np.arange(len(items)), values.iloc[np.argsort(numbers)])


def _rows_of(items: ItemSet, ids: Any, argument: str) -> NDArray[np.intp]:
    return np.searchsorted(items.keys, items.keys_of(ids, argument))  # keys ascend


def _require_length(items: ItemSet, length: int, argument: str) -> None:
    if length != len(items):
        raise ValueError(f"{argument}: {length:,} values for {len(items):,} items; give one for each of ds.ids.")
