"""Labels that do not fit: what the neighbours and a linear probe say of each item, against what is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .probe import out_of_fold_probabilities, principal_components, softmax

_LEAST = 3  # a class with fewer items cannot be told from its neighbours
_VOTE = 0.2  # weight of the neighbours' log-odds beside the probe's
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class LabelIssues:
    """What is wrong with the label of each row.

    Attributes
    ----------
    score : float32 array [n]
        Probability that the given label is wrong; 0 for rows without a label or of a class of fewer than 3.
    suggested : int32 array [n]
        The most probable class.
    confidence : float32 array [n]
        Its probability.
    flagged : bool array [n]
        Another class is more probable than rows of that class usually are.
    probabilities : float32 array [n, classes]
    votes : int32 array [n, 2]
        How many neighbours have the suggested label, and how many have one at all.
    """

    score: NDArray[np.float32]
    suggested: NDArray[np.int32]
    confidence: NDArray[np.float32]
    flagged: NDArray[np.bool_]
    probabilities: NDArray[np.float32]
    votes: NDArray[np.int32]


def find_label_issues(
    vectors: NDArray[np.float32],
    neighbors: NDArray[np.int32],
    similarity: NDArray[np.float32],
    codes: NDArray[np.integer],
    n_classes: int,
    *,
    pred_probs: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> LabelIssues:
    """Judge every label by what was learnt without it.

    A linear probe gives out-of-fold probabilities; a second one learns from rows in proportion to how far the first
    believes their labels, so that mix-ups between similar classes are not learnt; the neighbours vote, each as far as
    its label is believed. The geometric mean of these is the probability of each class; a label's score is 1 minus its
    own.

    Parameters
    ----------
    vectors : float32 array [n, d]
    neighbors, similarity : arrays [n, k]
        The kNN graph.
    codes : int array [n]
        Class of each row, -1 for none.
    n_classes : int
    pred_probs : float array [n, n_classes], optional
        Out-of-sample probabilities of a model of the user's: they count as much as the probes.

    References
    ----------
    Northcutt, Jiang and Chuang (2021), "Confident learning: estimating uncertainty in dataset labels": the threshold of
    each class, and the probability of the given label as its quality.
    """
    n = len(codes)
    features = principal_components(vectors)
    first = out_of_fold_probabilities(features, codes, n_classes, seed=seed)
    own = first[np.arange(n), codes.clip(min=0)]
    trust = np.where(codes >= 0, np.sqrt(own / first.max(axis=1).clip(min=_FLOOR)).clip(min=0.02), 0.0)
    second = out_of_fold_probabilities(features, codes, n_classes, weights=trust, seed=seed)
    opinions = [first, second] if pred_probs is None else [first, second, pred_probs, pred_probs]
    log_odds = np.mean([np.log(opinion + _FLOOR) for opinion in opinions], axis=0)
    votes = neighbour_votes(neighbors, similarity, codes, n_classes, trust)
    probabilities = softmax(log_odds + _VOTE * np.log(votes + 1e-3))

    size = np.bincount(codes[codes >= 0], minlength=n_classes)
    judged = (codes >= 0) & (size[codes] >= _LEAST)
    suggested = probabilities.argmax(axis=1).astype(np.int32)
    confidence = probabilities.max(axis=1)
    given = probabilities[np.arange(n), codes.clip(min=0)]
    usual = np.array(
        [probabilities[codes == c, c].mean() if size[c] else 1.0 for c in range(n_classes)]
    )  # how sure one is of a row of each class
    flagged = judged & (suggested != codes) & (confidence >= usual[suggested])
    known = neighbors >= 0
    labels_near = np.where(known, codes[neighbors], -1)
    counted = np.stack([(labels_near == suggested[:, None]).sum(axis=1), (labels_near >= 0).sum(axis=1)], axis=1)
    score = np.where(judged, 1.0 - given, 0.0).astype(np.float32)
    return LabelIssues(score, suggested, confidence, flagged, probabilities, counted.astype(np.int32))


def neighbour_votes(
    neighbors: NDArray[np.int32],
    similarity: NDArray[np.float32],
    codes: NDArray[np.integer],
    n_classes: int,
    trust: NDArray[np.floating],
) -> NDArray[np.float32]:
    """Share of each class among a row's neighbours, the near and trusted counting more: float32 [n, n_classes]."""
    n = len(codes)
    row, column = np.nonzero(neighbors >= 0)
    near = neighbors[row, column]
    weight = trust[near] * np.clip(similarity[row, column], 0.0, 1.0) ** 4
    labelled = codes[near] >= 0
    flat = row[labelled] * n_classes + codes[near][labelled]
    votes = np.bincount(flat, weight[labelled], n * n_classes).reshape(n, n_classes)
    return (votes / votes.sum(axis=1, keepdims=True).clip(min=1e-9)).astype(np.float32)
