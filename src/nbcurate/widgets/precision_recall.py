"""PrecisionRecall: what a model finds, and how much of that is right, at each score; and the score that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from ..dataset import Dataset
from ..display.frame import frame_table
from ..display.page import Page
from .bundle import bundle
from .contact_sheet import ContactSheet
from .drawn_predictions import DrawnPredictions, evaluated
from .prediction_view import PredictionView

if TYPE_CHECKING:
    import os

    import pandas as pd

    from ..findings.evaluation import Evaluation


class PrecisionRecall(PredictionView):
    """Curves of precision and recall, by class and of all, and a score that can be dragged.

    From that score on predictions count, in all views of them: the boxes that grids draw, the cells of a
    :class:`ConfusionMatrix`, and what is told here: precision, recall and F1 (their harmonic mean) at it. A click on a
    curve takes the score of the point; the button *Best F1* that where F1 is highest. Press ``?`` in the view for its
    keys.

    Parameters
    ----------
    dataset : Dataset
    evaluation : Evaluation or str
        What :meth:`Dataset.evaluate` says of predictions, or their name: then they are evaluated at IoU 0.5.
    score : float, default that of the evaluation
        The lowest score of predictions that count, 0 to 1; the same in all views of these predictions.
    of : str, default ""
        The class that is looked at; empty: all classes together.
    height : int, default 460
        Height of the widget in px.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own, for the other views of the data set.

    Raises
    ------
    KeyError
        If there are no predictions of that name.
    TraitError
        If ``of`` is no class of the evaluation.

    References
    ----------
    Everingham et al. (2010), "The Pascal Visual Object Classes challenge"; Lin et al. (2014), "Microsoft COCO".

    Examples
    --------
    >>> evaluation = ds.evaluate("yolo8")
    >>> view = nbc.PrecisionRecall(ds, evaluation)
    >>> view                               # drag the line
    >>> view.score                         # in the next cell
    0.32
    >>> view.score = 0.5                   # grids of these predictions follow
    >>> view.at(0.5).loc["cat"]
    >>> view.observe(lambda change: print(change.new), names="score")
    """

    _esm = bundle("curves.js")

    #: Height in px.
    height = traitlets.Int(460, min=240, max=4000).tag(sync=True)
    #: Name of the predictions.
    predictions = traitlets.Unicode().tag(sync=True)
    #: The class that is looked at; empty: all of them together.
    of = traitlets.Unicode("").tag(sync=True)

    def __init__(self, dataset: Dataset, evaluation: Evaluation | str, **options: Any) -> None:
        drawn = DrawnPredictions.of(dataset, evaluated(dataset, evaluation), boxes=False)
        chosen = {"score": options.pop("score")} if "score" in options else {}
        super().__init__(dataset, drawn=drawn, chosen=chosen, **{"predictions": drawn.name, **options})

    @traitlets.validate("of")
    def _check_of(self, proposal: Any) -> str:
        name, classes = proposal["value"], list(self.evaluation.table.index)
        if name and name not in classes:
            raise traitlets.TraitError(f"of: there is no class {name!r}. There are {', '.join(map(str, classes))}.")
        return name

    @property
    def evaluation(self) -> Evaluation:
        """What is shown."""
        assert self._drawn is not None
        assert self._drawn.evaluation is not None
        return self._drawn.evaluation

    def at(self, score: float | None = None) -> pd.DataFrame:
        """``precision``, ``recall`` and ``f1`` of each class from a score on; by default from :attr:`score` on.

        The row called ``all`` is of all classes together.

        Parameters
        ----------
        score : float, optional
            From 0 to 1.
        """
        from .drawn_curves import goodness_at

        return goodness_at(self.evaluation, self.score if score is None else score)

    def snapshot(self, to: str | os.PathLike[str] | None = None, **size: Any) -> ContactSheet:
        """Precision, recall and F1 of each class at the score, as plain HTML; ``n`` and ``size`` change nothing.

        Parameters
        ----------
        to : path, optional
            File to write it to, a page of its own.
        """
        page = Page(f"{self.predictions}, from a score of {self.score:.2f} on")
        page.add(frame_table(self.at()))
        sheet = ContactSheet(page.html)
        if to is not None:
            sheet.save(to)
        return sheet
