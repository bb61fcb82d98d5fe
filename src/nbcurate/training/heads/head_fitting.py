"""From a data set to a fitted classifier on its vectors."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...collection.vector_set import VectorSet
from ...curate.class_labels import ClassLabels
from ...curate.class_scores import Link, OneClass, SeveralClasses, balancing_weights
from ...curate.classifier import Fitted, Rows
from ..parts import Parts
from .content_vectors import ContentVectors
from .seen_items import SeenItems, picture_groups

#: What ``balance`` may be.
Balance = Literal["weights"]

_FOLDS = 5
_NAMED = 5  # classes that a warning names


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a head is fitted to.

    Attributes
    ----------
    found : ContentVectors
    labels : ClassLabels
        Of all items.
    parts : Parts
    """

    found: ContentVectors
    labels: ClassLabels
    parts: Parts

    def rows(self, part: NDArray[np.intp]) -> Rows:
        """The items of a part, as rows of the vectors."""
        return Rows(self.found.at[part], self.labels.take(part).members)


def fit_classifier(
    dataset: VectorSet, lesson: Lesson, *, hidden: int | None, balance: Balance | None, seed: int
) -> tuple[Fitted, SeenItems]:
    """The classifier, and what it has seen.

    Raises
    ------
    ValueError
        If items of the parts have no vector, or the training part has one class, or one picture.
    """
    found, labels, train = lesson.found, lesson.labels, lesson.parts.train
    for part in (train, lesson.parts.val, lesson.parts.test):
        found.require(part)
    groups = picture_groups(dataset.store.items, dataset.keys[train])
    rows = lesson.rows(train)
    _require_enough(labels, rows, groups, lesson.parts.column)
    link = link_of(labels, rows, balance)
    options: dict[str, Any] = {"n_folds": min(_FOLDS, int(groups.max()) + 1), "seed": seed}
    fitted = _fit_of(hidden)(found.vectors, rows, lesson.rows(lesson.parts.val), link, groups, **options)
    return fitted, SeenItems.of(found.embeddings, found.contents[train], fitted.folds)


def _fit_of(hidden: int | None) -> Any:
    if hidden is None:
        from ...curate.linear_classifier import fit_linear_classifier

        return fit_linear_classifier
    from ...curate.hidden_classifier import fit_hidden_classifier

    return partial(fit_hidden_classifier, hidden=hidden)


def link_of(labels: ClassLabels, rows: Rows, balance: Balance | None) -> Link:
    """What scores mean for such labels, and how much each class counts."""
    weights = None
    if balance is not None:
        weights = balancing_weights(_counts(rows), len(rows), several=labels.several)
    return SeveralClasses(weights) if labels.several else OneClass(weights)


def _require_enough(labels: ClassLabels, rows: Rows, groups: NDArray[np.intp], column: str) -> None:
    """Raise a ValueError where there is nothing to learn, and warn of classes that cannot be learnt."""
    counts = _counts(rows)
    there = np.flatnonzero(counts)
    apart = len(there) > 1 or (labels.several and len(there) == 1 and counts[there[0]] < len(rows))
    if not apart:
        only = labels.names[there[0]] if len(there) else "none"
        raise ValueError(
            f"The training part, as the column {column!r} has it, holds one class ({only!r}): there is nothing to tell "
            "apart. ds.split(train=0.7, val=0.15, test=0.15) shares out every class."
        )
    if groups.max() < 1:
        raise ValueError("The training part holds one picture: more are needed to learn from.")
    thin = [labels.names[code] for code in np.flatnonzero((counts < 2) & (labels.counts(labels.known) > 0))]
    if thin:
        more = f" and {len(thin) - _NAMED:,} more" if len(thin) > _NAMED else ""
        warnings.warn(
            f"Too few items to learn from, one or none in the training part, have the classes "
            f"{', '.join(map(repr, thin[:_NAMED]))}{more}: they will hardly be predicted. Label more of them, merge "
            "them by ds.relabel, or leave them out by ds.where.",
            stacklevel=4,
        )


def _counts(rows: Rows) -> NDArray[np.intp]:
    return np.asarray(rows.targets.sum(axis=0)).ravel().astype(np.intp)
