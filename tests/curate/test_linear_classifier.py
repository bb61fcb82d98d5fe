"""A classifier on vectors: as good as scikit-learn's at its best, and honest about what it has learnt from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from nbcurate.curate import linear_classifier, vector_rows
from nbcurate.curate.class_scores import OneClass, SeveralClasses, balancing_weights
from nbcurate.curate.classifier import Fitted, Rows, grouped_folds, judge
from nbcurate.curate.hidden_classifier import fit_hidden_classifier
from nbcurate.curate.linear_classifier import fit_linear_classifier
from nbcurate.curate.logistic import LogisticProblem
from nbcurate.curate.vector_rows import VectorRows

from ..several_labels import CLASSES, drawn

Parted = tuple[NDArray[np.float32], NDArray[np.intp], dict[str, Rows]]


def one_hot(codes: NDArray[np.integer]) -> sp.csr_array:
    return sp.csr_array(np.eye(int(codes.max()) + 1, dtype=np.float32)[codes])


def parted(
    vectors: NDArray[np.floating], targets: sp.csr_array, shares: tuple[float, ...], seed: int = 0
) -> dict[str, Rows]:
    part = np.random.default_rng(seed).choice(3, len(vectors), p=shares)
    return {
        name: Rows(np.flatnonzero(part == at), targets[part == at]) for at, name in enumerate(("train", "val", "test"))
    }


@pytest.fixture(scope="module")
def digits() -> Parted:
    """Scanned digits as unit vectors of their pixels, in three parts."""
    found = load_digits()
    vectors = (found.data / np.linalg.norm(found.data, axis=1, keepdims=True)).astype(np.float32)
    return vectors, found.target, parted(vectors, one_hot(found.target), (0.6, 0.2, 0.2))


def fitted_to(
    vectors: NDArray[np.float32], parts: dict[str, Rows], fit: Callable[..., Fitted] = fit_linear_classifier
) -> Fitted:
    return fit(vectors, parts["train"], parts["val"], OneClass(), parts["train"].at)


def accuracy(fitted: Fitted, vectors: NDArray[np.float32], rows: Rows) -> float:
    return judge(0, vectors, [(fitted.head, rows)], OneClass()).accuracy


def test_it_is_as_good_as_scikit_learn_with_its_best_penalty(digits: Parted) -> None:
    vectors, codes, parts = digits
    theirs = {}
    for c in 10.0 ** np.arange(-1, 4):
        model = LogisticRegression(C=c, max_iter=2_000).fit(vectors[parts["train"].at], codes[parts["train"].at])
        theirs[model.score(vectors[parts["val"].at], codes[parts["val"].at])] = model
    best = theirs[max(theirs)].score(vectors[parts["test"].at], codes[parts["test"].at])
    assert best > 0.9
    assert accuracy(fitted_to(vectors, parts), vectors, parts["test"]) >= best - 0.01


def test_it_ends_where_scikit_learn_ends(digits: Parted) -> None:
    vectors, codes, parts = digits
    train = parts["train"]
    rows = VectorRows(vectors, train.at)
    problem = LogisticProblem(rows, train.targets, OneClass(), rows.moments())
    ours = problem.solve(0.1, problem.start(), tolerance=1e-7).heads[0]
    theirs = LogisticRegression(C=10, max_iter=5_000, tol=1e-6).fit(vectors[train.at], codes[train.at])
    scores = ours.scores(vectors[parts["test"].at])
    np.testing.assert_allclose(
        OneClass().probabilities(scores), theirs.predict_proba(vectors[parts["test"].at]), atol=5e-3
    )


def test_what_it_says_of_its_own_rows_by_its_stand_ins_is_no_better_than_chance_where_labels_are(
    digits: Parted,
) -> None:
    vectors, _, _ = digits
    guesses = np.random.default_rng(1).integers(2, size=600)
    rows = Rows(np.arange(600), one_hot(guesses))
    fitted = fit_linear_classifier(vectors, rows, rows.take(np.arange(0)), OneClass(), rows.at)
    asked = [(one, rows.take(fitted.folds == fold)) for fold, one in enumerate(fitted.stand_ins)]
    assert abs(judge(0, vectors, asked, OneClass()).accuracy - 0.5) < 0.08
    assert fitted.chosen["by"] == "cross-validation"


def test_rows_of_one_group_are_in_one_fold(digits: Parted) -> None:
    _, codes, _ = digits
    groups = np.arange(len(codes)) // 3
    folds = grouped_folds(Rows(np.arange(len(codes)), one_hot(codes)), groups, 5, seed=0)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    assert np.ptp(np.bincount(folds)) < 0.1 * len(codes)


def test_nothing_but_training_and_validation_rows_is_read(digits: Parted) -> None:
    vectors, _, parts = digits
    hidden = vectors.copy()
    hidden[parts["test"].at] = np.nan
    one, other = fitted_to(vectors, parts), fitted_to(hidden, parts)
    np.testing.assert_array_equal(one.head.directions, other.head.directions)
    assert one.chosen == other.chosen


def test_the_penalty_is_chosen_by_the_validation_rows(digits: Parted) -> None:
    vectors, codes, parts = digits
    shuffled = np.random.default_rng(0).permutation(codes[parts["val"].at])
    misled = {**parts, "val": Rows(parts["val"].at, one_hot(shuffled))}
    assert fitted_to(vectors, misled).chosen["penalty"] > 3 * fitted_to(vectors, parts).chosen["penalty"]


def test_what_is_tried_on_some_rows_and_read_block_by_block_comes_to_the_same(
    digits: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, _, parts = digits
    whole = fitted_to(vectors, parts)
    monkeypatch.setattr(vector_rows, "_HELD", 0)
    monkeypatch.setattr(vector_rows, "_BLOCK", 64 * 100)
    mapped = fitted_to(vectors, parts)
    assert mapped.chosen["penalty"] == pytest.approx(whole.chosen["penalty"], rel=1e-5)
    np.testing.assert_allclose(mapped.head.directions, whole.head.directions, atol=0.05)
    monkeypatch.setattr(linear_classifier, "_TRIED_ON", 300)
    tried = fitted_to(vectors, parts)
    assert len(tried.trials) > len({trial.value for trial in tried.trials}), "some on all rows, too"
    assert accuracy(tried, vectors, parts["test"]) >= accuracy(whole, vectors, parts["test"]) - 0.02


def test_several_classes_have_an_output_each() -> None:
    vectors, held = drawn(600)
    members = sp.csr_array(np.array([[name in names for name in CLASSES] for names in held], np.float32))
    parts = parted(vectors, members, (0.6, 0.2, 0.2))
    fitted = fit_linear_classifier(vectors, parts["train"], parts["val"], SeveralClasses(), parts["train"].at)
    trial = judge(0, vectors, [(fitted.head, parts["test"])], SeveralClasses())
    assert trial.accuracy > 0.8


def test_weights_make_a_rare_class_count() -> None:
    rng = np.random.default_rng(7)
    codes = (rng.random(2_000) < 0.03).astype(int)
    vectors = (rng.normal(size=(2_000, 8)) + 1.2 * codes[:, None]).astype(np.float32)
    parts = parted(vectors, one_hot(codes), (0.5, 0.2, 0.3))
    counts = np.bincount(codes[parts["train"].at])
    found = {}
    for name, weights in (("none", None), ("weights", balancing_weights(counts, len(parts["train"]), several=False))):
        fitted = fit_linear_classifier(vectors, parts["train"], parts["val"], OneClass(weights), parts["train"].at)
        rare = parts["test"].at[codes[parts["test"].at] == 1]
        found[name] = fitted.head.scores(vectors[rare]).argmax(axis=1).mean()
    assert found["weights"] > found["none"] + 0.1


def test_a_hidden_layer_tells_apart_what_no_line_does() -> None:
    rng = np.random.default_rng(7)
    vectors = rng.normal(size=(500, 2)).astype(np.float32)
    codes = (vectors[:, 0] * vectors[:, 1] > 0).astype(int)
    parts = parted(vectors, one_hot(codes), (0.6, 0.2, 0.2))

    def hidden(*given: object) -> Fitted:
        return fit_hidden_classifier(*given, hidden=16)

    one, other = fitted_to(vectors, parts, hidden), fitted_to(vectors, parts, hidden)
    assert accuracy(fitted_to(vectors, parts), vectors, parts["test"]) < 0.65
    assert accuracy(one, vectors, parts["test"]) > 0.85
    np.testing.assert_array_equal(one.head.inner, other.head.inner)


@pytest.mark.parametrize("hidden", [None, 8])
def test_vectors_that_are_no_numbers_are_told(digits: Parted, hidden: int | None) -> None:
    vectors, _, parts = digits
    broken = vectors.copy()
    broken[parts["train"].at[7], 3] = np.inf
    fit = fit_linear_classifier if hidden is None else lambda *given: fit_hidden_classifier(*given, hidden=hidden)
    with pytest.raises(ValueError, match="NaN or infinity"):
        fitted_to(broken, parts, fit)
