"""Picks over arrays: what each algorithm promises, checked against the definition of its objective."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_digits

from nbcurate.curate import balance, coverage, diversity, facility_location, labelling
from nbcurate.curate.clustering import cluster
from nbcurate.curate.quality import shows_too_little

from .test_clustering import neighbours, unit


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    pixels, digit = load_digits(return_X_y=True)
    return unit(np.asarray(pixels))[:600], np.asarray(digit)[:600]


def objective(graph: np.ndarray, picks: np.ndarray) -> float:
    return float(graph[:, picks].max(axis=1).sum())


def test_lazy_greedy_picks_as_plain_greedy_does(digits: tuple[np.ndarray, np.ndarray]) -> None:
    graph = facility_location.similarity_graph(*neighbours(digits[0]))
    dense = graph.toarray()
    picks = facility_location.facility_location(graph, 30)
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
    graph = facility_location.similarity_graph(*neighbours(vectors))
    data = graph if method == "facility_location" else vectors
    pick = facility_location.facility_location if method == "facility_location" else getattr(diversity, method)
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


def mixed_looks() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors of two classes with a usual look and an odd one each: with 180 and 20, and 70 and 30 items."""
    rng = np.random.default_rng(0)
    look = np.repeat(np.arange(4), [180, 20, 70, 30])
    vectors = unit(np.eye(4, 16)[look] + 0.2 * rng.normal(size=(300, 16)))
    return vectors, np.repeat([0, 1], [200, 100]), look


def test_even_is_even_over_classes_and_over_the_looks_within() -> None:
    vectors, classes, look = mixed_looks()
    graph = facility_location.similarity_graph(*neighbours(vectors))
    picks = balance.balanced_even(graph, classes, look, 40)
    assert np.bincount(look[picks.rows]).tolist() == [10, 10, 10, 10]
    assert np.bincount(classes[picks.rows[:10]]).tolist() == [5, 5]
    given = balance.balanced_even(graph, classes, look, 40, shares=np.array([3.0, 1.0]))
    assert np.bincount(classes[given.rows]).tolist() == [30, 10]


def graph_of(vectors: np.ndarray) -> sp.csr_matrix:
    return facility_location.similarity_graph(*neighbours(vectors))


def test_typical_is_even_over_classes_and_takes_the_usual_looks_of_each_more_often() -> None:
    vectors, classes, look = mixed_looks()
    picks = balance.balanced_typical(vectors, neighbours(vectors)[0], classes, 40, graph_of=graph_of)
    assert np.bincount(classes[picks.rows]).tolist() == [20, 20]
    assert np.bincount(classes[picks.rows[:10]]).tolist() == [5, 5]
    of_look = np.bincount(look[picks.rows])
    assert of_look[0] >= 2 * of_look[1] >= 2
    assert of_look[2] > of_look[3] >= 1
    given = balance.balanced_typical(
        vectors, neighbours(vectors)[0], classes, 40, shares=np.array([3.0, 1.0]), graph_of=graph_of
    )
    assert np.bincount(classes[given.rows]).tolist() == [30, 10]


def test_what_is_typical_is_hardly_ever_a_wrong_label(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, digit = digits
    rng = np.random.default_rng(0)
    wrong = rng.random(600) < 0.15
    labels = np.where(wrong, (digit + rng.integers(1, 10, 600)) % 10, digit)
    rows = neighbours(vectors)[0]
    picks = balance.balanced_typical(vectors, rows, labels, 30, graph_of=graph_of).rows
    assert wrong[picks].mean() <= 0.05
    looks = cluster(vectors, *neighbours(vectors))[0].labels
    assert wrong[picks].mean() < wrong[balance.balanced_even(graph_of(vectors), labels, looks, 30).rows].mean()


def test_items_without_a_neighbour_of_their_class_are_picked_when_it_is_their_turn() -> None:
    vectors = unit(np.eye(8)[[0] * 20 + [1] * 4] + 0.01 * np.random.default_rng(0).normal(size=(24, 8)))
    classes = np.array([0] * 18 + [1] * 6)  # two of class 1 lie among the first twenty, alone of their class
    rows = neighbours(vectors, k=5)[0]
    picks = balance.balanced_typical(vectors, rows, classes, 24, graph_of=graph_of).rows
    assert sorted(picks) == list(range(24))
    few = balance.balanced_typical(vectors, rows, classes, 4, graph_of=graph_of).rows
    assert len(set(few) & {18, 19}) == 1
    unknown = np.where(classes == 1, -1, 0)
    assert set(balance.balanced_typical(vectors, rows, unknown, 24, graph_of=graph_of).rows) == set(range(18))


def test_purity_counts_neighbours_of_known_class_and_the_item_itself() -> None:
    rows = np.array([[1, 2, 3], [0, 2, -1], [3, -1, -1], [-1, -1, -1], [0, 1, 2]], np.int32)
    classes = np.array([0, 0, 1, -1, 1])
    np.testing.assert_allclose(balance.class_purity(rows, classes)[[0, 1, 2, 4]], [2 / 3, 2 / 3, 1, 2 / 4])


def test_of_more_items_than_can_be_compared_in_pairs_a_sample_and_the_graph_serve(
    digits: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = digits[0]
    everything = facility_location.facility_location_of_pairs(vectors, 60)
    cosine = np.maximum(vectors @ vectors.T, 0)
    monkeypatch.setattr(facility_location, "ALL_PAIRS", 200)
    monkeypatch.setattr(facility_location, "_OF_SAMPLE", 20)
    asked = []

    def graph() -> sp.csr_matrix:
        asked.append(1)
        return graph_of(vectors)

    picks = facility_location.representatives(vectors, 60, graph=graph)
    assert len(set(picks.rows)) == 60
    assert objective(cosine, picks.rows) > 0.99 * objective(cosine, everything.rows)
    assert asked == [1]
    np.testing.assert_array_equal(facility_location.representatives(vectors, 15, graph=graph).rows, picks.rows[:15])
    assert asked == [1], "the graph is made only where it is needed"
    more = facility_location.representatives(vectors, 1000, graph=graph, keep=picks.rows)
    assert sorted([*picks.rows, *more.rows]) == list(range(600))
    few = np.zeros(600)
    few[[3, 77, 500]] = 1
    assert set(facility_location.representatives(vectors, 3, graph=graph, weights=few).rows) == {3, 77, 500}


def test_over_all_pairs_it_is_greedy_and_starts_with_the_medoid(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors = digits[0]
    cosine = np.maximum(vectors @ vectors.T, 0)
    picks = facility_location.facility_location_of_pairs(vectors, 20)
    assert picks.rows[0] == cosine.sum(axis=0).argmax()
    best = np.zeros(600)
    for row, gain in zip(picks.rows, picks.gains, strict=True):
        gains = np.maximum(cosine - best[:, None], 0).sum(axis=0)
        assert gains[row] == pytest.approx(gains.max(), rel=1e-4)
        assert gain == pytest.approx(gains.max(), rel=1e-4)
        best = np.maximum(best, cosine[:, row])


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


def test_uncertain_items_are_labelled_and_do_not_crowd(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors = digits[0]
    rows = neighbours(vectors)[0]
    doubt = np.zeros(600)
    doubt[rows[0]] = 1
    doubt[300] = 1
    picks = labelling.uncertain_and_different(vectors, doubt, 2, graph=lambda: graph_of(vectors)).rows
    assert 300 in picks or 300 in rows[picks]
    assert len(set(picks) & set(rows[0])) == 1
    sure = np.where(doubt > 0, 0.9, 0.1)  # the model is a little unsure of all the others
    mostly = labelling.uncertain_and_different(vectors, sure, 8, graph=lambda: graph_of(vectors)).rows
    evenly = facility_location.facility_location_of_pairs(vectors, 8).rows
    assert doubt[mostly].sum() > doubt[evenly].sum()
    labelled = np.flatnonzero(doubt)[:10]
    assert not set(labelled) & set(
        labelling.uncertain_and_different(vectors, doubt, 20, graph=lambda: graph_of(vectors), labelled=labelled).rows
    )


@pytest.mark.parametrize(
    ("values", "limit", "bad"),
    [
        ([200.0] * 40 + [16.0], 32, [40]),  # an icon among photographs
        ([28.0] * 41, 32, []),  # digits
        ([28.0] * 40 + [27.0], 32, []),  # a digit that is a little smaller
        ([0.003, 0.004, 0.006, 0.008, 0.01, 0.012] * 8, 0.02, []),  # dark fields under a microscope
        ([0.1, 0.15, 0.2, 0.25] * 10 + [0.001, np.nan], 0.02, [40]),  # a lens cap among photographs
        ([0.1, 0.15, 0.2, 0.25] * 10 + [0.03], 0.02, []),  # the flattest of them, which shows something
        ([0.0] * 20, 0.02, []),
        ([], 0.02, []),
    ],
)
def test_low_quality_is_what_shows_nothing_and_is_an_outlier(values: list[float], limit: float, bad: list[int]) -> None:
    assert np.flatnonzero(shows_too_little(np.array(values, float), limit)).tolist() == bad


def test_very_few_vectors() -> None:
    for n in (0, 1, 2):
        vectors = np.eye(4, dtype=np.float32)[:n]
        graph = facility_location.similarity_graph(*neighbours(vectors))
        assert len(facility_location.facility_location(graph, 5).rows) == n
        assert len(facility_location.representatives(vectors, 5, graph=lambda: graph_of(np.eye(2))).rows) == n
        assert len(diversity.k_center(vectors, 5).rows) == n
        assert len(diversity.hierarchical_sample(vectors, 5).rows) == n
        codes = np.zeros(n, int)
        assert len(balance.balanced_even(graph, codes, codes, 5).rows) == n
        near = neighbours(vectors)[0]
        assert len(balance.balanced_typical(vectors, near, codes, 5, graph_of=graph_of).rows) == n
