"""ConfusionMatrix: which classes are taken for which, and the items of each such error."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import traitlets

from ..dataset import Dataset
from ..display.frame import frame_table
from ..display.page import Page
from .bundle import bundle
from .confusion_table import confusion_table
from .contact_sheet import ContactSheet
from .drawn_predictions import DrawnPredictions, is_object_evaluation
from .given_predictions import predictions_of
from .prediction_view import PredictionView

if TYPE_CHECKING:
    import pandas as pd

    from ..curate.confusion import Confusion
    from .drawn_pairs import ObjectPairs
    from .session import Session


class ConfusionMatrix(PredictionView):
    """Given labels against predicted ones: a click on a cell selects its items, in every view and in Python.

    A row is a class that was given, a column one that was predicted; the diagonal, where both agree, is pale, so that
    errors stand out. The counts are of what the filter of the linked views lets pass. With ctrl or shift a click adds
    to the selection; a switch makes it filter the linked views instead. Heads of rows and columns take a whole class.
    What is selected elsewhere is marked on the cells. Above 200 classes the most confused ones are shown, and how many
    are not is told. Press ``?`` in the view for its keys.

    Of items with a list of classes each class that is found counts on the diagonal. Each that is missed counts in its
    row, in the column of every class that was predicted in its place, or in ``(nothing)`` where none was; classes that
    were predicted where none is missed stand in the row ``(nothing)``. So an item may count in several cells.

    Of an evaluation of boxes the cells are of objects: as ``evaluation.confusion`` has them, ``nothing`` being what is
    missed (the last column) and what is predicted where nothing is (the last row). They follow the score from which on
    predictions count: see :class:`PrecisionRecall`. A cell selects the images that its objects are on, or, in a view of
    ``ds.objects``, the objects.

    Parameters
    ----------
    dataset : Dataset
    predictions : str, Series, mapping, array-like [n], DataFrame, model or Evaluation, default "prediction"
        What :meth:`Dataset.evaluate` returns, or the name of kept predictions; the name of a column; or the class
        predicted for each item, by id, or in the order of ``dataset.ids``; or a table with such a column
        ``prediction`` (and ``confidence``); or a model, whose ``.predict(dataset)`` gives one of these: what
        :func:`nbcurate.fit_head` and :func:`nbcurate.fine_tune` return. All views of the data set have classes of
        items as the columns :attr:`prediction` and ``confidence``.
    label : str, default "label"
        Column of the given classes.
    score : float, default that of the evaluation
        Of an evaluation of boxes: the lowest score of predictions that count, in all views of them.
    ids : iterable of str, optional
        The items to count, such as those of the test part; all of the data set by default.
    shares : str, default "none"
        What the cells show: ``"none"``: how many items; ``"given"``, ``"predicted"``: the share of those of the given
        class (the row), or of the predicted one (the column), in percent.
    order : str, default "similar"
        ``"similar"``: classes that are taken for each other beside each other; ``"size"``: the largest first;
        ``"name"``.
    height : int, default 560
        Height of the widget in px.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to filter by.

    Raises
    ------
    ValueError
        If there are no predictions for these items, or they name other classes than the labels.
    TypeError
        If label or predictions are no classes, but fractions or dates.

    Examples
    --------
    >>> head = nbc.fit_head(ds)
    >>> view = nbc.ConfusionMatrix(ds, head)
    >>> view                       # click a cell
    >>> view.selected              # in the next cell
    ['cat/1.jpg', 'cat/7.jpg']
    >>> view.cell("cat", "dog")    # the same without a click
    >>> nbc.ConfusionMatrix(ds.objects, ds.evaluate("yolo8"))
    >>> nbc.ConfusionMatrix(ds, head, ids=ds.where("split = 'test'").ids, shares="given")
    """

    _esm = bundle("confusion.js")

    #: Height in px.
    height = traitlets.Int(560, min=240, max=4000).tag(sync=True)
    #: Column of the given classes.
    label = traitlets.Unicode("label").tag(sync=True)
    #: Column of the predicted classes.
    prediction = traitlets.Unicode("prediction").tag(sync=True)
    #: Name of the predictions whose evaluation is shown, of objects; empty: the columns are.
    evaluated = traitlets.Unicode("").tag(sync=True)
    #: What the cells show: items, or shares of the given or of the predicted class.
    shares = traitlets.Enum(("none", "given", "predicted"), "none").tag(sync=True)
    #: In which order the classes stand.
    order = traitlets.Enum(("similar", "size", "name"), "similar").tag(sync=True)

    def __init__(
        self,
        dataset: Dataset,
        predictions: Any = "prediction",
        label: str = "label",
        *,
        ids: Iterable[str] | None = None,
        **options: Any,
    ) -> None:
        shown = dataset if ids is None else dataset.where(ids)
        if isinstance(predictions, str) and _predicted(dataset, predictions):
            predictions = dataset.evaluate(predictions, label=label)
        chosen = {"score": options.pop("score")} if "score" in options else {}
        if is_object_evaluation(predictions):
            drawn = DrawnPredictions.of(dataset, predictions)
            super().__init__(shown, drawn=drawn, chosen=chosen, **{"evaluated": drawn.name, **options})
            return
        given = None if isinstance(predictions, str) else predictions_of(shown, predictions)
        super().__init__(shown, chosen=chosen, **options)
        name = predictions if given is None else self._session.offer_columns(shown, given)["prediction"]
        try:
            self.label, self.prediction = label, name
            _require_common_classes(self._confusion, label, name, len(shown))
        except Exception:
            self.close()
            raise

    @property
    def table(self) -> pd.DataFrame:
        """How many items are in each cell, whatever is filtered: a row a given class, a column a predicted one."""
        import pandas as pd

        if (pairs := self._pairs) is not None:
            from ..findings.detection_tables import labelled_counts

            return labelled_counts(pairs.counts(), pairs.names[:-1])
        found = self._confusion
        given, predicted = (pd.Index(found.names, name=name) for name in (self.label, self.prediction))
        return pd.DataFrame(found.counts().toarray(), index=given, columns=predicted)

    def cell(self, given: str, predicted: str) -> list[str]:
        """Ids of the items of one class that are taken for another, or, of the same twice, rightly for it.

        Parameters
        ----------
        given : str
            The class that is labelled.
        predicted : str
            The class that it is taken for.

        Raises
        ------
        KeyError
            If there is no such class.
        """
        if (pairs := self._pairs) is not None:
            return self._dataset.store.items.ids_of_keys(pairs.inside(given, predicted))
        inside = self._confusion.inside(given, predicted)
        return [one for one, here in zip(self._dataset.ids, inside.tolist(), strict=True) if here]

    def snapshot(self, to: str | os.PathLike[str] | None = None, **size: Any) -> ContactSheet:
        """The matrix as plain HTML. There are no pictures, so ``n`` and ``size`` change nothing.

        Parameters
        ----------
        to : path, optional
            File to write it to, a page of its own.
        """
        if self._drawn is not None:
            page = Page(f"{self.evaluated}: given classes by predicted ones")
            page.add(frame_table(self.table))
            sheet = ContactSheet(page.html)
        else:
            sheet = ContactSheet(confusion_table(self._confusion, self.label, self.prediction))
        if to is not None:
            sheet.save(to)
        return sheet

    @property
    def _pairs(self) -> ObjectPairs | None:
        """Of an evaluation of objects, its pairs at the score; None: columns are compared."""
        if self._drawn is None:
            return None
        from .drawn_pairs import pairs_of

        evaluation = self._drawn.evaluation
        assert is_object_evaluation(evaluation)
        return pairs_of(evaluation.found, self._dataset).at(self.score)

    @property
    def _confusion(self) -> Confusion:
        from ..curate.confusion import confusion

        session: Session = self._session
        return confusion(*(session.class_labels(self._dataset, name) for name in (self.label, self.prediction)))

    @traitlets.validate("label", "prediction")
    def _check_column(self, proposal: Any) -> str:
        name = self._known_column(proposal["value"])
        if not self._session.shows_classes(name):
            # Such as whole numbers: in the browser they are classes by the text that they are.
            return self._session.offer_as_classes(self._dataset, name)
        return name


def _predicted(dataset: Dataset, name: str) -> bool:
    """Whether a name is that of kept predictions, and of no column."""
    return name not in dataset.column_names and name in dataset.predictions


def _require_common_classes(found: Confusion, label: str, prediction: str, n: int) -> None:
    if not found.known.any():
        raise ValueError(f"Of {n:,} items none has both a label (column {label!r}) and a prediction ({prediction!r}).")
    given, predicted = (
        [name for name, there in zip(found.names, counts.tolist(), strict=True) if there]
        for counts in ((found.found + found.missed).sum(axis=0), (found.found + found.added).sum(axis=0))
    )
    if given and predicted and not set(given) & set(predicted):
        raise ValueError(
            f"The predictions name none of the classes of {label!r}: they are {_few(predicted)}, and those "
            f"{_few(given)}. Give the names of the classes, or name the column they are of, label=..."
        )


def _few(names: list[str]) -> str:
    return ", ".join(map(repr, names[:3])) + (", …" if len(names) > 3 else "")
