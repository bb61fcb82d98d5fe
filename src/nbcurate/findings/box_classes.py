"""How likely the class of each box is wrong: by what a model detects there, and by what its crop looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import distinct_items
from ..collection.vector_set import VectorSet
from ..curate.label_issues import find_label_issues, wrong_score
from ..curate.label_noise import estimate_noise
from ..store.embeddings import Embeddings

#: No model is surer than that a class is out of the question.
_FLOOR = np.float32(1e-4)


@dataclass(frozen=True, eq=False)
class BoxClasses:
    """The classes of n boxes.

    Attributes
    ----------
    wrong : float64 array [n]
        How likely each is wrong; 0.5 is as likely as not.
    suggested : int array [n]
        The most probable class.
    votes : int array [n, 2] or None
        How many of the nearest crops have that class, and how many have one at all; None without vectors.
    embeddings : Embeddings or None
        The vectors of crops that were asked.
    """

    wrong: NDArray[np.float64]
    suggested: NDArray[np.integer]
    votes: NDArray[np.integer] | None = None
    embeddings: Embeddings | None = None

    def in_words(self, row: int) -> str:
        """What crops say of a box; nothing without vectors."""
        if self.votes is None:
            return ""
        said, near = self.votes[row].tolist()
        return f" ({said} of {near} crops like it are called so)"


def judge_classes(
    objects: VectorSet,
    codes: NDArray[np.integer],
    n_classes: int,
    evidence: NDArray[np.float32],
    encoder: str | None,
    seed: int,
    detected: bool,
) -> BoxClasses:
    """Judge classes by detections, by crops where they have vectors, or by both: then as one opinion more.

    Parameters
    ----------
    codes : int array [n]
        -1 for none.
    evidence : float32 array [n, n_classes]
        Probability of each class by detections alone.
    detected : bool
        Whether there are detections at all.
    """
    nothing = BoxClasses(np.zeros(len(codes)), codes)
    if n_classes < 2 or not len(codes):
        return nothing
    if encoder is not None or objects.store.embeddings():
        distinct = distinct_items(objects, encoder)
        issues = find_label_issues(
            distinct.vectors, *distinct.graph, codes[distinct.rows], n_classes,
            pred_probs=evidence[distinct.rows] if detected else None, seed=seed,
        )  # fmt: skip
        inverse = distinct.inverse
        wrong = np.where(codes >= 0, wrong_score(issues.probabilities[inverse], codes), 0.0)
        return BoxClasses(wrong, issues.suggested[inverse], issues.votes[inverse], distinct.embeddings)
    if not detected:
        return nothing
    logarithms = [np.log(evidence + _FLOOR)]
    noise = estimate_noise(logarithms, codes)
    probabilities = noise.true_class_probabilities(noise.class_probabilities(logarithms), codes)
    return BoxClasses(np.where(codes >= 0, wrong_score(probabilities, codes), 0.0), probabilities.argmax(axis=1))
