"""Items as a ``torch.utils.data.Dataset`` that needs no store: it knows where the pictures lie."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import torch
from torch.utils.data import Dataset as TorchDataset

from ..export.classes import class_names
from ..imaging import UnreadableImageError, Window
from ..sources.reader import originals_at, window_of
from ..store import Store
from ..store.class_order import class_order
from ..store.items import Keys

#: The class of an item without a label: what torch's losses pass over by default.
NO_CLASS = -100


class TorchImages(TorchDataset):
    """Pictures with their classes. Made by :meth:`nbcurate.Dataset.to_torch`.

    It holds ids, places and classes as arrays, so it is small to send to another process, and a forked one shares
    its memory.

    Attributes
    ----------
    classes : list of str
        Names of the classes: in the order in which the source numbers them, or else sorted.
    class_to_idx : dict of str to int
        The number of each class.
    targets : list of int, or float32 tensor [n, classes]
        The class of each item, -100 for one without a label. A tensor where items have several labels: 1 for each of
        them, NaN for an item of which nothing is known.
    transform : callable or None
        Of a picture, PIL and RGB, to what ``dataset[i]`` gives.
    """

    def __init__(
        self,
        ids: pa.Array,
        places: pa.Table,
        roots: Sequence[str],
        labels: Sequence[Any],
        classes: Sequence[str],
        transform: Callable[[Any], Any] | None,
        *,
        window: Window | None,
        several: bool,
    ) -> None:
        self._ids = ids
        self._places = places
        self._roots = list(roots)
        self._window = window
        self.classes = list(classes)
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}
        self.transform = transform
        self.targets = self._many_hot(labels) if several else self._numbers(labels)

    @property
    def ids(self) -> list[str]:
        """Id of each item."""
        return self._ids.to_pylist()

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """The picture, upright and RGB, of a box what is inside it, and the class.

        Raises
        ------
        UnreadableImageError
            If it cannot be read; the message names the item.
        IndexError
            If there is no such item.
        """
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"There is no item {index}: there are {len(self)}.")
        try:
            picture = next(originals_at(self._places.slice(at, 1), self._roots, self._window)).decode()
        except UnreadableImageError as error:
            raise type(error)(f"{self._ids[at].as_py()}: {error}") from error
        return (picture if self.transform is None else self.transform(picture)), self.targets[at]

    def __repr__(self) -> str:
        return f"TorchImages({len(self):,} items, {len(self.classes)} classes)"

    def _numbers(self, labels: Sequence[str | None]) -> list[int]:
        return [NO_CLASS if label is None else self.class_to_idx[label] for label in labels]

    def _many_hot(self, labels: Sequence[list[str] | None]) -> torch.Tensor:
        hot = torch.zeros(len(labels), len(self.classes))
        for row, label in enumerate(labels):
            if label is None:
                hot[row] = torch.nan
            else:
                hot[row, [self.class_to_idx[name] for name in label]] = 1
        return hot


def torch_images(
    store: Store, keys: Keys, all_keys: Keys, *, split: str | None, transform: Callable[[Any], Any] | None
) -> TorchImages:
    """The items with these keys, or those of them of a split; classes are numbered among those of ``all_keys``."""
    items = store.items
    rows = items.rows_of_keys(keys)
    if split is not None:
        rows = _of_split(items.table.column("split").take(pa.array(rows)).to_pylist(), rows, split)
    table = items.table.select(["id", "label", "root", "path", "box"]).take(pa.array(rows)).combine_chunks()
    if not len(table) or table["path"].null_count == len(table):
        raise ValueError(
            "to_torch needs items with pictures: these have none." if len(table) else "There are no items."
        )
    labels = table["label"].to_pylist()
    kind = table.schema.field("label").type
    everywhere = items.table.column("label").take(pa.array(items.rows_of_keys(all_keys))).to_pylist()
    classes = class_names(everywhere, class_order(store).get("label", ()))
    if lacking := sum(label is None for label in labels):
        target = "NaN" if pa.types.is_list(kind) else f"{NO_CLASS}, which torch's losses pass over"
        warnings.warn(f"{lacking:,} of {len(labels):,} items have no label: their target is {target}.", stacklevel=3)
    places = table.select(["root", "path", "box"])
    return TorchImages(
        table["id"].combine_chunks(), places, store.roots, labels, classes, transform,
        window=window_of(store), several=pa.types.is_list(kind),
    )  # fmt: skip


def _of_split(splits: Sequence[str | None], rows: Any, split: str) -> Any:
    chosen = np.array([there == split for there in splits], bool)
    if not chosen.any():
        there = ", ".join(repr(name) for name in sorted({name for name in splits if name})) or "none"
        raise ValueError(f"split={split!r}: no item has it. There are {there}.")
    return rows[chosen]
