"""Predictions of models beside the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ..collection.predictions import PredictionSets
from ..store.companion import has_companion
from .companion_set import CompanionSet

if TYPE_CHECKING:
    from ..findings.evaluation import Evaluation


class PredictionSet(CompanionSet):
    """Items of which models have predicted something. Base class of :class:`Dataset`."""

    @property
    def predictions(self) -> PredictionSets:
        """What was added by :meth:`add_predictions`, by name: the newest version of each.

        Of a data set of objects those of boxes on its images are among them.
        """
        return PredictionSets(self, *([self._whole_images()] if has_companion(self._store) else []))

    def add_predictions(self, name: str, predictions: Any, *, classes: Any = None, label: str = "label") -> Self:
        """Keep what a model predicts under a name, beside the labels; under a name that is there, as a new version.

        Predictions are boxes on images, each with a class and a score, or classes of whole items. Those of boxes are
        kept with the images, also where they are added to a data set of objects. What is wrong with one costs that
        one; a warning tells of how many.

        Parameters
        ----------
        name : str
            Such as ``"yolo8"``.
        predictions : path, list, table, mapping or array
            One of:

            - COCO results, a file or the list: ``{"image_id", "category_id", "bbox", "score"}``. The ids are those of
              the COCO file that the images came from; ``image_id`` may be a file name, too.
            - The folder of a run of ultralytics (``save_txt=True save_conf=True``, or ``save_json=True``).
            - A table (pandas, polars, Arrow, or the path of a CSV or Parquet file): a column that names the item
              (``id``, ``image``, ``path``, …), ``label`` and ``score``, and, of boxes, ``x, y, width, height``,
              ``x1, y1, x2, y2`` or ``box``, in px of the upright picture. Or a column a class, with its probability.
            - Probabilities, an array [items, classes] in the order of :attr:`ids`; or a mapping of id to class.
        classes : list, mapping or path, optional
            Names of the classes in the order of their numbers; or what the classes are called here, by the name or
            number that the model has (``{"person": "pedestrian"}``); or ultralytics' ``data.yaml``.
        label : str
            Of classes of items: the column that they are classes of.

        Raises
        ------
        ValueError
            If none of the items that are named is in the data set, no class is one of its own, the scores are no
            probabilities, or the boxes not in px; the message says what to do.
        TypeError
            If it is none of these forms.
        FileNotFoundError
            If there is no such file or folder.

        Examples
        --------
        >>> ds.add_predictions("yolo8", "runs/detect/val/predictions.json")
        >>> ds.add_predictions("clip", probabilities, classes=["cat", "dog"])
        >>> ds.add_predictions("yolo8", "runs/detect/predict", classes={0: "pedestrian"})
        >>> ds.evaluate("yolo8").table
        """
        from ..collection.add_predictions import kept_rows, read_given_predictions
        from ..store.predictions import keep_predictions

        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"The name of predictions is a text that is not empty, got {name!r}.")
        self._store.require_writable()
        given = read_given_predictions(self, predictions, classes, label)
        there = self if given.boxes is None else self._whole_images()
        keep_predictions(there.store, name, kept_rows(there, given, classes, label))
        there.store.announce()
        return self

    def evaluate(
        self,
        name: str,
        iou: float = 0.5,
        *,
        label: str = "label",
        score: float | None = None,
        version: int | None = None,
    ) -> Evaluation:
        """What a model gets right and wrong, of what :meth:`add_predictions` has kept.

        Boxes are matched as COCO does it. What is wrong is *missed*, *confused* (with another class), *badly placed*,
        *double* or a *false positive*. Of images the finding is of those with errors, the worst first; of a data set of
        objects of those that were not found. Of classes of whole items it is of those that are predicted wrong.

        Parameters
        ----------
        name : str
        iou : float
            Overlap (intersection over union) from which a predicted box stands for an object; above 0, up to 1.
        label : str
            Of classes of items: the column that they are compared with.
        score : float, optional
            From which on predictions count in what is told of errors. By default the one where precision and recall are
            best together, over all classes; :attr:`Evaluation.summary` tells it. Average precision needs none.
        version : int, optional
            Of the predictions; the newest by default.

        Returns
        -------
        Evaluation
            With ``errors``, ``outcomes``, ``table``, ``confusion``, ``curves``, ``slices()`` and ``crop()``; of boxes
            ``average_precision``, as pycocotools computes it. ``summary`` says how many of what are right.

        Raises
        ------
        KeyError
            If there are no such predictions.
        ValueError
            If nothing is labelled, or ``iou`` or ``score`` is out of range.

        References
        ----------
        Lin et al. (2014), "Microsoft COCO". Bolya et al. (2020), "TIDE: a general toolbox for identifying object
        detection errors".

        Examples
        --------
        >>> evaluation = ds.evaluate("yolo8")
        >>> evaluation.summary, evaluation.average_precision["AP50"]
        >>> evaluation.errors.query("kind == 'confused' and score > .8")
        >>> evaluation.slices().table.head()
        >>> ds.select_for_labelling(100, uncertainty=evaluation)
        """
        from ..findings.evaluate import evaluate

        return evaluate(self, self._images_predicted(name), name, iou, label=label, score=score, version=version)

    def _images_predicted(self, name: str) -> Self:
        """The items that predictions of this name are kept with: these, or the images that these objects are on."""
        from ..collection.companion import is_of_objects

        own = name in PredictionSets(self) or not is_of_objects(self._store)
        return self if own else self.images
