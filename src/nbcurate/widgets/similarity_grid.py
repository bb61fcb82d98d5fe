"""SimilarityGrid: thumbnails of a data set, and of what is like the one that was clicked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import traitlets
from PIL import Image

from ..collection.search_set import knows_words
from ..dataset import Dataset
from ..display.drawing import draw_on
from ..display.numbers import similarity_in_words
from ..findings.finding import Finding
from .bundle import bundle
from .contact_sheet import contact_sheet
from .drawn_predictions import DrawnPredictions
from .drawn_shapes import drawings_of
from .drawn_traits import classes_trait, drawn_of, outcomes_trait
from .given_columns import named_columns
from .grid_order import ordered_sections, similar_sections
from .prediction_view import PredictionView
from .view import FALLBACK_PICTURES, FALLBACK_SIZE

if TYPE_CHECKING:
    from ..collection.predictions import Predictions
    from ..findings.evaluation import Evaluation
    from ..store.items import Keys
    from .contact_sheet import Draws, Section
    from .given_columns import GivenColumns

#: Reasons are sentences: of more items only the scores are shown.
_MAX_REASONS = 5_000
#: Traits that all views of the same predictions share.
_SHARED = ("score", "drawn_classes", "drawn_outcomes")


class SimilarityGrid(PredictionView):
    """A grid of thumbnails in which a click selects and one more shows what is similar.

    What is selected here is ``ds.selection``, in this view, in every other view of the data set, and in Python. Press
    ``?`` in the grid for its keys.

    Parameters
    ----------
    dataset : Dataset
    finding : Finding, optional
        Show its items only: in its order, by its groups, with score and reason under each picture.
    thumbnail_size : int, default 128
        Side of a thumbnail in px, 48 to 384.
    height : int, default 480
        Height of the widget in px.
    k : int, default 20
        How many neighbours are shown.
    sort_by, group_by, caption : str, default ""
        Columns to sort by, to group by, and to show under each picture, of ``ds.column_names`` or of ``columns``.
        Empty: in the order of the items or of similarity, no groups, the label. Lists of classes are sorted and
        grouped by as a whole.
    descending : bool, default False
        Whether the largest value comes first.
    boxes : bool, default False, with ``predictions`` True
        Whether boxes are drawn: those of the columns ``objects`` and ``boxes`` (:meth:`Dataset.from_coco` with
        ``objects=False``), and in the preview the image around an item that is itself a box.
    predictions : str, Predictions or Evaluation, optional
        Boxes that are drawn beside those of the labels, dashed, with their scores: the name of what
        :meth:`Dataset.add_predictions` has kept, ``ds.predictions[name]``, or what :meth:`Dataset.evaluate` says of
        them, which tells the right ones from the wrong.
    score : float, default 0
        The lowest score of predictions that are drawn, 0 to 1; the same in all views of these predictions.
    drawn_classes, drawn_outcomes : list of str, default []
        Classes, and of an evaluation what predictions and labels come to (``"right"``, ``"confused"``,
        ``"badly placed"``, ``"double"``, ``"false positive"``, ``"missed"``), that are drawn in all views of these
        predictions; empty: all of them.
    linked : bool, default True
        Whether it shares its filter with the other views of the data set.
    columns : DataFrame, or mapping of str to array-like [n] or Finding, optional
        Values of your own to sort, group and filter by.

    Examples
    --------
    >>> grid = nbc.SimilarityGrid(ds)
    >>> grid                      # click a few images
    >>> grid.selected             # in the next cell
    ['cat/1.jpg', 'cat/7.jpg']
    >>> grid.show_similar(["cat/1.jpg"])
    >>> nbc.SimilarityGrid(ds, finding=ds.duplicates())
    >>> head = nbc.fit_head(ds)
    >>> nbc.SimilarityGrid(ds, columns=head.predict(ds), sort_by="confidence", caption="prediction")
    >>> nbc.SimilarityGrid(ds, predictions="yolo8", score=0.4)
    >>> nbc.SimilarityGrid(ds, predictions=ds.evaluate("yolo8"), drawn_outcomes=["missed", "false positive"])
    >>> nbc.SimilarityGrid(ds, columns={"doubt": ds.label_issues()}, sort_by="doubt", descending=True, caption="doubt")
    """

    _esm = bundle("grid.js")

    #: Side of a thumbnail in px.
    thumbnail_size = traitlets.Int(128, min=48, max=384).tag(sync=True)
    #: How many neighbours are shown.
    k = traitlets.Int(20, min=1, max=10_000).tag(sync=True)
    #: Column to sort by; empty: as the items came, or by similarity.
    sort_by = traitlets.Unicode("").tag(sync=True)
    #: Whether the largest value comes first.
    descending = traitlets.Bool(False).tag(sync=True)
    #: Column of strings or booleans to group by; empty: no groups.
    group_by = traitlets.Unicode("").tag(sync=True)
    #: Column whose value stands under each picture; empty: the label.
    caption = traitlets.Unicode("").tag(sync=True)
    #: Whether boxes are drawn over the pictures.
    boxes = traitlets.Bool(False).tag(sync=True)
    #: Name of the predictions that are drawn beside the labels; None: only these are.
    predictions = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    #: Names of the classes that are drawn, shared like ``score``; empty: all.
    drawn_classes = classes_trait()
    #: What predictions and labels that are drawn come to, shared like ``score``; empty: anything.
    drawn_outcomes = outcomes_trait()
    #: Keys of the items whose neighbours are shown, or ``words``, or a ``picture`` that was dropped on the grid; both
    #: lists empty and neither of these: all items.
    query = traitlets.Dict({"positive": [], "negative": []}).tag(sync=True)

    def __init__(
        self,
        dataset: Dataset,
        *,
        finding: Finding | None = None,
        columns: GivenColumns | None = None,
        predictions: str | Predictions | Evaluation | None = None,
        **options: Any,
    ) -> None:
        drawn = None if predictions is None else DrawnPredictions.of(dataset, predictions)
        if finding is not None:
            dataset, shown = finding_columns(dataset, finding)
            columns = {**shown, **named_columns(columns)}
            options = {**dict(zip(("sort_by", "caption", "group_by"), shown, strict=False)), **options}
        chosen = {name: options.pop(name) for name in _SHARED if name in options}
        shown = {"boxes": drawn is not None, "predictions": drawn and drawn.name, **options}
        super().__init__(dataset, drawn=drawn, chosen=chosen, columns=columns, **shown)

    @property
    def drawn_name(self) -> str | None:
        """Name of the predictions that are drawn; None: only the labels are."""
        return self.predictions

    @traitlets.validate("predictions")
    def _check_predictions(self, proposal: Any) -> str | None:
        name = proposal["value"]
        if name is None or (self._drawn is not None and self._drawn.name == name):
            return name
        try:
            self._drawn = DrawnPredictions.of(self._dataset, name)
        except (KeyError, ValueError) as error:
            raise traitlets.TraitError(str(error.args[0])) from error
        self._session.draw(self.view, self._drawn)
        return name

    @traitlets.validate("sort_by", "group_by", "caption")
    def _check_column(self, proposal: Any) -> str:
        name = proposal["value"]
        return self._known_column(name) if name else name

    @traitlets.validate("query")
    def _check_query(self, proposal: Any) -> dict[str, Any]:
        query = proposal["value"]
        keys, said = {"positive", "negative"}, {"words", "picture"}
        if (
            not keys <= set(query) <= keys | said
            or any(type(key) is not int for name in keys for key in query[name])
            or any(not isinstance(query[name], str) for name in said & set(query))
        ):
            raise traitlets.TraitError(
                "query is {'positive': [key], 'negative': [key]}: use show_similar(ids) or show_words(text)."
            )
        return query

    def _sections(self) -> Iterable[Section]:
        positive, negative = (np.asarray(self.query[side], np.uint64) for side in ("positive", "negative"))
        if len(positive):
            return similar_sections(self._dataset, positive, negative, self.k)
        if not (self.sort_by or self.group_by or self.caption):
            return super()._sections()
        return ordered_sections(
            self._dataset, self._values, sort_by=self.sort_by, descending=self.descending, group_by=self.group_by,
            caption=self.caption,
        )  # fmt: skip

    def _values(self, name: str) -> pa.Array:
        return self._session.values(self._dataset, name)

    def _fallback(self) -> str:
        """Pictures with nothing drawn on them: to read what a million boxes are takes longer than to show the view."""
        store, sections = self._dataset.store, self._sections()
        return contact_sheet(store, repr(self), sections, n=FALLBACK_PICTURES, size=FALLBACK_SIZE).html

    def _draws(self) -> Draws | None:
        if not self.boxes:
            return None
        drawn = None if self.predictions is None else self._session.drawn_as(self.predictions)
        colours, choice, store = self._session.drawn_classes.colours(drawn), drawn_of(self), self._dataset.store

        def draw(keys: Keys, pictures: list[Image.Image | None]) -> list[Image.Image | None]:
            drawings = drawings_of(store, keys, drawn, choice)
            return [
                draw_on(picture, drawings[key], colours) if picture and key in drawings else picture
                for key, picture in zip(keys.tolist(), pictures, strict=True)
            ]

        return draw

    def show_similar(self, ids: Iterable[str], *, negatives: Iterable[str] = ()) -> None:
        """Show what is most like these items and unlike the ``negatives``.

        Parameters
        ----------
        ids : ids
        negatives : ids, optional

        Raises
        ------
        UnknownItemError
            If an id is not in the data set.
        """
        items = self.dataset.store.items
        positive, negative = items.keys_of_ids(ids), items.keys_of_ids(negatives)
        self.query = {"positive": positive.tolist(), "negative": negative.tolist()}

    def show_words(self, words: str) -> None:
        """Show what a text describes, where the encoder knows text, such as ``"siglip2-base"``.

        Parameters
        ----------
        words : str

        Raises
        ------
        ValueError
            If the encoder knows pictures alone, or there are no words.

        Examples
        --------
        >>> nbc.SimilarityGrid(ds).show_words("a red car in the snow")
        """
        if not words.strip():
            raise ValueError("words: say what to look for, such as 'a red car'.")
        if not knows_words(self.dataset):
            raise ValueError(
                "The vectors of this data set were made by a model that knows no words: embed with one that does, such "
                "as ds.embed('siglip2-base')."
            )
        self.query = {"positive": [], "negative": [], "words": words}

    def show_all(self) -> None:
        """Show all items again."""
        self.query = {"positive": [], "negative": []}


def finding_columns(dataset: Dataset, finding: Finding) -> tuple[Dataset, dict[str, Any]]:
    """The items of a finding, and columns over them: their order, why each was found, and the groups if there are."""
    found = finding.to_review()
    view = dataset.where(np.isin(dataset.keys, found.keys))
    places = np.argsort(found.keys)[np.searchsorted(np.sort(found.keys), view.keys)]
    columns: dict[str, Any] = {f"{found.kind}: order": places + 1}
    scores = found.scores[places]
    if len(found) <= _MAX_REASONS:
        reasons = found.reasons_at(places)
        columns[f"{found.kind}: why"] = [
            f"{similarity_in_words(s)}  {why}" for s, why in zip(scores.tolist(), reasons, strict=True)
        ]
    else:
        columns[f"{found.kind}: score"] = scores
    if found.groups is not None:
        digits = len(str(int(found.groups.max(initial=0)) + 1))  # names sort as numbers do
        groups = found.groups[places]
        columns[f"{found.kind}: group"] = [f"group {g + 1:0{digits}}" if g >= 0 else None for g in groups.tolist()]
    return view, columns
