"""What slices are made of: things that a model is right or wrong on, and in which parts of the data each of them is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..collection.item_set import ItemSet
from ..collection.vector_set import VectorSet
from ..store.coco_columns import BOX_COLUMNS, IMAGE_COLUMNS
from ..store.columns import user_columns
from ..store.items import Keys
from .rarity import coarse_clusters

#: A column of more different texts tells items apart, and is no way to divide them.
_MOST_VALUES = 100
_ANNOTATIONS = {*BOX_COLUMNS, *IMAGE_COLUMNS, "image"}


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """One way to divide n things: pairs of a thing and a part; a thing may be in several parts, or in none.

    Attributes
    ----------
    by : str
        Such as ``"size"``.
    names : list of str
        Of the parts.
    things, parts : int arrays [p]
    """

    by: str
    names: list[str]
    things: NDArray[np.intp]
    parts: NDArray[np.intp]

    def of(self, whole: NDArray[np.integer]) -> Division:
        """The same of things that each belong to one of these (such as the objects on images): int array [n], -1: none.

        Parameters
        ----------
        whole : int array [n]
        """
        order = np.argsort(self.things, kind="stable")
        in_order = self.things[order]
        starts, ends = np.searchsorted(in_order, whole, "left"), np.searchsorted(in_order, whole, "right")
        sizes = np.where(whole >= 0, ends - starts, 0)
        things = np.repeat(np.arange(len(whole)), sizes)
        within = np.arange(len(things)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return Division(self.by, self.names, things, self.parts[order[starts[things] + within]])


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What the slices of an evaluation are of.

    Attributes
    ----------
    of : str
        ``"objects"``, ``"predictions"`` or ``"items"``.
    keys : uint64 array [items]
    items : int array [n]
        Which of the items each unit is on.
    wrong : bool array [n]
    divisions : callable
        Gives the ways to divide them.
    """

    of: str
    keys: Keys
    items: NDArray[np.intp]
    wrong: NDArray[np.bool_]
    divisions: Callable[[], list[Division]]


def by_code(by: str, names: Sequence[str], codes: NDArray[np.integer]) -> Division:
    """A division by the number of the part that each thing is in: int array [n], -1 for none."""
    known = np.flatnonzero(codes >= 0)
    return Division(by, list(names), known, codes[known].astype(np.intp))


def by_thirds(
    by: str, names: Sequence[str], values: NDArray[np.floating], among: NDArray[np.floating], unit: str = ""
) -> list[Division]:
    """A division into thirds by a number, which the names of the parts tell; none where all are alike.

    Parameters
    ----------
    names : sequence of str
        Of the three parts, the least first.
    values : float array [n]
        NaN where it is not known.
    among : float array
        Of what it is thirds.
    """
    known = among[np.isfinite(among)]
    if not len(known):
        return []
    first, second = np.quantile(known, [1 / 3, 2 / 3]).tolist()
    if first >= second:
        return []
    limits = [f"under {first:.3g}{unit}", f"{first:.3g} to {second:.3g}{unit}", f"over {second:.3g}{unit}"]
    codes = np.where(np.isfinite(values), np.searchsorted([first, second], np.nan_to_num(values), side="left"), -1)
    return [by_code(by, [f"{name} ({limit})" for name, limit in zip(names, limits, strict=True)], codes)]


def item_divisions(items: ItemSet, keys: Keys, *, without: Sequence[str] = ()) -> list[Division]:
    """How items (or images) can be divided: by brightness, cluster, tag, split, and columns of texts or truths.

    Parameters
    ----------
    keys : uint64 array [n]
        Of the items, in whatever order.
    without : sequence of str
        Columns that are left out.
    """
    rows = pa.array(np.searchsorted(items.keys, keys))
    found: list[Division] = []
    brightness = items.column("brightness").take(rows)
    light = _floats(brightness)
    found += by_thirds("brightness", ["dark", "medium", "bright"], light, light)
    found += _by_cluster(items, np.asarray(rows))
    names = [name for name in user_columns(items.store) if name not in {*_ANNOTATIONS, *without}]
    for name, by in [("tags", "tag"), ("split", "split"), *((name, name) for name in names)]:
        found += _by_column(by, items.column(name).take(rows))
    return found


def _by_cluster(items: ItemSet, rows: NDArray[np.integer]) -> list[Division]:
    if not isinstance(items, VectorSet) or not any(len(one) for one in items.store.embeddings()):
        return []
    try:
        distinct = distinct_items(items, None)
    except ValueError:  # not all have a vector
        return []
    clusters = coarse_clusters(distinct.vectors, 0)[distinct.inverse][rows]
    return [by_code("cluster", [str(at) for at in range(int(clusters.max(initial=-1)) + 1)], clusters)]


def _by_column(by: str, column: pa.Array) -> list[Division]:
    """By the values of a column; of lists by what is in them."""
    is_list = pa.types.is_list(column.type)
    kind = column.type.value_type if is_list else column.type
    if not (pa.types.is_string(kind) or pa.types.is_boolean(kind)):
        return []
    flat = pc.list_flatten(column) if is_list else column  # pyright: ignore[reportAttributeAccessIssue]
    things = np.asarray(pc.list_parent_indices(column)) if is_list else np.arange(len(column))  # pyright: ignore[reportAttributeAccessIssue]
    encoded = flat.cast(pa.string()).dictionary_encode()
    if not 1 <= len(encoded.dictionary) <= _MOST_VALUES:
        return []
    codes = np.asarray(pc.fill_null(encoded.indices, -1))  # pyright: ignore[reportAttributeAccessIssue]
    known = codes >= 0
    return [Division(by, encoded.dictionary.to_pylist(), things[known].astype(np.intp), codes[known].astype(np.intp))]


def _floats(column: pa.Array) -> NDArray[np.float64]:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan), np.float64)  # pyright: ignore[reportAttributeAccessIssue]
