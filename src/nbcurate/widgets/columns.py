"""Columns for the browser: any property of the items as binary numbers, with the names that they stand for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..dataset import Dataset
from ..dataset.grouping import COLUMN
from ..findings.review import REVIEW_PREFIX
from ..store.columns import user_columns
from ..store.items import Items, Keys
from .frames import MAX_TEXT, json_bytes

#: ``category``: one of a few names; ``list``: any number of them; ``number``; ``date``: milliseconds since 1970, UTC.
Kind = Literal["category", "list", "number", "date"]

#: What the code of a category means that has no name on the wire.
NO_CATEGORY, OTHER_CATEGORY = -1, -2
#: Of a column with more distinct values than this, or with longer ones, the most frequent get a name.
MAX_CATEGORIES = 20_000
_MAX_NAME_BYTES = 512 * 1024
#: Characters of a name: longer ones nobody chooses by.
_LONGEST_NAME = 4_096
#: Whole numbers beyond this are none that a browser's numbers are exact in.
_EXACT = 2**53 - 1
#: Values that are kept at once and committed later.
_FEW = 500
_WHOLE = (pa.int64(), pa.uint64())  # types that hold some


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the columns, and of which items that is so."""

    items: Items
    version: int
    kinds: dict[str, Kind]
    labels: frozenset[str]


class Columns:
    """The columns of a data set as a browser may ask for them, and those that a view brought along. Thread-safe.

    Parameters
    ----------
    dataset : Dataset
    on_change : callable
        Is told the names of columns whose values have changed.
    """

    def __init__(self, dataset: Dataset, on_change: Callable[[Sequence[str]], object] = lambda names: None) -> None:
        self._dataset = dataset
        self._on_change = on_change
        self._added: dict[str, tuple[Keys, pa.Array]] = {}
        self._known: _Known | None = None
        self._guard = threading.Lock()

    def add(self, name: str, keys: Keys, values: pa.Array) -> None:
        """Offer a column that the data set does not have: ``values[i]`` belongs to the item ``keys[i]``."""
        order = np.argsort(keys)
        with self._guard:
            self._added[name] = (keys[order], values.take(pa.array(order)))
            self._known = None

    def offer(self, columns: Mapping[str, tuple[Keys, pa.Array]], shown: Keys) -> dict[str, str]:
        """As :meth:`add`, but in the place of no other values; what each column is called, in the order given.

        Where a name is taken by other values, all of them get the same number behind theirs: two models' predictions
        stand beside each other, and the same ones, of a cell that is run again or of a part of the items, are there
        once. ``shown``: keys of the items of the view that has them.
        """
        numbered = ({name: f"{name} {n}" if n > 1 else name for name in columns} for n in count(1))
        called = next(
            names
            for names in numbered
            if all(
                names[name] not in self.kinds() or self._says_the_same(names[name], *given, shown)
                for name, given in columns.items()
            )
        )
        for name, given in columns.items():
            if called[name] not in self._added:
                self.add(called[name], *given)
        return called

    def _says_the_same(self, name: str, keys: Keys, values: pa.Array, shown: Keys) -> bool:
        """Whether a column that is there serves for these values in a view of the items ``shown``."""
        if name not in self._added:
            return False
        there, those = self._added[name]
        if len(there) != len(keys) and not np.isin(shown, keys).all():  # it may say more of the items than is given
            return False
        at = np.searchsorted(there, keys).clip(max=max(len(there) - 1, 0))
        return bool(len(there)) and np.array_equal(there[at], keys) and those.take(pa.array(at)).equals(values)

    def keep(self, name: str, keys: Keys, values: pa.Array) -> None:
        """Commit values of a column of the user's to the store; where that cannot be written, offer them like others.

        Unlike ``Dataset.add_column`` this tells the browsers of one column only: the rest stays where it is.
        """
        store = self._dataset.store
        if store.read_only:
            there, kept = self._added.get(name, (keys[:0], values[:0]))
            others = ~np.isin(there, keys)
            self.add(name, np.concatenate([there[others], keys]), pa.concat_arrays([kept.filter(others), values]))
        else:
            if len(keys) <= _FEW and values.type == pa.string():  # a decision about an item, of which many follow
                store.set_texts_soon(name, keys, values)
            else:
                store.set_columns(pa.table({"key": pa.array(keys, pa.uint64()), name: values}))
            with self._guard:
                if self._known is not None and name not in self._known.kinds:
                    self._known = None
        self._on_change([name])

    def kinds(self) -> dict[str, Kind]:
        """Name and kind of every column that can be shown: not the ids, and no lists of numbers, bytes and the like."""
        return self._as_they_are()[0]

    def labels(self) -> frozenset[str]:
        """Names of the columns whose values a person may change: labels, and the user's own of text or lists of text.

        Clusters and decisions are none: their views keep them.
        """
        return self._as_they_are()[1]

    def _as_they_are(self) -> tuple[dict[str, Kind], frozenset[str]]:
        version = self._dataset.store.version  # first: what is committed meanwhile counts as changed since
        items = self._dataset.store.items
        with self._guard:
            known = self._known
            if known is None or not self._tell_the_same(known, items):
                known = _Known(items, version, *self._read())
            self._known = known if known.items is items else replace(known, items=items, version=version)
            return known.kinds, known.labels

    def _tell_the_same(self, known: _Known, items: Items) -> bool:
        """Whether only values have changed since, and none that tells how a column is shown."""
        if known.items is items:
            return True
        changed = self._dataset.store.changed_since(known.version)
        schema = items.table.schema
        if changed is None or "tags" in changed or not schema.equals(known.items.table.schema):
            return False
        return not any(schema.field(name).type in _WHOLE for name in changed if name in schema.names)

    def _read(self) -> tuple[dict[str, Kind], frozenset[str]]:
        """The kinds, and the columns of labels."""
        store, items = self._dataset.store, self._dataset.store.items
        nobody = Dataset(store, np.empty(0, np.uint64))  # knows the types, reads no values
        names = [name for name in nobody.column_names if name != "id"]
        schema = items.table.schema  # tells without reading what may be a million values
        types = {n: schema.field(n).type if n in schema.names else nobody.column(n).type for n in names}
        types |= {name: values.type for name, (_, values) in self._added.items()}
        kinds: dict[str, Kind] = {
            name: kind for name, type_ in types.items() if len(name) <= MAX_TEXT and (kind := kind_of(type_))
        }
        users = user_columns(store)
        own = {name: items.table.column(name) for name in users if types[name] in _WHOLE and name in kinds}
        own |= {name: values for name, (_, values) in self._added.items()}
        kinds |= {name: "category" for name, values in own.items() if _is_beyond_numbers(values)}
        tags = items.table.column("tags")
        if tags.null_count == len(tags):  # most data sets have none: no choice that leads nowhere
            del kinds["tags"]
        theirs = ["label", *(name for name in users if name not in self._added and not _is_of_a_view(name))]
        labels = frozenset(name for name in theirs if name in kinds and _holds_text(types[name]))
        return kinds, frozenset() if store.read_only else labels

    def values(self, view: Dataset, name: str) -> pa.Array:
        """Values of the items of ``view``, in its order; null where an added column has none."""
        if name not in self._added:
            return view.column(name)
        keys, values = self._added[name]
        wanted = view.keys
        at = np.searchsorted(keys, wanted).clip(max=max(len(keys) - 1, 0))
        found = keys[at] == wanted if len(keys) else np.zeros(len(wanted), bool)
        return values.take(pa.array(at, mask=~found))


def kind_of(type_: pa.DataType) -> Kind | None:
    """How values of this type are shown, None if they cannot be."""
    if pa.types.is_dictionary(type_):
        return kind_of(type_.value_type)
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return "list" if kind_of(type_.value_type) == "category" else None
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_boolean(type_):
        return "category"
    if pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_):
        return "number"
    return "date" if pa.types.is_timestamp(type_) or pa.types.is_date(type_) else None


def _is_of_a_view(name: str) -> bool:
    """Whether a view keeps this column itself: which cluster an item is in, and what was decided of it."""
    return name == COLUMN or name.startswith(REVIEW_PREFIX)


def _holds_text(type_: pa.DataType) -> bool:
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_dictionary(type_):
        return _holds_text(type_.value_type)
    return pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_null(type_)


def _is_beyond_numbers(values: pa.Array) -> bool:
    """Whether there are whole numbers that no number of a browser stands for: they are shown as the text they are."""
    if values.type not in _WHOLE or values.null_count == len(values):
        return False
    ends = pc.min_max(values)  # pyright: ignore[reportAttributeAccessIssue]
    return ends["min"].as_py() < -_EXACT or ends["max"].as_py() > _EXACT


def encode_category(values: pa.Array) -> tuple[NDArray[np.int32], list[str], int]:
    """Codes of strings, booleans or whole numbers, the sorted names that they index, and how many of them there are.

    No value has the code -1. Of very many distinct values only the most frequent have a name; the others share -2.
    """
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    names = [str(name).lower() if isinstance(name, bool) else str(name) for name in values.dictionary.to_pylist()]
    codes = values.indices.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.intp)
    counts = np.bincount(codes, minlength=len(names) + 1)[:-1]
    frequent = np.argsort(-counts, kind="stable")[:MAX_CATEGORIES]
    short = np.array([len(names[at]) <= _LONGEST_NAME for at in frequent], bool)
    frequent = frequent[short & (counts[frequent] > 0)]
    sizes = np.cumsum([json_bytes(names[at]) + 2 for at in frequent])
    named = sorted(frequent[: np.searchsorted(sizes, _MAX_NAME_BYTES)].tolist(), key=names.__getitem__)
    code_of = np.full(len(names) + 1, OTHER_CATEGORY, np.int32)
    code_of[-1] = NO_CATEGORY
    code_of[named] = np.arange(len(named), dtype=np.int32)
    return code_of[codes], [names[at] for at in named], int((counts > 0).sum())


def encode_list(values: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.int32], list[str], int]:
    """Lists of names: codes of the items one after the other, where those of each begin (and the end), names, distinct.

    Codes, names and their number are those of :func:`encode_category`; each code is there once an item. No list has the
    code -1; an empty one has the code behind the last name, as it says something.
    """
    flat = values.flatten()
    names, categories, distinct = encode_category(flat)
    sizes = pc.fill_null(pc.list_value_length(values), 0).to_numpy(zero_copy_only=False)  # pyright: ignore[reportAttributeAccessIssue]
    rows = np.repeat(np.arange(len(values)), sizes)
    named = names != NO_CATEGORY  # a missing name in a list
    bare = np.setdiff1d(np.arange(len(values)), rows[named])
    known = values.is_valid().to_numpy(zero_copy_only=False)[bare]
    pairs = np.unique(
        np.concatenate(
            [
                np.stack([rows[named], names[named]], axis=1),
                np.stack([bare, np.where(known, len(categories), NO_CATEGORY)], axis=1),
            ]
        ),
        axis=0,
    )
    starts = np.searchsorted(pairs[:, 0], np.arange(len(values) + 1))
    return pairs[:, 1].astype(np.int32), starts.astype(np.int32), categories, distinct


def encode_number(values: pa.Array) -> NDArray[np.float32] | NDArray[np.float64]:
    """Numbers as float32 where that holds each as it is, otherwise as float64; not-a-number for none."""
    exact = _floats(values, pa.float64())
    with np.errstate(over="ignore"):
        short = exact.astype(np.float32)
    return short if np.array_equal(short.astype(np.float64), exact, equal_nan=True) else exact


def encode_date(values: pa.Array) -> NDArray[np.float64]:
    """Milliseconds since 1970 as float64, not-a-number for none."""
    return _floats(values.cast(pa.timestamp("ms"), safe=False).cast(pa.int64()), pa.float64())


def _floats(values: pa.Array, type_: pa.DataType) -> NDArray[Any]:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    filled = pc.fill_null(values.cast(type_, safe=False), float("nan"))
    return filled.to_numpy(zero_copy_only=False)
