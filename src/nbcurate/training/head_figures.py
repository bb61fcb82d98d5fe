"""How well a classifier does: by part, by class, and which class it takes for which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: The row and the column of what an item with a list of classes lacks, or has and should not.
NO_CLASS = "no class"


class Confusion(pd.DataFrame):
    """Counts of items: a row a given class, a column a predicted one.

    Where items have lists of classes, a class that was found counts on the diagonal; one that was missed counts beside
    each that was predicted in its place, or as ``no class``; one too many with nothing missed in the row ``no class``.
    """

    def plot(self, ax: Any = None) -> Any:
        """A picture of it: shares of each given class, and the counts written where they fit.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        try:
            import matplotlib.pyplot as plt  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            raise ImportError("Plots need matplotlib: pip install matplotlib") from error
        counts = self.to_numpy()
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        side = float(np.clip(0.45 * len(counts) + 1.5, 3, 14))
        ax = ax or plt.subplots(figsize=(side, side))[1]
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        names = [[str(name) for name in axis] for axis in (self.columns, self.index)]
        ax.set_xticks(range(len(names[0])), names[0], rotation=90)
        ax.set_yticks(range(len(names[1])), names[1])
        if len(counts) <= 30:
            for row, column in zip(*np.nonzero(counts), strict=True):
                colour = "white" if shares[row, column] > 0.5 else "black"
                ax.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", color=colour, fontsize=8)
        ax.set(xlabel="predicted", ylabel="given")
        return ax


class Tally:
    """Counts of what was given and what was predicted, over any number of items: int64.

    Attributes
    ----------
    counts : array [classes + 1, classes + 1]
        A row a given class, a column a predicted one; the last ones are for none, see :class:`Confusion`.
    items, predicted, hit : array [classes]
        How many have a class, are predicted to, and both.
    """

    def __init__(self, n_classes: int) -> None:
        self.counts = np.zeros((n_classes + 1, n_classes + 1), np.int64)
        self.items, self.predicted, self.hit = (np.zeros(n_classes, np.int64) for _ in range(3))

    @classmethod
    def of(cls, counts: NDArray[Any], items: NDArray[Any], predicted: NDArray[Any], hit: NDArray[Any]) -> Tally:
        """One that has counted already."""
        tally = cls(len(items))
        tally.counts, tally.items, tally.predicted, tally.hit = counts, items, predicted, hit
        return tally

    def add(self, given: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> None:
        """Count some items: bool [n, classes], which has, and which is predicted to have, which class."""
        hit, missed, extra = given & predicted, given & ~predicted, predicted & ~given
        self.items += given.sum(axis=0)
        self.predicted += predicted.sum(axis=0)
        self.hit += hit.sum(axis=0)
        self.counts[:-1, :-1] += (missed.T.astype(np.float32) @ extra.astype(np.float32)).round().astype(np.int64)
        self.counts[np.diag_indices(len(self.hit))] += hit.sum(axis=0)
        self.counts[:-1, -1] += missed[~extra.any(axis=1)].sum(axis=0)
        self.counts[-1, :-1] += extra[~missed.any(axis=1)].sum(axis=0)


@dataclass(frozen=True, eq=False)
class Figures:
    """How well a classifier does.

    Attributes
    ----------
    shares : dict of str to float
        Accuracy by part.
    part : str
        The part that :attr:`table` and :attr:`confusion` are of.
    tally : Tally
        Of that part.
    classes : list of str
    several : bool
        Whether an item may have several of them.
    """

    shares: dict[str, float]
    part: str
    tally: Tally
    classes: list[str]
    several: bool

    @cached_property
    def accuracy(self) -> pd.Series:
        return pd.Series(self.shares, index=pd.Index(list(self.shares), name="part"), name="accuracy", dtype=float)

    @cached_property
    def table(self) -> pd.DataFrame:
        items, said, hit = self.tally.items, self.tally.predicted, self.tally.hit
        with np.errstate(invalid="ignore", divide="ignore"):
            columns = {
                "items": items,
                "predicted": said,
                "precision": hit / said,
                "recall": hit / items,
                "f1": 2 * hit / (items + said),
            }
        return pd.DataFrame(columns, index=pd.Index(self.classes, name="class"))

    @cached_property
    def confusion(self) -> Confusion:
        names = [*self.classes, NO_CLASS] if self.several else self.classes
        index, columns = pd.Index(names, name="given"), pd.Index(names, name="predicted")
        return Confusion(self.tally.counts[: len(names), : len(names)], index=index, columns=columns)
