"""Items as a ``torch.utils.data.Dataset`` that needs no store: it knows where the pictures lie."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from torch.utils.data import Dataset as TorchDataset

from ..export.classes import class_names
from ..imaging import UnreadableImageError, Window
from ..sources.arrow_root import ArrowRoot
from ..sources.reader import Original, originals, originals_at, window_of
from ..sources.root import open_root
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

    def __getstate__(self) -> dict[str, Any]:
        """With the pictures themselves where those are only in the memory of this process."""
        held: dict[str, dict[int, Any]] = {}
        for number, text in enumerate(self._roots):
            if (root := _memory_root(text)) is not None:
                here = self._places.filter(pc.equal(self._places["root"], number))  # pyright: ignore[reportAttributeAccessIssue]
                held[text] = root.held({int(path) for path in here["path"].to_pylist()})
        return {**self.__dict__, "held": held}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for text, pictures in state.pop("held").items():
            ArrowRoot.from_text(text).hold_rows(pictures)
        self.__dict__.update(state)

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
    rows = _with_picture(store, rows)
    table = items.table.select(["id", "label", "root", "path", "box"]).take(pa.array(rows)).combine_chunks()
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


def _with_picture(store: Store, rows: Any) -> Any:
    """The rows without those that a training loop would stop at; a warning tells how many these are."""
    items = store.items
    in_memory = [number for number, text in enumerate(store.roots) if _memory_root(text) is not None]
    places = items.table.select(["root", "path"]).take(pa.array(rows))
    doubtful = np.asarray(places["path"].is_null()) | items.has_status("missing")[rows]
    doubtful |= np.isin(places["root"].to_numpy(), in_memory)
    there = ~doubtful
    there[doubtful] = [_is_there(file) for file in originals(store, items.keys[rows[doubtful]])]
    if not there.any():
        raise ValueError("to_torch needs items with pictures: these have none." if len(rows) else "There are no items.")
    if lacking := int((~there).sum()):
        example = items.ids[int(rows[~there][0])].as_py()
        warnings.warn(
            f"{lacking:,} of {len(rows):,} items are left out, as their pictures cannot be had, such as {example!r}.",
            stacklevel=4,
        )
    return rows[there]


def _is_there(file: Original) -> bool:
    """Whether an item has a picture, and its file can be opened."""
    if isinstance(file.root, ArrowRoot) and not file.root.files:
        return file.root.has(file.path)
    try:
        file.open().close()
    except UnreadableImageError:
        return False
    return True


def _memory_root(text: str) -> ArrowRoot | None:
    """The root with this text, if it is a data set that lies in no file."""
    root = open_root(text)
    return root if isinstance(root, ArrowRoot) and not root.files else None


def _of_split(splits: Sequence[str | None], rows: Any, split: str) -> Any:
    chosen = np.array([there == split for there in splits], bool)
    if not chosen.any():
        there = ", ".join(repr(name) for name in sorted({name for name in splits if name})) or "none"
        raise ValueError(f"split={split!r}: no item has it. There are {there}.")
    return rows[chosen]
