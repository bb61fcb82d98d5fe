"""The classes that a subset is balanced by: one an item, several, or counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..curate.balance import water_fill
from .alignment import align, in_order_of_ids
from .item_set import ItemSet
from .number_bins import bins_named
from .words import class_name

#: What ``by`` of ``ds.balanced`` may be: a column, a class for each item, or counts.
By = str | Mapping[str, Any] | pd.DataFrame | pd.Series | Sequence[Any] | NDArray[Any]


@dataclass(frozen=True, eq=False)
class Classes:
    """How much of each class an item holds.

    Attributes
    ----------
    names : list of str
        The classes.
    counts : float array [m, c]
    codes : int array [m] or None
        Where every item is of one class at most: its number, -1 for none.
    given : str or dict
        What they were read from, as JSON.
    """

    names: list[str]
    counts: NDArray[np.float64]
    codes: NDArray[np.intp] | None
    given: str | dict[str, Any]

    def shares(self, wanted: Mapping[str, float] | None) -> NDArray[np.float64]:
        """The share of each class, in the order of :attr:`names`; equal where none are wanted.

        Raises
        ------
        ValueError
            If a share is of no known class or negative, or none is positive.
        TypeError
            If they are not by class.
        """
        if wanted is None:
            return np.ones(len(self.names))
        if not isinstance(wanted, Mapping):
            raise TypeError(f"shares: give a share by class, such as {{{self.names[0]!r}: 2}}, not {wanted!r:.80}.")
        unknown = sorted(set(wanted) - set(self.names))
        if unknown:
            raise ValueError(f"shares: there is no class {unknown[0]!r}; there are {', '.join(self.names[:20])}.")
        shares = np.array([float(wanted.get(name, 0)) for name in self.names])
        if not (shares >= 0).all() or not shares.any():
            raise ValueError(f"shares={dict(wanted)!r}: give numbers from 0 up, one at least above 0.")
        return shares

    def names_of(self, rows: NDArray[np.intp]) -> list[str]:
        """The class of each of these items; several are joined by commas."""
        return [", ".join(self.names[c] for c in np.flatnonzero(self.counts[row])) for row in rows]

    def describe(self, row: int) -> str:
        """What an item holds, in words."""
        held = np.flatnonzero(self.counts[row])
        if self.codes is not None:
            return f"of {self.names[held[0]]!r} ({int((self.codes == held[0]).sum()):,} there are)"
        return "holding " + ", ".join(f"{self.counts[row, c]:g} {self.names[c]!r}" for c in held)

    def table(self, rows: NDArray[np.intp], n: int, shares: NDArray[np.floating] | None) -> pd.DataFrame:
        """A row a class: ``available``, ``wanted`` (of ``n`` items, or of the sum of their counts) and ``picked``."""
        available = self.counts.sum(axis=0)
        picked = self.counts[rows].sum(axis=0)
        share = np.ones(len(self.names)) if shares is None else np.asarray(shares, float)
        total = n if self.codes is not None else picked.sum()
        unlimited = np.full(len(self.names), int(np.ceil(total)) + 1)
        columns = {"available": available, "wanted": water_fill(unlimited, int(total), share), "picked": picked}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="class"))


def read_classes(items: ItemSet, by: By, rows: NDArray[np.intp], shares: Mapping[str, float] | None = None) -> Classes:
    """The classes of the items at ``rows`` of a data set.

    Parameters
    ----------
    by : str, mapping, DataFrame, Series or array_like
        A column with a class or a list of classes an item, or such values: see
        :func:`nbcurate.collection.alignment.align`. Or counts: ``{id: {class: count}}``, or ids × classes.
    shares : mapping of str to float, optional
        Where these are by intervals, such as ``"[0.2, 0.4)"``, and ``by`` is a column of numbers, the intervals are the
        classes.

    Raises
    ------
    ValueError
        If no item has a class, a count is negative, or intervals overlap.
    TypeError
        If it is something else, or the classes are fractions, such as brightness.
    """
    if isinstance(by, str) and isinstance(shares, Mapping) and (binned := _binned(items, by, rows, shares)) is not None:
        return binned
    counted = isinstance(by, pd.DataFrame) or (
        isinstance(by, Mapping) and all(isinstance(counts, Mapping) for counts in by.values())
    )
    held, given = _counts(items, by) if counted else _classes(items, by)
    held = [held[row] for row in rows]
    names = sorted({name for counts in held for name in counts})
    if not names:
        raise ValueError(f"by={by if isinstance(by, str) else 'counts'!r}: no item has a class there to balance by.")
    code = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(held), len(names)))
    for row, of_item in enumerate(held):
        for name, count in of_item.items():
            counts[row, code[name]] += count
    if not (counts >= 0).all():
        raise ValueError("by: some counts are negative or NaN; give numbers from 0 up.")
    single = not counted and ((counts > 0).sum(axis=1) <= 1).all() and (counts <= 1).all()
    codes = np.where(counts.any(axis=1), counts.argmax(axis=1), -1) if single else None
    return Classes(names, counts, codes, given)


def _binned(items: ItemSet, by: str, rows: NDArray[np.intp], shares: Mapping[str, float]) -> Classes | None:
    """The intervals that shares are given by as classes; None where it is another column, or these are no intervals."""
    column = items.column(by)
    number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)
    bins = bins_named(shares) if number else None
    if bins is None:
        return None
    values = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False)[rows]
    codes = bins.codes(values)
    if not (codes >= 0).any():
        raise ValueError(f"shares: no item has a {by!r} within {', '.join(bins.names)}.")
    counts = np.zeros((len(rows), len(bins.names)))
    counts[np.flatnonzero(codes >= 0), codes[codes >= 0]] = 1
    return Classes(bins.names, counts, codes, by)


def _counts(items: ItemSet, by: Any) -> tuple[list[dict[str, float]], dict[str, Any]]:
    """How much of each class each item holds, in the order of ids; and that as JSON."""
    aligned = align(items, by, "by")
    table = aligned.values.to_dict("records") if isinstance(aligned.values, pd.DataFrame) else aligned.values
    held: list[dict[str, float]] = [{} for _ in range(len(items))]
    for row, counts in zip(aligned.rows.tolist(), table, strict=True):
        try:
            of_item = {str(name): float(count) for name, count in counts.items()}
        except (TypeError, ValueError):
            raise TypeError(f"by: counts are numbers, got {dict(counts)!r:.80}.") from None
        held[row] = {name: count for name, count in of_item.items() if count and count == count}
    ids = items.ids
    return held, {ids[row]: held[row] for row in aligned.rows.tolist()}


def _classes(items: ItemSet, by: Any) -> tuple[list[dict[str, float]], str | dict[str, Any]]:
    """The classes of each item, each counted once for each time that it is there; and ``by`` as JSON."""
    if by is None:
        raise TypeError("by=None: give the name of a column, a class for each item, or counts by id.")
    if isinstance(by, str):
        values, given = items.column(by).to_pylist(), by
    else:
        if isinstance(by, list | tuple) and len(by) == 1 and by[0] in items.column_names:
            raise TypeError(f"by={by!r}: give the name of one column, by={by[0]!r}.")
        values = in_order_of_ids(items, by, "by")
        given = dict(zip(items.ids, values, strict=True))
    held: list[dict[str, float]] = []
    for value in values:
        counts: dict[str, float] = {}
        for name in value if isinstance(value, list | tuple | np.ndarray) else [value]:
            called = _class_name(name, by)
            if called is not None:
                counts[called] = counts.get(called, 0) + 1
        held.append(counts)
    return held, given


def _class_name(value: Any, by: Any) -> str | None:
    """The name of a class.

    Raises
    ------
    TypeError
        If it is a fraction, as each item would be a class of its own; or counts, where others are classes.
    """
    if isinstance(value, Mapping):
        raise TypeError(f"by: give counts for every item or for none; {dict(value)!r:.80} stands beside a class.")
    return class_name(value, by if isinstance(by, str) else None, "by")
