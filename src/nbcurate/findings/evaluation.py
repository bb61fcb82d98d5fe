"""What a model gets right and wrong: a finding of the items it errs on, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..collection.item_set import ItemSet
from ..collection.predictions import Predictions
from ..store.items import Keys
from .finding import Finding, Reasons
from .recipe import make_recipe

if TYPE_CHECKING:
    import pandas as pd

    from .evaluation_slices import WeakSlices
    from .slice_units import Units


@dataclass(frozen=True, slots=True, eq=False)
class FoundItems:
    """Items with errors, the worst first: keys, scores, reasons and columns of a finding."""

    keys: Keys
    scores: NDArray[np.floating]
    reasons: Reasons | list[str]
    score_meaning: str
    columns: dict[str, Any]


class Evaluation(Finding):
    """Items that a model errs on, worst first; and how it fares as a whole. Made by :meth:`Dataset.evaluate`.

    Attributes
    ----------
    predictions : Predictions
        What was judged, of the items of this data set.
    score : float
        From which score on predictions count in :attr:`errors`, :attr:`table` and :attr:`confusion`.
    summary : str
        In a sentence: how many of what were right, and what is wrong with the others.
    table : DataFrame
        A row a class: how many there are, precision, recall, and average precision.
    confusion : DataFrame
        Given classes by predicted ones; ``"nothing"`` is what is missed, and what is predicted where nothing is. Each
        object or item is in its row once, each prediction in its column once.
    curves : DataFrame
        ``label``, ``score``, ``precision``, ``recall``: what is found from each score on.
    outcomes : object array of str [m]
        What each of :attr:`predictions` is: ``"right"``, ``"badly placed"``, ``"confused"``, ``"double"``, ``"false
        positive"``, or ``"ignored"``, where it is of a class or of an item of which nothing is known. It does not
        depend on :attr:`score`.
    """

    _page_at = "findings.faces.evaluation_page.evaluation_page"

    predictions: Predictions
    score: float
    summary: str
    table: pd.DataFrame
    confusion: pd.DataFrame
    curves: pd.DataFrame
    outcomes: NDArray[np.object_]

    def __init__(self, items: ItemSet, of: FoundItems, *, parameters: dict[str, Any], label: str) -> None:
        super().__init__(
            items, "evaluate", of.keys, of.scores, of.reasons, score_meaning=of.score_meaning, columns=of.columns,
            recipe=make_recipe("evaluate", parameters, items.keys),
        )  # fmt: skip
        self.label_column = label

    @cached_property
    def errors(self) -> pd.DataFrame:
        """A row an error: ``kind``, ``image``, ``object``, ``label``, ``prediction``, ``score``, ``reason``, …"""
        raise NotImplementedError

    def crop(self, error: int, *, margin: float = 0.5) -> Image.Image:
        """The picture of an error, by its row in :attr:`errors`.

        Parameters
        ----------
        error : int
        margin : float
            How much of the picture around a box is shown, as a share of the box.
        """
        raise NotImplementedError

    def uncertainty(self) -> pd.Series:
        """How unsure the model is of each item, or how much it errs on it, by id: from 0 to 1.

        :meth:`Dataset.select_for_labelling` takes it: ``uncertainty=evaluation``.
        """
        import pandas as pd

        doubt = self.predictions.uncertainty()
        errs = pd.Series(self.scores, index=self.ids, dtype=float)
        return pd.Series(pd.concat([doubt, errs]).groupby(level=0).max())

    def slices(self, by: str | Sequence[str] | None = None, min_support: int = 20) -> WeakSlices:
        """Where it errs more than elsewhere, surest first: by cluster, size, place, crowding, brightness, and columns.

        Each slice is compared with the rest. After many slices something always looks bad: so each has a bound of the
        difference that holds for all of them at once, and counts pictures, as the objects of one err together.

        Parameters
        ----------
        by : str or list of str, optional
            Of ``"class"``, ``"size"``, ``"place"``, ``"crowding"``, ``"beside"`` (another class in the picture),
            ``"brightness"``, ``"cluster"``, ``"tag"``, and the columns of text or truths; all that there are by
            default.
        min_support : int
            Slices of fewer are not looked at.

        Raises
        ------
        ValueError
            If there is nothing of that name; the message tells what there is.

        Examples
        --------
        >>> evaluation = ds.evaluate("yolo8")
        >>> evaluation.slices().table.head()
        >>> evaluation.slices("class", min_support=5).select("class: cat")
        """
        from .evaluation_slices import find_slices

        return find_slices(self._items, self.units(), by, min_support)

    def units(self) -> list[Units]:
        """What slices are of: objects and predictions, or items, with what is known of each."""
        raise NotImplementedError

    @property
    def judged_in(self) -> ItemSet:
        """The data set that the judged items are in: the images of boxes, else that of the finding."""
        return self._items

    def judged(self) -> tuple[Keys, NDArray[np.bool_]]:
        """The items that were judged, and on which of them something is wrong."""
        raise NotImplementedError

    def _summary(self) -> str:
        return f"evaluate({self.predictions.name!r}): {self.summary}"
