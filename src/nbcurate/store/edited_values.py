"""The values that an edit gives items: one row an item, one column for each that is changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from .column_types import common_type, plain, with_values
from .edits import Change
from .items import Items


def edited_values(items: Items, changes: Sequence[Change]) -> pa.Table:
    """What all columns of an edit hold after it, by the keys of the items that it changes.

    Where one change leaves out an item that another names, its value is the one that it has. Of two changes of one
    column the later counts.

    Raises
    ------
    ValueError
        If a value cannot be kept; the message names the column.
    """
    keys = np.unique(np.concatenate([change.items for change in changes]))
    rows = pa.array(items.rows_of_keys(keys))
    columns: dict[str, pa.Array] = {}
    for change in changes:
        given = _as_column(change)
        there = columns.get(change.column)
        if there is None:
            known = change.column in items.table.column_names
            there = plain(items.table.column(change.column).take(rows)) if known else pa.nulls(len(keys), given.type)
        at = np.searchsorted(keys, change.items)
        columns[change.column] = with_values(there, at, given, common_type(there, given))
    return pa.table({"key": pa.array(keys, pa.uint64()), **columns})


def _as_column(change: Change) -> pa.Array:
    try:
        new = pa.array(change.new)
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise ValueError(f"{change.column}: {bad!r} is half of a character, and no text.") from None
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise ValueError(f"{change.column}: {error}") from None
    return new.cast(pa.list_(pa.string())) if new.type == pa.list_(pa.null()) else plain(new)  # nothing but empty lists
