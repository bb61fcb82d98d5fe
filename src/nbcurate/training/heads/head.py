"""A classifier on the vectors of a data set."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import PIL.Image
from numpy.typing import NDArray

from ...collection.vector_set import VectorSet
from ...curate.class_scores import Array
from ...display.page import Page
from ...display.shown import Shown
from ...findings.recipe import Recipe
from ...store.ids import Ids
from .content_vectors import ContentVectors, content_vectors
from .head_figures import ConfusionTable, Figures
from .head_file import read_head, write_head
from .head_words import accuracy_in_words, head_page, summary_of
from .picture_vectors import encoder_of, picture_vectors, window_for
from .vector_classifier import VectorClassifier

if TYPE_CHECKING:
    from ...dataset import Dataset


class Head(Shown):
    """A classifier on frozen vectors: what :func:`nbcurate.fit_head` gives.

    Of items that it has learnt from it speaks out of fold, always: the answer is that of a stand-in that has not seen
    the item, nor an exact copy of it. The stand-ins are fitted when they are first needed.

    Attributes
    ----------
    classes : list of str
        Sorted: those of the data set it was fitted on, also where none was in the training part.
    several : bool
        Whether an item may have several classes: one output each.
    encoder : str
        Whose vectors it reads.
    recipe : dict
        JSON-able: what it takes to fit it again, what was chosen, and by what.

    Examples
    --------
    >>> head = nbc.fit_head(ds)
    >>> head
    >>> ds.weak_spots(head.predict(ds)["prediction"])
    >>> ds.label_issues(pred_probs=head.probabilities())
    >>> ds.select_for_labelling(50, uncertainty=1 - head.predict(ds)["confidence"])
    >>> head.predict(["new/1.jpg", "new/2.jpg"])
    """

    def __init__(
        self,
        classifier: VectorClassifier,
        recipe: Recipe,
        figures: Callable[[], Figures],
        dataset: VectorSet | None = None,
    ) -> None:
        self._classifier, self._figures, self._dataset = classifier, figures, dataset
        self.recipe = recipe

    @classmethod
    def load(cls, path: str | os.PathLike[str], ds: Dataset | None = None) -> Head:
        """A head that :meth:`save` wrote.

        Parameters
        ----------
        path : path
        ds : Dataset, optional
            Whose items :meth:`probabilities` is asked of. If it is the one that the head was fitted on, the head knows
            what it has learnt from, and speaks out of fold of it.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it holds no head.
        """
        about, arrays = read_head(path)
        classes, several = about["classes"], about["several"]
        try:
            classifier = VectorClassifier.from_arrays(
                arrays, about["made"], classes, about["recipe"]["chosen"], several=several
            )
            counts = {name: arrays[f"figures.{name}"] for name in ("counts", "items", "predicted", "hit")}
        except KeyError as error:
            raise ValueError(f"{os.fspath(path)!r} is no head: it lacks {error}.") from None
        figures = Figures(about["accuracy"], about["part"], classes, **counts)
        return cls(classifier, about["recipe"], lambda: figures, ds)

    @property
    def classes(self) -> list[str]:
        """What it tells apart: a list of str."""
        return self._classifier.classes

    @property
    def several(self) -> bool:
        """Whether an item may have several of the classes."""
        return self._classifier.several

    @property
    def encoder(self) -> str:
        """Name of the embeddings that it was fitted to."""
        return self.recipe["embeddings"]["name"]

    # -- how good it is ------------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> Figures:
        """All that follows, measured when first asked for."""
        return self._figures()

    @property
    def accuracy(self) -> pd.Series:
        """Share of the items of each part that are predicted rightly: ``train`` (out of fold), ``val``, ``test``.

        Of lists of classes, those that are right as a whole.
        """
        return self.figures.accuracy

    @property
    def table(self) -> pd.DataFrame:
        """A row a class: ``items`` that have it, ``predicted`` to have it, ``precision``, ``recall``, ``f1``.

        On the test part; where there is none on the validation part, and where there is none either on the training
        part, out of fold: ``head.figures.part`` tells. NaN where there is nothing to divide by.
        """
        return self.figures.table

    @property
    def confusion(self) -> ConfusionTable:
        """How many items of each class (row) are taken for which (column), on the part that :attr:`table` is of.

        A DataFrame; ``confusion.plot()`` draws it. Lists of classes have a row and a column ``(nothing)``, too.
        """
        return self.figures.confusion

    def plot(self, ax: Any = None) -> Any:
        """A picture of :attr:`confusion`: a matplotlib axes.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; new ones by default.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        return self.confusion.plot(ax)

    # -- what it says --------------------------------------------------------------------------------------------

    def probabilities(self, ids: Ids | None = None) -> pd.DataFrame:
        """Probability of each class: a row an item, by id, a column a class; float32.

        Out of fold for the items that it has learnt from. Rows sum to 1, but for lists of classes.

        Parameters
        ----------
        ids : ids, optional
            Of items of the data set; all of them by default.

        Raises
        ------
        ValueError
            If items have no vector, or the head was loaded without a data set.
        """
        if self._dataset is None:
            raise ValueError("This head was loaded without a data set: nbc.Head.load(path, ds) tells whose items.")
        ds = self._dataset._as_it_is()
        rows = np.arange(len(ds)) if ids is None else np.searchsorted(ds.keys, ds.keys_of(ids))  # keys ascend
        found = self._vectors_of(ds)
        found.require(rows)
        parts = [part for _, part in self._classifier.of_items(found, rows)]
        values = np.concatenate(parts) if parts else np.empty((0, len(self.classes)), np.float32)
        names = np.array(ds.ids, object)[rows]
        return pd.DataFrame(values, index=pd.Index(names, name="id"), columns=pd.Index(self.classes, name="class"))

    def predict(self, data: VectorSet | Any) -> pd.DataFrame:
        """The most probable class of each item or picture, and how probable it is.

        Parameters
        ----------
        data : Dataset, or PIL image, path, or list of these
            A data set, or a view of one, with vectors of the head's encoder. Pictures are embedded with it.

        Returns
        -------
        DataFrame
            By id, or numbered from 0: ``prediction`` (a class; where items have several, the list of those with a
            probability of 0.5 or more) and ``confidence`` (its probability; that the whole list is right). Out of fold
            of what the head has learnt from. None and NaN for what could not be read, or has no vector.

        Raises
        ------
        ValueError
            If the data set has no vectors of that encoder, or no model is known that makes such.
        """
        if isinstance(data, VectorSet):
            return self._predict_items(data._as_it_is())
        pictures = [data] if isinstance(data, str | os.PathLike | PIL.Image.Image) else list(data)
        encoder = encoder_of(self.recipe["embeddings"], self._dataset)
        vectors, known = picture_vectors(pictures, encoder, window_for(self._dataset))
        rows = np.flatnonzero(known)
        said = [(rows, self._classifier.probabilities(vectors[rows]))]
        return self._as_frame(said, pd.RangeIndex(len(pictures)))

    def _predict_items(self, ds: VectorSet) -> pd.DataFrame:
        found = self._vectors_of(ds)
        if not found.known.all():
            warnings.warn(
                f"{int((~found.known).sum()):,} of {len(ds):,} items have no vector of {self.encoder!r}, and so no "
                f"prediction: ds.embed({self.encoder!r}) gives those with a picture one.",
                stacklevel=3,
            )
        said = self._classifier.of_items(found, np.flatnonzero(found.known))
        return self._as_frame(said, pd.Index(ds.ids, name="id", dtype=object))

    def _as_frame(self, said: Iterable[tuple[NDArray[np.intp], Array]], index: pd.Index) -> pd.DataFrame:
        predictions = np.full(len(index), None, object)
        confidence = np.full(len(index), np.nan, np.float32)
        for rows, probabilities in said:
            classes, confidence[rows] = self._classifier.predictions(probabilities)
            for row, of_item in zip(rows.tolist(), classes, strict=True):
                predictions[row] = of_item
        return pd.DataFrame({"prediction": predictions, "confidence": confidence}, index=index)

    def add_to(self, ds: Dataset, name: str = "predicted") -> pd.DataFrame:
        """Write the predictions into the data set, as columns ``name`` and ``name`` + ``"_confidence"``.

        Views colour, sort, filter and caption by them, and ``ds.where("predicted <> label")`` asks for them. Those that
        are there are replaced.

        Parameters
        ----------
        ds : Dataset
        name : str
            Of the first column.

        Returns
        -------
        DataFrame
            What :meth:`predict` gives.
        """
        predicted = self.predict(ds)
        ds.add_column(name, dict(predicted["prediction"]))
        ds.add_column(f"{name}_confidence", dict(predicted["confidence"].astype(float)))
        return predicted

    def _vectors_of(self, ds: VectorSet) -> ContentVectors:
        """The vectors of a data set that this head can read.

        Raises
        ------
        ValueError
            If there are none, or the encoder has another key.
        """
        about = self.recipe["embeddings"]
        found = content_vectors(ds, about["name"])
        if found.embeddings.encoder_key != about["key"]:
            raise ValueError(
                f"The vectors {about['name']!r} of this data set are of another model than those that the head was "
                "fitted on, which has changed since: fit the head again, or embed with the model as it was."
            )
        return found

    # -- as a file, and for the eye ------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write it to a file, which :meth:`load` reads: numbers (safetensors) and JSON, no code, and not the encoder.

        Parameters
        ----------
        path : path
            Such as ``"garments.head"``; must not be there, unless ``overwrite``.
        overwrite : bool
            Whether a file that is there is replaced.
        """
        figures = self.figures
        counts = {f"figures.{name}": array for name, array in figures.to_arrays().items()}
        about = {
            "classes": self.classes,
            "several": self.several,
            "made": self._classifier.seen.made,
            "accuracy": figures.shares,
            "part": figures.part,
            "recipe": self.recipe,
        }
        return write_head(path, about, {**self._classifier.to_arrays(), **counts}, overwrite=overwrite)

    def __repr__(self) -> str:
        return f"{summary_of(self.recipe, self.classes)}\n{accuracy_in_words(self.accuracy)}"

    def _page(self) -> Page:
        return head_page(summary_of(self.recipe, self.classes), self.accuracy, self.table, self.figures.part)
