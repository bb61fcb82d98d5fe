"""A split by several classes an item: no group is cut, and sizes and classes keep their shares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbcurate.curate.class_labels import encode_labels
from nbcurate.curate.iterative_split import iterative_split

from ..several_labels import CLASSES, drawn

SHARES = st.sampled_from([(0.8, 0.2, 0.0), (0.7, 0.15, 0.15), (0.5, 0.5, 0.0), (1 / 3, 1 / 3, 1 / 3)])


@settings(max_examples=30, deadline=None)
@given(shares=SHARES, seed=st.integers(0, 99), n=st.integers(60, 300), tied=st.floats(0, 0.6))
def test_groups_stay_whole_and_classes_keep_their_shares(
    shares: tuple[float, ...], seed: int, n: int, tied: float
) -> None:
    rng = np.random.default_rng(seed)
    labels = encode_labels(drawn(n, seed)[1])
    groups = np.where(rng.random(n) < tied, rng.integers(0, n // 3, n), n + np.arange(n))
    part = iterative_split(groups, labels, rng.integers(0, 5, n), shares, seed=seed)
    assert all(len(set(part[groups == group])) == 1 for group in np.unique(groups))
    largest = np.bincount(np.unique(groups, return_inverse=True)[1]).max()
    for number, share in enumerate(shares):
        assert abs((part == number).sum() - share * n) <= largest + 1
        inside = labels.counts(part == number)
        assert np.all(np.abs(inside - share * labels.counts()) <= 2 + largest)


def test_classes_are_far_more_even_than_in_a_random_split() -> None:
    rng = np.random.default_rng(0)
    labels = encode_labels(drawn(600)[1])

    def error(part: np.ndarray) -> float:
        return float(np.abs(labels.counts(part == 1) / labels.counts() - 0.2).mean())

    ours = iterative_split(np.arange(600), labels, np.zeros(600, np.intp), (0.8, 0.2, 0.0))
    chance = np.mean([error((rng.random(600) < 0.2).astype(int)) for _ in range(20)])
    assert error(ours) < chance / 4


def test_one_seed_makes_one_split_and_every_part_gets_something() -> None:
    labels = encode_labels(drawn(80)[1])
    first, again = (iterative_split(np.arange(80), labels, np.zeros(80, np.intp), (0.8, 0.1, 0.1)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    few = iterative_split(np.arange(3), labels.take(np.arange(3)), np.zeros(3, np.intp), (0.9, 0.05, 0.05))
    assert sorted(few) == [0, 1, 2]
    assert len(iterative_split(np.arange(0), encode_labels([]), np.zeros(0, np.intp), (0.8, 0.2, 0.0))) == 0


def test_labels_as_arrays_are_what_they_were() -> None:
    lists = [["b", "a", "b"], [], None, ("c",), {"a"}]
    encoded = encode_labels(lists)
    assert encoded.names == ["a", "b", "c"]
    assert encoded.values().tolist() == [["a", "b"], [], None, ["c"], ["a"]]
    assert encoded.counts().tolist() == [2, 1, 1]
    assert encoded.take(np.array([4, 0])).values().tolist() == [["a"], ["a", "b"]]
    assert encoded.members.toarray().sum(axis=1).tolist() == [2, 0, 0, 1, 1]
    single = encode_labels(["x", None, "w"])
    assert single.single.tolist() == [1, -1, 0]
    assert single.values().tolist() == ["x", None, "w"]
    with pytest.raises(ValueError, match="no single one"):
        _ = encoded.single
    assert set(CLASSES) == set(encode_labels(drawn()[1]).names)
