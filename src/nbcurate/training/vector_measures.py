"""How good vectors are for classes: kNN, a linear probe, clusters, retrieval, on items that nothing was fitted to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..curate.agreement import clustering_agreement, knn_accuracy
from ..curate.class_scores import OneClass
from ..curate.classifier import Rows
from ..curate.linear_classifier import fit_linear_classifier
from ..curate.retrieval import retrieval_map

N_NEIGHBORS = 10
_SEEDS = 3  # of k-means, whose clusters differ by chance


def measure_vectors(
    held_out: NDArray[np.float32],
    codes: NDArray[np.integer],
    train: NDArray[np.float32],
    train_codes: NDArray[np.integer],
    *,
    seed: int = 0,
) -> dict[str, float]:
    """Measures of one encoder's vectors.

    Parameters
    ----------
    held_out, train : float32 array [n, d], [m, d]
        L2-normalised.
    codes, train_codes : int array [n], [m]
        Class of each, 0 or more.

    Returns
    -------
    dict of str to float
        ``knn_accuracy``: by the ten nearest of the other held-out items; ``probe_accuracy``: of logistic regression on
        the training items; ``nmi``: of as many k-means clusters as there are classes, with the classes, the mean of
        three seeds; ``retrieval_map``: see :func:`nbcurate.curate.retrieval.retrieval_map`. All of held-out items.
    """
    return {
        "knn_accuracy": knn_accuracy(_nearest(held_out), codes),
        "probe_accuracy": _probe_accuracy(held_out, codes, train, train_codes, seed),
        "nmi": float(np.mean([clustering_agreement(held_out, codes, seed=seed + n)[0] for n in range(_SEEDS)])),
        "retrieval_map": retrieval_map(held_out, codes, seed=seed),
    }


def _nearest(vectors: NDArray[np.float32]) -> NDArray[np.intp]:
    """Rows of the nearest others of each, nearest first."""
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    k = min(N_NEIGHBORS, len(vectors) - 1)
    return np.argpartition(-similarity, range(k), axis=1)[:, :k] if k else np.empty((len(vectors), 0), np.intp)


def _probe_accuracy(
    held_out: NDArray[np.float32],
    codes: NDArray[np.integer],
    train: NDArray[np.float32],
    train_codes: NDArray[np.integer],
    seed: int,
) -> float:
    import scipy.sparse as sp

    n_classes = 1 + int(max(codes.max(), train_codes.max()))
    targets = sp.csr_array(np.eye(n_classes, dtype=np.float32)[train_codes])
    rows = Rows(np.arange(len(train)), targets)
    fitted = fit_linear_classifier(
        train, rows, rows.take(np.empty(0, np.intp)), OneClass(), np.arange(len(train)), seed=seed
    )
    return float((fitted.head.scores(held_out).argmax(axis=1) == codes).mean())
