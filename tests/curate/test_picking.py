"""Picks over arrays: what each algorithm promises, checked against the definition of its objective."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from nbcurate.curate import balance, coverage, diversity, labelling

from .test_clustering import neighbours, unit


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    pixels, digit = load_digits(return_X_y=True)
    return unit(np.asarray(pixels))[:600], np.asarray(digit)[:600]


def objective(graph: np.ndarray, picks: np.ndarray) -> float:
    return float(graph[:, picks].max(axis=1).sum())


def test_lazy_greedy_picks_as_plain_greedy_does(digits: tuple[np.ndarray, np.ndarray]) -> None:
    graph = diversity.similarity_graph(*neighbours(digits[0]))
    dense = graph.toarray()
    picks = diversity.facility_location(graph, 30)
    best, plain = np.zeros(len(dense)), []
    for _ in range(30):
        plain.append(int(np.maximum(dense - best[:, None], 0).sum(axis=0).argmax()))
        best = np.maximum(best, dense[:, plain[-1]])
    assert objective(dense, picks.rows) >= objective(dense, np.array(plain)) * 0.999
    assert picks.gains.sum() == pytest.approx(objective(dense, picks.rows), rel=1e-4)
    assert (np.diff(picks.gains) <= 1e-9).all()
    random = np.random.default_rng(0).choice(len(dense), 30, replace=False)
    assert objective(dense, picks.rows) > 1.3 * objective(dense, random)


@pytest.mark.parametrize("method", ["facility_location", "k_center", "hierarchical_sample"])
def test_each_row_once_prefixes_nest_and_kept_rows_are_not_picked(
    method: str, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    vectors = digits[0][:200]
    data = diversity.similarity_graph(*neighbours(vectors)) if method == "facility_location" else vectors
    pick = getattr(diversity, method)
    everything = pick(data, 500)
    assert sorted(everything.rows) == list(range(200))
    if method != "hierarchical_sample":  # its clusters depend on the budget
        np.testing.assert_array_equal(pick(data, 20).rows, everything.rows[:20])
    kept = everything.rows[:50]
    more = pick(data, 30, keep=kept)
    assert not set(more.rows) & set(kept)
    assert len(more.rows) == 30


def test_k_center_takes_the_farthest_however_few_it_looks_at(
    digits: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = digits[0][:300]
    monkeypatch.setattr(diversity, "_FARTHEST", 16)
    picks = diversity.k_center(vectors, 100)
    for place in range(1, 100):
        distance = 1 - (vectors @ vectors[picks.rows[:place]].T).max(axis=1)
        assert distance[picks.rows[place]] == pytest.approx(distance.max(), abs=1e-6)
        assert picks.gains[place] == pytest.approx(distance.max(), abs=1e-6)


def test_k_center_is_within_twice_the_least_radius(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors = digits[0]
    picks = diversity.k_center(vectors, 40)
    radius = coverage.nearest_pick(vectors, vectors[picks.rows]).max()
    random = [coverage.nearest_pick(vectors, vectors[np.random.default_rng(i).choice(600, 40)]).max() for i in range(5)]
    assert radius < min(random)
    assert (np.diff(picks.gains[1:]) <= 1e-6).all()


def test_hierarchical_sampling_takes_from_every_group_before_it_takes_twice() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2, 3], [300, 60, 20, 8])
    vectors = unit(np.eye(4, 16)[group] + 0.05 * rng.normal(size=(len(group), 16)))
    picks = diversity.hierarchical_sample(vectors, 16)
    assert set(group[picks.rows]) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("capacity", "n", "shares", "expected"),
    [
        ([10, 10, 10], 9, None, [3, 3, 3]),
        ([2, 10, 10], 12, None, [2, 5, 5]),
        ([10, 10, 10], 10, None, [4, 3, 3]),
        ([1, 1, 50], 100, None, [1, 1, 50]),
        ([10, 10, 10], 8, [1, 3, 0], [2, 6, 0]),
        ([1, 10, 10], 8, [1, 1, 0], [1, 7, 0]),
        ([], 5, None, []),
        ([0, 3], 2, None, [0, 2]),
    ],
)
def test_water_fill(capacity: list[int], n: int, shares: list[float] | None, expected: list[int]) -> None:
    assert balance.water_fill(np.array(capacity, int), n, shares).tolist() == expected


def test_balanced_is_even_over_classes_and_over_the_looks_within() -> None:
    rng = np.random.default_rng(0)
    look = np.repeat(np.arange(4), [180, 20, 70, 30])
    classes = np.repeat([0, 1], [200, 100])
    vectors = unit(np.eye(4, 16)[look] + 0.2 * rng.normal(size=(300, 16)))
    graph = diversity.similarity_graph(*neighbours(vectors))
    picks = balance.balanced(graph, classes, look, 40)
    assert np.bincount(look[picks.rows]).tolist() == [10, 10, 10, 10]
    assert np.bincount(classes[picks.rows[:10]]).tolist() == [5, 5]
    given = balance.balanced(graph, classes, look, 40, shares=np.array([3.0, 1.0]))
    assert np.bincount(classes[given.rows]).tolist() == [30, 10]


def test_counts_are_balanced_by_their_sums(digits: tuple[np.ndarray, np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    counts = rng.poisson([3.0, 0.5, 0.1], size=(600, 3))
    picks = balance.balanced_counts(counts, *neighbours(digits[0]), 50)
    assert len(set(picks.rows)) == 50
    chosen, random = counts[picks.rows].sum(axis=0), counts[:50].sum(axis=0)
    assert coverage.evenness(chosen) > 0.95 > 0.6 > coverage.evenness(random)
    assert (counts[picks.rows].sum(axis=1) > 0).all()


def test_measures_on_cases_worked_out_by_hand() -> None:
    axes = np.eye(4, dtype=np.float32)
    assert coverage.vendi_score(axes) == pytest.approx(4)
    assert coverage.vendi_score(axes[[0, 0, 0, 0]]) == pytest.approx(1)
    assert coverage.vendi_score(axes[[0, 0, 1, 1]]) == pytest.approx(2)
    np.testing.assert_allclose(coverage.nearest_pick(axes, axes[:2]), [0, 0, 1, 1])
    assert coverage.evenness(np.array([5, 5])) == pytest.approx(1)
    assert coverage.evenness(np.array([5, 0])) == 0
    assert np.isnan(coverage.evenness(np.array([0, 0])))
    assert coverage.imbalance_ratio(np.array([6, 2])) == 3
    assert coverage.imbalance_ratio(np.array([6, 0, 4])) == 1.5
    assert np.isnan(coverage.imbalance_ratio(np.array([0, 0])))
    rows, similarity = np.array([[1], [0], [0]], np.int32), np.array([[0.99], [0.99], [0.5]], np.float32)
    assert coverage.redundancy(rows, similarity, 0.05, np.array([1, 1, 1])) == pytest.approx(2 / 3)
    assert coverage.redundancy(rows, similarity, 0.05, np.array([1, 0, 1])) == 0
    assert coverage.redundancy(rows, similarity, 0.05, np.array([1, 0, 3])) == pytest.approx(3 / 4)
    classes, clusters = np.array([0, 0, 0, 1]), np.array([0, 1, 0, 0])
    assert coverage.within_class_evenness(classes, clusters, np.array([True, True, False, True])) == pytest.approx(1)
    assert coverage.within_class_evenness(classes, clusters, np.array([True, False, True, True])) == 0


def test_typical_items_are_labelled_first_and_uncertain_ones_do_not_crowd(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    vectors = digits[0]
    rows, similarity = neighbours(vectors)
    graph = diversity.similarity_graph(rows, similarity)
    density = labelling.typicality(similarity)
    picks = labelling.typical_first(graph, similarity, 20).rows
    assert density[picks].mean() > 1.1 * density.mean()
    doubt = np.zeros(600)
    doubt[rows[0]] = 1
    doubt[300] = 1
    picks = labelling.uncertain_and_different(graph, doubt, 2).rows
    assert 300 in picks or 300 in rows[picks]


def test_very_few_vectors() -> None:
    for n in (0, 1, 2):
        vectors = np.eye(4, dtype=np.float32)[:n]
        graph = diversity.similarity_graph(*neighbours(vectors))
        assert len(diversity.facility_location(graph, 5).rows) == n
        assert len(diversity.k_center(vectors, 5).rows) == n
        assert len(diversity.hierarchical_sample(vectors, 5).rows) == n
        assert len(balance.balanced(graph, np.zeros(n, int), np.zeros(n, int), 5).rows) == n
