"""Answers to what the selection bar asks: slices to save, load and combine; tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa

from ..dataset import Dataset
from ..store.items import Keys
from .answers import Answer, Methods, whole
from .frames import MAX_TEXT, fitting
from .history import History
from .interrupts import unbroken
from .protocol import Request, RequestError

#: Bytes of the slices and of the tags that are told: the newest, and the commonest.
_BYTES = 400 * 1024


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
            if len(name) > MAX_TEXT:  # no request can name it
                continue
            keys = self._keys(one.ids)
            listed.append(
                {
                    "name": name,
                    "kept": len(keys),
                    "shared": int(np.isin(keys, kept).sum()),
                    "saved": one.saved.isoformat(timespec="minutes"),
                }
            )
        newest = fitting(reversed(listed), _BYTES)
        return whole({"slices": newest[::-1], "tags": self._tags()})

    def _slice(self, request: Request) -> Answer:
        op, name = request.params["op"], request.params["name"].strip()
        selection, slices = self._dataset.selection, self._dataset.slices
        if op == "save" and not name:
            raise RequestError("bad-request", "Give the slice a name.")
        if op != "save" and name not in slices:
            raise RequestError("bad-request", f"There is no slice {name!r}.")
        with unbroken():
            match op:
                case "save":
                    self._change(name, partial(self._dataset.save_slice, name))
                case "drop":
                    self._change(name, partial(slices.__delitem__, name))
                case "load":
                    slices[name].select()
                case "unite":
                    selection.apply("keep", self._keys(slices[name].ids))
                case _:
                    keys, kept = self._keys(slices[name].ids), selection.marks.kept
                    selection.apply("set", kept[np.isin(kept, keys, invert=op == "subtract")])
        return whole({"revision": selection.revision})

    def _change(self, name: str, change: Callable[[], object]) -> None:
        """Save or forget a slice, to be undone: then it is again what it was, with what was rejected, or is not there.

        What it is afterwards is kept, too: made again, it is not of the selection that there is then.
        """
        rows = self._dataset.store.slices.rows
        before = rows(name)
        change()
        self._history.record(partial(self._put_back, name, before), partial(self._put_back, name, rows(name)))

    def _put_back(self, name: str, kept: pa.Table) -> None:
        store = self._dataset.store
        store.require_writable()
        with store.guard:
            store.slices.put(name, kept)
        store.announce()

    def _tag(self, request: Request) -> Answer:
        ids, tag = self._dataset.selection.ids, request.params["tag"].strip()
        if not tag or not ids:
            raise RequestError("bad-request", "Select items and name a tag." if tag else "A tag is not empty.")
        everything = Dataset(self._dataset.store)  # the selection is: a view shows a part of it
        change = everything.tag if request.params["op"] == "add" else everything.untag
        with self._history.together():
            self._history.edit(self._dataset, partial(change, ids, tag))
        return whole({"tags": self._tags()})

    def _tags(self) -> dict[str, int]:
        """The tags and their numbers of items; of very many the commonest, in the order of all."""
        tags = {tag: count for tag, count in self._dataset.tags.items() if len(tag) <= MAX_TEXT}
        told = set(fitting(sorted(tags, key=lambda tag: -tags[tag]), _BYTES // 2))  # half for the numbers behind them
        return {tag: count for tag, count in tags.items() if tag in told}

    def _keys(self, ids: list[str]) -> Keys:
        return self._dataset.store.items.keys_of_ids(ids)
