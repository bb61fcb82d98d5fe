"""Answers to what the selection bar asks: slices to save, load and combine; tags."""

from __future__ import annotations

from functools import partial

import numpy as np

from ..dataset import Dataset
from ..store.items import Keys
from .answers import Answer, Methods, whole
from .history import History
from .protocol import Request, RequestError


class SliceRequests:
    """``slices``, ``slice`` and ``tag`` of ``docs/wire.md``."""

    def __init__(self, dataset: Dataset, history: History) -> None:
        self._dataset = dataset
        self._history = history
        self.methods: Methods = {"slices": self._slices, "slice": self._slice, "tag": self._tag}

    def _slices(self, request: Request) -> Answer:
        kept = self._dataset.selection.marks.kept
        listed = []
        for name, one in self._dataset.slices.items():
            keys = self._keys(one.ids)
            listed.append(
                {
                    "name": name,
                    "kept": len(keys),
                    "shared": int(np.isin(keys, kept).sum()),
                    "saved": one.saved.isoformat(timespec="minutes"),
                }
            )
        return whole({"slices": listed, "tags": self._dataset.tags})

    def _slice(self, request: Request) -> Answer:
        op, name = request.params["op"], request.params["name"].strip()
        selection, slices = self._dataset.selection, self._dataset.slices
        if op == "save":
            if not name:
                raise RequestError("bad-request", "Give the slice a name.")
            self._dataset.save_slice(name)
            return whole({"revision": selection.revision})
        if name not in slices:
            raise RequestError("bad-request", f"There is no slice {name!r}.")
        if op == "drop":
            del slices[name]
        elif op == "load":
            slices[name].select()
        else:
            keys, kept = self._keys(slices[name].ids), selection.marks.kept
            if op == "unite":
                selection.apply("keep", keys)
            else:
                selection.apply("set", kept[np.isin(kept, keys, invert=op == "subtract")])
        return whole({"revision": selection.revision})

    def _tag(self, request: Request) -> Answer:
        ids, tag = self._dataset.selection.ids, request.params["tag"].strip()
        if not tag or not ids:
            raise RequestError("bad-request", "Select items and name a tag." if tag else "A tag is not empty.")
        everything = Dataset(self._dataset.store)  # the selection is: a view shows a part of it
        change = everything.tag if request.params["op"] == "add" else everything.untag
        before = len(self._dataset.store.edits.table)
        change(ids, tag)
        if len(self._dataset.store.edits.table) > before:
            self._history.record(self._dataset.undo_edit, partial(change, ids, tag))
        return whole({"tags": self._dataset.tags})

    def _keys(self, ids: list[str]) -> Keys:
        return self._dataset.store.items.keys_of_ids(ids)
