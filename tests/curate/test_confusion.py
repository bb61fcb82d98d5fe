"""Confusions are counted as scikit-learn counts them; of several classes an item each error has its place."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from nbcurate.curate.class_labels import encode_labels
from nbcurate.curate.confusion import NOTHING, confusion


def test_one_class_an_item_counts_as_everywhere() -> None:
    chance = np.random.default_rng(1)
    given, predicted = (chance.choice(list("abcde"), 300).tolist() for _ in range(2))
    found = confusion(encode_labels(given), encode_labels(predicted))
    assert found.names == list("abcde")
    np.testing.assert_array_equal(found.counts().toarray(), confusion_matrix(given, predicted, labels=found.names))
    assert found.accuracy() == pytest.approx(np.mean(np.array(given) == predicted))
    inside = found.inside("b", "d")
    assert inside.tolist() == [(g, p) == ("b", "d") for g, p in zip(given, predicted, strict=True)]


def test_what_has_no_label_or_no_prediction_counts_nowhere() -> None:
    found = confusion(encode_labels(["a", None, "b", "b"]), encode_labels(["a", "a", None, "c"]))
    assert found.names == ["a", "b", "c"]
    assert found.counts().toarray().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert found.accuracy() == 0.5
    nobody = confusion(encode_labels(["a", None]), encode_labels([None, "a"]))
    assert np.isnan(nobody.accuracy())
    with pytest.raises(KeyError, match="no class 'z'"):
        found.inside("z", "a")


def test_of_several_classes_each_missed_one_meets_each_that_is_in_its_place() -> None:
    given = encode_labels([["cat", "dog"], ["cat"], ["dog"], [], ["cat", "dog"]])
    predicted = encode_labels([["cat", "fox"], ["cat"], [], ["fox"], ["fox"]])
    found = confusion(given, predicted)
    assert found.names == ["cat", "dog", "fox", NOTHING]
    cells = dict(zip(found.names, found.counts().toarray().tolist(), strict=True))
    assert cells["cat"] == [2, 0, 1, 0]
    assert cells["dog"] == [0, 0, 2, 1]
    assert cells[NOTHING] == [0, 0, 1, 0]
    assert cells["fox"] == [0, 0, 0, 0]
    assert np.flatnonzero(found.inside("dog", "fox")).tolist() == [0, 4]
    assert np.flatnonzero(found.inside("dog", NOTHING)).tolist() == [2]
    assert found.accuracy() == pytest.approx(1 / 5)
