"""Columns that a view is given along: a user's values, a model's predictions, a finding's scores, by the item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ..collection.alignment import align
from ..dataset import Dataset
from ..findings.finding import Finding
from ..store.items import Keys

if TYPE_CHECKING:
    import pandas as pd

    #: Of each column its name and values.
    GivenColumns = Mapping[str, Any] | pd.DataFrame


def named_columns(columns: GivenColumns | None) -> dict[str, Any]:
    """The values by the name of their column; of a table by its index, or by the ids in its column ``id``.

    Raises
    ------
    TypeError
        If it is neither a mapping nor a table.
    """
    if columns is None:
        return {}
    if isinstance(columns, Mapping):
        return dict(columns)
    import pandas as pd

    if not isinstance(columns, pd.DataFrame):
        raise TypeError(f"columns: give a DataFrame or {{name: values}}, got {type(columns).__name__}.")
    table = columns.set_index("id") if "id" in columns.columns else columns
    return {str(name): table[name] for name in table.columns}


def keyed_values(dataset: Dataset, name: str, values: Any) -> tuple[Keys, pa.Array]:
    """The values of a column, and the key of the item that each belongs to.

    What goes by id may be of any items of the store: predictions of all of them serve the views of each part.

    Parameters
    ----------
    dataset : Dataset
        What the view shows.
    values : Series, mapping of id to value, array_like [n] or Finding
        See :func:`nbcurate.collection.alignment.align`; a finding stands for its scores.

    Raises
    ------
    ValueError, TypeError, UnknownItemError
        If what they belong to cannot be told; the message names the column.
    """
    if isinstance(values, Finding):
        return values.keys, pa.array(values.scores)
    items = Dataset(dataset.store) if _goes_by_id(values) else dataset
    found = align(items, values, f"columns[{name!r}]")
    keys = items.keys if len(found.rows) == len(items) else items.keys[found.rows]
    return keys, _as_arrow(found.values)


def _goes_by_id(values: Any) -> bool:
    if isinstance(values, Mapping):
        return True
    index = getattr(values, "index", None)  # a list has one, too: a method
    return hasattr(index, "is_unique") and len(index) > 0 and all(isinstance(one, str) for one in index)  # pyright: ignore[reportArgumentType, reportOptionalIterable, reportGeneralTypeIssues]


def _as_arrow(values: Any) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    dtype = getattr(values, "dtype", None)
    of_numbers = isinstance(values, np.ndarray) or (isinstance(dtype, np.dtype) and dtype.kind != "O")
    lists = not of_numbers and any(isinstance(one, list | tuple | np.ndarray) for one in values)
    return pa.array(list(values) if lists else np.asarray(values), from_pandas=True)
