"""What a split keeps even, and what it keeps together: the user's columns and values as codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.alignment import in_order_of_ids
from ..collection.vector_set import VectorSet
from .labels import label_codes

#: Numbers of more different values than this are divided into so many ranges of equally many items.
_MOST_VALUES, _RANGES = 20, 10


def read_strata(dataset: VectorSet, stratify: str | None) -> NDArray[np.int32]:
    """Number of the stratum of each item, -1 for those without a value; all of one where none are asked for.

    Numbers and dates, such as brightness, are divided by their deciles.

    Raises
    ------
    TypeError
        If it is no name.
    KeyError
        If there is no such column.
    """
    if stratify is None:
        return np.zeros(len(dataset), np.int32)
    if not isinstance(stratify, str):
        raise TypeError(
            f"stratify: expected the name of a column, got {type(stratify).__name__}: "
            'ds.add_column("strata", values), then stratify="strata".'
        )
    column = dataset.column(stratify)
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        values = column.to_pandas()
        if values.nunique() > _MOST_VALUES:
            ranges = np.asarray(pd.qcut(values, _RANGES, labels=False, duplicates="drop"), float)
            return np.nan_to_num(ranges, nan=-1).astype(np.int32)
    return _codes_of(column.to_pylist())


def read_groups(dataset: VectorSet, groups: Any) -> tuple[NDArray[np.int32], Any]:
    """Number of the user's group of each item, -1 for none; and the groups as a recipe keeps them.

    Parameters
    ----------
    groups : str, Series, mapping or array_like [n], optional
        A column, or values: see :func:`nbcurate.collection.alignment.align`.
    """
    if groups is None:
        return np.full(len(dataset), -1, np.int32), None
    if isinstance(groups, str):
        return _codes_of(dataset.column(groups).to_pylist()), groups
    values = in_order_of_ids(dataset, groups, "groups")
    return _codes_of(values), dict(zip(dataset.ids, values, strict=True))


def _codes_of(values: Sequence[Any]) -> NDArray[np.int32]:
    return label_codes([None if value is None or value != value else str(value) for value in values])[0]
