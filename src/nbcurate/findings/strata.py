"""What a split keeps even, and what it keeps together: the user's columns and values as codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.alignment import in_order_of_ids
from ..collection.item_labels import labels_of
from ..collection.vector_set import VectorSet
from ..curate.class_labels import ClassLabels, encode_labels

#: Numbers of more different values than this are divided into so many ranges of equally many items.
_MOST_VALUES, _RANGES = 20, 10


def read_strata(dataset: VectorSet, stratify: str | None) -> ClassLabels:
    """The strata of each item: a class, or several where the column holds lists; all of one where none are asked for.

    Numbers and dates, such as brightness, are divided by their deciles.

    Raises
    ------
    TypeError
        If it is no name, or the column holds lists of something else than classes.
    KeyError
        If there is no such column.
    """
    if stratify is None:
        return encode_labels(["all"] * len(dataset))
    if not isinstance(stratify, str):
        raise TypeError(
            f"stratify: expected the name of a column, got {type(stratify).__name__}: "
            'ds.add_column("strata", values), then stratify="strata".'
        )
    column = dataset.column(stratify)
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return labels_of(dataset, stratify)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        values = column.to_pandas()
        if values.nunique() > _MOST_VALUES:
            ranges = np.asarray(pd.qcut(values, _RANGES, labels=False, duplicates="drop"), float)
            return encode_labels([None if number != number else f"{number:g}" for number in ranges.tolist()])
    return _classes_of(column.to_pylist())


def read_groups(dataset: VectorSet, groups: Any) -> tuple[NDArray[np.int32], Any]:
    """Number of the user's group of each item, -1 for none; and the groups as a recipe keeps them.

    Parameters
    ----------
    groups : str, Series, mapping or array_like [n], optional
        A column, or values: see :func:`nbcurate.collection.alignment.align`.

    Raises
    ------
    TypeError
        If these are lists.
    """
    if groups is None:
        return np.full(len(dataset), -1, np.int32), None
    if isinstance(groups, str):
        values, given = dataset.column(groups).to_pylist(), groups
    else:
        values = in_order_of_ids(dataset, groups, "groups")
        given = dict(zip(dataset.ids, values, strict=True))
    if any(isinstance(value, list | tuple | set | np.ndarray) for value in values):
        raise TypeError("groups: an item is of one group, but there are lists: name each item's group by one value.")
    return _classes_of(values).single, given


def _classes_of(values: Sequence[Any]) -> ClassLabels:
    return encode_labels([None if value is None or value != value else str(value) for value in values])
