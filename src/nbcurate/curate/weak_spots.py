"""Clusters in which a model errs more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom


@dataclass(frozen=True, slots=True, eq=False)
class WeakSpots:
    """How a model fares in each cluster.

    Attributes
    ----------
    size, errors : int arrays [clusters]
    elsewhere : float array [clusters]
        Error rate outside the cluster.
    p_value : float array [clusters]
        Probability of so many errors or more at the rate elsewhere, as far as that is known: by the rule of succession,
        so that a single error among few rows is no proof.
    weak : bool array [clusters]
        Whether that cannot be chance, with all clusters looked at.
    """

    size: NDArray[np.int64]
    errors: NDArray[np.int64]
    elsewhere: NDArray[np.float64]
    p_value: NDArray[np.float64]
    weak: NDArray[np.bool_]


def find_weak_spots(clusters: NDArray[np.integer], wrong: NDArray[np.bool_], *, false_share: float = 0.05) -> WeakSpots:
    """Test every cluster for an error rate above that of the rest.

    Parameters
    ----------
    clusters : int array [n]
        From 0.
    wrong : bool array [n]
        Whether the model erred.
    false_share : float
        Share of the reported clusters that may be chance.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate".
    """
    size = np.bincount(clusters)
    errors = np.bincount(clusters, wrong, minlength=len(size)).astype(np.int64)
    others, other_errors = len(wrong) - size, wrong.sum() - errors
    elsewhere = other_errors / np.maximum(others, 1)
    p_value = np.asarray(binom.sf(errors - 1, size, (other_errors + 1) / (others + 2)))
    order = np.argsort(p_value, kind="stable")
    passed = np.flatnonzero(p_value[order] <= false_share * np.arange(1, len(order) + 1) / max(len(order), 1))
    weak = np.zeros(len(size), bool)
    weak[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return WeakSpots(size, errors, elsewhere, p_value, weak & (errors > 0))
