"""What a user gives for the items belongs to those that its index names, in whatever order it comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbcurate as nbc
from nbcurate.collection.alignment import align, in_order_of_ids


@pytest.fixture
def frame(dataset: nbc.Dataset) -> pd.DataFrame:
    """The items in another order than that of the data set."""
    return dataset.to_pandas().sort_values("bytes", ascending=False)


def test_a_series_is_aligned_by_rows_of_the_table_or_by_ids(dataset: nbc.Dataset, frame: pd.DataFrame) -> None:
    expected = dataset.column("bytes").to_pylist()
    by_id = frame.set_index("id")["bytes"]
    for values in (frame["bytes"], by_id, by_id.to_dict(), np.array(expected), pa.array(expected), iter(expected)):
        assert in_order_of_ids(dataset, values, "values") == expected
    probabilities = frame.set_index("id")[["width", "height"]]
    assert align(dataset, probabilities, "pred_probs").values.index.tolist() == dataset.ids


def test_some_ids_have_values_and_missing_ones_are_none(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    assert in_order_of_ids(dataset, {c: "x", a: np.nan}, "groups")[:4] == [None, None, "x", None]
    assert in_order_of_ids(dataset, pd.Series([1, pd.NA], [b, a], dtype="Int64"), "groups")[:3] == [None, 1, None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values, n: values[:-1], "groups: 23 values for 24 items"),
        (lambda values, n: pd.Series(values, np.arange(n) + 1), "groups: its index holds neither ids nor the row"),
        (lambda values, n: pd.Series(values, [0.5] * n), "groups: its index holds neither ids nor the row"),
        (lambda values, n: pd.Series(values, ["nobody"] + ["x"] * (n - 1)), "names 'x' twice"),
        (lambda values, n: {"nobody": 1}, "no item with id 'nobody'"),
        (lambda values, n: "label", "groups: expected a value for each of 24 items, got 'label'"),
        (lambda values, n: 3, "groups: expected a value for each"),
    ],
)
def test_what_belongs_to_no_item_says_so(dataset: nbc.Dataset, change: Any, message: str) -> None:
    with pytest.raises((ValueError, TypeError, nbc.UnknownItemError), match=message):
        in_order_of_ids(dataset, change(dataset.column("bytes").to_pylist(), len(dataset)), "groups")


def test_where_follows_the_index(dataset: nbc.Dataset, frame: pd.DataFrame) -> None:
    large = frame["bytes"] > frame["bytes"].median()
    expected = [i for i in dataset.ids if large[frame["id"] == i].item()]
    assert dataset.where(large).ids == dataset.where(large.set_axis(frame["id"])).ids == expected
    assert dataset.where(large.astype("boolean").where(~large, pd.NA)).ids == []
    assert dataset.where({dataset.ids[3]: True, dataset.ids[1]: None}).ids == [dataset.ids[3]]
    half = dataset.where("label = 'animals'")
    with pytest.raises(ValueError, match="condition: 24 values for 8 items"):
        half.where(large)
    with pytest.raises(ValueError, match="got an array of shape"):
        dataset.where(np.ones((24, 1), bool))


def test_columns_and_labels_follow_the_index(dataset: nbc.Dataset, frame: pd.DataFrame) -> None:
    dataset.add_column("size", frame["bytes"]).relabel(frame["format"] + frame["bytes"].astype(str))
    assert dataset.column("size").to_pylist() == dataset.column("bytes").to_pylist()
    assert dataset.labels == [f"PNG{b}" for b in dataset.column("bytes").to_pylist()]
    dataset.add_column("note", pd.Series(["b", "a"], dataset.ids[1::-1])).relabel(pd.Series(["owl"], dataset.ids[2:3]))
    assert dataset.column("note").to_pylist()[:3] == ["a", "b", None]
    assert dataset.labels.count("owl") == 1 == dataset.labels[2:3].count("owl")
    with pytest.raises(ValueError, match="values: a column holds one value of one kind"):
        dataset.add_column("mixed", [1, "a"] * 12)
