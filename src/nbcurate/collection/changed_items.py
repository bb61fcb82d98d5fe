"""Items whose file has changed since somebody said something of them: it was said of an earlier picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.columns import user_columns
from ..store.items import Items

if TYPE_CHECKING:
    import pandas as pd

#: Columns of ours that people fill by edits, which the log tells.
_EDITED = ("label", "split", "tags")


@dataclass(slots=True)
class _Change:
    """An item that took the place of others: the rows of these, and the columns that were said of them alone."""

    earlier: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def changed_items(store: Store) -> pd.DataFrame:
    """What people said of earlier pictures of items, and has gone over to those that are there now.

    A value is of the earlier picture until it is changed.

    Returns
    -------
    DataFrame
        A row for each such item: ``id``; ``said``, names of columns; ``earlier``, how many pictures it was before.
    """
    import pandas as pd

    items = store.items
    changes = _changes(items)
    edits = store.edits.table.select(["item", "column", "source"]).to_pylist() if changes else []
    by_people = {(edit["item"], edit["column"]) for edit in edits if edit["source"] is None}
    own = user_columns(store)
    for row, change in changes.items():
        key, before = int(items.keys[row]), [int(key) for key in items.keys[change.earlier]]
        said = [name for name in _EDITED if any((old, name) in by_people for old in before)]
        said = [name for name in (*said, *own) if (key, name) not in by_people]
        change.said = [name for name in said if _is_as_it_was(items, name, row, change.earlier[-1])]
    told = {row: change for row, change in changes.items() if change.said}
    return pd.DataFrame(
        {
            "id": items.ids.take(pa.array(list(told), pa.int64())).to_pylist(),
            "said": [change.said for change in told.values()],
            "earlier": np.array([len(change.earlier) for change in told.values()], np.int64),
        }
    )


def _changes(items: Items) -> dict[int, _Change]:
    """By row of an item, what it was before, where that had other bytes."""
    changes: dict[int, _Change] = {}
    replaced = np.flatnonzero(items.has_status("replaced"))
    now = items.successors(items.keys[replaced])
    replaced, now = replaced[now >= 0], now[now >= 0]
    heirs = items.rows_of_keys(now.astype(np.uint64))
    other = items.contents[heirs] != items.contents[replaced]
    for heir, row in zip(heirs[other].tolist(), replaced[other].tolist(), strict=True):
        changes.setdefault(heir, _Change()).earlier.append(row)
    return dict(sorted(changes.items()))


def _is_as_it_was(items: Items, name: str, row: int, before: int) -> bool:
    """Whether an item has a value in a column, and it is that which the picture before it had."""
    now, then = items.table.column(name).take(pa.array([row, before])).to_pylist()
    return now is not None and now == then
