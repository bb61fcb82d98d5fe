"""The user's columns that a curation hands on: those that the filter of its view names, which is of no use without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from ..collection.item_set import ItemSet
from ..store import Store
from ..store.columns import user_columns
from ..store.expression import columns_in
from ..store.items import Keys
from ..store.json_values import noted_type, to_json_values
from ..store.said import Said
from .column_values import ColumnValues
from .curation_file import Curation, Numbers


def columns_of_filter(dataset: ItemSet, numbers: Callable[[Keys], Numbers]) -> dict[str, ColumnValues]:
    """The values of the user's columns that the conditions of a view name.

    Parameters
    ----------
    numbers : callable
        Gives the numbers by which the curation calls items.
    """
    store = dataset.store
    found: dict[str, ColumnValues] = {}
    own = user_columns(store)
    conditions = [made for made in dataset.conditions if isinstance(made, str)]
    for name in dict.fromkeys(name for condition in conditions for name in columns_in(condition, own)):
        values = store.items.table.column(name)
        rows = np.flatnonzero(store.items.shown & np.asarray(values.is_valid()))
        values = values.take(pa.array(rows))
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        written = ColumnValues(numbers(store.items.keys[rows]), to_json_values(values), noted_type(values))
        if _type_of(written) == values.type:  # else it is told as one that is left out
            found[name] = written
    return found


def columns_left_out(store: Store, curation: Curation) -> list[str]:
    """Columns that a curation does not hand on and that no source gives, so that a copy of the data set has not got."""
    said = Said.by("", store.said_folder).others()
    keys, table = store.items.keys, store.items.table
    own = [name for name in user_columns(store) if name not in {*curation.columns, *curation.edits}]
    filled = [name for name in own if table.column(name).null_count < len(keys)]
    return [name for name in filled if not any(one.of(name, keys)[1].any() for one in said)]


def differing(here: list[Any], wanted: list[Any]) -> tuple[list[int], list[int]]:
    """Positions of values that are missing here, and of those that are others: NaN is NaN."""
    empty = [at for at, value in enumerate(here) if value is None]
    pairs = enumerate(zip(here, wanted, strict=True))
    others = [at for at, (a, b) in pairs if a is not None and a != b and not (a != a and b != b)]
    return empty, others


def _type_of(found: ColumnValues) -> pa.DataType | None:
    """The type that values have when they are read again; None if they cannot be."""
    try:
        return found.column().type
    except ValueError:
        return None
