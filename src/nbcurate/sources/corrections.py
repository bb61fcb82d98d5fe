"""What a source says of items now, against what it said before and what people have changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..store import Store
from ..store.column_types import as_type, common_type, plain
from ..store.items import Keys
from ..store.said import Said, as_text
from .source import Source


@dataclass(slots=True)
class Corrections:
    """What a source corrects.

    Attributes
    ----------
    taken : dict of int array
        By column, the places, among the items that it speaks of, whose value it gives anew.
    kept : dict of str
        By column, ids whose value it gives anew, too, but somebody has changed: that stays.
    """

    taken: dict[str, NDArray[np.intp]] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)


def corrections(
    store: Store, source: Source, given_by: str, keys: Keys, before: Keys, says: Mapping[str, pa.Array]
) -> Corrections:
    """Compare what a source says of items with what the store holds.

    It is a merge of three: what the source says now, what it said the last time, and what is there. What it says as
    before changes nothing, so that nobody's corrections are lost by reading it again; what is new in it is taken up,
    unless somebody has changed just that value.

    Parameters
    ----------
    keys : uint64 array [n]
        The items.
    before : uint64 array [n]
        The same, when the source was read the last time: an item whose file has changed had another key.
    says : mapping of column to array [n]
    """
    found = Corrections()
    items = store.items
    rows = pa.array(items.rows_of_keys(keys))
    said = Said.by(given_by, store.said_folder)
    log, others = _LastChange(store), _OtherSources(said)
    for column, theirs in says.items():
        if column not in items.table.column_names:  # nobody said anything before
            found.taken[column] = np.arange(len(keys))
            continue
        here = plain(items.table.column(column).take(rows))
        different = _different(here, plain(theirs))
        if not len(different):
            continue
        now, new = (as_text(values.take(pa.array(different))).to_pylist() for values in (here, plain(theirs)))
        said_before, spoken = said.of(column, before[different])
        ids = items.ids_of_keys(keys[different])
        taken: list[int] = []
        cases = zip(different.tolist(), ids, now, new, said_before.to_pylist(), spoken.tolist(), strict=True)
        for at, (place, item_id, value, theirs_now, theirs_before, has_spoken) in enumerate(cases):
            if has_spoken and theirs_before == theirs_now:
                continue  # it says what it said, and somebody has changed that since
            if not has_spoken and (theirs_now is None or (source.kind == "folder" and value is not None)):
                continue  # no news; and a folder's name is a guess beside what others say
            as_it_said = has_spoken and _is_same(value, theirs_before)
            nobodys = not has_spoken and not log.is_by_person(item_id, column)
            if (
                as_it_said
                or nobodys
                or log.is_by_source(item_id, column)
                or others.say(column, before[different], at, value)
            ):
                taken.append(place)
            else:
                found.kept.setdefault(column, []).append(item_id)
        if taken:
            found.taken[column] = np.array(taken, np.intp)
    return found


def _different(here: pa.Array, theirs: pa.Array) -> NDArray[np.intp]:
    """The places whose values are not the same, whatever types the columns have."""
    try:
        wanted = common_type(here, theirs)
    except TypeError:
        return np.arange(len(here))
    a, b = (as_text(as_type(column, wanted)) for column in (here, theirs))
    same = pc.fill_null(pc.equal(a, b), False)  # pyright: ignore[reportAttributeAccessIssue]
    both_missing = pc.and_(pc.is_null(a), pc.is_null(b))  # pyright: ignore[reportAttributeAccessIssue]
    return np.flatnonzero(~np.asarray(pc.or_(same, both_missing)))  # pyright: ignore[reportAttributeAccessIssue]


def _is_same(here: str | None, said: str | None) -> bool:
    """Whether a value is what was said, in a column that may have become one of another type since."""
    if here is None or said is None or here == said:
        return here == said
    now, then = _read(here), _read(said)
    return now in (then, [then], [said], str(then), [str(then)])


def _read(text: str) -> object:
    """A value that is written as JSON is; any other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class _OtherSources:
    """What the other sources of a store said last; read when it is first asked."""

    def __init__(self, said: Said) -> None:
        self._mine = said
        self._values: dict[str, list[tuple[list[str | None], list[bool]]]] = {}

    @cached_property
    def _all(self) -> list[Said]:
        return self._mine.others()

    def say(self, column: str, keys: Keys, at: int, value: str | None) -> bool:
        """Whether one of them gave this value to the item ``keys[at]``; asked of the same keys for all of a column."""
        if column not in self._values:
            found = [said.of(column, keys) for said in self._all]
            self._values[column] = [(texts.to_pylist(), spoken.tolist()) for texts, spoken in found]
        return any(spoken[at] and _is_same(value, texts[at]) for texts, spoken in self._values[column])


class _LastChange:
    """Who has changed a value last, as the log of edits tells; read when it is first asked.

    An item that was replaced goes on under its id.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: dict[tuple[str, str], str | None] | None = None

    def is_by_person(self, item_id: str, column: str) -> bool:
        """Whether a person has."""
        return self._of(item_id, column, "") is None

    def is_by_source(self, item_id: str, column: str) -> bool:
        """Whether a source has."""
        return bool(self._of(item_id, column, ""))

    def _of(self, item_id: str, column: str, nobody: str) -> str | None:
        if self._last is None:
            table = self._store.edits.table
            ids = self._store.items.ids_of_keys(table.column("item").to_numpy())
            names, sources = (table.column(name).to_pylist() for name in ("column", "source"))
            self._last = dict(zip(zip(ids, names, strict=True), sources, strict=True))
        return self._last.get((item_id, column), nobody)
