"""How well a classifier does: by part, by class, and which class it takes for which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...curate.class_labels import ClassLabels
from ...curate.confusion import NOTHING, confusion
from ...plotting import pyplot


class ConfusionTable(pd.DataFrame):
    """Counts of items: a row a given class, a column a predicted one.

    Where items have lists of classes, a class that was found counts on the diagonal; one that was missed counts beside
    each that was predicted in its place, or as ``(nothing)``; one too many, with nothing missed, in that row.
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
        plt = pyplot()
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


@dataclass(frozen=True, eq=False)
class Figures:
    """How well a classifier does.

    Attributes
    ----------
    shares : dict of str to float
        Accuracy by part.
    part : str
        The part that :attr:`table` and :attr:`confusion` are of.
    classes : list of str
    counts : int64 array [classes, classes]
        A row a given class, a column a predicted one; of lists one more for none, see :class:`ConfusionTable`.
    items, predicted, hit : int64 array [classes]
        How many items have a class, are predicted to, and both.
    """

    shares: dict[str, float]
    part: str
    classes: list[str]
    counts: NDArray[np.int64]
    items: NDArray[np.int64]
    predicted: NDArray[np.int64]
    hit: NDArray[np.int64]

    @cached_property
    def accuracy(self) -> pd.Series:
        return pd.Series(self.shares, index=pd.Index(list(self.shares), name="part"), name="accuracy", dtype=float)

    @cached_property
    def table(self) -> pd.DataFrame:
        with np.errstate(invalid="ignore", divide="ignore"):
            columns = {
                "items": self.items,
                "predicted": self.predicted,
                "precision": self.hit / self.predicted,
                "recall": self.hit / self.items,
                "f1": 2 * self.hit / (self.items + self.predicted),
            }
        return pd.DataFrame(columns, index=pd.Index(self.classes, name="class"))

    @cached_property
    def confusion(self) -> ConfusionTable:
        names = [*self.classes, NOTHING] if len(self.counts) > len(self.classes) else self.classes
        index, columns = pd.Index(names, name="given"), pd.Index(names, name="predicted")
        return ConfusionTable(self.counts, index=index, columns=columns)

    def to_arrays(self) -> dict[str, NDArray[np.int64]]:
        """What it counts, by name."""
        return {name: getattr(self, name) for name in ("counts", "items", "predicted", "hit")}


def figures_of(shares: dict[str, float], part: str, given: ClassLabels, predicted: ClassLabels) -> Figures:
    """From what the items of a part are labelled as and predicted to be; of the same classes."""
    compared = confusion(given, predicted)
    counts = compared.counts().toarray().astype(np.int64)
    hit = np.diag(counts)[: len(given.names)]
    return Figures(shares, part, given.names, counts, given.counts(), predicted.counts(), hit)
