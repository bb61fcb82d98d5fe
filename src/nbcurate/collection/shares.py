"""The classes that a subset is balanced by: one an item, several, or counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..curate.balance import water_fill
from .item_set import ItemSet

#: What ``by`` of ``ds.balanced`` may be.
By = str | Mapping[str, Mapping[str, float]] | pd.DataFrame


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
    given: str | dict[str, dict[str, float]]

    def shares(self, wanted: Mapping[str, float] | None) -> NDArray[np.float64]:
        """The share of each class, in the order of :attr:`names`; equal where none are wanted.

        Raises
        ------
        ValueError
            If a share is of no known class or negative, or none is positive.
        """
        if wanted is None:
            return np.ones(len(self.names))
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


def read_classes(items: ItemSet, by: By, rows: NDArray[np.intp]) -> Classes:
    """The classes of the items at ``rows`` of a data set.

    Parameters
    ----------
    by : str, mapping or DataFrame
        A column with a class or a list of classes an item, or counts: ``{id: {class: count}}``, or ids × classes.

    Raises
    ------
    ValueError
        If no item has a class, or a count is negative.
    """
    if isinstance(by, pd.DataFrame):
        by = {str(i): {str(c): float(v) for c, v in row.items() if v} for i, row in by.fillna(0).iterrows()}
    if isinstance(by, str):
        held = _held(items.labels if by == "label" else items.column(by).to_pylist())
        given: Any = by
    else:
        given = {str(i): {str(c): float(v) for c, v in counts.items()} for i, counts in by.items()}
        items.store.items.keys_of_ids(given)
        held = [given.get(item_id, {}) for item_id in items.ids]
    held = [held[row] for row in rows]
    names = sorted({name for counts in held for name in counts})
    if not names:
        raise ValueError(f"by={by if isinstance(by, str) else 'counts'!r}: no item has a class there to balance by.")
    code = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(held), len(names)))
    for row, of_item in enumerate(held):
        for name, count in of_item.items():
            counts[row, code[name]] += count
    if (counts < 0).any():
        raise ValueError("by: some counts are negative; give numbers from 0 up.")
    single = isinstance(by, str) and ((counts > 0).sum(axis=1) <= 1).all() and (counts <= 1).all()
    codes = np.where(counts.any(axis=1), counts.argmax(axis=1), -1) if single else None
    return Classes(names, counts, codes, given)


def _held(values: list[Any]) -> list[dict[str, float]]:
    """What each item holds, from a column of classes or of lists of classes."""
    held: list[dict[str, float]] = []
    for value in values:
        counts: dict[str, float] = {}
        for name in value if isinstance(value, list | tuple) else [value]:
            if name is not None:
                counts[str(name)] = counts.get(str(name), 0) + 1
        held.append(counts)
    return held
