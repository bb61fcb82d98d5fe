"""The best of many products: all of them, in order, whatever came first."""

from __future__ import annotations

import numpy as np
import pytest

from nbcurate.search.shortlist import Shortlist


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
@pytest.mark.parametrize("n_names", [400, 16_000_000])
def test_the_best_are_kept_in_order_and_the_row_itself_is_not(dtype: type, n_names: int) -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(-1, 1, (50, 400)) if dtype == np.float32 else rng.integers(-900_000, 900_000, (50, 400))
    scores = scores.astype(dtype)
    names = rng.permutation(n_names)[:400].astype(np.int32)
    own = names[rng.integers(0, 400, 50)]
    best = Shortlist(50, 9, n_names)
    for start in range(0, 400, 57):
        part = slice(start, start + 57)
        best.offer(np.arange(50, dtype=np.int32), scores[:, part], names[part], own)
        if start % 2:
            best.settle()
    best.settle()
    others = np.where(names == own[:, None], -np.inf, scores)
    assert np.array_equal(best.names(), names[np.argsort(-others, axis=1)[:, :9]])


def test_where_little_was_offered_there_is_no_more() -> None:
    best = Shortlist(2, 4, 100)
    best.offer(np.array([1], np.int32), np.array([[5, 7]], np.int32), np.array([30, 40], np.int32), np.array([9]))
    best.settle()
    assert best.names().tolist() == [[-1, -1, -1, -1], [40, 30, -1, -1]]
