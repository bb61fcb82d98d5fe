"""What a grid shows, for its snapshot: in its order, in its groups, with its captions, as the browser has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..curate.class_labels import in_words
from ..dataset import Dataset
from ..display.numbers import similarity_in_words
from ..store.items import Keys
from .contact_sheet import Section

#: From the name of a column to its values, in the order of the items.
Values = Callable[[str], pa.Array]
_MOST_NEIGHBOURS = 500


def ordered_sections(
    dataset: Dataset, values: Values, *, sort_by: str, descending: bool, group_by: str, caption: str
) -> Iterable[Section]:
    """The items in the order of a column, a section a group, each with its caption and whether it is kept."""
    order = np.arange(len(dataset))
    if sort_by:
        direction = "descending" if descending else "ascending"
        order = pc.array_sort_indices(values(sort_by), order=direction).to_numpy()  # pyright: ignore[reportAttributeAccessIssue]
    words = _words(values(caption or "label"))
    groups = _words(values(group_by)) if group_by else None
    for name in ("",) if groups is None else sorted(dict.fromkeys(groups), key=lambda one: (one == "", one)):
        inside = order if groups is None else np.array([at for at in order.tolist() if groups[at] == name], np.intp)
        keys = dataset.keys[inside]
        title = "" if groups is None else name or "(none)"
        yield Section(title, keys, [words[at] for at in inside.tolist()], marks(dataset, keys))


def similar_sections(dataset: Dataset, positive: Keys, negative: Keys, k: int) -> Iterable[Section]:
    """What a grid was asked for, and what is most like it, with the similarity below each picture."""
    names = dataset.store.items.ids_of_keys
    yield Section("searched with", positive)
    if len(negative):
        yield Section("but unlike", negative)
    found = dataset.search(names(positive), k=min(k, _MOST_NEIGHBOURS), negatives=names(negative))
    keys = dataset.store.items.keys_of_ids(found.ids)
    yield Section("most like it", keys, list(map(similarity_in_words, found.similarity.tolist())), marks(dataset, keys))


def marks(dataset: Dataset, keys: Keys) -> list[str]:
    """Of each item whether it is kept or rejected, in words; empty where it is neither."""
    now = dataset.selection.marks
    kept, rejected = np.isin(keys, now.kept), np.isin(keys, now.rejected)
    return np.select([kept, rejected], ["kept", "rejected"], "").tolist()


def _words(values: pa.Array) -> list[str]:
    return [_word(value) for value in values.to_pylist()]


def _word(value: object) -> str:
    if isinstance(value, float):
        return similarity_in_words(value) if abs(value) <= 1 else f"{value:,.4g}"
    return "" if value is None else in_words(value) or "" if isinstance(value, str | list) else str(value)
