"""A projection brings classes together that it was made from, and leaves others apart as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from nbcurate.curate.class_labels import ClassLabels, encode_labels
from nbcurate.curate.metric_projection import UNCHANGED, ProjectionFamily, Strength
from nbcurate.curate.pair_projection import choose_for_pairs, told_apart
from nbcurate.curate.projection_strength import choose_strength
from nbcurate.curate.retrieval import retrieval_map
from nbcurate.curate.scatter import class_scatter, pair_scatter
from nbcurate.curate.unseen_classes import agreement_of, class_draws, without_classes

SOME = Strength(0.5, 0.1)


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    loaded: Any = load_digits(return_X_y=True)
    pixels, truth = loaded
    vectors = pixels[:1200].astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), truth[:1200]


def labels_of(truth: np.ndarray) -> ClassLabels:
    return encode_labels([f"digit {one}" for one in truth])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_held_out_items_of_its_classes_come_together(digits: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    vectors, truth = digits
    rows = np.random.default_rng(seed).permutation(len(vectors))
    train, val, test = np.split(rows, [600, 800])
    labels = labels_of(truth)
    family = ProjectionFamily(class_scatter(vectors, labels, np.sort(train)))
    strength, trials = choose_strength(vectors, labels, family, train, val, seed=seed)
    assert not strength.is_none
    assert trials[0].strength == UNCHANGED
    projected = family.at(strength).transform(vectors[test])
    assert projected.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(projected, axis=1), 1, atol=1e-5)
    before, after = agreement_of(vectors[test], truth[test]), agreement_of(projected, truth[test])
    assert after.retrieval_map > before.retrieval_map + 0.02
    assert after.nmi > before.nmi


def test_classes_that_it_never_saw_stay_apart(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = digits
    labels, rows = labels_of(truth), np.arange(len(truth))
    family = ProjectionFamily(class_scatter(vectors, labels, rows[:800]))
    strength, _ = choose_strength(vectors, labels, family, rows[:800], rows[800:])
    draws = class_draws(labels, rows, 20, seed=3)
    assert len({tuple(draw) for draw in draws}) == 20
    assert {len(draw) for draw in draws} == {2}
    found = list(without_classes(vectors, labels, rows, rows, draws, (UNCHANGED, strength)))
    frozen, projected = (
        np.mean([[one.nmi, one.retrieval_map] for one in of_strength], axis=0)
        for of_strength in zip(*found, strict=True)
    )
    assert (projected > frozen - 0.02).all()


def test_what_is_left_out_is_not_learnt_from(digits: tuple[np.ndarray, np.ndarray]) -> None:
    """Whatever the left-out items are, the projection is the same: noise in their place changes nothing but them."""
    vectors, truth = digits
    labels, rows = labels_of(truth), np.arange(len(truth))
    draw = class_draws(labels, rows, 1, seed=0)
    learnt = rows[~np.isin(truth, draw[0])]
    seen = ProjectionFamily(class_scatter(vectors, labels, learnt)).at(SOME).transform(vectors[~np.isin(rows, learnt)])
    [[told]] = without_classes(vectors, labels, rows, rows, draw, (SOME,))
    codes = labels.single[~np.isin(rows, learnt)]
    assert told.retrieval_map == pytest.approx(retrieval_map(seen, codes), abs=1e-6)


def test_labels_that_mean_nothing_change_nothing(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = digits
    shuffled = labels_of(np.random.default_rng(0).permutation(truth))
    rows = np.arange(len(vectors))
    family = ProjectionFamily(class_scatter(vectors, shuffled, rows[:500]))
    strength, _ = choose_strength(vectors, shuffled, family, rows[:500], rows[500:])
    before = retrieval_map(vectors[500:], truth[500:])
    assert retrieval_map(family.at(strength).transform(vectors[500:]), truth[500:]) > before - 0.03


def test_its_directions_are_those_of_linear_discriminant_analysis() -> None:
    """On plain data, with rows enough, what it adds spans what scikit-learn finds."""
    dice = np.random.default_rng(0)
    means, spread = dice.normal(size=(3, 6)) * 2, np.eye(6)  # a ball, which shrinking does not change
    truth = np.repeat([0, 1, 2], 4_000)
    vectors = (means[truth] + dice.normal(size=(len(truth), 6)) @ spread).astype(np.float32)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(vectors, truth).scalings_[:, :2]
    family = ProjectionFamily(class_scatter(vectors, labels_of(truth), np.arange(len(truth))))
    metric = family.at(Strength(3.0, 0.0)).matrix.astype(np.float64)
    added = metric @ metric.T - np.eye(6)
    ours = np.linalg.eigh(added)[1][:, -2:]
    cosines = np.linalg.svd(np.linalg.qr(theirs)[0].T @ ours, compute_uv=False)
    assert (cosines > 0.999).all()


def test_several_classes_an_item_teach_as_single_ones_do(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = digits
    held = encode_labels([[f"digit {one}", "odd" if one % 2 else "even"] for one in truth])
    train, test = np.arange(500), np.arange(500, 700)
    family = ProjectionFamily(class_scatter(vectors, held, train))
    before, after = (retrieval_map(v, truth[test]) for v in (vectors[test], family.at(SOME).transform(vectors[test])))
    assert after > before + 0.03


def test_zero_strength_is_the_vectors_as_they_are(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, truth = digits
    projection = ProjectionFamily(class_scatter(vectors, labels_of(truth), np.arange(len(truth)))).at(UNCHANGED)
    np.testing.assert_allclose(projection.transform(vectors), vectors, atol=1e-6)


@pytest.mark.parametrize(
    "vectors",
    [
        np.tile(np.eye(1, 8, dtype=np.float32), (12, 1)),  # all the same
        np.repeat(np.eye(4, 8, dtype=np.float32), 3, axis=0),  # nothing differs inside a class
        np.random.default_rng(0).normal(size=(12, 200)).astype(np.float32),  # fewer rows than numbers in each
    ],
)
def test_degenerate_vectors_give_finite_ones(vectors: np.ndarray) -> None:
    labels = encode_labels(np.repeat(["a", "b", "c", "d"], 3).tolist())
    projected = ProjectionFamily(class_scatter(vectors, labels, np.arange(12))).at(SOME).transform(vectors)
    assert np.isfinite(projected).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_judged_pairs_tell_further_pairs_apart(digits: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    vectors, truth = digits
    dice = np.random.default_rng(seed)
    pairs = dice.integers(0, len(truth), (4_000, 2))
    alike = truth[pairs[:, 0]] == truth[pairs[:, 1]]
    learnt, asked = np.arange(2_000), np.arange(2_000, 4_000)
    strength, told = choose_for_pairs(vectors, pairs[learnt], alike[learnt], seed=seed)
    projection = ProjectionFamily(pair_scatter(vectors, pairs[learnt], alike[learnt])).at(strength)
    before = told_apart(lambda frozen: frozen, vectors, pairs[asked], alike[asked])
    assert told_apart(projection.transform, vectors, pairs[asked], alike[asked]) > before + 0.005
    assert max(told, key=lambda one: told[one]) == strength
