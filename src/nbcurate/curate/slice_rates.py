"""How often a model errs in each of many parts of the data, against the rest, and what of that chance may explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class SliceRates:
    """How a model fares in each of s slices: arrays [s].

    Attributes
    ----------
    support, errors : int64
    rate, elsewhere : float64
        Share of errors in the slice, and outside of it.
    lower : float64
        What ``rate - elsewhere`` is at least, of all slices at once, but for one time in twenty.
    chance : float64
        Probability of so many errors by chance, with all slices looked at.
    """

    support: NDArray[np.int64]
    errors: NDArray[np.int64]
    rate: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    lower: NDArray[np.float64]
    chance: NDArray[np.float64]


def excess(size: Numbers, errors: Numbers, others: Numbers, other_errors: Numbers) -> NDArray[np.float64]:
    """Probability of so many errors or more at the rate among the others, as far as that is known: float64 [s].

    The rate is taken by the rule of succession, so that a single error among few is no proof. Sizes may be fractions.
    """
    rate = (other_errors + 1) / (others + 2)
    return np.where(errors > 0, betainc(np.maximum(errors, 1e-12), np.maximum(size - errors, 0) + 1, rate), 1.0)


def compare_slices(
    units: NDArray[np.integer],
    slices: NDArray[np.integer],
    count: int,
    wrong: NDArray[np.bool_],
    groups: NDArray[np.integer],
    *,
    risk: float = 0.05,
) -> SliceRates:
    """Compare the error rate of each slice with that of what is not in it.

    What lies on one picture errs together: twenty misses on two pictures are no twenty proofs. So each slice counts for
    as many units as its errors would vary like, were they on pictures of their own.

    Parameters
    ----------
    units, slices : int arrays [p]
        Pairs: which of the n units is in which of the slices. A unit may be in several.
    count : int
        How many slices there are.
    wrong : bool array [n]
    groups : int array [n]
        Such as the picture that each unit is on.
    risk : float
        Probability that any of the bounds is too high.

    References
    ----------
    Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data": the bounds of Clopper and Pearson (1934) with the units that count. Newcombe (1998),
    "Interval estimation for the difference between independent proportions": the bound of the difference. Bonferroni:
    all slices at once. Holm (1979): the probabilities.
    """
    n, total = len(wrong), int(wrong.sum())
    support = np.bincount(slices, minlength=count)
    errors = np.bincount(slices, wrong[units], minlength=count)
    others, other_errors = n - support, total - errors
    rate, elsewhere = errors / np.maximum(support, 1), other_errors / np.maximum(others, 1)
    inside, outside = _effective(units, slices, count, wrong, groups, rate, elsewhere)
    p_value = excess(inside, rate * inside, outside, elsewhere * outside)
    p_value = np.where((support > 0) & (others > 0), p_value, 1.0)
    low, _ = _bounds(rate, inside, risk / max(count, 1))
    _, high = _bounds(elsewhere, outside, risk / max(count, 1))
    lower = rate - elsewhere - np.hypot(rate - low, high - elsewhere)
    lower = np.where((support > 0) & (others > 0), lower, -1.0)
    return SliceRates(support, errors.astype(np.int64), rate, elsewhere, lower, holm(p_value))


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of chance with all of them looked at (Holm 1979): float64 [s]."""
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0) if len(scaled) else scaled
    return adjusted


def _bounds(rate: NDArray[np.float64], size: Numbers, risk: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Between what the rates may lie that those seen come of: each end is wrong with a probability of ``risk``."""
    errors, right = rate * size, (1 - rate) * size
    low = np.where(errors > 0, betaincinv(np.maximum(errors, 1e-12), right + 1, risk), 0.0)
    high = np.where(right > 0, betaincinv(errors + 1, np.maximum(right, 1e-12), 1 - risk), 1.0)
    return low, high


def _effective(
    units: NDArray[np.integer], slices: NDArray[np.integer], count: int, wrong: NDArray[np.bool_],
    groups: NDArray[np.integer], rate: NDArray[np.float64], elsewhere: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """How many units of their own each slice, and what is outside of it, counts for: float64 [s] each."""
    _, group = np.unique(groups, return_inverse=True)
    n_groups = int(group.max(initial=-1)) + 1
    size = np.bincount(group, minlength=n_groups).astype(float)
    bad = np.bincount(group, wrong.astype(float), minlength=n_groups)
    pairs, at = np.unique(slices.astype(np.int64) * max(n_groups, 1) + group[units], return_inverse=True)
    of_slice, of_group = pairs // max(n_groups, 1), pairs % max(n_groups, 1)
    here = np.bincount(at, minlength=len(pairs)).astype(float)
    bad_here = np.bincount(at, wrong[units], minlength=len(pairs))
    alike = _alike(size, bad)

    def summed(values: Numbers) -> NDArray[np.float64]:
        return np.asarray(np.bincount(of_slice, values, minlength=count), np.float64)

    touched = np.bincount(of_slice, minlength=count).astype(float)
    support = summed(here)
    squares = summed((bad_here - rate[of_slice] * here) ** 2)
    inside = _deflated(support, rate, squares, touched, summed(here**2), alike)
    q = elsewhere[of_slice]
    rest, bad_rest = size[of_group] - here, bad[of_group] - bad_here
    change = summed((bad_rest - q * rest) ** 2 - (bad[of_group] - q * size[of_group]) ** 2)
    whole = (bad * bad).sum() - 2 * elsewhere * (bad * size).sum() + elsewhere**2 * (size**2).sum()
    many = (size**2).sum() + summed(rest**2 - size[of_group] ** 2)
    left = n_groups - summed((rest == 0).astype(float))
    outside = _deflated(
        len(wrong) - support, elsewhere, np.maximum(whole + change, 0), left, np.maximum(many, 0), alike
    )
    return inside, outside


def _alike(size: Numbers, bad: Numbers) -> float:
    """How alike units of one group are, from 0 (not at all) to 1: the correlation inside of groups, of all of them."""
    n, groups = size.sum(), len(size)
    rate = bad.sum() / max(n, 1)
    chance, mean_size = rate * (1 - rate), (size**2).sum() / max(n, 1)
    if groups < 2 or chance <= 0 or mean_size <= 1:
        return 0.0
    seen = groups / (groups - 1) * ((bad - rate * size) ** 2).sum() / (n * chance)
    return float(np.clip((seen - 1) / (mean_size - 1), 0, 1))


def _deflated(
    size: Numbers, rate: NDArray[np.float64], squares: Numbers, groups: Numbers, squared_sizes: Numbers, alike: float
) -> NDArray[np.float64]:  # fmt: skip
    """Sizes by what groups make of their variance: as seen, and at least as groups of that size do everywhere."""
    chance = size * rate * (1 - rate)
    factor = groups / np.maximum(groups - 1, 1)
    seen = np.divide(factor * squares, chance, out=np.ones(len(size)), where=chance > 0)
    expected = 1 + (squared_sizes / np.maximum(size, 1) - 1) * alike
    return size / np.maximum(np.maximum(seen, expected), 1.0)
