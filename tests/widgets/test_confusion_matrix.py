"""The confusion matrix on the side of Python: whatever a model gives is taken, and what cannot be meant is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets

import nbcurate as nbc
from nbcurate.widgets.session import Session


def predicted(dataset: nbc.Dataset) -> list[str | None]:
    """The labels, but for the first three animals, which are taken for food, and the last item, which is not known."""
    said: list[str | None] = list(dataset.labels)
    for row in [row for row, label in enumerate(said) if label == "animals"][:3]:
        said[row] = "food"
    return [*said[:-1], None]


class Model:
    """What has a ``predict``, as heads and tuned encoders have."""

    def predict(self, dataset: nbc.Dataset) -> pd.DataFrame:
        table = pd.DataFrame({"prediction": predicted(dataset), "confidence": 0.5}, index=dataset.ids)
        return table.iloc[::-1]


GIVEN: dict[str, Callable[[nbc.Dataset], Any]] = {
    "list": predicted,
    "array": lambda ds: np.array(predicted(ds), object),
    "series": lambda ds: pd.Series(predicted(ds), ds.ids).sample(frac=1, random_state=1),
    "mapping": lambda ds: dict(zip(ds.ids, predicted(ds), strict=True)),
    "table": lambda ds: Model().predict(ds),
    "model": lambda ds: Model(),
}


@pytest.mark.parametrize("form", GIVEN)
def test_predictions_come_in_many_forms_and_count_the_same(dataset: nbc.Dataset, form: str) -> None:
    view = nbc.ConfusionMatrix(dataset, GIVEN[form](dataset))
    labels = pd.Series(dataset.labels, name="label")[:-1]
    expected = pd.crosstab(labels, pd.Series(predicted(dataset), name="prediction")[:-1])
    pd.testing.assert_frame_equal(view.table, expected, check_names=False)
    animals = [i for i in dataset.ids if i.startswith("animals")]
    assert view.cell("animals", "food") == animals[:3]
    assert view.cell("food", "animals") == []
    assert ("confidence" in Session.of(dataset).column_names) == (form in ("table", "model"))
    with pytest.raises(KeyError, match="no class 'plants'"):
        view.cell("animals", "plants")


def test_a_column_that_is_there_is_named(dataset: nbc.Dataset) -> None:
    dataset.add_column("guess", predicted(dataset))
    view = nbc.ConfusionMatrix(dataset, "guess")
    assert (view.label, view.prediction) == ("label", "guess")
    view = nbc.ConfusionMatrix(dataset, "mine", columns={"mine": predicted(dataset)})
    assert view.table.loc["animals", "food"] == 3
    with pytest.raises(traitlets.TraitError, match="Did you mean 'guess'"):
        nbc.ConfusionMatrix(dataset, "gues")


def test_two_models_stand_beside_each_other_and_the_same_one_is_there_once(dataset: nbc.Dataset) -> None:
    first, again = (nbc.ConfusionMatrix(dataset, predicted(dataset)) for _ in range(2))
    other = nbc.ConfusionMatrix(dataset, dataset.labels)
    assert (first.prediction, again.prediction, other.prediction) == ("prediction", "prediction", "prediction 2")
    assert first.table.loc["animals", "food"] == 3
    assert other.table.loc["animals", "food"] == 0
    some = dict(zip(dataset.ids[:9], predicted(dataset), strict=False))
    part = nbc.ConfusionMatrix(dataset, some, ids=list(some))
    assert part.prediction == "prediction"
    partly = nbc.ConfusionMatrix(dataset, some)  # of the others nothing is known: the first column says more
    assert partly.prediction == "prediction 3"
    assert partly.table.to_numpy().sum() == len(some)


def test_numbers_are_classes_by_the_text_that_they_are(dataset: nbc.Dataset) -> None:
    numbers = [row % 3 for row in range(24)]
    dataset.add_column("digit", numbers)
    view = nbc.ConfusionMatrix(dataset, np.array(numbers), label="digit")
    assert view.table.to_numpy().tolist() == [[8, 0, 0], [0, 8, 0], [0, 0, 8]]
    assert view.label in Session.of(dataset).column_names
    assert view.cell("2", "2") == dataset.ids[2::3]


def test_a_part_of_the_items_is_counted_alone(dataset: nbc.Dataset) -> None:
    part = dataset.ids[4:10]
    view = nbc.ConfusionMatrix(dataset, dict(zip(dataset.ids, predicted(dataset), strict=True)), ids=part)
    assert view.dataset.ids == part
    assert view.table.to_numpy().sum() == len(part)
    view.selected = part[:2]
    assert dataset.selection.ids == part[:2]


def test_lists_of_classes_are_counted_by_what_was_missed_and_what_was_added(dataset: nbc.Dataset) -> None:
    given = [["cat", "dog"] for _ in range(24)]
    dataset.add_column("kinds", given)
    view = nbc.ConfusionMatrix(dataset, [["cat"], ["cat", "fox"], ["dog", "cat"]] * 8, label="kinds")
    assert view.table.loc["dog"].to_dict() == {"cat": 0, "dog": 8, "fox": 8, "(nothing)": 8}
    assert view.cell("dog", "fox") == dataset.ids[1::3]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda ds: [row % 3 for row in range(24)], ValueError, "none of the classes of 'label'.*'0', '1', '2'"),
        (lambda ds: [None] * 24, ValueError, "Of 24 items none has both"),
        (lambda ds: np.zeros((24, 3)), TypeError, r"array of shape \(24, 3\)"),
        (lambda ds: np.linspace(0, 1, 24), TypeError, "holds numbers such as"),
        (lambda ds: ["food"] * 5, ValueError, "5 values for 24 items"),
        (lambda ds: pd.DataFrame({"food": [0.5]}, index=ds.ids[:1]), ValueError, "no column 'prediction', but food"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_word_on_what_to_give(
    dataset: nbc.Dataset, wrong: Callable[[nbc.Dataset], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        nbc.ConfusionMatrix(dataset, wrong(dataset))


def test_a_snapshot_is_a_table_in_which_names_stay_text(dataset: nbc.Dataset) -> None:
    odd = ["<b>bold</b>" if name == "food" else name for name in predicted(dataset)]
    sheet = nbc.ConfusionMatrix(dataset, odd).snapshot()
    assert "&lt;b&gt;bold&lt;/b&gt;" in sheet.html
    assert "<b>bold" not in sheet.html
    assert "1 without a label or a prediction" in sheet.html
