"""What is known of the items beside their vectors: properties, columns, labels, tags, and queries over them."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from ..store.class_order import forget_class_order
from ..store.column_types import of_pandas
from ..store.columns import PROPERTIES, column_names, require_free_name, user_columns
from ..store.edits import Change
from ..store.expression import rows_where
from ..store.ids import Ids, as_ids
from ..store.items import Items, Keys
from .alignment import align, truth, without_missing
from .item_set import LOOKED_UP, ItemSet
from .label_column import back_to_texts, in_form_of_column
from .words import as_labels, as_tags, labels_by_id

if TYPE_CHECKING:
    import pandas as pd

_TAGS = pa.list_(pa.string())


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
        from ..sources.measuring import measure_items

        contents, readable_as = self._distinct()
        measure_items(self._store, contents, readable_as)
        self._store.announce()
        return self

    # -- queries -------------------------------------------------------------------------------------------------

    def where(self, condition: str | ArrayLike | Mapping[str, bool] | Ids) -> Self:
        """The items for which a condition holds: a data set of its own, with the same store and selection.

        Parameters
        ----------
        condition : str, true or false for the items, or ids
            An SQL expression over :attr:`column_names`, ``path`` and ``copy_of`` (DuckDB's dialect); a bool Series that
            is aligned by its index (ids, or the rows of :meth:`to_pandas`), a mapping of id to bool, or a bool array
            [n] in the order of :attr:`ids`, where what is missing is not true; or ids.

        Raises
        ------
        ExpressionError
            If the expression cannot be evaluated; the message names the column and suggests the nearest one.
        ValueError
            If the array is not as long as the data set, or an id is not in this view.

        Examples
        --------
        >>> ds.where("label = 'cat' and brightness < 0.2 and width >= 640")
        >>> ds.where("list_contains(tags, 'night')")
        >>> ds.where("copy_of is not null")
        >>> ds.where(ds.to_pandas()["sharpness"] < 0.02)
        """
        items, rows = self._rows()
        if isinstance(condition, str):
            names = [*column_names(items), *LOOKED_UP]
            chosen = rows_where(condition, names, lambda name: self._column(items, rows, name), len(rows))
            return self._view(items.keys[rows[chosen]], condition)
        mask = truth(self, condition, "condition")
        if mask is None:
            return self._view(self.keys_of(as_ids(condition, "condition"), "condition"))
        return self._view(self.keys[mask])

    def _view(self, keys: Keys, condition: str | None = None) -> Self:
        """A view of these items, which remembers what made it: the condition, or the items."""
        keys = np.unique(keys)
        return type(self)(self._store, keys, (*self._conditions, keys if condition is None else condition))

    # -- columns -------------------------------------------------------------------------------------------------

    def add_column(self, name: str, values: ArrayLike | Mapping[str, Any]) -> Self:
        """Keep a value for each item under a name of your own; the values of a column of that name are replaced.

        Where only some items get a value, and it is of another kind than the others have, the column becomes one that
        holds both as they are, and a warning says so: whole numbers become numbers, numbers beside texts become text.

        Parameters
        ----------
        name : str
            Not one of those that are filled by nbcurate.
        values : array_like [n], Series or mapping
            In the order of :attr:`ids`; a Series is aligned by its index (ids, or the rows of :meth:`to_pandas`); a
            mapping, or a Series of some ids, leaves the others as they are: with the value they have, or none.

        Raises
        ------
        ValueError
            If the name is taken, the length is not that of the data set, the values are of several kinds or of one
            that cannot be kept beside those that are there, or an id is not in this view.
        UnknownItemError
            If an id is not in the data set; then nothing is kept.
        """
        with self._store.editing():
            require_free_name(name, user_columns(self._store))
            found = align(self, values, "values")
            new = pa.table({"key": pa.array(self.keys[found.rows], pa.uint64()), name: _as_column(found.values)})
            if len(new) == int(self._store.items.shown.sum()):
                self._store.replace_columns(new)
                forget_class_order(self._store, name)
            else:
                self._set_columns(new)
        return self

    def _set_columns(self, values: pa.Table) -> None:
        try:
            for name, words in self._store.set_columns(values).items():
                warnings.warn(f"The column {name!r} {words}.", stacklevel=4)
        except TypeError as error:
            raise ValueError(f"values: the column stays as it was, as {error}.") from None

    def drop_column(self, name: str) -> Self:
        """Take a column of yours out of the data set.

        Parameters
        ----------
        name : str

        Raises
        ------
        KeyError
            If there is no column of yours of that name.
        """
        with self._store.editing():
            if name not in user_columns(self._store):
                raise KeyError(f"There is no column of yours called {name!r}: {user_columns(self._store)}.")
            self._store.drop_column(name)
            forget_class_order(self._store, name)
        return self

    # -- labels and tags -----------------------------------------------------------------------------------------

    def relabel(
        self,
        ids: Ids | Mapping[str, Any],
        label: str | Sequence[str] | EllipsisType | None = ...,
        column: str = "label",
    ) -> Self:
        """Change labels; :attr:`history` remembers the old ones and :meth:`undo_edit` brings them back.

        Parameters
        ----------
        ids : ids, or mapping of id to label
            Items that all get ``label``. Or, without ``label``, a label for each: a mapping, or a Series that is
            aligned by its index (ids, or the rows of :meth:`to_pandas`). None and NaN are no label; numbers
            become text.
        label : str, list of str, or None
            What they are; None takes their labels away. A list is all classes of an item, an empty one says that it has
            none. Where items have one label each, lists come by id only, ``relabel({id: ["cat", "dog"]})``: they make
            the column one of lists, and a warning tells.
        column : str
            The column to change: ``label``, or one of yours of text or lists of text; a new one is made.

        Raises
        ------
        TypeError
            If ``label`` is left out and there is none for each, or given and there is; or a label is no text; or the
            column holds something else.
        UnknownItemError, ValueError
            If an id is not in the data set, or not in this view, or the column is one that nbcurate fills; then nothing
            changes.

        Examples
        --------
        >>> ds.relabel(["cat/12.jpg"], "dog")
        >>> ds.relabel(["cat/13.jpg"], None)
        >>> ds.relabel({"cat/12.jpg": ["cat", "dog"]})
        >>> ds.relabel(["cat/12.jpg"], "mammal", column="coarse")
        >>> issues = ds.label_issues().to_pandas().head(20)
        >>> ds.relabel(dict(zip(issues["id"], issues["suggested_label"])))
        """
        with self._store.editing():
            if isinstance(label, EllipsisType):
                rows, labels = labels_by_id(self, ids)
                keys = self.keys[rows]
            elif isinstance(ids, Mapping):
                raise TypeError(f"relabel: the mapping holds the labels, leave out label={label!r}, or give list(ids).")
            else:
                keys = self._each_once(ids)
                labels = [as_labels(label)] * len(keys)
            relabel_keys(self, column, keys, labels, for_all=not isinstance(label, EllipsisType))
        return self

    def tag(self, ids: Ids, *tags: str) -> Self:
        """Give items one or more tags.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.
        *tags : str
            One or more.

        Raises
        ------
        TypeError
            If no tag is named.
        UnknownItemError, ValueError
            If an id is not in this data set; nothing is changed then.
        """
        new = as_tags(tags)
        if not new:
            raise TypeError("tag: name at least one tag, such as ds.tag(ids, 'night').")
        return self._retag(ids, lambda there: [*there, *(tag for tag in new if tag not in there)])

    def untag(self, ids: Ids, *tags: str) -> Self:
        """Take tags away from items; all of them if none is named.

        Parameters
        ----------
        ids : ids
            A list, array or Series of ids, or anything that has ``ids``.
        *tags : str
            Which ones; all of them by default.
        """
        old = as_tags(tags)
        return self._retag(ids, lambda there: [tag for tag in there if old and tag not in old])

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
        """Every change of labels, tags, splits and of what is in, oldest first.

        Columns ``edit``, ``time``, ``id``, ``column``, ``old`` and ``new``. What has one ``edit`` was changed together,
        and is taken back together; ``status`` says what was removed, brought back, or took the place of another box.
        """
        from .history import history_of
        from .pictured import album_of

        table = self._store.edits.table
        frame = table.select(["edit", "time", "column", "old", "new"]).to_pandas()
        keys = table.column("item").to_numpy()
        frame.insert(2, "id", self._store.items.ids_of_keys(keys))
        return history_of(frame, album_of(self), keys)

    def undo_edit(self) -> bool:
        """Take the last change back, of all that :attr:`history` has. False when there is none.

        Labels that the change made lists are one label an item again, where no item has several since.
        """
        with self._store.editing():
            edit = self._store.edits.last()
            if edit is None:
                return False
            items = self._store.items
            back = [Change(one.column, _now(items, one), one.new, one.old) for one in edit.changes]
            self._store.edit(back, undoes=edit.number, whole=back_to_texts(items, back))
        return True

    def _each_once(self, ids: Ids) -> Keys:
        return self.keys_of(dict.fromkeys(as_ids(ids)))

    def _retag(self, ids: Ids, change: Callable[[list[str]], list[str]]) -> Self:
        with self._store.editing():
            keys = self._each_once(ids)
            there = self._values("tags", keys, _TAGS)
            self._edit("tags", keys, [change(tags or []) for tags in there], _TAGS)
        return self

    def _edit(self, column: str, keys: Keys, new: Sequence[Any], kind: pa.DataType) -> None:
        old = self._values(column, keys, kind)
        changed = [place for place, (before, after) in enumerate(zip(old, new, strict=True)) if before != after]
        if changed:
            at = np.asarray(changed)
            there = self._values(column, keys[at], pa.string())  # as it stands: that it was no list is told by this
            self._store.edit([Change(column, keys[at], there, [new[i] for i in changed])])

    def _values(self, column: str, keys: Keys, kind: pa.DataType) -> list[Any]:
        """What a column of text or lists of text holds for these items, as a type that holds it."""
        items = self._store.items
        if column not in items.table.column_names:
            return [None] * len(keys)
        values = items.table.column(column).take(pa.array(items.rows_of_keys(keys))).to_pylist()
        if not pa.types.is_list(kind):
            return values
        return [[value] if isinstance(value, str) else value for value in values]


def relabel_keys(
    items: PropertySet, column: str, keys: Keys, labels: Sequence[str | list[str] | None], *, for_all: bool = False
) -> None:
    """As :meth:`PropertySet.relabel`, of items that are known by their keys: a label, or labels, for each.

    At a million items, finding them by their ids takes half a second.
    """
    with items.store.editing():
        if len(keys):
            items._edit(column, keys, *in_form_of_column(items, column, labels, for_all=for_all))


def _now(items: Items, change: Change) -> Keys:
    """The items of a change; what was said of one whose file has changed since went over to the one in its place."""
    if change.column == "status":
        return change.items
    heirs = items.successors(change.items)
    return np.where(heirs >= 0, heirs.astype(np.uint64), change.items)


def _as_column(values: Any) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    try:
        if hasattr(values, "iloc"):  # pandas: its missing values are null
            return of_pandas(values)
        known = without_missing(values) if isinstance(values, list) else values
        return pa.array(known)
    except UnicodeEncodeError as error:
        raise ValueError(f"values: {error.object[:80]!r} is no text: it holds half of a character.") from None
    except OverflowError:
        raise ValueError("values: whole numbers are kept up to 64 bits; larger ones as text or floats.") from None
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise ValueError(f"values: a column holds one value of one kind an item{_odd_one(values, error)}") from None


def _odd_one(values: Any, error: Exception) -> str:
    """What is said of values that are no column: the first that is of another kind than the one before."""
    if np.ndim(values) > 1 and isinstance(values, np.ndarray):
        return f", and this is an array of {values.ndim} dimensions: give its columns one by one, or lists."
    listed = [value for value in (values if isinstance(values, list) else np.ravel(values)) if value is not None]
    for first, second in itertools.pairwise(listed):
        if type(first) is not type(second):
            return f", and {second!r} ({type(second).__name__}) follows {first!r} ({type(first).__name__})."
    return f": {error}"
