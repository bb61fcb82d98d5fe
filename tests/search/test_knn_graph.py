"""The kNN graph: the true neighbours, measured, whatever the data looks like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.search import graph as module
from nbcurate.search.graph import build_graph


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(60, 48))
    return unit(centres[rng.integers(0, 60, n)] + 0.5 * rng.normal(size=(n, 48)))


def manifold(n: int, seed: int = 0) -> np.ndarray:
    """One curved sheet without clusters, on which methods that live on clusters fail."""
    rng = np.random.default_rng(seed)
    sheet = np.tanh(rng.normal(size=(n, 12)) @ rng.normal(size=(12, 64)) / 3)
    return unit(sheet @ rng.normal(size=(64, 48)))


def true_neighbours(vectors: np.ndarray, k: int) -> np.ndarray:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -2)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("make", [clustered, manifold])
@pytest.mark.parametrize("target", [0.9, 0.99])
def test_the_recall_is_what_was_asked_for_and_what_is_said(make: Callable[[int], np.ndarray], target: float) -> None:
    vectors = make(6000)
    graph = build_graph(vectors, 10, target_recall=target, exact_limit=1000)
    truth = true_neighbours(vectors, 10)
    recall = np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(truth, graph.rows, strict=True)])
    assert recall > target - 0.02
    assert graph.recall == pytest.approx(recall, abs=0.02)
    assert (graph.rows != np.arange(6000)[:, None]).all(), "no item is its own neighbour"
    assert (np.diff(graph.similarity, axis=1) <= 0).all()


def test_below_the_limit_it_is_exact() -> None:
    vectors = clustered(800)
    graph = build_graph(vectors, 7)
    assert graph.recall == 1.0
    assert (graph.rows == true_neighbours(vectors, 7)).mean() > 0.999  # near ties


def test_more_neighbours_than_rows() -> None:
    graph = build_graph(clustered(4), 10)
    assert (graph.rows[:, 3:] == -1).all()
    assert (np.sort(graph.rows[:, :3], axis=1) >= 0).all()


def test_of_a_data_set_it_is_what_search_finds(dataset: nbc.Dataset) -> None:
    graph = dataset.knn_graph(k=5)
    assert graph.keys.dtype == np.uint64
    assert graph.keys.shape == graph.similarity.shape == (24, 5)
    for item_id, neighbours, similarity in zip(dataset.ids, graph.ids, graph.similarity, strict=True):
        found = dataset.search(item_id, k=5)
        assert neighbours == found.ids
        assert np.allclose(similarity, found.similarity, atol=1e-5)


def test_it_is_made_once_and_follows_what_is_removed(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    before = dataset.knn_graph(k=5)
    monkeypatch.setattr(module, "build_graph", None)
    again = reopen(dataset)
    assert np.array_equal(again.knn_graph(k=5).keys, before.keys)
    gone = before.ids[0][0]
    again.remove([gone])
    after = again.knn_graph(k=5)
    assert after.keys.shape == (23, 5)
    assert gone not in {i for ids in after.ids for i in ids}
    assert after.ids[0] == again.search(again.ids[0], k=5).ids


def test_with_vectors_missing_it_says_what_to_run(dataset: nbc.Dataset) -> None:
    assert dataset.knn_graph(k=500).keys.shape == (24, 23)
    with pytest.raises(ValueError, match="no embeddings of 'other'"):
        dataset.knn_graph(encoder="other")
