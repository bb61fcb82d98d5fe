"""How well a search by each item finds its class."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from nbcurate.curate.retrieval import retrieval_map


def unit(values: np.ndarray) -> np.ndarray:
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def test_it_is_the_mean_of_scikit_learns_average_precision() -> None:
    dice = np.random.default_rng(0)
    labels = dice.integers(0, 4, 60)
    vectors = unit(dice.normal(size=(60, 8)) + np.eye(8)[labels])
    similarity = vectors @ vectors.T
    expected = [
        average_precision_score(np.delete(labels == labels[i], i), np.delete(similarity[i], i)) for i in range(60)
    ]
    assert retrieval_map(vectors, labels) == pytest.approx(np.mean(expected), abs=1e-6)


def test_classes_far_apart_are_found_whole() -> None:
    labels = np.repeat([0, 1, 2], 10)
    assert retrieval_map(unit(np.eye(3)[labels] + 1e-3), labels) == 1.0


def test_items_without_a_class_and_alone_in_one_do_not_count() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.1], [0, 1], [0.9, 0.2], [0.5, 0.5]], float))
    with_others = retrieval_map(vectors, np.array([0, 0, 1, -1, -1]))
    assert with_others == retrieval_map(vectors[:3], np.array([0, 0, 1])) == 1.0
    assert np.isnan(retrieval_map(vectors[:2], np.array([0, 1])))


def test_a_sample_of_the_queries_says_about_the_same() -> None:
    dice = np.random.default_rng(1)
    labels = dice.integers(0, 5, 800)
    vectors = unit(dice.normal(size=(800, 16)) + 2 * np.eye(16)[labels])
    assert retrieval_map(vectors, labels, most=200) == pytest.approx(retrieval_map(vectors, labels), abs=0.03)
