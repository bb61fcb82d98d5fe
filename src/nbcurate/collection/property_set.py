"""What is known of the items beside their vectors: properties, columns, labels, tags, and queries over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from ..sources.measuring import measure_items
from ..store.columns import PROPERTIES, require_free_name, user_columns
from ..store.expression import rows_where
from ..store.items import Keys
from .item_set import ItemSet

if TYPE_CHECKING:
    import pandas as pd


class PropertySet(ItemSet):
    """Items with properties that can be read, added to and asked for. Base class of :class:`Dataset`."""

    @property
    def properties(self) -> pd.DataFrame:
        """What the columns mean: ``name``, ``source`` (given, file, pixels), ``unit``, ``range``, ``meaning``."""
        import pandas as pd

        own = [{"name": name, "source": "given", "meaning": "added by you"} for name in user_columns(self._store)]
        known = [{field: getattr(p, field) for field in p.__slots__} for p in PROPERTIES]
        return pd.DataFrame([*known, *own]).fillna("").set_index("name")

    def measure(self) -> Self:
        """Measure what the pixels tell (brightness, sharpness, …) where it was not yet; :meth:`embed` does so, too.

        Goes on where an interrupted run stopped. Pictures that cannot be read stay without.
        """
        contents, readable_as = self._distinct()
        measure_items(self._store, contents, readable_as)
        self._store.announce()
        return self

    # -- queries -------------------------------------------------------------------------------------------------

    def where(self, condition: str | ArrayLike | Iterable[str]) -> Self:
        """The items for which a condition holds: a data set of its own, with the same store and selection.

        Parameters
        ----------
        condition : str, bool array [n] or ids
            An SQL expression over :attr:`column_names` (DuckDB's dialect), an array aligned with :attr:`ids`, or ids.

        Raises
        ------
        ExpressionError
            If the expression cannot be evaluated; the message names the column and suggests the nearest one.

        Examples
        --------
        >>> ds.where("label = 'cat' and brightness < 0.2 and width >= 640")
        >>> ds.where("list_contains(tags, 'night')")
        >>> ds.where(ds.to_pandas()["sharpness"] < 0.02)
        """
        items, rows = self._rows()
        if isinstance(condition, str):
            chosen = rows_where(condition, self.column_names, lambda n: self._column(items, rows, n), len(rows))
            return self._view(items.keys[rows[chosen]])
        mask = _as_mask(condition, len(rows))
        if mask is not None:
            return self._view(items.keys[rows[mask]])
        keys = items.keys_of_ids(getattr(condition, "ids", condition))  # pyright: ignore[reportArgumentType]
        return self._view(items.keys[rows[np.isin(items.keys[rows], keys)]])

    def _view(self, keys: Keys) -> Self:
        return type(self)(self._store, np.sort(keys))

    # -- columns -------------------------------------------------------------------------------------------------

    def add_column(self, name: str, values: ArrayLike | Mapping[str, Any]) -> Self:
        """Keep a value for each item under a name of your own; a column of that name is replaced.

        Parameters
        ----------
        name : str
            Not one of those that are filled by nbcurate.
        values : array_like [n] or mapping
            Aligned with :attr:`ids`, or a value for each of some ids; the others keep theirs, or have none.

        Raises
        ------
        ValueError
            If the name is taken, or the length is not that of the data set.
        UnknownItemError
            If an id is not in the data set; then nothing is kept.
        """
        require_free_name(name)
        if isinstance(values, Mapping):
            keys, column = self._store.items.keys_of_ids(values), _as_column(list(values.values()))
        else:
            keys, column = self.keys, _as_column(values)
            if len(column) != len(keys):
                raise ValueError(f"The column {name!r} has {len(column):,} values for {len(keys):,} items.")
        self._store.set_columns(pa.table({"key": pa.array(keys, pa.uint64()), name: column}))
        self._store.announce()
        return self

    def drop_column(self, name: str) -> Self:
        """Take a column of yours out of the data set."""
        if name not in user_columns(self._store):
            raise KeyError(f"There is no column of yours called {name!r}: {user_columns(self._store)}.")
        self._store.drop_column(name)
        self._store.announce()
        return self

    # -- labels and tags -----------------------------------------------------------------------------------------

    def relabel(self, ids: Iterable[str] | Mapping[str, str | None], label: str | None = None) -> Self:
        """Change labels; :attr:`history` remembers the old ones and :meth:`undo_edit` brings them back.

        Parameters
        ----------
        ids : iterable of str or mapping
            Items that all get ``label``, or a label for each id.

        Examples
        --------
        >>> ds.relabel(["cat/12.jpg"], "dog")
        >>> issues = ds.label_issues().to_pandas().head(20)
        >>> ds.relabel(dict(zip(issues["id"], issues["suggested_label"])))
        """
        given = ids if isinstance(ids, Mapping) else dict.fromkeys(ids, label)
        keys = self._store.items.keys_of_ids(given)
        return self._edit("label", keys, list(given.values()))

    def tag(self, ids: Iterable[str], *tags: str) -> Self:
        """Give items one or more tags."""
        return self._retag(ids, lambda there: [*there, *(tag for tag in dict.fromkeys(tags) if tag not in there)])

    def untag(self, ids: Iterable[str], *tags: str) -> Self:
        """Take tags away from items; all of them if none is named."""
        return self._retag(ids, lambda there: [tag for tag in there if tags and tag not in tags])

    @property
    def tags(self) -> dict[str, int]:
        """All tags, each with the number of its items."""
        counts: dict[str, int] = {}
        for there in self.column("tags").to_pylist():
            for tag in there or []:
                counts[tag] = counts.get(tag, 0) + 1
        return counts

    @property
    def history(self) -> pd.DataFrame:
        """Every change of labels and tags, oldest first: ``edit``, ``time``, ``id``, ``column``, ``old``, ``new``."""
        table = self._store.edits.table
        frame = table.select(["edit", "time", "column", "old", "new"]).to_pandas()
        frame.insert(2, "id", self._store.items.ids_of_keys(table.column("item").to_numpy()))
        return frame

    def undo_edit(self) -> bool:
        """Take the last change of labels or tags back. False when there is none."""
        edit = self._store.edits.last()
        if edit is None:
            return False
        self._write_edit(edit.column, edit.items, edit.new, edit.old, undoes=edit.number)
        return True

    def _retag(self, ids: Iterable[str], change: Any) -> Self:
        keys = self._store.items.keys_of_ids(dict.fromkeys(ids))
        there = self._values("tags", keys)
        return self._edit("tags", keys, [change(tags or []) for tags in there])

    def _edit(self, column: str, keys: Keys, new: Sequence[Any]) -> Self:
        old = self._values(column, keys)
        changed = [place for place, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]
        if changed:
            self._write_edit(column, keys[changed], [old[i] for i in changed], [new[i] for i in changed])
        return self

    def _write_edit(
        self, column: str, keys: Keys, old: Sequence[Any], new: Sequence[Any], *, undoes: int | None = None
    ) -> None:
        self._store.edits.append(column, keys, old, new, undoes=undoes)
        kind = self._store.items.table.schema.field(column).type
        self._store.update_items(pa.table({"key": pa.array(keys, pa.uint64()), column: pa.array(new, kind)}))
        self._store.announce()

    def _values(self, column: str, keys: Keys) -> list[Any]:
        items = self._store.items
        return items.table.column(column).take(pa.array(items.rows_of_keys(keys))).to_pylist()


def _as_mask(condition: Any, length: int) -> NDArray[np.bool_] | None:
    """``condition`` as a bool array, if it is one."""
    if isinstance(condition, pa.Array | pa.ChunkedArray):
        condition = condition.to_numpy(zero_copy_only=False)
    array = np.asarray(condition) if hasattr(condition, "__array__") or isinstance(condition, list) else None
    if array is None or array.dtype != bool:
        return None
    if array.shape != (length,):
        raise ValueError(f"The condition has shape {array.shape} for {length:,} items: it is aligned with ds.ids.")
    return array


def _as_column(values: Any) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if hasattr(values, "iloc"):  # pandas: its missing values are null
        return pa.Array.from_pandas(values)
    return pa.array(values)
