"""How strong a projection may be that judged pairs teach: as strong as tells pairs apart that it was not made from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from .metric_projection import UNCHANGED, ProjectionFamily, Strength
from .projection_strength import CAUTIOUS, STRENGTHS
from .scatter import pair_scatter

_FOLDS = 5


@threadpool_limits.wrap(limits=1)
def choose_for_pairs(
    vectors: NDArray[np.float32], pairs: NDArray[np.intp], alike: NDArray[np.bool_], *, seed: int = 0
) -> tuple[Strength, dict[Strength, float]]:
    """The strength that tells pairs apart best that it was not made from: with it the share told apart, by strength.

    That is the chance that an alike pair has a higher cosine than an unlike one (the area under the ROC curve), in the
    mean over folds of the pairs. ``UNCHANGED`` where none is better than the vectors as they are.

    Parameters
    ----------
    vectors : float32 array [n, d]
    pairs : int array [m, 2]
        Rows.
    alike : bool array [m]
    """
    fold = np.empty(len(alike), int)
    shuffled = np.random.default_rng(seed).permutation(len(alike))
    order = shuffled[np.argsort(alike[shuffled], kind="stable")]
    fold[order] = np.arange(len(alike)) % _FOLDS
    strengths = (UNCHANGED, *STRENGTHS)
    told: dict[Strength, list[float]] = {strength: [] for strength in strengths}
    for number in range(_FOLDS):
        inside, outside = fold != number, fold == number
        if not all(part.any() and not part.all() for part in (alike[inside], alike[outside])):
            continue
        family = ProjectionFamily(pair_scatter(vectors, pairs[inside], alike[inside]))
        for strength in strengths:
            told[strength].append(told_apart(family.at(strength).transform, vectors, pairs[outside], alike[outside]))
    means = {strength: float(np.mean(shares)) if shares else float("nan") for strength, shares in told.items()}
    if not np.isfinite(means[UNCHANGED]):
        return CAUTIOUS[0], means
    return max(strengths, key=lambda strength: means[strength]), means


def told_apart(
    transform: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    vectors: NDArray[np.float32],
    pairs: NDArray[np.intp],
    alike: NDArray[np.bool_],
) -> float:
    """The chance that an alike pair has a higher cosine than an unlike one, under a projection of the vectors.

    nan where all pairs are alike, or none.
    """
    from sklearn.metrics import roc_auc_score

    if alike.all() or not alike.any():
        return float("nan")
    first, second = (transform(np.asarray(vectors[pairs[:, side]])) for side in (0, 1))
    return float(roc_auc_score(alike, np.einsum("ij,ij->i", first, second)))
