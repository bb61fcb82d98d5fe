"""How values for columns are to be written: into what is there, or with whole columns in other types. No disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .column_types import as_type, common_type, in_words, plain, with_values


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One commit.

    Attributes
    ----------
    same : pyarrow.Table or None
        Values by ``key``, in the types that their columns have: nothing else is to be written.
    anew : dict of pyarrow.Array
        Or whole columns, in the order of all keys, in the place of those of their names.
    told : dict of str
        The columns that have another type then, or took values of another, each with a few words on it.
    """

    same: pa.Table | None
    anew: dict[str, pa.Array]
    told: dict[str, str]


def plan_columns(
    schema: pa.Schema,
    all_keys: NDArray[np.uint64],
    read: Callable[[str], pa.Array],
    values: pa.Table,
    whole: pa.Table | None = None,
) -> ColumnPlan:
    """How to write values beside those that are there, none of which is lost.

    Parameters
    ----------
    schema : pyarrow.Schema
        The columns that are there.
    all_keys : uint64 array [n]
        Keys of the rows, sorted.
    read : callable
        One of these columns, in the order of the keys. That takes as long as it is, and is only done where a value is
        of another type, or a column is to be written whole.
    values : pyarrow.Table
        Columns by ``key``; a new one is null for the keys that are not given.
    whole : pyarrow.Table, optional
        Columns by ``key`` that are null for the keys that are not given, whatever was in them before.

    Raises
    ------
    TypeError
        If no type holds the values that are there and the new ones.
    """
    given = {name: plain(values.column(name)) for name in values.column_names}
    keys = given.pop("key")
    kinds = {name: schema.field(name).type for name in given if name in schema.names}
    other = [name for name, kind in kinds.items() if given[name].type not in (kind, pa.null())]
    old = {name: plain(read(name)) for name in other}
    wanted = kinds | {name: common_type(old[name], given[name]) for name in other}
    wider = [name for name in other if wanted[name] != kinds[name]]
    told = {
        name: f"held {in_words(kinds[name])} before, {in_words(wanted[name])} now, so that no value is lost"
        for name in wider
        if old[name].null_count < len(old[name])
    }
    fitted = [name for name in other if name not in wider and not pa.types.is_floating(kinds[name])]
    pairs = {name: (in_words(kinds[name]), in_words(given[name].type)) for name in fitted}
    told |= {name: f"holds {a}, and took {b} as such" for name, (a, b) in pairs.items() if a != b}
    if not wider and whole is None and len(kinds) == len(given):
        same = {name: as_type(given[name], kind) for name, kind in kinds.items()}
        return ColumnPlan(pa.table({"key": keys, **same}), {}, told)
    rows = np.searchsorted(all_keys, keys)
    anew: dict[str, pa.Array] = {}
    for name, column in given.items():
        before = plain(read(name)) if name in kinds else pa.nulls(len(all_keys), column.type)
        anew[name] = with_values(before, rows, column, wanted.get(name, column.type))
    return ColumnPlan(None, anew | (whole_columns(all_keys, whole) if whole is not None else {}), told)


def whole_columns(all_keys: NDArray[np.uint64], values: pa.Table) -> dict[str, pa.Array]:
    """Columns by ``key`` in the order of all keys, null for those that are not given."""
    rows = np.searchsorted(all_keys, values.column("key").to_numpy())
    columns = {name: plain(values.column(name)) for name in values.column_names if name != "key"}
    return {name: with_values(pa.nulls(len(all_keys), c.type), rows, c, c.type) for name, c in columns.items()}
