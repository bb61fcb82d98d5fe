"""Logistic regression of many rows on wide vectors: several fits in one pass over the vectors, memory bounded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .class_scores import Array, Link
from .vector_rows import NOT_FINITE, Each, Moments, VectorRows

_COLUMNS = 256  # outputs that are fitted at once
_STEPS = 100
_REMEMBERED = 10  # steps that L-BFGS looks back
_LEAST_BEND = 1e-6  # of all the spread: as much as 32 bits need to tell it from none


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Scores of classes that are sums over the vector's entries.

    Attributes
    ----------
    directions : float32 array [d, classes]
    offsets : float32 array [classes]
    """

    directions: Array
    offsets: Array

    def scores(self, vectors: Array) -> Array:
        """Scores of the classes: float32 [n, classes]."""
        return vectors @ self.directions + self.offsets


@dataclass(frozen=True, eq=False)
class Solution:
    """Fitted heads, one a fit, and the mean slope of their probabilities, from which the next search starts well."""

    heads: list[LinearHead]
    curvature: float

    def mean(self) -> Solution:
        """One head between all of these."""
        directions = np.stack([head.directions for head in self.heads]).mean(axis=0)
        offsets = np.stack([head.offsets for head in self.heads]).mean(axis=0)
        return Solution([LinearHead(directions, offsets)], self.curvature)


class LogisticProblem:
    """Rows with classes, of which one head is fitted to all, or one to each of several parts of them.

    The objective is that of scikit-learn's ``LogisticRegression``: the sum of the losses, and half of the penalty times
    the squared length of the directions; offsets cost nothing. L-BFGS works on directions that the covariance of the
    vectors has made alike, and comes to the same end in a fifth of the steps: wide vectors hold most of their spread in
    a few directions, and what lies in the others is found last. Fits to several parts are made at once, so that the
    vectors are read once for all.

    Parameters
    ----------
    rows : VectorRows
        What is learnt from: n vectors of width d.
    targets : sparse matrix [n, classes]
        In rows (CSR): 1 for each class that a row has.
    link : Link
        What scores mean, and how much classes count.
    moments : Moments
        Of these rows, or of others like them: they make the search short, and do not change its end.
    inside : bool array [n, fits], optional
        Which rows each of the fits learns from; by default one fit does from all.

    References
    ----------
    Liu and Nocedal (1989), "On the limited memory BFGS method for large scale optimization". Böhning (1992),
    "Multinomial logistic regression algorithm", bounds the curvature by the covariance.
    """

    def __init__(
        self, rows: VectorRows, targets: Any, link: Link, moments: Moments, inside: NDArray[np.bool_] | None = None
    ) -> None:
        self._rows, self._targets, self._link, self._moments = rows, targets, link, moments
        self._inside = np.ones((len(rows), 1), bool) if inside is None else inside

    def start(self, curvature: float | None = None) -> Solution:
        """Heads that find each class as probable as it is frequent among the rows that they learn from.

        Parameters
        ----------
        curvature : float, optional
            That of the heads to come, where it is known.
        """
        heads, bent = [], []
        for inside in self._inside.T:
            counts = np.asarray(inside.astype(np.float64) @ self._targets).ravel()
            shares = (counts + 0.5) / (inside.sum() + 1)
            bent.append((shares * (1 - shares)).mean())
            offsets = self._link.prior(shares).astype(np.float32)
            heads.append(LinearHead(np.zeros((self._rows.width, len(shares)), np.float32), offsets))
        return Solution(heads, float(np.mean(bent)) if curvature is None else curvature)

    def solve(self, penalty: float, start: Solution, tolerance: float = 3e-3) -> Solution:
        """The heads at a penalty, sought from others on.

        Parameters
        ----------
        penalty : float
            scikit-learn's 1 / C.
        start : Solution
            What was found at another penalty, or :meth:`start`. What is held out of a fit must be held out of what it
            starts from, too: a search that ends early remembers that.
        tolerance : float
            The search ends where a step lessens the objective by less than this share of it.

        Raises
        ------
        ValueError
            If a vector is not finite.
        """
        n_fits = self._inside.shape[1]
        at_once = max(1, _COLUMNS // self._targets.shape[1])
        heads: list[LinearHead] = []
        curvature = 0.0
        with self._rows.in_streams() as each:
            scale = _Scale(self._moments, penalty, start.curvature, len(self._rows))
            for first in range(0, n_fits, at_once):
                fits = slice(first, min(first + at_once, n_fits))
                search = _Search(self, scale, penalty, fits, each)
                heads += search.run(start.heads[fits], tolerance)
                curvature += search.curvature * (fits.stop - fits.start) / n_fits
        return Solution(heads, curvature)

    def slopes(
        self, blocks: list[slice], directions: Array, offsets: Array, fits: slice
    ) -> tuple[float, Array, NDArray[np.float64], float]:
        """Loss, its slopes by the directions and by the offsets, and the sum of p (1 - p), over some of the rows."""
        loss, curvature = 0.0, 0.0
        by_direction, by_offset = np.zeros(directions.shape[::-1], np.float32), np.zeros(len(offsets))
        shape = (-1, fits.stop - fits.start, self._targets.shape[1])
        for block in blocks:
            part = self._rows.part(block)
            scores = (part @ directions + offsets).reshape(shape)
            inside = self._inside[block, fits]
            losses, slopes, found = self._link.losses(scores, self._targets[block].toarray()[:, None])
            slopes *= inside[..., None]
            flat = slopes.reshape(len(part), -1)
            loss += float((losses * inside).sum(dtype=np.float64))
            by_direction += flat.T @ part
            by_offset += flat.sum(axis=0, dtype=np.float64)
            curvature += float((found * (1 - found)).sum(dtype=np.float64))
        return loss, by_direction.T, by_offset, curvature


class _Scale:
    """The change of variables after which the objective bends about alike in all directions: a triangle [d, d]."""

    def __init__(self, moments: Moments, penalty: float, curvature: float, n: int) -> None:
        from scipy.linalg import cholesky

        self.mean = moments.mean.astype(np.float32)
        bend = max(curvature, 1e-7) * n
        bent = (bend * moments.covariance).astype(np.float32)
        bent[np.diag_indices_from(bent)] += penalty + _LEAST_BEND * bend * moments.spread
        self._root = cholesky(bent, overwrite_a=True, check_finite=False)
        self.of_offset = np.float32(1 / np.sqrt(bend))

    def directions(self, scaled: Array) -> Array:
        """Directions [d, k] from scaled ones."""
        return self._solved(scaled, 0)

    def slopes(self, by_direction: Array) -> Array:
        """Slopes by the scaled directions from those by the directions."""
        return self._solved(by_direction, 1)

    def scaled(self, directions: Array) -> Array:
        """The reverse of :meth:`directions`."""
        return self._root @ directions

    def _solved(self, values: Array, transposed: int) -> Array:
        from scipy.linalg import solve_triangular

        return solve_triangular(self._root, values, trans=transposed, check_finite=False)


class _Search:
    """A run of L-BFGS over the scaled parameters of some fits, side by side: [d + 1, fits × classes]."""

    def __init__(self, problem: LogisticProblem, scale: _Scale, penalty: float, fits: slice, each: Each) -> None:
        self._problem, self._scale, self._penalty, self._fits, self._each = problem, scale, penalty, fits, each
        self.curvature = 0.0

    def run(self, start: list[LinearHead], tolerance: float) -> list[LinearHead]:
        """The heads that it ends at."""
        from scipy.optimize import minimize

        directions = np.concatenate([head.directions for head in start], axis=1)
        offsets = np.concatenate([head.offsets for head in start]) + self._scale.mean @ directions
        first = np.vstack([self._scale.scaled(directions), offsets / self._scale.of_offset]).ravel().astype(np.float64)
        loss, slopes = self._loss(first)
        if not np.isfinite(loss):
            raise ValueError(NOT_FINITE)
        unit = max(float(np.linalg.norm(slopes)), 1e-12)
        known = [(loss, slopes)]  # of the first place, which it asks for again

        def in_units(place: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            """Such that the first step, of length 1, goes to where the slope would end if all bent as scaled."""
            loss, slopes = known.pop() if known else self._loss(unit * place)
            return loss / unit**2, slopes / unit

        least = tolerance * loss / unit**2 / max(loss / unit**2, 1.0)  # where values are below 1, it is no share
        options = {"maxiter": _STEPS, "ftol": least, "gtol": 0.0, "maxcor": _REMEMBERED}
        found = minimize(in_units, first / unit, jac=True, method="L-BFGS-B", options=options)
        return list(self._heads(unit * found.x, len(start)))

    def _loss(self, flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        directions, offsets = self._parameters(flat)
        shift = (offsets - self._scale.mean @ directions).astype(np.float32)
        loss, by_direction, by_offset, curvature = 0.0, np.zeros_like(directions), np.zeros(len(offsets)), 0.0
        for part in self._each(lambda blocks: self._problem.slopes(blocks, directions, shift, self._fits)):
            loss, by_direction = loss + part[0], by_direction + part[1]
            by_offset, curvature = by_offset + part[2], curvature + part[3]
        self.curvature = curvature / (len(self._problem._rows) * len(offsets))
        by_direction -= np.outer(self._scale.mean, by_offset).astype(np.float32)
        by_direction += np.float32(self._penalty) * directions
        loss += 0.5 * self._penalty * float((directions**2).sum(dtype=np.float64))
        slopes = np.vstack([self._scale.slopes(by_direction), by_offset * self._scale.of_offset])
        return loss, slopes.ravel().astype(np.float64)

    @property
    def _n_rows(self) -> int:
        return len(self._problem._rows)

    def _parameters(self, flat: NDArray[np.float64]) -> tuple[Array, Array]:
        """Directions [d, k], and offsets [k] for centred vectors."""
        scaled = flat.reshape(len(self._scale.mean) + 1, -1).astype(np.float32)
        return self._scale.directions(scaled[:-1]), scaled[-1] * self._scale.of_offset

    def _heads(self, flat: NDArray[np.float64], n_fits: int) -> Iterator[LinearHead]:
        directions, offsets = self._parameters(flat)
        offsets = (offsets - self._scale.mean @ directions).astype(np.float32)
        for part in np.split(np.arange(len(offsets)), n_fits):
            yield LinearHead(np.ascontiguousarray(directions[:, part]), offsets[part])
