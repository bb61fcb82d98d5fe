"""From scores of classes to probabilities and losses: where an item has one class, and where it may have several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_SMALLEST = 1e-30  # probabilities are taken no smaller where their logarithm is


class Link(Protocol):
    """What scores mean. Arrays are float32 with the classes along the last axis; targets are 1 for what an item has.

    Attributes
    ----------
    weights : float32 array [2, classes], or None
        How much lacking a class, and having it, counts; None: all the same.
    """

    @property
    def weights(self) -> Array | None: ...

    def probabilities(self, scores: Array) -> Array:
        """Probability of each class."""
        ...

    def losses(self, scores: Array, targets: Array) -> tuple[Array, Array, Array]:
        """The loss of each row, its slope by each score, and the probabilities."""
        ...

    def prior(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores at which each class is as probable as it is frequent."""
        ...

    def right(self, scores: Array, targets: Array) -> NDArray[np.bool_]:
        """Whether a row is predicted as it is labelled; of lists, whether all of the list is."""
        ...

    def row_weights(self, targets: Array) -> Array:
        """How much each row counts."""
        ...


@dataclass(frozen=True, eq=False)
class OneClass:
    """Every item has one class: a softmax."""

    weights: Array | None = None

    def probabilities(self, scores: Array) -> Array:
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        powers /= powers.sum(axis=-1, keepdims=True)
        return powers

    def losses(self, scores: Array, targets: Array) -> tuple[Array, Array, Array]:
        found = self.probabilities(scores)
        loss = -np.log(np.maximum((found * targets).sum(axis=-1), _SMALLEST))
        slope = found - targets
        if self.weights is not None:
            weights = self.row_weights(targets)
            loss, slope = loss * weights, slope * weights[..., None]
        return loss, slope, found

    def prior(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log(shares)

    def right(self, scores: Array, targets: Array) -> NDArray[np.bool_]:
        return np.take_along_axis(targets, scores.argmax(axis=-1)[..., None], axis=-1)[..., 0] > 0

    def row_weights(self, targets: Array) -> Array:
        return np.ones(targets.shape[:-1], np.float32) if self.weights is None else targets @ self.weights[1]


@dataclass(frozen=True, eq=False)
class SeveralClasses:
    """An item may have any number of classes: a sigmoid each."""

    weights: Array | None = None

    def probabilities(self, scores: Array) -> Array:
        from scipy.special import expit

        return expit(scores)

    def losses(self, scores: Array, targets: Array) -> tuple[Array, Array, Array]:
        found = self.probabilities(scores)
        loss, slope = np.logaddexp(0, scores) - scores * targets, found - targets
        if self.weights is not None:
            weights = targets * self.weights[1] + (1 - targets) * self.weights[0]
            loss, slope = loss * weights, slope * weights
        return loss.sum(axis=-1), slope, found

    def prior(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log(shares) - np.log1p(-shares)

    def right(self, scores: Array, targets: Array) -> NDArray[np.bool_]:
        return ((scores > 0) == (targets > 0)).all(axis=-1)

    def row_weights(self, targets: Array) -> Array:
        return np.ones(targets.shape[:-1], np.float32)


def balancing_weights(counts: NDArray[np.integer], n: int, *, several: bool) -> Array:
    """Weights by which all classes count alike, having them as much as lacking them: float32 [2, classes].

    Parameters
    ----------
    counts : int array [classes]
        Items of each class, of ``n``.
    several : bool
        Whether an item may have several: then each class is balanced against its absence.
    """
    having = n / (2 * np.maximum(counts, 1)) if several else n / (max((counts > 0).sum(), 1) * np.maximum(counts, 1))
    return np.stack([n / (2 * np.maximum(n - counts, 1)), having]).astype(np.float32)
