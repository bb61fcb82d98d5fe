"""The values that a source gives its items: taken up where they are new, and kept for the next time it is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.column_types import plain
from ..store.columns import add_user_columns
from ..store.edits import Change
from ..store.items import Keys
from ..store.said import Said
from .corrections import corrections
from .record import Record
from .report import SourceReport
from .source import Source


def take_values(
    store: Store,
    source: Source,
    given_by: str,
    records: Sequence[Record],
    keys: Mapping[int, int],
    before: Mapping[int, int],
    columns: pa.Table | None,
    report: SourceReport,
) -> SourceReport:
    """Take up what a source says of its items. The caller holds the lock of the store.

    Parameters
    ----------
    given_by : str
        The source, as the store notes it.
    keys : mapping of int to int
        By the number of the record, the key of its item.
    before : mapping of int to int
        The same of the items that were known, when the source was read before: one whose file has changed had another.
    columns : pyarrow.Table, optional
        The source's own columns, a row for each record.

    Returns
    -------
    SourceReport
        ``report`` with what was corrected, kept and left out.
    """
    there, everyone = sorted(before), sorted(keys)
    own = {name: plain(columns.column(name)) for name in columns.column_names} if columns is not None else {}
    says = {name: _as_column([getattr(record, name) for record in records]) for name in sorted(source.says)} | own
    at_there = pa.array(there, pa.int64())
    found = corrections(
        store, source, given_by, _keys(keys, there), _keys(before, there),
        {name: column.take(at_there) for name, column in says.items()},
    )  # fmt: skip
    logged = {*source.says, *store.edits.table.column("column").to_pylist()}
    known_columns = set(store.items.table.column_names)
    changes: list[Change] = []
    written: dict[bytes, list[str]] = defaultdict(list)  # columns by the records whose values they take
    new = [at for at in everyone if at not in before]
    for name, column in says.items():
        taken = [there[place] for place in found.taken.get(name, [])]
        if name in logged and name in known_columns:
            changes += _change(store, name, _keys(keys, taken), column.take(pa.array(taken, pa.int64())))
            taken = []
        if name in own:
            written[np.union1d(taken, new).astype(np.int64).tobytes()].append(name)
    told: dict[str, str] = {}
    for packed, names in written.items():
        members = np.frombuffer(packed, np.int64)
        rows = pa.array(members)
        told |= add_user_columns(
            store, _keys(keys, members.tolist()), pa.table({name: own[name].take(rows) for name in names})
        )
    if changes:
        store.edit(changes, source=given_by)
    left_out = [name for name, words in told.items() if words.startswith("is left out")]
    Said.by(given_by, store.said_folder).save(
        _keys(keys, everyone),
        {name: column.take(pa.array(everyone, pa.int64())) for name, column in says.items() if name not in left_out},
    )
    problems = [f"Column {name!r} {words}" for name, words in told.items()]
    corrected = {name: len(places) for name, places in found.taken.items() if name in known_columns and len(places)}
    return replace(report, corrected=corrected, kept=found.kept, problems=[*report.problems, *problems])


def _change(store: Store, name: str, keys: Keys, values: pa.Array) -> list[Change]:
    if not len(keys):
        return []
    old = store.items.table.column(name).take(pa.array(store.items.rows_of_keys(keys))).to_pylist()
    return [Change(name, keys, old, values.to_pylist())]


def _as_column(values: list[Any]) -> pa.Array:
    """Labels, splits or tags as an array, of lists where one is."""
    if any(isinstance(value, list) for value in values):
        values = [[value] if isinstance(value, str) else value for value in values]
        return pa.array(values, pa.list_(pa.string()))
    return pa.array(values, pa.string())


def _keys(keys: Mapping[int, int], members: Sequence[int]) -> Keys:
    return np.array([keys[at] for at in members], np.uint64)
