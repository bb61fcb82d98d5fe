"""Out-of-fold class probabilities of linear probes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

#: Directions ``[d, classes]`` and offsets ``[classes]``, from features ``[n, d]``, codes ``[n]`` and the number of
#: classes; the softmax of what they give are probabilities.
Fit = Callable[
    [NDArray[np.float32], NDArray[np.integer], int],
    tuple[NDArray[np.float32], NDArray[np.float32]],
]

#: Rows that a logistic regression, and that a discriminant analysis learns from: more do not change it.
MOST_FOR_LOGISTIC, MOST_FOR_DISCRIMINANT = 10_000, 100_000

_SEEN = 100_000  # rows of which the components are found
_WIDTH = 256  # principal components that a probe looks at
_SHRINKAGE = 0.6  # of the covariance towards a multiple of the identity: few images a class are the rule
_TOO_SURE = 2.0  # a discriminant analysis is too sure of itself by about so much
_TOO_UNSURE = 2.0  # a logistic regression at this penalty is too little sure by about so much
_BLOCK = 65_536  # rows that are turned at once
_ITERATIONS = 25


def principal_components(vectors: NDArray[np.float32], width: int = _WIDTH) -> NDArray[np.float32]:
    """The vectors' first principal components, one to five rows at the most: float32 [n, min(d, width, n / 5)]."""
    width = min(width, max(2, len(vectors) // 5))
    mean = vectors.mean(axis=0)
    if vectors.shape[1] <= width:
        return vectors - mean
    some = vectors[:: -(-len(vectors) // _SEEN)] - mean
    components = _directions(some, width)
    features = np.empty((len(vectors), width), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = slice(start, start + _BLOCK)
        features[block] = (vectors[block] - mean) @ components
    return features


def _directions(rows: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The directions in which centred rows vary most, as columns of length 1 (or 0: in none): float32 [d, width].

    Of fewer rows than columns they are found through the products of rows, in a fraction of the time.
    """
    if len(rows) >= rows.shape[1]:
        return np.ascontiguousarray(np.linalg.eigh(rows.T @ rows)[1][:, ::-1][:, :width])
    directions = rows.T @ np.linalg.eigh(rows @ rows.T)[1][:, ::-1][:, :width]
    return directions / np.maximum(np.linalg.norm(directions, axis=0), np.finfo(np.float32).tiny)


def stratified_folds(codes: NDArray[np.integer], n_folds: int, seed: int) -> NDArray[np.int32]:
    """Fold of each row, every class dealt out evenly: int32 [n]."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    folds = np.empty(len(codes), np.int32)
    folds[order] = np.arange(len(codes)) % n_folds
    return folds


def out_of_fold_probabilities(
    features: NDArray[np.float32],
    codes: NDArray[np.integer],
    n_classes: int,
    fit: Fit,
    *,
    most: int,
    n_folds: int = 5,
    seed: int = 0,
) -> NDArray[np.float32]:
    """What a linear probe that has not seen a row says of its class.

    Parameters
    ----------
    features : float32 array [n, d]
    codes : int array [n]
        Class of each row, -1 for none: such rows are not learnt from, and get the mean of all probes.
    n_classes : int
    fit : callable
        :func:`fit_logistic` or :func:`fit_discriminant`.
    most : int
        Rows that are learnt from, evenly chosen where there are more: ``MOST_FOR_LOGISTIC`` or
        ``MOST_FOR_DISCRIMINANT``.

    Returns
    -------
    float32 array [n, n_classes]
    """
    folds = np.where(codes >= 0, stratified_folds(codes, n_folds, seed), -1)
    probabilities = np.zeros((len(codes), n_classes), np.float32)
    without = np.flatnonzero(codes < 0)
    for fold in tqdm(range(n_folds), desc="probe", unit="fold", delay=2, leave=False):
        learnt = np.flatnonzero((folds != fold) & (codes >= 0))
        if not len(learnt):
            continue
        learnt = _evenly(learnt, codes, most)
        direction, offset = fit(features[learnt], codes[learnt], n_classes)
        for rows in _in_blocks(np.flatnonzero(folds == fold)):
            probabilities[rows] = softmax(features[rows] @ direction + offset)
        for rows in _in_blocks(without):
            probabilities[rows] += softmax(features[rows] @ direction + offset) / n_folds
    return probabilities


def _evenly(rows: NDArray[np.intp], codes: NDArray[np.integer], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, the same share of every class."""
    step = -(-len(rows) // most)
    return rows if step == 1 else rows[np.argsort(codes[rows], kind="stable")[::step]]


def _in_blocks(rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    return (rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK))


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of exponentials that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def fit_discriminant(
    features: NDArray[np.float32], codes: NDArray[np.integer], n_classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Linear discriminant analysis with a shrunken covariance, in closed form.

    Of the two probes this one bears many mix-ups of two classes better: their means move, but not their spread.

    References
    ----------
    Friedman (1989), "Regularized discriminant analysis".
    """
    mass = np.bincount(codes, minlength=n_classes)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(n_classes + 1))
    grouped = features[order]
    means = np.stack([grouped[bounds[c] : bounds[c + 1]].sum(axis=0) for c in range(n_classes)])
    means /= np.maximum(mass, 1)[:, None].astype(np.float32)
    residuals = features - means[codes]
    covariance = (residuals.T @ residuals).astype(np.float64) / len(codes)
    spread = np.trace(covariance) / len(covariance)
    shrunken = (1 - _SHRINKAGE) * covariance + (_SHRINKAGE * spread + 1e-9) * np.eye(len(covariance))
    direction = np.linalg.solve(shrunken, means.T)
    prior = np.log(np.maximum(mass / mass.sum(), 1e-9))
    offset = np.where(mass > 0, -0.5 * (means.T * direction).sum(axis=0) + prior, -1e3)
    return (direction / _TOO_SURE).astype(np.float32), (offset / _TOO_SURE).astype(np.float32)


def fit_logistic(
    features: NDArray[np.float32], codes: NDArray[np.integer], n_classes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Multinomial logistic regression with half the squared length of the directions as penalty, by L-BFGS.

    References
    ----------
    Liu and Nocedal (1989), "On the limited memory BFGS method for large scale optimization".
    """
    from scipy.optimize import minimize

    extended = np.hstack([features, np.ones((len(codes), 1), np.float32)])
    rows = np.arange(len(codes))

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = flat.reshape(-1, n_classes).astype(np.float32)
        probabilities = softmax(extended @ parameters)
        surprise = -np.log(probabilities[rows, codes].clip(min=1e-30))
        probabilities[rows, codes] -= 1.0
        gradient = extended.T @ probabilities
        gradient[:-1] += parameters[:-1]
        total = float(surprise.sum(dtype=np.float64)) + 0.5 * float((parameters[:-1] ** 2).sum())
        return total, gradient.ravel().astype(np.float64)

    start = np.zeros(extended.shape[1] * n_classes)
    with threadpool_limits(1):  # threads that share products this small mostly wait for one another
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    parameters = (_TOO_UNSURE * found.x.reshape(-1, n_classes)).astype(np.float32)
    return parameters[:-1], parameters[-1]
