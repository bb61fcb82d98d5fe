"""What classifiers on vectors share: rows to learn from, folds, stand-ins for what is learnt, and how one is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .class_scores import Array, Link
from .probe import stratified_folds

#: Rows by which something can be chosen.
ENOUGH = 50

_NUMBERS = 1 << 22  # of vectors that are read at once


class Scorer(Protocol):
    """Gives scores of classes."""

    def scores(self, vectors: Array) -> Array:
        """Scores of the classes: float32 [n, classes]."""
        ...


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of an array of vectors, and what they are labelled as.

    Attributes
    ----------
    at : int array [n]
    targets : sparse matrix [n, classes]
        In rows (CSR): 1 for each class that a row has.
    """

    at: NDArray[np.integer]
    targets: Any

    def __len__(self) -> int:
        return len(self.at)

    def take(self, some: NDArray[np.integer] | NDArray[np.bool_]) -> Rows:
        """Some of these rows."""
        return Rows(self.at[some], self.targets[some])

    def in_blocks(self, width: int) -> Iterator[Rows]:
        """These rows, some thousand at a time."""
        size = max(64, _NUMBERS // width)
        for start in range(0, len(self), size):
            yield self.take(np.arange(start, min(start + size, len(self))))


@dataclass(frozen=True, slots=True)
class Trial:
    """How one value of what is to be chosen did on rows that were not learnt from.

    Attributes
    ----------
    value : float
    loss : float
        Mean negative log-likelihood, in nats.
    accuracy : float
        Share predicted rightly; both weighted as classes are.
    """

    value: float
    loss: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Fitted:
    """A classifier, and others that stand in for it where it must not be asked.

    Attributes
    ----------
    head : Scorer
        Learnt from all of the training rows.
    folds : int8 array [t]
        The fold of each training row.
    chosen : dict
        JSON-able: what was chosen, and by what.
    trials : list of Trial
        What it was chosen from.
    make_stand_ins : callable
        Makes :attr:`stand_ins`.
    """

    head: Scorer
    folds: NDArray[np.int8]
    chosen: dict[str, Any]
    trials: list[Trial]
    make_stand_ins: Callable[[], Sequence[Scorer]]

    @cached_property
    def stand_ins(self) -> list[Scorer]:
        """One classifier a fold, learnt from the other folds: made when first asked for."""
        return list(self.make_stand_ins())


def grouped_folds(rows: Rows, groups: NDArray[np.integer], n_folds: int, seed: int) -> NDArray[np.int8]:
    """Fold of each row: every class dealt out evenly, rows of one group together: int8 [n].

    A group counts as what its first row is; a row of several classes as the rarest of them.
    """
    _, first, group = np.unique(groups, return_index=True, return_inverse=True)
    return stratified_folds(_rarest(rows.targets)[first], n_folds, seed)[group].astype(np.int8)


def _rarest(targets: Any) -> NDArray[np.intp]:
    """The rarest class of each row; the number of classes for none."""
    counts = np.asarray(targets.sum(axis=0)).ravel()
    order = np.argsort(counts, kind="stable")
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    rarest = np.full(targets.shape[0], len(counts), np.intp)
    np.minimum.at(rarest, np.repeat(np.arange(targets.shape[0]), np.diff(targets.indptr)), place[targets.indices])
    return np.append(order, len(counts))[rarest]


def judge(value: float, vectors: Array, asked: Iterable[tuple[Scorer, Rows]], link: Link) -> Trial:
    """How classifiers do on rows, each on its own."""
    loss = right = weight = 0.0
    for scorer, rows in asked:
        for block in rows.in_blocks(vectors.shape[1]):
            targets = block.targets.toarray()
            scores = scorer.scores(vectors[block.at])
            weights = link.row_weights(targets)
            loss += float(link.losses(scores, targets)[0].sum(dtype=np.float64))
            right += float((link.right(scores, targets) * weights).sum(dtype=np.float64))
            weight += float(weights.sum(dtype=np.float64))
    return Trial(value, loss / max(weight, 1e-12), right / max(weight, 1e-12))
