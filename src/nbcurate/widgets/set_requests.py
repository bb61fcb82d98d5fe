"""Answers to what keeps a filter over a reload of the page: sets of items, which are too large for a trait."""

from __future__ import annotations

from ..store import Store
from .answers import Answer, Methods, known_keys, whole
from .protocol import Request, RequestError, encode_keys
from .remembered import Remembered

#: So many sets: a person filters by a few of them at once, each of at most a bit an item.
_MOST_SETS = 32


class SetRequests:
    """``remember`` and ``recall`` of ``docs/wire.md``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sets: Remembered[tuple[str, bytes, int]] = Remembered(_MOST_SETS)
        self.methods: Methods = {"remember": self._remember, "recall": self._recall}

    def _remember(self, request: Request) -> Answer:
        keys = known_keys(self._store.items, request.keys[0])
        encoding, data = encode_keys(keys, int(keys.max(initial=0)))
        return whole({"set": self._sets.keep(data, (encoding, data, len(keys)))})

    def _recall(self, request: Request) -> Answer:
        found = self._sets.named(request.params["set"])
        if found is None:
            raise RequestError("bad-request", "This set of items is not known any more: filter by it again.")
        encoding, data, count = found
        return whole({"encoding": encoding, "count": count}, data)
