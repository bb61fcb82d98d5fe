"""Error rates of clusters: what is claimed holds on fresh items, though the worst are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from nbcurate.curate.weak_spots import find_weak_spots, shrunken_rates


def test_the_claimed_error_of_chosen_clusters_holds_on_fresh_items() -> None:
    rng = np.random.default_rng(0)
    claimed, seen, fresh = [], [], []
    for _ in range(60):
        true = rng.beta(2, 10, 40)
        clusters = np.repeat(np.arange(40), 50)
        spots = find_weak_spots(clusters, rng.random(2_000) < true[clusters])
        claimed += spots.rate[spots.weak].tolist()
        seen += (spots.errors / spots.size)[spots.weak].tolist()
        fresh += true[spots.weak].tolist()
    assert np.mean(seen) - np.mean(fresh) > 0.02
    assert np.mean(claimed) == pytest.approx(np.mean(fresh), abs=0.01)


def test_clusters_that_do_not_differ_have_the_mean() -> None:
    assert shrunken_rates(np.array([50, 50, 0]), np.array([5, 5, 0])).tolist() == [0.1, 0.1, 0.1]
    assert shrunken_rates(np.array([20]), np.array([4])).tolist() == [0.2]
    assert shrunken_rates(np.array([30, 30]), np.array([0, 0])).tolist() == [0.0, 0.0]
    apart = shrunken_rates(np.array([500, 500]), np.array([5, 400]))
    assert apart == pytest.approx([0.01, 0.8], abs=0.02)
