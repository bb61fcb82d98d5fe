"""Predictions of models, as they are kept beside the labels: by name, the newest version first."""

from __future__ import annotations

import difflib
import weakref
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..store import Store
from ..store.items import Keys
from ..store.predictions import KeptPredictions, PredictedRows, drop_predictions, kept_predictions, read_predictions

if TYPE_CHECKING:
    import pandas as pd

    from .item_set import ItemSet

#: What was read of a store, by the folder of the table: it never changes.
_READ: weakref.WeakKeyDictionary[Store, dict[str, PredictedRows]] = weakref.WeakKeyDictionary()


class Predictions:
    """What a model predicted: boxes on images with a class and a score each, or classes of whole items.

    Attributes
    ----------
    name : str
    version : int
        How often predictions were added under this name.
    keys : uint64 array [m]
        Key of the item that each is of, ascending; those of one item in the order in which they were given.
    classes : list of str
    codes : int32 array [m]
        Which of the classes each is.
    exact_scores : float64 array [m]
        As they were given, in [0, 1].
    exact_boxes : float64 array [m, 4] or None
        As they were given: x, y, width, height in px of the upright picture; None where they are of whole items.

    Examples
    --------
    >>> ds.add_predictions("yolo8", "results.json")
    >>> ds.predictions["yolo8"].of(ds.keys[:1]).to_pandas()
    """

    def __init__(self, store: Store, name: str, version: int, rows: PredictedRows) -> None:
        self.name = name
        self.version = version
        self.keys = rows.keys
        self.classes = rows.classes
        self.codes = rows.codes
        self.exact_scores = rows.scores
        self.exact_boxes = rows.boxes
        self._store = store
        self._rows = rows

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def store(self) -> Store:
        """Where they are kept: that of the items that they are of."""
        return self._store

    @cached_property
    def labels(self) -> NDArray[np.object_]:
        """The class of each: object array [m] of str."""
        return np.array(self.classes, object)[self.codes]

    @cached_property
    def scores(self) -> NDArray[np.float32]:
        """How sure the model is of each, in [0, 1]: float32 [m]."""
        return self.exact_scores.astype(np.float32)

    @cached_property
    def boxes(self) -> NDArray[np.float32] | None:
        """x, y, width and height of each in px of the upright picture: float32 [m, 4]; None for classes of items."""
        return None if self.exact_boxes is None else self.exact_boxes.astype(np.float32)

    def positions_of(self, keys: Keys) -> NDArray[np.intp]:
        """Where the predictions of these items are, item after item: int [p].

        Parameters
        ----------
        keys : uint64 array [n]
            Keys of the items.
        """
        starts, ends = np.searchsorted(self.keys, keys, "left"), np.searchsorted(self.keys, keys, "right")
        sizes = ends - starts
        before = np.cumsum(sizes) - sizes
        return np.arange(int(sizes.sum())) + np.repeat(starts - before, sizes)

    def of(self, keys: Keys) -> Predictions:
        """Those of some items, in the order of their keys.

        Parameters
        ----------
        keys : uint64 array [n]
            Keys of the items: :attr:`Dataset.keys`.
        """
        positions = self.positions_of(np.unique(np.asarray(keys, np.uint64)))
        return Predictions(self._store, self.name, self.version, self._rows.take(positions))

    def uncertainty(self) -> pd.Series:
        """How unsure the model is of each item that it says something of, by id: from 0 to 1.

        Of a class of the whole item: one less its score. Of boxes: how near the most doubtful is to a score of a half.
        """
        import pandas as pd

        scores = self.exact_scores
        doubt = 1 - np.abs(2 * scores - 1) if self.exact_boxes is not None else 1 - scores
        keys, starts = np.unique(self.keys, return_index=True)
        reduce = np.maximum if self.exact_boxes is not None else np.minimum  # of several classes the surest tells
        most = reduce.reduceat(doubt, starts) if len(keys) else doubt
        return pd.Series(most, index=self._store.items.ids_of_keys(keys), dtype=float)

    def to_pandas(self) -> pd.DataFrame:
        """A row a prediction: ``id``, ``label``, ``score``, and, of boxes, ``x``, ``y``, ``width``, ``height``."""
        import pandas as pd

        different, inverse = np.unique(self.keys, return_inverse=True)
        ids = np.array(self._store.items.ids_of_keys(different), object)[inverse]
        frame = pd.DataFrame({"id": ids, "label": self.labels, "score": self.exact_scores})
        if self.exact_boxes is not None:
            frame[["x", "y", "width", "height"]] = self.exact_boxes
        return frame

    def __repr__(self) -> str:
        what = "classes" if self.exact_boxes is None else "boxes"
        items = len(np.unique(self.keys))
        return (
            f"Predictions({self.name!r}, version {self.version}: {len(self):,} {what} of {len(self.classes):,} classes "
            f"on {items:,} items)"
        )


class PredictionSets(Mapping[str, Predictions]):
    """The predictions of a data set by name, the newest version of each.

    Parameters
    ----------
    items : ItemSet
    *others : ItemSet
        Where those are that this one does not have: of objects the images that they are on.

    Examples
    --------
    >>> list(ds.predictions)
    >>> ds.predictions["yolo8"].scores
    >>> ds.predictions.versions("yolo8")[0]
    >>> del ds.predictions["yolo8"]
    """

    def __init__(self, items: ItemSet, *others: ItemSet) -> None:
        self._stores = list(dict.fromkeys(one.store for one in (items, *others)))

    def __getitem__(self, name: str) -> Predictions:
        return _opened(*self._kept(name)[-1])

    def versions(self, name: str) -> list[Predictions]:
        """All that was added under a name, oldest first.

        Parameters
        ----------
        name : str
        """
        return [_opened(*kept) for kept in self._kept(name)]

    def version(self, name: str, number: int) -> Predictions:
        """One version of what was added under a name.

        Parameters
        ----------
        name : str
        number : int
            Counted from 1, the oldest.

        Raises
        ------
        KeyError
            If there is none of that number.
        """
        kept = {one.version: (store, one) for store, one in self._kept(name)}
        if number not in kept:
            raise KeyError(f"There is no version {number!r} of {name!r}: there are {', '.join(map(str, kept))}.")
        return _opened(*kept[number])

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(kept.name for _, kept in self._all()))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __delitem__(self, name: str) -> None:
        """Forget all versions of a name."""
        store, _ = self._kept(name)[-1]
        drop_predictions(store, name)
        store.announce()

    def __repr__(self) -> str:
        newest = {kept.name: kept for _, kept in reversed(self._all())}
        parts = [f"{name}: {newest[name].count:,}, version {newest[name].version}" for name in self]
        return f"PredictionSets({'; '.join(parts) or 'none yet'})"

    def _all(self) -> list[tuple[Store, KeptPredictions]]:
        return [(store, kept) for store in self._stores for kept in kept_predictions(store)]

    def _kept(self, name: Any) -> list[tuple[Store, KeptPredictions]]:
        """The versions of a name, oldest first, of the first store that has some."""
        there = self._all()
        found = [(store, kept) for store, kept in there if kept.name == name]
        if not found:
            names = list(dict.fromkeys(kept.name for _, kept in there))
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names) or 'none yet'}."
            raise KeyError(f"There are no predictions {name!r}: {hint} ds.add_predictions adds some.")
        return [(store, kept) for store, kept in found if store is found[0][0]]


def _opened(store: Store, kept: KeptPredictions) -> Predictions:
    read = _READ.setdefault(store, {})
    if kept.folder not in read:
        read[kept.folder] = read_predictions(store, kept)
    return Predictions(store, kept.name, kept.version, read[kept.folder])
