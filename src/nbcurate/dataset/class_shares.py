"""How much of each class a curation may still take, and what came of the shares in the end."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..collection.item_set import ItemSet
from ..collection.shares import Classes, read_classes
from ..curate.balance import water_fill
from ..store.items import Keys

_TOLD = 5  # classes that a warning names


def classes_of(items: ItemSet, balance: str | None) -> Classes | None:
    """The classes to balance; None where none are asked for, or no item has one."""
    if balance is None or not len(items):
        return None
    try:
        return read_classes(items, balance, np.arange(len(items)))
    except ValueError:
        return None


def room_of_classes(pool: ItemSet, picks: ItemSet, balance: str | None, n: int) -> dict[str, int]:
    """How many more of each class equal shares of ``n`` picks allow, of those in the pool; empty without classes."""
    classes = classes_of(pool, balance)
    if classes is None:
        return {}
    picked = _counts(classes_of(picks, balance))
    so_far = np.array([picked.get(name, 0) for name in classes.names], np.intp)
    capacity = classes.counts.sum(axis=0).astype(np.intp) + so_far
    return dict(zip(classes.names, np.maximum(water_fill(capacity, n) - so_far, 0).tolist(), strict=True))


def first_with_room(
    items: ItemSet, ranked: Keys, room: dict[str, int], balance: str | None, n: int
) -> NDArray[np.intp]:
    """Positions of the first ``n`` of a ranking that fit into the room of their classes; items without one always fit.

    Items of several classes are not held to it.
    """
    classes = classes_of(items, balance)
    if classes is None or classes.codes is None:
        return np.arange(min(n, len(ranked)))
    code_of = dict(zip(items.keys.tolist(), classes.codes.tolist(), strict=True))
    left, rows = dict(room), []
    for row, key in enumerate(ranked.tolist()):
        if len(rows) == n:
            break
        code = code_of[key]
        if code < 0 or left.get(classes.names[code], 0) > 0:
            rows.append(row)
        if code >= 0:
            left[classes.names[code]] = left.get(classes.names[code], 0) - 1
    return np.asarray(rows, np.intp)


def share_table(
    dataset: ItemSet, n: int, balance: str | None, *, picked: Keys, dropped: Keys, left: Keys
) -> pd.DataFrame | None:
    """A row a class: what there is, was dropped, wanted of ``n`` and picked; a warning tells what fell short.

    Parameters
    ----------
    dataset : ItemSet
        What was curated, of which every item was picked, dropped or is left.
    """
    classes = classes_of(dataset, balance)
    if classes is None:
        return None
    keys = dataset.keys
    table = classes.table(np.flatnonzero(np.isin(keys, picked)), n, None)
    table.insert(1, "dropped", classes.counts[np.isin(keys, dropped)].sum(axis=0))
    none_left = classes.counts[np.isin(keys, left)].sum(axis=0) == 0
    short = table[(table["picked"] < n // len(table)) & none_left]
    if len(short):
        told = [f"{name!r} {row.picked:g} of {row.wanted:g}" for name, row in short.head(_TOLD).iterrows()]
        more = ", …" if len(short) > _TOLD else ""
        warnings.warn(
            f"curate: {len(short):,} of {len(table):,} classes gave all they have, which is less than their share: "
            f"{', '.join(told)}{more}. The others gave more, and .shares tells.",
            stacklevel=4,
        )
    return table


def _counts(classes: Classes | None) -> dict[str, int]:
    """How much there is of each class."""
    if classes is None:
        return {}
    return dict(zip(classes.names, classes.counts.sum(axis=0).astype(int).tolist(), strict=True))
