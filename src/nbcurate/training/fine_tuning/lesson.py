"""What a network is taught: pictures, what each is, and which of them choose the best epoch."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...curate.class_labels import ClassLabels
from ...curate.class_scores import Link, OneClass, SeveralClasses, balancing_weights
from ...encoders.network.preprocessing import Preprocessor
from ...sources.reader import Original, originals
from ..parts import Parts
from .augmentation import Augmentation
from .pictures import TrainingPictures

if TYPE_CHECKING:
    from ...dataset import Dataset


@dataclass(frozen=True, eq=False)
class Lesson:
    """The pictures of the training and of the validation part.

    Attributes
    ----------
    classes : list of str
        Those of the training part.
    several : bool
        Whether a picture may be of several.
    ids, files, targets : dict of str to list, list and array
        By part: ``train``, ``val``. A target is the number of a class, int64, or a row of zeros and ones, float32.
    """

    classes: list[str]
    several: bool
    ids: dict[str, list[str]]
    files: dict[str, list[Original]]
    targets: dict[str, NDArray[Any]]

    @property
    def link(self) -> Link:
        """What the classifier's scores mean."""
        return SeveralClasses() if self.several else OneClass()

    def pictures(self, part: str, preprocess: Preprocessor, augment: Augmentation | None = None) -> TrainingPictures:
        """The pictures of a part as a model takes them."""
        return TrainingPictures(self.files[part], self.targets[part], preprocess, augment)

    def even_weights(self) -> NDArray[np.float64]:
        """Weight of each training picture, by which all classes have the same: float64 [n]."""
        targets = self.targets["train"]
        hot = targets if self.several else np.eye(len(self.classes), dtype=np.float32)[targets]
        having = balancing_weights(hot.sum(axis=0).astype(np.intp), len(hot), several=False)[1]
        return (hot * having).max(axis=1, initial=0).clip(min=having.min()).astype(np.float64)

    def tell_of_unreadable(self, read: dict[str, TrainingPictures]) -> None:
        """Warn of pictures that could not be read, by the data sets that read each part."""
        lost = [self.ids[part][at] for part, pictures in read.items() for at in sorted(pictures.unreadable)]
        if lost:
            warnings.warn(
                f"{len(lost):,} pictures could not be read and were left out, such as {lost[0]!r}.", stacklevel=4
            )


def lesson_of(dataset: Dataset, labels: ClassLabels, parts: Parts) -> Lesson:
    """What the parts of a data set teach.

    Raises
    ------
    ValueError
        If no item of a part has a picture, or of all training items one class is left.

    Warns
    -----
    UserWarning
        Of classes with one training picture, and of validation items whose class the training part lacks.
    """
    pictured = np.asarray(dataset.column("path").is_valid())
    rows = {"train": parts.train[pictured[parts.train]], "val": parts.val[pictured[parts.val]]}
    for part, some in rows.items():
        if not len(some):
            raise ValueError(f"No item of the part {part!r} has a picture, so there is nothing to train on.")
    counts = labels.take(rows["train"]).counts()
    taught = np.flatnonzero(counts)
    if len(taught) < (1 if labels.several else 2):
        raise ValueError(
            f"The training part holds one class, {labels.names[taught[0]]!r}, and so nothing to tell apart: ds.split() "
            "spreads classes over the parts."
        )
    _tell_of_thin_classes(labels, counts)
    if not labels.several:
        known = np.isin(labels.single[rows["val"]], taught)
        if not known.any():
            raise ValueError("No class of the validation part is in the training part: ds.split() spreads them.")
        rows["val"] = rows["val"][known]
    ids, keys = dataset.ids, dataset.keys
    return Lesson(
        [labels.names[code] for code in taught],
        labels.several,
        {part: [ids[row] for row in some] for part, some in rows.items()},
        {part: list(originals(dataset.store, keys[some])) for part, some in rows.items()},
        {part: _targets(labels, some, taught) for part, some in rows.items()},
    )


def _targets(labels: ClassLabels, rows: NDArray[np.intp], taught: NDArray[np.intp]) -> NDArray[Any]:
    if labels.several:
        return labels.take(rows).members.toarray()[:, taught].astype(np.float32)
    return np.searchsorted(taught, labels.single[rows]).astype(np.int64)


def _tell_of_thin_classes(labels: ClassLabels, counts: NDArray[np.intp]) -> None:
    single = [labels.names[code] for code in np.flatnonzero(counts == 1)]
    if single:
        warnings.warn(
            f"{len(single):,} classes have one training picture, such as {single[0]!r}: little can be learnt of them. "
            "Label more, or merge them with ds.relabel.",
            stacklevel=4,
        )
