"""One state of an arrangement of clusters: which items are in which, and what these are called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..store.items import Items, Keys

#: The column that says in which cluster an item is.
COLUMN = "cluster"


@dataclass(frozen=True, eq=False)
class Grouping:
    """One state of an arrangement.

    Attributes
    ----------
    keys : uint64 array [n]
        The items that it is about, ascending.
    labels : int32 array [n]
        Cluster of each item, -1 for none.
    names : tuple of str
        Name of each cluster; no two are alike. One whose items have all left the data set stays, with size 0.
    level : int or None
        Into how many clusters the tree was cut; None once a person has changed something.
    """

    keys: Keys
    labels: NDArray[np.int32]
    names: tuple[str, ...]
    level: int | None

    @property
    def sizes(self) -> NDArray[np.intp]:
        """Items in each cluster: int [k]."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.names))

    @property
    def numbers(self) -> NDArray[np.intp]:
        """Numbers of the clusters that have items, the largest first."""
        sizes = self.sizes
        order = np.argsort(-sizes, kind="stable")
        return order[sizes[order] > 0]

    def number(self, name: str) -> int:
        """Number of a cluster.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        if name not in self.names:
            raise KeyError(f"There is no cluster {name!r}: there are {', '.join(self.names[:20])}.")
        return self.names.index(name)

    def over(self, keys: Keys, items: Items) -> Grouping:
        """The same clusters over other items: what is new is in none; what was replaced is where its old file was.

        Parameters
        ----------
        keys : uint64 array [m]
            Ascending.
        items : Items
            As they are now.
        """
        if np.array_equal(keys, self.keys):
            return self
        labels = np.full(len(keys), -1, np.int32)
        if len(keys):
            now = items.successors(self.keys)
            at = np.searchsorted(keys, now.clip(min=0).astype(np.uint64)).clip(max=len(keys) - 1)
            there = (now >= 0) & (keys[at] == now.astype(np.uint64))
            labels[at[there]] = self.labels[there]
        return Grouping(keys, labels, self.names, self.level)

    def as_column(self) -> pa.Array:
        """Name of the cluster of each item: string [n], null for none."""
        return pa.array(self.names, pa.string()).take(pa.array(self.labels, mask=self.labels < 0))

    def told(self, keys: Keys, column: pa.Array) -> Grouping:
        """What these clusters are when others have said in which ``column`` puts the items ``keys``.

        Parameters
        ----------
        keys : uint64 array [m]
            Ascending; some may not be among the items here.
        column : pyarrow.Array
            Name of the cluster of each, null for none.
        """
        if not len(keys):
            return self
        before = self.as_column()
        at = np.searchsorted(keys, self.keys).clip(max=len(keys) - 1)
        after = pc.if_else(pa.array(keys[at] == self.keys), column.take(pa.array(at)), before)  # pyright: ignore[reportAttributeAccessIssue]
        if after.equals(before):
            return self
        codes = after.dictionary_encode()
        labels = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        return Grouping(self.keys, labels, tuple(codes.dictionary.to_pylist()), None)

    def without_empty(self) -> Grouping:
        """Only the clusters that have items."""
        used = np.unique(self.labels[self.labels >= 0])
        codes = np.full(len(self.names) + 1, -1, np.int32)  # the last is that of -1
        codes[used] = np.arange(len(used), dtype=np.int32)
        return Grouping(self.keys, codes[self.labels], tuple(self.names[number] for number in used), self.level)
