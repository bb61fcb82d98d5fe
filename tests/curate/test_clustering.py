"""Clusters of vectors whose groups are known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import normalized_mutual_info_score
from sklearn.neighbors import NearestNeighbors

from nbcurate.curate.clustering import ClusterMethod, cluster
from nbcurate.curate.hierarchy import ward_tree
from nbcurate.curate.kmeans import kmeans
from nbcurate.curate.naming import names_from_labels, names_from_properties, names_from_words, purity
from nbcurate.curate.partition import absorb_small, make_partition

METHODS: tuple[ClusterMethod, ...] = ("communities", "kmeans", "hierarchical", "density")


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def neighbours(vectors: np.ndarray, k: int = 15) -> tuple[np.ndarray, np.ndarray]:
    k = min(k, len(vectors) - 1)
    if k < 1:
        return np.empty((len(vectors), 0), np.int32), np.empty((len(vectors), 0), np.float32)
    distance, rows = NearestNeighbors(n_neighbors=k, metric="cosine").fit(vectors).kneighbors()
    return np.asarray(rows, np.int32), np.asarray(1 - distance, np.float32)


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 scans of handwritten digits, and which digit each is."""
    pixels, digit = load_digits(return_X_y=True)
    return unit(np.asarray(pixels)), np.asarray(digit)


@pytest.fixture(scope="module")
def blobs() -> tuple[np.ndarray, np.ndarray]:
    """Five tight groups of 90, 60, 50, 40 and 30 vectors."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), (90, 60, 50, 40, 30))
    return unit(rng.normal(size=(5, 32))[truth] + 0.25 * rng.normal(size=(len(truth), 32))), truth


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_are_there_are_found_with_no_number_given(
    method: ClusterMethod, blobs: tuple[np.ndarray, np.ndarray]
) -> None:
    vectors, truth = blobs
    partition, tree = cluster(vectors, *neighbours(vectors), method=method)
    inside = partition.labels >= 0
    assert inside.mean() > 0.9
    assert normalized_mutual_info_score(truth[inside], partition.labels[inside]) > 0.99
    assert list(partition.sizes) == sorted(partition.sizes, reverse=True)
    assert (truth[partition.representatives()] == np.arange(5)).all()
    assert tree.cut(1).max() == 0


def test_on_real_digits_it_beats_kmeans_that_knows_their_number(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, digit = digits
    found = cluster(vectors, *neighbours(vectors))[0]
    known = kmeans(vectors, 10)
    assert normalized_mutual_info_score(digit, found.labels) > normalized_mutual_info_score(digit, known.labels)


@pytest.mark.parametrize("method", ["communities", "kmeans", "hierarchical"])
@pytest.mark.parametrize("k", [1, 3, 40])
def test_as_many_as_asked_for_and_the_same_each_time(
    method: ClusterMethod, k: int, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    vectors = digits[0][:500]
    graph = neighbours(vectors)
    first, again = (cluster(vectors, *graph, n_clusters=k, method=method, seed=3)[0] for _ in range(2))
    assert set(first.labels) == set(range(k))
    np.testing.assert_array_equal(first.labels, again.labels)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_very_few_vectors(method: ClusterMethod, n: int, digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors = digits[0][:n]
    partition, tree = cluster(vectors, *neighbours(vectors), method=method)
    assert len(partition.labels) == n
    assert len(tree.cut(2)) == n
    if method != "density":
        assert len(cluster(vectors, *neighbours(vectors), n_clusters=3, method=method)[0].sizes) == min(n, 3)


def test_kmeans_of_repeated_vectors_makes_no_empty_cluster(digits: tuple[np.ndarray, np.ndarray]) -> None:
    partition = kmeans(np.repeat(digits[0][:3], 20, axis=0), 10)
    assert partition.n_clusters == 3
    assert list(partition.sizes) == [20, 20, 20]


def test_no_number_that_makes_no_sense(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors = digits[0][:30]
    graph = neighbours(vectors)
    with pytest.raises(ValueError, match="at least one cluster"):
        cluster(vectors, *graph, n_clusters=0)
    with pytest.raises(ValueError, match="finds its own number"):
        cluster(vectors, *graph, n_clusters=3, method="density")
    with pytest.raises(ValueError, match="'kmeans', 'hierarchical'"):
        cluster(vectors, *graph, method="birch")  # pyright: ignore[reportArgumentType]


def test_the_tree_is_wards(digits: tuple[np.ndarray, np.ndarray]) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage

    vectors = digits[0][:120]
    tree = ward_tree(np.arange(120, dtype=np.int32), vectors, np.ones(120))
    theirs = linkage(vectors, "ward")
    np.testing.assert_allclose(tree.linkage[:, 2] * np.sqrt(2), theirs[:, 2], atol=1e-5)
    assert normalized_mutual_info_score(tree.cut(9), fcluster(theirs, 9, "maxclust")) == pytest.approx(1)


def test_the_tree_opens_into_parts_that_make_up_the_whole(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = blobs
    partition = make_partition(vectors, truth)
    tree = ward_tree(partition.labels, partition.centres, partition.sizes)
    parts = tree.children(tree.root)
    assert parts is not None
    assert sorted(np.concatenate([tree.rows(part) for part in parts])) == list(range(len(truth)))
    assert tree.children(0) is None
    with pytest.raises(ValueError, match="at least one"):
        tree.cut(0)


def test_small_clusters_join_the_nearest(blobs: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = blobs
    labels = truth.copy()
    labels[:2] = 17
    joined = absorb_small(vectors, labels, 3)
    assert (joined[:2] == joined[2]).all()
    assert len(set(joined)) == 5


def test_names() -> None:
    clusters = np.array([0, 0, 0, 1, 1, 1, 1, -1], np.int32)
    labels = ["cat", "cat", None, "dog", "cow", "ant", "dog", "cat"]
    assert names_from_labels(labels, clusters, 3) == ["cat", "dog", None]
    np.testing.assert_allclose(purity(labels, clusters, 3), [1, 0.5, np.nan])
    assert names_from_labels(["a", "b", "c"], np.zeros(3, np.int32), 1) == ["a + b"]
    dark = np.array([1, 1, 1, 9, 9, 9, 9, np.nan])
    assert names_from_properties({"brightness": dark}, clusters, 2) == ["low brightness", "high brightness"]
    centres = unit(np.array([[1, 0.9, 0], [0.9, 1, 0]]))
    words = unit(np.array([[0, 1, 9], [1, 0, 9]]))
    assert names_from_words(centres, words, ["sea", "wood"]) == ["wood", "sea"]
