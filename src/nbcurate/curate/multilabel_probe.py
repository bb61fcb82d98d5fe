"""What linear probes and neighbours say of each class by itself, where an item may have several."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .probe import stratified_folds

Array = NDArray[np.float32]
#: From features ``[n, d]`` and which item has which class (float32 ``[n, classes]``) to what gives the log-odds of the
#: classes ``[m, classes]`` for other features and the labels that those items have.
Fit = Callable[[Array, Array], Callable[[Array, Array], Array]]

_LEARNT = 10_000  # rows that a logistic regression learns from at the most: more do not change it
_ITERATIONS = 40
_PENALTY, _PENALTY_OF_OTHERS = 1.0, 3.0  # half of this times the squares of the directions, and of what classes tell
_TOO_UNSURE = 1.5  # a logistic regression at this penalty is too little sure by about so much
_SHRINKAGE = 0.6  # of the covariance towards a multiple of the identity: few images a class are the rule
_TOO_SURE = 2.0  # a discriminant analysis is too sure of itself by about so much
_FALL = 2.0  # the k-th neighbour counts exp(-2) of the first: about a seventh
#: Log-odds further from 0 than this are none that a probe can know.
_SUREST = float(logit(1 - 1e-4))


def out_of_fold_scores(
    features: Array, members: NDArray[np.bool_], known: NDArray[np.bool_], fit: Fit, *, n_folds: int = 5, seed: int = 0
) -> Array:
    """Log-odds of each class by a probe that has not seen the row: float32 [n, classes].

    Parameters
    ----------
    features : float32 array [n, d]
    members : bool array [n, classes]
        Which row has which class.
    known : bool array [n]
        Rows that are labelled; the others are not learnt from, and get the mean of all probes.
    fit : callable
        :func:`fit_conditional` or :func:`fit_discriminants`.
    """
    counts = members.sum(axis=0)
    rarest = np.where(members.any(axis=1), np.where(members, counts, len(members) + 1).argmin(axis=1), len(counts))
    folds = np.where(known, stratified_folds(np.where(known, rarest, len(counts) + 1), n_folds, seed), -1)
    labels = members.astype(np.float32)
    scores = np.zeros(members.shape, np.float32)
    for fold in tqdm(range(n_folds), desc="probe", unit="fold", delay=2, leave=False):
        learnt = np.flatnonzero((folds != fold) & known)
        if not len(learnt):
            continue
        learnt = learnt[np.argsort(rarest[learnt], kind="stable")][:: -(-len(learnt) // _LEARNT)]
        asked = fit(features[learnt], labels[learnt])
        scores[folds == fold] = asked(features[folds == fold], labels[folds == fold])
        scores[~known] += asked(features[~known], labels[~known]) / n_folds
    return scores.clip(-_SUREST, _SUREST)


def fit_conditional(features: Array, labels: Array) -> Callable[[Array, Array], Array]:
    """Logistic regression of each class on the features and on the other classes that the item has.

    What goes with what tells much: on a picture of a plate and a fork a missing label *food* is likely. All classes are
    fitted at once, by L-BFGS.

    References
    ----------
    Guo and Gu (2011), "Multi-label classification using conditional dependency networks".
    """
    from scipy.optimize import minimize

    extended = _with_ones(features)
    width, n_classes = extended.shape[1], labels.shape[1]
    others = 1 - np.eye(n_classes, dtype=np.float32)
    cut = width * n_classes

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        direction = flat[:cut].reshape(width, n_classes).astype(np.float32)
        told = flat[cut:].reshape(n_classes, n_classes).astype(np.float32) * others
        score = extended @ direction + labels @ told
        missing = expit(score) - labels
        slope = extended.T @ missing
        slope[:-1] += _PENALTY * direction[:-1]
        slope_of_others = (labels.T @ missing + _PENALTY_OF_OTHERS * told) * others
        total = float((np.logaddexp(0, score) - score * labels).sum(dtype=np.float64))
        total += 0.5 * _PENALTY * float((direction[:-1] ** 2).sum()) + 0.5 * _PENALTY_OF_OTHERS * float((told**2).sum())
        return total, np.concatenate([slope.ravel(), slope_of_others.ravel()]).astype(np.float64)

    start = np.zeros(cut + n_classes**2)
    start[cut - n_classes : cut] = logit(labels.mean(axis=0).clip(1e-3, 1 - 1e-3))
    with threadpool_limits(1):  # threads that share products this small mostly wait for one another
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    fitted = (_TOO_UNSURE * found.x).astype(np.float32)
    direction, told = fitted[:cut].reshape(width, n_classes), fitted[cut:].reshape(n_classes, n_classes) * others
    return lambda asked, theirs: _with_ones(asked) @ direction + theirs @ told


def fit_discriminants(features: Array, labels: Array) -> Callable[[Array, Array], Array]:
    """Linear discriminant analysis of each class against the rest with one shrunken covariance, in closed form.

    References
    ----------
    Friedman (1989), "Regularized discriminant analysis".
    """
    n, mass = len(features), labels.sum(axis=0)
    centred = features - features.mean(axis=0)
    covariance = (centred.T @ centred).astype(np.float64) / n
    spread = np.trace(covariance) / len(covariance)
    shrunken = (1 - _SHRINKAGE) * covariance + (_SHRINKAGE * spread + 1e-9) * np.eye(len(covariance))
    inside = (features.T @ labels) / np.maximum(mass, 1)
    outside = (features.T @ (1 - labels)) / np.maximum(n - mass, 1)
    direction = np.linalg.solve(shrunken, inside - outside)
    prior = np.log(np.maximum(mass, 0.1) / np.maximum(n - mass, 0.1))
    offset = (prior - 0.5 * ((inside + outside) * direction).sum(axis=0)) / _TOO_SURE
    direction, offset = (direction / _TOO_SURE).astype(np.float32), offset.astype(np.float32)
    return lambda asked, theirs: asked @ direction + offset


def neighbour_scores(
    neighbors: NDArray[np.int32], similarity: Array, members: NDArray[np.bool_], known: NDArray[np.bool_]
) -> Array:
    """What the labels around a row say of each class, as log-odds: float32 [n, classes].

    Nearer neighbours count more, on the scale of the row's own surroundings. A row's own labels are not asked.

    Parameters
    ----------
    neighbors, similarity : arrays [n, k]
        The kNN graph; -1 where there is none.
    members, known
        As in :func:`out_of_fold_scores`.
    """
    share = members[known].mean(axis=0) if known.any() else np.full(members.shape[1], 0.5)
    votes, total = np.tile(share.astype(np.float32), (len(members), 1)), np.ones((len(members), 1), np.float32)
    if neighbors.shape[1]:
        distance = np.where(np.isfinite(similarity), 1.0 - similarity, 2.0)
        nearest, furthest = distance[:, :1], distance[:, -1:]
        weight = np.exp(-_FALL * (distance - nearest) / (furthest - nearest + 1e-6)).astype(np.float32)
        weight[(neighbors < 0) | ~known[neighbors]] = 0
        for place in range(neighbors.shape[1]):
            votes += weight[:, place, None] * members[neighbors[:, place]]
        total += weight.sum(axis=1, keepdims=True)
    return logit((votes / total).clip(1e-4, 1 - 1e-4)).astype(np.float32)


def _with_ones(features: Array) -> Array:
    return np.hstack([features, np.ones((len(features), 1), np.float32)])
