"""Labels that do not fit: what probes that have not seen them say, and how labels of this data set go wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .label_noise import estimate_noise
from .neighbour_vote import neighbour_probabilities
from .probe import (
    MOST_FOR_DISCRIMINANT,
    MOST_FOR_LOGISTIC,
    fit_discriminant,
    fit_logistic,
    out_of_fold_probabilities,
    principal_components,
)

_LEAST = 3  # a class with fewer items cannot be told from its neighbours
_SAFE = 0.9  # confidence from which a suggestion may be taken unseen
_FLOOR = 1e-4  # no probe is surer than that a class is out of the question


@dataclass(frozen=True, slots=True, eq=False)
class LabelIssues:
    """What is wrong with the label of each row.

    Attributes
    ----------
    score : float64 array [n]
        How likely the given label is wrong, 0.5 for as likely as not; 0 for rows without a label or of a class of
        fewer than 3.
    suggested : int32 array [n]
        The most probable class.
    confidence : float32 array [n]
        Its probability.
    flagged : bool array [n]
        Another class is more probable than the given one.
    safe : bool array [n]
        Flagged, and the suggestion may be taken unseen, see :func:`safe_suggestions`.
    probabilities : float64 array [n, classes]
        Of the true class, the given label considered.
    evidence : float32 array [n, classes]
        Of the class by what is seen alone.
    votes : int32 array [n, 2]
        How many neighbours have the suggested label, and how many have one at all.
    noise : float
        Estimated share of the labels that are wrong.
    """

    score: NDArray[np.float64]
    suggested: NDArray[np.int32]
    confidence: NDArray[np.float32]
    flagged: NDArray[np.bool_]
    safe: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    evidence: NDArray[np.float32]
    votes: NDArray[np.int32]
    noise: float


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
    """Judge every label by what was learnt without it, and by how often its class is mixed up with others.

    Three probes are asked: a logistic regression and a discriminant analysis that have not seen the row, and its
    neighbours. What they say together, how much each counts, and how often each class is labelled as another are
    estimated from the labels (:func:`nbcurate.curate.label_noise.estimate_noise`); Bayes' rule turns them into the
    probability of each class. So where shirts are often called blouses, a blouse that looks like a shirt is suspicious,
    and where labels are wrong at random, one that looks like anything else.

    Parameters
    ----------
    vectors : float32 array [n, d]
    neighbors, similarity : arrays [n, k]
        The kNN graph.
    codes : int array [n]
        Class of each row, -1 for none.
    n_classes : int
    pred_probs : float array [n, n_classes], optional
        Out-of-sample probabilities of a model of the user's: a fourth probe.

    References
    ----------
    See :func:`nbcurate.curate.label_noise.estimate_noise`.
    """
    rows = np.arange(len(codes))
    features = principal_components(vectors)
    probes = [
        out_of_fold_probabilities(features, codes, n_classes, fit, most=most, seed=seed)
        for fit, most in ((fit_logistic, MOST_FOR_LOGISTIC), (fit_discriminant, MOST_FOR_DISCRIMINANT))
    ]
    probes.append(neighbour_probabilities(neighbors, similarity, codes, n_classes))
    if pred_probs is not None:
        probes.append(np.asarray(pred_probs, np.float32))
    logarithms = [np.log(probabilities + np.float32(_FLOOR)) for probabilities in probes]
    model = estimate_noise(logarithms, codes)
    evidence = model.class_probabilities(logarithms)
    probabilities = model.true_class_probabilities(evidence, codes)

    size = np.bincount(codes[codes >= 0], minlength=n_classes)
    judged = (codes >= 0) & (size[codes] >= _LEAST)
    suggested = probabilities.argmax(axis=1).astype(np.int32)
    score = np.where(judged, wrong_score(probabilities, codes), 0.0)
    labels_near = np.where(neighbors >= 0, codes[neighbors], -1) if len(codes) else neighbors
    votes = np.stack([(labels_near == suggested[:, None]).sum(axis=1), (labels_near >= 0).sum(axis=1)], axis=1)
    flagged, confidence = judged & (suggested != codes), probabilities[rows, suggested]
    agreed = np.logical_and.reduce([probe.argmax(axis=1) == suggested for probe in probes])
    safe = safe_suggestions(score, flagged & agreed & (confidence >= _SAFE), model.trust)
    return LabelIssues(
        score, suggested, confidence.astype(np.float32), flagged, safe, probabilities, evidence,
        votes.astype(np.int32), float(score[judged].mean()) if judged.any() else 0.0,
    )  # fmt: skip


def safe_suggestions(score: NDArray[np.float64], likely: NDArray[np.bool_], trust: float) -> NDArray[np.bool_]:
    """Which of the likely suggestions may be taken unseen: bool [n].

    A suggestion that is wrong costs more than one that is missed: these are the items that the probes find hard, and
    who learns from what they believe repeats their errors. So only the surest are taken, as many as the labels that are
    expected to be wrong, times how far that number stands out from the doubts (:attr:`LabelNoise.trust`).

    Parameters
    ----------
    score : float64 array [n]
        How likely each label is wrong.
    likely : bool array [n]
        On whose suggestion all probes agree.
    trust : float
    """
    order = np.flatnonzero(likely)[np.argsort(-score[likely], kind="stable")]
    safe = np.zeros(len(score), bool)
    safe[order[: int(trust * score.sum())]] = True
    return safe


def wrong_score(probabilities: NDArray[np.floating], codes: NDArray[np.integer]) -> NDArray[np.float64]:
    """How likely each label is wrong: what the other classes have, float64 [n], to the last digit near 1."""
    own = np.take_along_axis(np.asarray(probabilities, np.float64), codes.clip(min=0)[:, None], axis=1)[:, 0]
    return (1.0 - own).clip(0.0, 1.0)
