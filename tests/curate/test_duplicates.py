"""Groups of copies: bounded, relative to the data, kept by priority."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nbcurate.curate.calibration import threshold_for_precision
from nbcurate.curate.copies import Relation
from nbcurate.curate.duplicates import CopyPairs, find_near_vectors, near_pairs, reference_distance, star_cover

Vectors = NDArray[np.float32]


def graph_of(vectors: Vectors, k: int = 15) -> tuple[NDArray[np.int32], Vectors]:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1)[:, :k]
    return order.astype(np.int32), np.take_along_axis(similarity, order, axis=1).astype(np.float32)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def vectors() -> Vectors:
    """200 directions, and near-copies of the first ten as rows 200 to 209."""
    rng = np.random.default_rng(0)
    base = rng.normal(size=(200, 32))
    return unit(np.concatenate([base, base[:10] + 0.02 * rng.normal(size=(10, 32))]))


def pairs_of(*rows: tuple[int, int]) -> CopyPairs:
    m = len(rows)
    ends = np.array(rows, np.int32).reshape(-1, 2)
    return CopyPairs(ends, np.zeros(m, np.float32), np.ones(m, np.float32), np.full(m, Relation.ALIKE))


def test_planted_copies_are_the_pairs(vectors: Vectors) -> None:
    found = find_near_vectors(*graph_of(vectors))
    assert {tuple(pair) for pair in found.rows.tolist()} == {(i, 200 + i) for i in range(10)}
    assert (found.likeness > 0.9).all()
    assert (found.relation == Relation.ALIKE).all()


def test_the_default_is_relative_to_the_data(vectors: Vectors) -> None:
    squeezed = unit(vectors + 40 * vectors[50])  # an encoder whose vectors all point the same way
    found = find_near_vectors(*graph_of(squeezed))
    assert {tuple(pair) for pair in found.rows.tolist()} == {(i, 200 + i) for i in range(10)}


def test_a_threshold_is_a_cosine_distance(vectors: Vectors) -> None:
    assert len(find_near_vectors(*graph_of(vectors), threshold=0.0).rows) == 0
    wide = find_near_vectors(*graph_of(vectors), threshold=0.6)
    assert len(wide.rows) > 10
    assert wide.distance.max() <= 0.6


def test_each_pair_comes_once() -> None:
    neighbors = np.array([[1, 2], [0, -1], [0, 1]], np.int32)
    similarity = np.array([[0.9, 0.8], [0.9, -np.inf], [0.8, 0.1]], np.float32)
    rows, distance = near_pairs(neighbors, similarity, 0.3)
    assert rows.tolist() == [[0, 1], [0, 2]]
    assert distance == pytest.approx([0.1, 0.2])


def test_half_of_the_data_being_copies_does_not_move_the_reference() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(size=(150, 32))
    alone = reference_distance(graph_of(unit(base))[1])
    doubled = unit(np.concatenate([base, base + 0.01 * rng.normal(size=base.shape)]))
    assert reference_distance(graph_of(doubled)[1]) > 0.7 * alone


def test_a_chain_does_not_become_one_group() -> None:
    chain = star_cover(6, pairs_of((0, 1), (1, 2), (2, 3), (3, 4), (4, 5)))
    members = [np.flatnonzero(chain.group == g) for g in range(chain.group.max() + 1)]
    assert all(np.ptp(rows) <= 2 for rows in members)
    for row in range(6):
        assert abs(int(chain.representative[row]) - row) <= 1


def test_the_best_one_is_kept() -> None:
    groups = star_cover(4, pairs_of((0, 1), (0, 2), (1, 2)), priority=np.array([0.0, 5.0, 1.0, 9.0]))
    assert groups.representative.tolist() == [1, 1, 1, 3]
    assert groups.group.tolist() == [0, 0, 0, -1]
    assert groups.pair.tolist() == [0, -1, 2, -1]


def test_who_is_kept_is_a_copy_of_all() -> None:
    groups = star_cover(3, pairs_of((0, 1), (1, 2)), priority=np.array([9.0, 0.0, 5.0]))
    assert groups.representative.tolist() == [1, 1, 1]


def test_nothing_to_compare() -> None:
    empty = find_near_vectors(np.empty((0, 0), np.int32), np.empty((0, 0), np.float32))
    assert len(empty.rows) == 0
    assert star_cover(0, empty).group.shape == (0,)


def test_a_threshold_from_judged_examples() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    positive = np.array([True, True, False, True, True, False])
    assert threshold_for_precision(scores, positive, 1.0) == (pytest.approx(0.75), 0.5)
    assert threshold_for_precision(scores, positive, 0.75) == (pytest.approx(0.45), 1.0)
    assert threshold_for_precision(-scores, positive, 0.9) == (np.inf, 0.0)
