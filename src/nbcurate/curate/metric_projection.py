"""A projection of vectors under which what was said to be alike lies closer, and little else changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from .scatter import Scatter

#: Share of the mean that is taken away: all of it changes most which unseen things are alike, none of it least.
_CENTRED = 0.5
#: The most that the covariance seen counts against that of a ball; less where there are few rows to a dimension.
_MOST_TRUST = 0.6
_BLOCK = 65_536  # rows that are turned at once
_THINNEST = 1e-3  # of the whole: the least that a class is taken to be wide, such as one of copies
_FLAT = 1e-6  # of the largest: directions in which classes do not lie apart


@dataclass(frozen=True)
class Strength:
    """How far a projection may go from the vectors as they are.

    Attributes
    ----------
    discriminant : float
        Length of the part in which classes lie apart, to that of the vectors as they are.
    whitening : float
        How much directions that vary inside classes count less, from 0 to 1.
    """

    discriminant: float
    whitening: float

    @property
    def is_none(self) -> bool:
        """Whether the vectors stay as they are."""
        return not self.discriminant and not self.whitening


#: The vectors as they are.
UNCHANGED = Strength(0.0, 0.0)


@dataclass(frozen=True, eq=False)
class MetricProjection:
    """An affine map of vectors, after which they are scaled to length 1.

    Attributes
    ----------
    matrix : float32 array [d, d]
    offset : float32 array [d]
    """

    matrix: NDArray[np.float32]
    offset: NDArray[np.float32]

    def transform(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Project vectors ``[n, d]``: float32 ``[n, d]``, L2-normalised; zero and not finite rows stay so."""
        projected = np.empty((len(vectors), self.matrix.shape[1]), np.float32)
        for start in range(0, len(vectors), _BLOCK):
            block = np.asarray(vectors[start : start + _BLOCK], np.float32)
            turned = block @ self.matrix - self.offset
            turned[~block.any(axis=1)] = 0
            turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), np.finfo(np.float32).tiny)
            projected[start : start + _BLOCK] = turned
        return projected


class ProjectionFamily:
    """The projections that one scatter gives, by strength.

    A vector becomes ``[frozen | discriminant]``: what it was, less half of the mean, with the directions that vary
    inside classes shrunken a little; and beside it its discriminant coordinates (linear discriminant analysis with a
    shrunken covariance). The first part keeps what no label told of, and outweighs the second, so that classes that
    were never seen stay apart as they were; and what lies outside the span of the classes has a short second part.
    The inner products of such vectors are those of ``matrix`` times the vector, which is as wide as it was.

    Parameters
    ----------
    scatter : Scatter

    References
    ----------
    Friedman, "Regularized discriminant analysis", JASA 1989.
    Hatch, Kajarekar & Stolcke, "Within-class covariance normalization for SVM-based speaker recognition",
    Interspeech 2006.
    """

    def __init__(self, scatter: Scatter) -> None:
        self._scatter = scatter
        d = len(scatter.mean)
        self._seen = scatter.rows / (scatter.rows + d)
        inside, all_over = float(np.trace(scatter.within)) / d, float(np.trace(scatter.total)) / d
        self._ball = max(inside, _THINNEST * all_over, np.finfo(np.float32).tiny)
        self._apart = self._discriminants()

    def at(self, strength: Strength) -> MetricProjection:
        """The projection of one strength."""
        d = len(self._scatter.mean)
        if strength.is_none:
            return MetricProjection(np.eye(d, dtype=np.float32), np.zeros(d, np.float32))
        metric, total = self._whitened(strength.whitening), self._scatter.total
        # Both parts have the lengths that were asked for in the mean over the vectors seen.
        frozen, apart = float((total * metric).sum()), float(((total @ self._apart) * self._apart).sum())
        if apart > 0:
            metric = metric + strength.discriminant**2 * frozen / apart * (self._apart @ self._apart.T)
        matrix = cholesky(metric, lower=True)
        offset = _CENTRED * self._scatter.mean @ matrix
        return MetricProjection(matrix.astype(np.float32), offset.astype(np.float32))

    @lru_cache(2)  # noqa: B019  (a family lives as long as one choice of its strength)
    def _whitened(self, whitening: float) -> NDArray[np.float64]:
        """The metric of the frozen part: float64 [d, d]."""
        d = len(self._scatter.mean)
        if not whitening:
            return np.eye(d)
        inverse = solve_triangular(self._lower(whitening * self._seen), np.eye(d), lower=True)
        return self._ball * inverse.T @ inverse

    def _lower(self, trust: float) -> NDArray[np.float64]:
        """The Cholesky factor of the shrunken covariance inside classes."""
        d = len(self._scatter.mean)
        return cholesky((1 - trust) * self._ball * np.eye(d) + trust * self._scatter.within, lower=True)

    def _discriminants(self) -> NDArray[np.float64]:
        """Columns that span, whitened inside classes, where these lie apart, the surest the longest: [d, k]."""
        apart = self._scatter.apart
        lower = self._lower(min(self._seen, _MOST_TRUST))
        whitened = solve_triangular(lower, apart.T, lower=True)
        if whitened.shape[0] < whitened.shape[1]:
            squares, directions = np.linalg.eigh(whitened @ whitened.T)
        else:
            squares, turned = np.linalg.eigh(whitened.T @ whitened)
            directions = whitened @ (turned / np.sqrt(np.maximum(squares, np.finfo(np.float64).tiny)))
        found = squares > _FLAT * max(squares.max(initial=0), np.finfo(np.float32).tiny)
        sure = 1 / (1 + self._scatter.chance * len(apart) / squares[found])
        return solve_triangular(lower.T, directions[:, found] * sure)
