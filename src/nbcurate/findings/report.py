"""The report on a subset: what it covers, repeats and balances, against the whole and against chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..display.shown import Shown
from ..plotting import pyplot

if TYPE_CHECKING:
    import pandas as pd

    from ..collection.item_set import ItemSet

#: What each measure means, and which way is better.
MEASURES = {
    "mean_distance": "mean distance (1 - cosine) of all items to the nearest pick; lower is better",
    "worst_distance": "the largest distance of an item to the nearest pick; lower is better",
    "redundancy": "share of the picks with another pick that is a near-copy; lower is better",
    "class_evenness": "entropy of the class counts over that of equal counts; 1 is even",
    "imbalance_ratio": "the largest class over the smallest of those that are there; 1 is even",
    "classes_missing": "classes of the whole of which there is nothing; lower is better",
    "within_class_evenness": "how evenly each class lies over its clusters, on average; 1 is even",
    "size_evenness": "of objects: how evenly each class lies over small, middle and large ones; 1 is even",
    "place_evenness": "of objects: how evenly each class lies over nine parts of the picture; 1 is even",
    "vendi_score": "effective number of different items; higher is more diverse",
}
_LOWER_IS_BETTER = {"mean_distance", "worst_distance", "redundancy", "imbalance_ratio", "classes_missing"}


class Report(Shown):
    """A row a measure: of the subset, of the whole, and of random draws of the same size.

    Parameters
    ----------
    size, total : int
        Items in the subset and in the whole.
    subset, whole : mapping of str to float
        The measures, by name; NaN where one has no meaning (classes without labels).
    random : sequence of mappings
        The measures of each random draw.
    """

    _page_at = "findings.faces.report_page.report_page"

    def __init__(
        self,
        size: int,
        total: int,
        subset: Mapping[str, float],
        whole: Mapping[str, float],
        random: Sequence[Mapping[str, float]],
    ) -> None:
        self.size, self.total = size, total
        self.subset, self.whole = dict(subset), dict(whole)
        self.random = [dict(draw) for draw in random]
        #: The items and the ids that it is about, where it was made of a data set.
        self.of: tuple[ItemSet, list[str]] | None = None

    def to_pandas(self) -> pd.DataFrame:
        """The measures: columns ``subset``, ``whole``, ``random_mean`` and ``random_spread`` (standard deviation).

        Mean and spread are over the draws in which a measure has a meaning; NaN where it has none in any.
        """
        import pandas as pd

        draws = np.array([[draw[name] for name in self.subset] for draw in self.random], float)
        draws = np.ma.masked_invalid(draws.reshape(len(self.random), len(self.subset)))
        columns = {
            "subset": list(self.subset.values()),
            "whole": [self.whole[name] for name in self.subset],
            "random_mean": draws.mean(axis=0).filled(np.nan),
            "random_spread": draws.std(axis=0).filled(np.nan),
        }
        return pd.DataFrame(columns, index=pd.Index(list(self.subset), name="measure"))

    def better_than_random(self) -> dict[str, bool]:
        """For each measure with a meaning here, whether the subset does better than random draws do on average."""
        frame = self.to_pandas().dropna(subset=["subset", "random_mean"])
        return {
            str(name): bool(
                row["subset"] < row["random_mean"] if name in _LOWER_IS_BETTER else row["subset"] > row["random_mean"]
            )
            for name, row in frame.iterrows()
        }

    def plot(self, ax: Any = None) -> Any:
        """The subset as bars against the random draws as points, each measure in units of the random mean.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; new ones by default.

        Returns
        -------
        matplotlib.axes.Axes
        """
        plt = pyplot()

        frame = self.to_pandas().dropna(subset=["subset", "random_mean"])
        frame = frame[frame["random_mean"] > 0]
        ax = ax or plt.subplots(figsize=(6, 0.5 * len(frame) + 1))[1]
        places = np.arange(len(frame))
        ax.barh(places, frame["subset"] / frame["random_mean"], color="#3b7ddd", label="subset")
        for draw in self.random:
            values = np.array([draw[str(name)] for name in frame.index]) / frame["random_mean"]
            ax.plot(values, places, "k|", alpha=0.5)
        ax.axvline(1, color="black", linewidth=0.8, label="random (mean; each draw a tick)")
        ax.set_yticks(places, [str(name) for name in frame.index])
        ax.invert_yaxis()
        ax.set_xlabel("in units of the random mean")
        ax.legend(loc="best", fontsize="small")
        return ax

    def _summary(self) -> str:
        return f"{self.size:,} of {self.total:,} items, against {len(self.random)} random draws of as many"

    def __repr__(self) -> str:
        return f"{self._summary()}\n{self.to_pandas().to_string(float_format='%.3f')}"
