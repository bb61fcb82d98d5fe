"""Labels that do not fit: what probes that have not seen them say, and which classes are mixed up with which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .probe import fit_discriminant, fit_logistic, out_of_fold_probabilities, principal_components, softmax

_LEAST = 3  # a class with fewer items cannot be told from its neighbours
_FLOOR = 1e-4
_ROUNDS = 3  # of estimating mix-ups and labels in turn
_PRIOR_MASS = 5.0  # items of each class that are taken to be spread over all labels before any is seen
_SOFTENING = 0.5  # power of the odds that makes their confidence about right on labels flipped on purpose


@dataclass(frozen=True, slots=True, eq=False)
class LabelIssues:
    """What is wrong with the label of each row.

    Attributes
    ----------
    score : float32 array [n]
        How likely the given label is wrong, 0.5 for as likely as not; 0 for rows without a label or of a class of
        fewer than 3.
    suggested : int32 array [n]
        The most probable class.
    confidence : float32 array [n]
        Its probability.
    flagged : bool array [n]
        Another class is more probable than the given one.
    probabilities : float32 array [n, classes]
        Of the true class, the given label considered.
    evidence : float32 array [n, classes]
        Of the class by the probes alone.
    votes : int32 array [n, 2]
        How many neighbours have the suggested label, and how many have one at all.
    """

    score: NDArray[np.float32]
    suggested: NDArray[np.int32]
    confidence: NDArray[np.float32]
    flagged: NDArray[np.bool_]
    probabilities: NDArray[np.float32]
    evidence: NDArray[np.float32]
    votes: NDArray[np.int32]


def find_label_issues(
    vectors: NDArray[np.float32],
    neighbors: NDArray[np.int32],
    codes: NDArray[np.integer],
    n_classes: int,
    *,
    pred_probs: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> LabelIssues:
    """Judge every label by what was learnt without it, and by how often its class is mixed up with others.

    The geometric mean of the out-of-fold probabilities of a logistic regression and a discriminant analysis is the
    evidence: where the two disagree, it is unsure. Bayes' rule turns it and the given label into the probability of
    each class; how often a class is labelled as another is estimated along with it. So where shirts are often called
    blouses, a blouse that looks like a shirt is suspicious, and where labels are wrong at random, one that looks
    like anything else.

    Parameters
    ----------
    vectors : float32 array [n, d]
    neighbors : int32 array [n, k]
        The kNN graph, from which votes are counted; they explain a score and do not change it.
    codes : int array [n]
        Class of each row, -1 for none.
    n_classes : int
    pred_probs : float array [n, n_classes], optional
        Out-of-sample probabilities of a model of the user's: they count as much as each of the two.

    References
    ----------
    Dawid and Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM algorithm": the mix-ups.
    """
    n, rows = len(codes), np.arange(len(codes))
    features = principal_components(vectors)
    probes = [
        out_of_fold_probabilities(features, codes, n_classes, fit, seed=seed)
        for fit in (fit_logistic, fit_discriminant)
    ]
    if pred_probs is not None:
        probes.append(np.asarray(pred_probs, np.float32))
    evidence = softmax(np.mean([np.log(probabilities + _FLOOR) for probabilities in probes], axis=0))
    probabilities = true_class_probabilities(evidence, codes)

    size = np.bincount(codes[codes >= 0], minlength=n_classes)
    judged = (codes >= 0) & (size[codes] >= _LEAST)
    suggested = probabilities.argmax(axis=1).astype(np.int32)
    given = probabilities[rows, codes.clip(min=0)]
    flagged = judged & (suggested != codes)
    softened = softmax(_SOFTENING * np.log(probabilities + 1e-12))
    labels_near = np.where(neighbors >= 0, codes[neighbors], -1) if n else neighbors
    votes = np.stack([(labels_near == suggested[:, None]).sum(axis=1), (labels_near >= 0).sum(axis=1)], axis=1)
    return LabelIssues(
        np.where(judged, wrong_score(given), 0.0).astype(np.float32),
        suggested, softened[rows, suggested], flagged, probabilities, evidence, votes.astype(np.int32),
    )  # fmt: skip


def wrong_score(own: NDArray[np.floating]) -> NDArray[np.float32]:
    """How likely a label is wrong, from the probability that it is right: in [0, 1], 0.5 for as likely as not.

    The square root of the odds: products of probabilities are too sure, and would all be 1 at the top.
    """
    odds = ((1 - np.asarray(own, np.float64)).clip(min=0) + 1e-12) / (own + 1e-12)
    softened = odds**_SOFTENING
    return (softened / (1 + softened)).astype(np.float32)


def true_class_probabilities(evidence: NDArray[np.float32], codes: NDArray[np.integer]) -> NDArray[np.float32]:
    """Probability of each class being the true one, given what is seen and the label: float32 [n, classes].

    Parameters
    ----------
    evidence : float32 array [n, classes]
        Probability of each class by what is seen.
    codes : int array [n]
        The label, -1 for none.
    """
    n_classes = evidence.shape[1]
    labelled = codes >= 0
    seen, given = evidence[labelled], codes[labelled]
    by_label = csr_array((np.ones(len(given), np.float32), (given, np.arange(len(given)))), (n_classes, len(given)))
    mixing = (0.1 / n_classes + 0.9 * np.eye(n_classes)).astype(np.float32)  # label given, true class
    believed = seen
    for _ in range(_ROUNDS):
        believed = _normalised(seen * mixing[given])
        counts = by_label @ believed + _PRIOR_MASS / n_classes
        mixing = (counts / counts.sum(axis=0)).astype(np.float32)
    result = evidence.copy()
    result[labelled] = _normalised(seen * mixing[given])
    return result


def _normalised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values / values.sum(axis=1, keepdims=True).clip(min=1e-30)
