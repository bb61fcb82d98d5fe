"""Items that take the place of others: what belongs to the item, and not to the bytes of its file, goes over."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from .column_types import plain
from .items import ITEM_SCHEMA

#: Of our own columns, what is said of an item; all of the user's are.
_SAID = ("label", "split", "tags")


def in_the_place_of(rows: pa.Table, retired: pa.Table, replaces: Sequence[int | None]) -> pa.Table:
    """The rows to write when items are replaced.

    Parameters
    ----------
    rows : pyarrow.Table
        The new items.
    retired : pyarrow.Table
        All columns of those that are replaced, in the order in which ``replaces`` names them.
    replaces : sequence of int or None
        For each of ``rows`` the key of the item that it replaces.

    Returns
    -------
    pyarrow.Table
        ``retired`` with the status ``replaced``, then ``rows`` with what they take over.
    """
    numbers = iter(range(len(retired)))
    at = pa.array([None if key is None else next(numbers) for key in replaces], pa.int64())
    own = [name for name in retired.column_names if name not in ITEM_SCHEMA.names]
    for name in (*_SAID, *own):
        carried = plain(retired.column(name)).take(at)
        if name not in rows.column_names:
            rows = rows.append_column(name, carried)
            continue
        column = pc.if_else(pc.is_valid(at), carried, plain(rows.column(name)))  # pyright: ignore[reportAttributeAccessIssue]
        rows = rows.set_column(rows.column_names.index(name), name, column)
    status = retired.schema.get_field_index("status")
    retired = retired.set_column(status, retired.schema.field(status), pa.array(["replaced"] * len(retired)))
    return pa.concat_tables([retired, rows.select(retired.column_names).cast(retired.schema)])
