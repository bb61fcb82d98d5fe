"""Lists of labels that do not fit: a class that is missing, a class too many."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from .label_issues import safe_suggestions
from .label_noise import LabelNoise, estimate_noise
from .multilabel_probe import fit_conditional, fit_discriminants, neighbour_scores, out_of_fold_scores
from .probe import principal_components

_LEAST = 3  # a class that fewer have, or lack, cannot be told from the others
_SAFE = 0.9  # confidence from which a suggestion may be taken unseen
_FLOOR = 1e-4  # no probe is surer than that a class is out of the question


@dataclass(frozen=True, slots=True, eq=False)
class MultilabelIssues:
    """What is wrong with the list of classes of each row.

    Attributes
    ----------
    score : float64 array [n]
        How likely the list is wrong somewhere; 0 for rows that are not labelled.
    wrong : float32 array [n, classes]
        How likely it is wrong about each class; 0 for classes that fewer than 3 have, or lack.
    suggested : bool array [n, classes]
        The list that fits better; the given one where that is not flagged.
    confidence : float32 array [n]
        Probability of the suggested list, as a whole.
    flagged : bool array [n]
        The list is more likely wrong than right.
    safe : bool array [n]
        Flagged, and the suggestion may be taken unseen, see :func:`nbcurate.curate.label_issues.safe_suggestions`.
    evidence : float32 array [n, classes]
        Probability of each class by what is seen alone.
    noise : float
        Estimated share of the lists that are wrong.
    """

    score: NDArray[np.float64]
    wrong: NDArray[np.float32]
    suggested: NDArray[np.bool_]
    confidence: NDArray[np.float32]
    flagged: NDArray[np.bool_]
    safe: NDArray[np.bool_]
    evidence: NDArray[np.float32]
    noise: float


def find_multilabel_issues(
    vectors: NDArray[np.float32],
    neighbors: NDArray[np.int32],
    similarity: NDArray[np.float32],
    members: NDArray[np.bool_],
    known: NDArray[np.bool_],
    *,
    pred_probs: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> MultilabelIssues:
    """Judge for every row and class whether it is rightly there, or rightly not.

    Three probes are asked, as :func:`nbcurate.curate.label_issues.find_label_issues` does: a logistic regression that
    sees the row's other classes, too, a discriminant analysis, and the neighbours. For each class, how much each probe
    counts, how often the class is missing where it belongs, and how often it stands where it does not, are estimated
    from the labels; Bayes' rule turns them into a probability. How far these rates count (:attr:`LabelNoise.trust`) is
    taken from all classes together, as a rare one tells little of it.

    Parameters
    ----------
    vectors : float32 array [n, d]
    neighbors, similarity : arrays [n, k]
        The kNN graph.
    members : bool array [n, classes]
        Which row has which class.
    known : bool array [n]
        Rows that are labelled at all.
    pred_probs : float array [n, classes], optional
        Out-of-sample probabilities of a model of the user's: a fourth probe.
    """
    features = principal_components(vectors)
    probes = [out_of_fold_scores(features, members, known, fit, seed=seed) for fit in _FITS]
    probes.append(neighbour_scores(neighbors, similarity, members, known))
    if pred_probs is not None:
        probes.append(logit(np.asarray(pred_probs, np.float64).clip(_FLOOR, 1 - _FLOOR)).astype(np.float32))
    have = members[known].sum(axis=0)
    judged = (have >= _LEAST) & (known.sum() - have >= _LEAST)
    codes = np.where(known[:, None], members, -1).astype(np.int32)
    models = {c: estimate_noise(_two_classes(probes, c), codes[:, c]) for c in np.flatnonzero(judged).tolist()}
    trust = _common_trust(models, have)
    evidence, there = np.tile(have / max(known.sum(), 1), (len(members), 1)).astype(np.float32), members.astype(float)
    for c, model in models.items():
        seen = model.class_probabilities(_two_classes(probes, c))
        evidence[:, c] = seen[:, 1]
        there[:, c] = replace(model, trust=trust).true_class_probabilities(seen, codes[:, c])[:, 1]

    wrong = np.where(members, 1 - there, there) * (judged & known[:, None])
    score = -np.expm1(np.log1p(-wrong.clip(0, 1 - 1e-12)).sum(axis=1))
    flagged = score > 0.5
    changed = wrong > 0.5
    unsure = np.flatnonzero(flagged & ~changed.any(axis=1))
    changed[unsure, wrong[unsure].argmax(axis=1)] = True  # what is most likely of all that may be wrong
    suggested = np.where(known[:, None], members ^ changed, there > 0.5)
    confidence = np.exp(np.log(np.where(suggested, there, 1 - there)[:, judged].clip(min=1e-300)).sum(axis=1))
    agreed = np.logical_and.reduce([((probe > 0) == suggested) | ~changed for probe in probes]).all(axis=1)
    safe = safe_suggestions(score, flagged & agreed & (confidence >= _SAFE), trust)
    return MultilabelIssues(
        score, wrong.astype(np.float32), suggested, confidence.astype(np.float32), flagged, safe, evidence,
        float(score[known].mean()) if known.any() else 0.0,
    )  # fmt: skip


_FITS = (fit_conditional, fit_discriminants)


def _two_classes(probes: list[NDArray[np.float32]], c: int) -> list[NDArray[np.float32]]:
    """Logarithms of the probabilities that each probe gives to "without it" and "with it": float32 [n, 2] each."""
    there = [expit(probe[:, c]) for probe in probes]
    return [np.log(np.stack([1 - p, p], axis=1).clip(min=_FLOOR)).astype(np.float32) for p in there]


def _common_trust(models: dict[int, LabelNoise], have: NDArray[np.integer]) -> float:
    """How far the rates of all classes count: the root of the mean of theirs, by how many items have each.

    The mean itself, which is right for one class, is too low: that the doubts of many classes all hide noise of their
    own is less likely. Measured on planted errors, the root gives scores that are true.
    """
    weights = [float(have[c]) for c in models]
    return float(np.sqrt(np.average([m.trust for m in models.values()], weights=weights))) if models else 1.0
