"""Answers to what gives items another label: one edit, in the history and to be undone like any other."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..collection.item_labels import has_lists
from ..collection.property_set import relabel_keys
from ..dataset import Dataset
from ..store.items import Keys
from .answers import Answer, Methods, known_keys, whole
from .columns import Columns
from .history import History
from .protocol import Request, RequestError


class LabelRequests:
    """``label`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset, columns: Columns, history: History) -> None:
        self._dataset = dataset
        self._columns = columns
        self._history = history
        self.methods: Methods = {"label": self._label}

    def _label(self, request: Request) -> Answer:
        column, label, op = (request.params[name] for name in ("column", "label", "op"))
        everything = Dataset(self._dataset.store)  # the selection is of everything: a view shows a part of it
        everything.store.require_writable()
        keys, label = known_keys(everything.store.items, request.keys[0]), label.strip()
        if not label or not len(keys):
            raise RequestError("bad-request", "A label is not empty." if len(keys) else "Keep items to label first.")
        if column not in self._columns.labels():
            raise RequestError("bad-request", f"{column!r} holds no labels that can be given here.")
        new = self._new(everything, column, keys, label, op)
        before = len(everything.store.edits)
        with self._history.together():
            relabel(self._history, everything, column, keys, new)
        changed = len(everything.store.edits) - before
        return whole({"changed": changed, "revision": self._dataset.selection.revision})

    def _new(self, items: Dataset, column: str, keys: Keys, label: str, op: str) -> list[Any]:
        """What each item is to have: the label alone, or with those that it has."""
        if not has_lists(items, column):
            if op == "add":
                raise RequestError("bad-request", f"An item has one label in {column!r}: there is none to add.")
            return [label] * len(keys)
        if op == "set":
            return [[label]] * len(keys)
        rows = items.store.items.rows_of_keys(keys)
        there = items.store.items.table.column(column).take(rows).to_pylist()
        return [[*(had or []), *([] if label in (had or []) else [label])] for had in there]


def relabel(history: History, items: Dataset, column: str, keys: Keys, labels: list[Any]) -> None:
    """Give each item its labels, to be undone; labels that were so already are no edit to take back.

    Raises
    ------
    RequestError
        If the column holds no labels that can be changed.
    """
    try:
        history.edit(items, partial(relabel_keys, items, column, keys, labels))
    except (TypeError, ValueError) as error:
        raise RequestError("bad-request", str(error)) from error
