"""Where a model errs more than elsewhere: found where it is so, and not where chance, or a few pictures, explain it."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from nbcurate.curate.slice_rates import compare_slices, excess, holm


def pictures(seed: int, n: int, per_picture: int, alike: float) -> tuple[np.ndarray, np.ndarray]:
    """Errors of objects at a rate of 0.2; a share of the pictures errs in all of its objects, or in none."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n), per_picture)
    of_picture = np.repeat(rng.random(n) < 0.2, per_picture)
    together = np.repeat(rng.random(n) < alike, per_picture)
    return groups, np.where(together, of_picture, rng.random(len(groups)) < 0.2)


def slices_of_pictures(seed: int, groups: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Each picture is in one of the slices, by chance."""
    of_picture = np.random.default_rng(seed).integers(0, count, groups.max() + 1)
    return np.arange(len(groups)), of_picture[groups]


def test_chance_is_taken_for_chance_also_where_pictures_err_as_a_whole() -> None:
    found = 0
    for seed in range(100):
        groups, wrong = pictures(seed, 300, 6, alike=0.7)
        units, slices = slices_of_pictures(1000 + seed, groups, 20)
        found += bool((compare_slices(units, slices, 20, wrong, groups).lower > 0).any())
    assert found <= 10  # one in twenty, by its word


def test_a_part_that_is_worse_is_found_with_a_bound_below_the_truth() -> None:
    groups, wrong = pictures(0, 400, 5, alike=0.3)
    units, slices = slices_of_pictures(1, groups, 8)
    worse = (slices == 3) & (np.random.default_rng(2).random(len(slices)) < 0.5)
    rates = compare_slices(units, slices, 8, wrong | worse, groups)
    assert np.flatnonzero(rates.lower > 0).tolist() == [3]
    assert rates.chance[3] < 0.001
    assert 0.15 < rates.lower[3] < 0.4  # it is 0.4 worse
    assert rates.errors[3] == (wrong | worse)[slices == 3].sum()


def test_many_errors_on_one_picture_are_one_proof() -> None:
    groups = np.repeat(np.arange(100), 10)
    wrong = (groups < 2) | (np.arange(1000) % 10 == 0)
    rates = compare_slices(np.arange(1000), (groups < 4).astype(int), 2, wrong, groups)
    assert rates.errors[1] > 20
    assert rates.lower[1] < 0
    alone = compare_slices(np.arange(1000), (groups < 4).astype(int), 2, wrong, np.arange(1000))
    assert alone.lower[1] > 0


def test_probabilities_are_those_of_the_binomial_distribution() -> None:
    size, errors = np.array([10, 50, 3]), np.array([4, 9, 0])
    expected = binom.sf(errors - 1, size, (11 + 1) / (100 + 2))
    assert np.allclose(excess(size, errors, np.array([100] * 3), np.array([11] * 3)), expected)
    assert holm(np.array([0.01, 0.04, 0.03])).tolist() == [0.03, 0.06, 0.06]
