"""Clusters in which a model errs more than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .slice_rates import excess


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
    rate : float array [clusters]
        Error rate to expect on other items of the cluster: the one seen, drawn towards that of all items as far as the
        clusters differ no more than chance makes them. The clusters that look worst are partly those with bad luck.
    weak : bool array [clusters]
        Whether that cannot be chance, with all clusters looked at.
    """

    size: NDArray[np.int64]
    errors: NDArray[np.int64]
    elsewhere: NDArray[np.float64]
    p_value: NDArray[np.float64]
    rate: NDArray[np.float64]
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
    Benjamini and Hochberg (1995), "Controlling the false discovery rate". Kleinman (1973), "Proportions with extraneous
    variance: single and independent samples": the moments of the beta distribution that rates are drawn towards.
    """
    size = np.bincount(clusters)
    errors = np.bincount(clusters, wrong, minlength=len(size)).astype(np.int64)
    others, other_errors = len(wrong) - size, wrong.sum() - errors
    elsewhere = other_errors / np.maximum(others, 1)
    p_value = excess(size, errors, others, other_errors)
    order = np.argsort(p_value, kind="stable")
    passed = np.flatnonzero(p_value[order] <= false_share * np.arange(1, len(order) + 1) / max(len(order), 1))
    weak = np.zeros(len(size), bool)
    weak[order[: passed[-1] + 1 if len(passed) else 0]] = True
    return WeakSpots(size, errors, elsewhere, p_value, shrunken_rates(size, errors), weak & (errors > 0) & (others > 0))


def shrunken_rates(size: NDArray[np.integer], errors: NDArray[np.integer]) -> NDArray[np.float64]:
    """Error rate of each cluster by an empirical Bayes estimate: float64 [clusters].

    The rates are taken to come from a beta distribution with the mean and, by its moments, the variance of those seen.
    """
    n, filled = size.sum(), size > 0
    mean = errors.sum() / max(n, 1)
    chance = mean * (1 - mean)
    if chance <= 0 or filled.sum() < 2:
        return np.full(len(size), float(mean))
    seen = float((size * (errors / np.maximum(size, 1) - mean) ** 2).sum())
    between = (seen - (filled.sum() - 1) * chance) / (n - (size**2).sum() / n)
    if between <= 0:
        return np.full(len(size), float(mean))
    mass = max(chance / between - 1, 0.0)
    return (errors + mass * mean) / (size + mass).clip(min=1e-12)
