"""What a source says of items now, against what it said before and what people have changed since."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.edits import Change
from ..store.items import Keys
from .source import Source

_UNSAID = object()


@dataclass(slots=True)
class Corrections:
    """What a source corrects.

    Attributes
    ----------
    changes : list of Change
        Values that it gives now and did not before.
    kept : dict of str
        By column, ids whose value a person had changed to something else, which stays.
    """

    changes: list[Change] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row of the log."""

    source: str | None
    old: Any
    new: Any


def corrections(
    store: Store, source: Source, given_by: str, keys: Keys, said: Mapping[str, Sequence[Any]]
) -> Corrections:
    """Compare what a source says of items with what the store holds.

    It is a merge of three: what the source says now, what it said the last time, and what is there. What it says as
    before changes nothing, so that nobody's corrections are lost by reading it again; what is new in it is taken up,
    unless a person has changed just that value.

    Parameters
    ----------
    keys : uint64 array [n]
    said : mapping of column to list [n]
        Values as JSON has them, None for no value.
    """
    found = Corrections()
    items = store.items
    rows = items.rows_of_keys(keys)
    log = _Log(store)
    for column, theirs in said.items():
        if column not in items.table.column_names:
            continue
        here = items.table.column(column).take(pa.array(rows)).to_pylist()
        differing = [at for at in range(len(keys)) if not _same(here[at], theirs[at])]
        taken: list[int] = []
        for at in differing:
            match _decide(source, given_by, log.of(keys[at], column), log.maker(keys[at]), here[at], theirs[at]):
                case "take":
                    taken.append(at)
                case "kept":
                    found.kept.setdefault(column, []).append(log.id_of(keys[at]))
        if taken:
            old, new = ([values[at] for at in taken] for values in (here, theirs))
            found.changes.append(Change(column, keys[np.asarray(taken)], old, new))
    return found


def _decide(
    source: Source, given_by: str, log: Sequence[_Entry], maker: str | None, here: Any, theirs: Any
) -> str | None:
    """``take``, ``kept`` (a person's value stays against the source's), or None: nothing new is said."""
    before = _UNSAID
    own = [entry for entry in log if entry.source == given_by]
    if own:
        before = own[-1].new
    elif maker in (given_by, None):
        before = log[0].old if log else here
    if before is not _UNSAID and _same(before, theirs):
        return None
    if before is _UNSAID and (theirs is None or (source.kind == "folder" and here is not None)):
        return None  # a folder's name is a guess beside what a table says
    return "kept" if log and log[-1].source is None else "take"


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, list) != isinstance(b, list) and a is not None and b is not None:
        a, b = ([value] if isinstance(value, str) else value for value in (a, b))
    return a == b


class _Log:
    """The log of edits by item, read when it is first asked. An item that was replaced goes on under its id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[tuple[str, str], list[_Entry]] | None = None

    def id_of(self, key: int) -> str:
        return self._store.items.ids_of_keys(np.array([key], np.uint64))[0]

    def maker(self, key: int) -> str | None:
        row = self._store.items.rows_of_keys(np.array([key], np.uint64))[0]
        return self._store.items.table.column("given_by")[row].as_py()

    def of(self, key: int, column: str) -> list[_Entry]:
        if self._entries is None:
            self._entries = defaultdict(list)
            table = self._store.edits.table
            ids = self._store.items.ids_of_keys(table.column("item").to_numpy())
            columns = (table.column(name).to_pylist() for name in ("column", "source", "old", "new"))
            for item_id, name, source, old, new in zip(ids, *columns, strict=True):
                self._entries[item_id, name].append(_Entry(source, json.loads(old), json.loads(new)))
        return self._entries.get((self.id_of(key), column), [])
