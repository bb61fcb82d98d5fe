"""How many labels are wrong, which, and what the scores promise: classes that overlap, with labels wrong on purpose."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nbcurate.curate.label_issues import LabelIssues, find_label_issues
from nbcurate.curate.label_noise import confident_joint, estimate_noise
from nbcurate.curate.neighbour_vote import neighbour_probabilities
from nbcurate.search.graph import build_graph

Codes = NDArray[np.intp]


@pytest.fixture(scope="module")
def digits() -> tuple[NDArray[np.float32], Codes]:
    """Handwritten digits as unit vectors of their pixels, and which they are."""
    data = load_digits()
    return (data.data / np.linalg.norm(data.data, axis=1, keepdims=True)).astype(np.float32), data.target


def mislabelled(truth: Codes, rate: float, kind: str) -> Codes:
    """Labels of which a share is wrong: any other, the next one, or of four classes, each with a rate of its own."""
    rng = np.random.default_rng(3)
    n_classes = int(truth.max()) + 1
    rates = np.full(n_classes, rate)
    if kind == "of some classes":
        rates = np.where(np.arange(n_classes) < 4, np.linspace(0.5, 1.5, n_classes) * rate, 0.0)
    wrong = rng.random(len(truth)) < rates[truth]
    step = rng.integers(1, n_classes, len(truth)) if kind == "any" else 1
    return np.where(wrong, (truth + step) % n_classes, truth)


def judged(vectors: NDArray[np.float32], codes: Codes) -> LabelIssues:
    graph = build_graph(vectors)
    return find_label_issues(vectors, graph.rows, graph.similarity, codes, int(codes.max()) + 1)


@pytest.mark.parametrize(
    ("kind", "rate"),
    [("any", 0.05), ("any", 0.2), ("any", 0.6), ("next", 0.2), ("next", 0.3), ("of some classes", 0.5)],
)
def test_what_is_flagged_is_wrong_at_every_rate_and_the_rate_is_known(
    digits: tuple[NDArray[np.float32], Codes], kind: str, rate: float
) -> None:
    vectors, truth = digits
    codes = mislabelled(truth, rate, kind)
    wrong = codes != truth
    issues = judged(vectors, codes)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    probabilities = cross_val_predict(
        LogisticRegression(max_iter=200), vectors, codes, cv=folds, method="predict_proba"
    )
    differs = np.asarray(probabilities).argmax(axis=1) != codes
    own = np.take_along_axis(np.asarray(probabilities), codes[:, None], axis=1)[:, 0]
    assert f1_score(wrong, issues.flagged) > 0.8
    assert f1_score(wrong, issues.flagged) > 0.95 * f1_score(wrong, differs)
    assert average_precision_score(wrong, issues.score) >= average_precision_score(wrong, -own) - 0.005
    assert issues.noise == pytest.approx(wrong.mean(), abs=0.05)


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.4, 0.6])
def test_the_score_is_the_probability_that_the_label_is_wrong(
    digits: tuple[NDArray[np.float32], Codes], rate: float
) -> None:
    vectors, truth = digits
    codes = mislabelled(truth, rate, "any")
    score, wrong = judged(vectors, codes).score, codes != truth
    fifths = np.minimum((5 * score).astype(int), 4)
    gaps = [abs(score[fifths == fifth].sum() - wrong[fifths == fifth].sum()) for fifth in range(5)]
    assert sum(gaps) / len(score) < 0.04
    assert wrong[score > 0.8].mean() > 0.9 > 0.2 > wrong[score < 0.2].mean()


def test_of_labels_that_are_right_hardly_any_is_flagged() -> None:
    """Two classes in five overlap with another: where they do, no label is wrong."""
    rng = np.random.default_rng(0)
    centres = 1.2 * rng.normal(size=(5, 12))
    centres[1], centres[3] = centres[0] + 0.35 * rng.normal(size=12), centres[2] + 0.35 * rng.normal(size=12)
    truth = rng.integers(0, 5, 2_000)
    vectors = centres[truth] + rng.normal(size=(2_000, 12))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    issues = judged(vectors, truth)
    assert (issues.evidence.argmax(axis=1) != truth).mean() > 0.1  # flagging where a prediction differs would be bad
    assert issues.flagged.mean() < 0.03
    codes = mislabelled(truth, 0.005, "any")
    assert judged(vectors, codes).flagged.mean() < 0.03


def test_mix_ups_are_told_by_class() -> None:
    """A third of class 0 is called 1; nothing else is wrong, and both probes say what they see."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 3_000)
    codes = np.where((truth == 0) & (rng.random(3_000) < 1 / 3), 1, truth)
    scores = (4 * np.eye(3)[truth] + rng.normal(size=(3_000, 3))).astype(np.float32)
    evidence = [scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))] * 2
    noise = estimate_noise(evidence, codes)
    assert noise.mixing.sum(axis=0) == pytest.approx(np.ones(3), abs=1e-4)
    assert noise.mixing[1, 0] == pytest.approx(1 / 3, abs=0.05)
    assert noise.mixing[2, 0] < 0.03 > noise.mixing[0, 1]
    unlabelled = noise.true_class_probabilities(np.full((1, 3), 1 / 3, np.float32), np.array([-1]))
    assert unlabelled.tolist() == [pytest.approx([1 / 3] * 3)]
    called_one, called_two = noise.true_class_probabilities(np.full((2, 3), 1 / 3, np.float32), np.array([1, 2]))
    assert called_one[0] > 5 * called_two[0]


def test_the_confident_joint_counts_what_is_at_least_as_sure_as_usual() -> None:
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.1, 0.9], [0.2, 0.8], [0.05, 0.95]], np.float32)
    joint = confident_joint(probabilities, np.array([0, 0, 1, 1, 0]))
    # Class 0 is given .55 where it is the label, class 1 .85: of the items called 0 two are surely 0 and one is surely
    # 1; of those called 1 only one is sure enough to count, and stands for both.
    assert joint == pytest.approx(np.array([[0.4, 0.2], [0.0, 0.4]]))
    absent = confident_joint(np.array([[0.6, 0.4], [0.7, 0.3]], np.float32), np.array([0, 0]))
    assert absent == pytest.approx(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_near_neighbours_count_more_and_the_own_label_nothing() -> None:
    neighbors = np.array([[1, 2], [0, 2], [0, -1]], np.int32)
    similarity = np.array([[0.9, 0.5], [0.9, 0.4], [0.5, 0.5]], np.float32)
    said = neighbour_probabilities(neighbors, similarity, np.array([0, 1, 0]), 2)
    assert said.sum(axis=1) == pytest.approx(np.ones(3))
    assert said[0, 1] > said[0, 0]
    other = neighbour_probabilities(neighbors, similarity, np.array([0, 0, 1]), 2)
    assert other[1, 0] > 0.7
    alone = neighbour_probabilities(np.empty((1, 0), np.int32), np.empty((1, 0), np.float32), np.array([0]), 2)
    assert alone.tolist() == [[1.0, 0.0]]
