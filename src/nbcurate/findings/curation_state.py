"""What has been decided about a data set so far, as a curation that can be written to a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from ..collection.item_set import ItemSet
from ..collection.object_merge import OBJECT_COLUMNS
from ..store import Store
from ..store.items import Items, Keys
from .curation_columns import columns_of_filter
from .curation_file import ColumnEdits, Curation, Marked, Numbers, SavedPicks
from .finding import Finding


def curation_of(dataset: ItemSet, picks: Sequence[Finding] = ()) -> Curation:
    """The conditions of a view, and what was edited, removed, kept, rejected and saved in its store.

    Parameters
    ----------
    picks : sequence of Finding
        What is to be handed on beside.
    """
    store, named = dataset.store, _NamedItems(dataset.store.items)
    marks, shown = dataset.selection.marks, store.items.keys[store.items.shown]
    where = [
        made
        if isinstance(made, str)
        else named.numbers(store.items.keys_of_ids([one for one in made["ids"] if one in store.items]))
        for made in dataset.conditions
    ]
    edits = {
        column: _column_edits(named, store, column, changed)
        for column, changed in edited(store).items()
        if column != "status" and _holds_texts(store, column)
    }
    slices: dict[str, Marked] = {}
    for name in store.slices.names():
        kept, rejected = (named.numbers(keys[np.isin(keys, shown)]) for keys in store.slices.load(name))
        slices[name] = Marked(kept, rejected)
    removed = named.numbers(_removed(store))
    columns = columns_of_filter(dataset, named.numbers)
    selection = Marked(named.numbers(marks.kept), named.numbers(marks.rejected))
    saved = [_saved(named, finding) for finding in picks]
    named.add_copies()
    ids, contents = named.names()
    edits = {column: part for column, part in edits.items() if part.items}
    return Curation(ids, contents, where, edits, columns, removed, slices, selection, saved)


@dataclass(frozen=True, slots=True)
class Edited:
    """Items whose value of a column a person has changed, and what it was before the first change."""

    keys: Keys
    old: list[Any]


def edited(store: Store) -> dict[str, Edited]:
    """By column, what persons have changed and not taken back; what a source has corrected is not among it."""
    table, gone = store.edits.table, store.edits.taken_back()
    numbers = table.column("edit").to_pylist()
    columns = (table.column(name).to_pylist() for name in ("item", "column", "old", "source"))
    first: dict[str, dict[int, str]] = {}
    for number, item, column, old, source in zip(numbers, *columns, strict=True):
        if number not in gone and source is None:
            first.setdefault(column, {}).setdefault(item, old)
    return {
        column: Edited(np.fromiter(olds, np.uint64, len(olds)), [json.loads(old) for old in olds.values()])
        for column, olds in first.items()
    }


class _NamedItems:
    """The items that a curation speaks of, numbered in the order in which it first does."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._numbers: dict[int, int] = {}

    def numbers(self, keys: Keys) -> Numbers:
        return [self._numbers.setdefault(key, len(self._numbers)) for key in keys.tolist()]

    def add_copies(self) -> None:
        """Name the exact copies of these items, too: what was decided of one may hold for it alone."""
        items = self._items
        keys = np.fromiter(self._numbers, np.uint64, len(self._numbers))
        contents = items.contents[items.rows_of_keys(keys)]
        self.numbers(items.keys[items.shown & np.isin(items.contents, contents)])

    def names(self) -> tuple[list[str], list[str]]:
        """Ids and content hashes."""
        rows = pa.array(self._items.rows_of_keys(np.fromiter(self._numbers, np.uint64, len(self._numbers))))
        ids, hashes = (self._items.table.column(name).take(rows).to_pylist() for name in ("id", "content_hash"))
        return ids, [content or "" for content in hashes]


def _column_edits(named: _NamedItems, store: Store, column: str, changed: Edited) -> ColumnEdits:
    """What a column held before and holds now."""
    items = store.items
    first: dict[int, Any] = {}
    for key, old in zip(_now(items, changed.keys), changed.old, strict=True):
        if key is not None:
            first.setdefault(key, old)
    keys = np.fromiter(first, np.uint64, len(first))
    values = items.table.column(column).take(pa.array(items.rows_of_keys(keys))).to_pylist()
    both = enumerate(zip(first.values(), values, strict=True))
    differ = [at for at, (old, now) in both if now not in (old, [old])]  # what was a text may be a list of one since
    old = list(first.values())
    return ColumnEdits(named.numbers(keys[differ]), [old[at] for at in differ], [values[at] for at in differ])


def _holds_texts(store: Store, column: str) -> bool:
    """Whether a column is one of labels or tags. What else an edit may hold belongs to boxes, which stay here."""
    table = store.items.table
    if column in ("annotation", *OBJECT_COLUMNS) or column not in table.column_names:
        return False
    kind = table.schema.field(column).type
    return pa.types.is_string(kind.value_type if pa.types.is_list(kind) else kind)


def _now(items: Items, keys: Keys) -> list[int | None]:
    """The item that each is now: another one of the same id where its file has changed since, none if it has left."""
    rows = items.rows_of_keys(keys)
    names = items.ids.take(pa.array(rows)).to_pylist()
    shown = items.shown[rows].tolist()
    return [
        key if here else int(items.keys_of_ids([name])[0]) if name in items else None
        for key, name, here in zip(keys.tolist(), names, shown, strict=True)
    ]


def _removed(store: Store) -> Keys:
    """Items that were taken out, each content of an id once; none that has come back."""
    names = store.items.table.select(["id", "content_hash"]).to_pylist()
    shown = {(names[row]["id"], names[row]["content_hash"]) for row in np.flatnonzero(store.items.shown)}
    gone: dict[tuple[str, str], int] = {}
    for row in np.flatnonzero(store.items.has_status("removed")):
        gone.setdefault((names[row]["id"], names[row]["content_hash"]), int(store.items.keys[row]))
    return np.array([key for name, key in gone.items() if name not in shown], np.uint64)


def _saved(named: _NamedItems, finding: Finding) -> SavedPicks:
    return SavedPicks(
        finding.kind, named.numbers(finding.keys), finding.scores.astype(float).tolist(), finding.reasons,
        finding.score_meaning, finding.recipe,
    )  # fmt: skip
