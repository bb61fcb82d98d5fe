"""Columns for the browser: every kind of value arrives as it is, and what cannot be sent whole is said to be cut."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbcurate as nbc
from nbcurate.widgets.columns import MAX_CATEGORIES, encode_category, encode_date, encode_list, encode_number, kind_of
from nbcurate.widgets.session import Session
from nbcurate.widgets.view import View

from .test_wire import Browser, request


def test_every_column_that_is_listed_can_be_had(browser: Browser, dataset: nbc.Dataset) -> None:
    (hello,), _ = browser.ask("hello")
    kinds = {column["name"]: column["kind"] for column in hello["columns"]}
    assert (kinds["label"], kinds["width"]) == ("category", "number")
    for name, kind in kinds.items():
        parts, buffers = browser.ask("columns", {"view": 0, "names": [name]})
        assert {part["kind"] for part in parts} == {kind}
        assert sum(map(len, buffers)) == 24 * np.dtype(parts[-1]["dtype"]).itemsize
    _, (widths,) = browser.ask("columns", {"view": 0, "names": ["width"]})
    assert np.frombuffer(widths, "<f4").tolist() == dataset.column("width").to_pylist()


def test_an_unknown_column_is_refused_by_name(browser: Browser) -> None:
    assert browser.refused(request("columns", {"view": 0, "names": ["no such thing"]})) == "unknown-column"


def test_names_are_sorted_and_no_value_is_minus_one() -> None:
    codes, names, distinct = encode_category(pa.array(["dog", None, "cat", "dog"]))
    assert (codes.tolist(), names, distinct) == ([1, -1, 0, 1], ["cat", "dog"], 2)
    codes, names, distinct = encode_category(pa.array([True, False, None]))
    assert (codes.tolist(), names, distinct) == ([1, 0, -1], ["false", "true"], 2)
    codes, names, distinct = encode_category(pa.array([None, None], pa.string()))
    assert (codes.tolist(), names, distinct) == ([-1, -1], [], 0)
    dictionary = pa.array(["b", "a", None]).dictionary_encode().filter(pa.array([True, False, True]))
    codes, names, distinct = encode_category(dictionary)
    assert (codes.tolist(), names, distinct) == ([0, -1], ["b"], 1)


def test_of_too_many_names_the_most_frequent_are_sent() -> None:
    rare = [f"rare {i:06}" for i in range(MAX_CATEGORIES + 5)]
    codes, names, distinct = encode_category(pa.array([*rare, "common", "common"]))
    assert distinct == MAX_CATEGORIES + 6
    assert len(names) == MAX_CATEGORIES
    assert names[codes[-1]] == "common"
    assert (codes == -2).sum() == 6


def test_numbers_and_dates_keep_their_values_and_their_gaps() -> None:
    assert np.array_equal(encode_number(pa.array([1, None, 3])), np.float32([1, np.nan, 3]), equal_nan=True)
    assert encode_number(pa.array([0.25], pa.float64())).dtype == np.float32
    day = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    found = encode_date(pa.array([day, None], pa.timestamp("us", "UTC")))
    assert found[0] == day.timestamp() * 1000
    assert np.isnan(found[1])
    assert encode_date(pa.array([dt.date(1970, 1, 2)])).tolist() == [86_400_000.0]


def test_what_has_no_order_and_no_name_is_not_offered() -> None:
    assert kind_of(pa.list_(pa.int32())) is None
    assert kind_of(pa.binary()) is None
    assert kind_of(pa.dictionary(pa.int32(), pa.string())) == "category"
    assert kind_of(pa.bool_()) == "category"


def test_a_view_brings_columns_of_its_own(browser: Browser, dataset: nbc.Dataset) -> None:
    score = np.linspace(0, 1, 24, dtype=np.float32)
    nbc.SimilarityGrid(dataset, columns={"score": score, "night": ["yes"] * 24})
    (hello,), _ = browser.ask("hello")
    assert {"name": "score", "kind": "number"} in hello["columns"]
    assert {"name": "night", "kind": "category"} in hello["columns"]
    _, (sent,) = browser.ask("columns", {"view": 0, "names": ["score"]})
    assert np.array_equal(np.frombuffer(sent, "<f4"), score)
    with pytest.raises(ValueError, match="3 values for 24 items"):
        nbc.SimilarityGrid(dataset, columns={"score": [1, 2, 3]})


def test_lists_are_codes_and_where_those_of_each_item_begin(browser: Browser, dataset: nbc.Dataset) -> None:
    lists = [["dog", "cat", "dog"], None, [], ["cat", None], *[["fox"]] * 20]
    dataset.add_column("seen", pa.array(lists, pa.list_(pa.string())))
    (hello,), _ = browser.ask("hello")
    kinds = {column["name"]: column["kind"] for column in hello["columns"]}
    assert kinds["seen"] == "list"
    assert "tags" not in kinds, "where no item has any"
    (named, *parts), (_, *buffers) = browser.ask("columns", {"view": 0, "names": ["seen"]})
    assert (named["categories"], named["distinct"], named["total"]) == (["cat", "dog", "fox"], 3, 25)
    assert [(part["array"], part["total"]) for part in parts] == [("codes", 25), ("starts", 25)]
    codes, starts = (np.frombuffer(buffer, "<i4").tolist() for buffer in buffers)
    assert codes[:5] == [0, 1, -1, 3, 0]
    assert starts[:5] == [0, 2, 3, 4, 5]
    assert (codes[5:], starts[-1]) == ([2] * 20, 25)
    dataset.tag(dataset.ids[:1], "night")
    (hello,), _ = browser.ask("hello")
    assert {"name": "tags", "kind": "list"} in hello["columns"]


def test_rare_names_in_lists_share_a_code_once_an_item() -> None:
    rare = [[f"name {at}" for at in range(row * 3, row * 3 + 3)] for row in range(MAX_CATEGORIES // 3 + 10)]
    codes, starts, names, distinct = encode_list(pa.array([["often"], *rare, ["often"]]))
    assert (len(names), distinct) == (MAX_CATEGORIES, 3 * len(rare) + 1)
    assert names[codes[0]] == names[codes[-1]] == "often"
    others = [codes[a:b].tolist() for a, b in pairwise(starts)]
    assert all(of_item.count(-2) <= 1 for of_item in others)
    assert [-2] in others


@pytest.mark.parametrize("whole", [2**24 + 1, -(2**24) - 1, 2**53 - 1, 4_000_000_001])
def test_whole_numbers_arrive_as_they_are(browser: Browser, dataset: nbc.Dataset, whole: int) -> None:
    for values in (pa.array([whole, None] + [7] * 22), pa.array([float(whole), None] + [7.0] * 22)):
        dataset.add_column("number", values)
        (part,), (buffer,) = browser.ask("columns", {"view": 0, "names": ["number"]})
        assert (part["kind"], part["dtype"]) == ("number", "float64")
        assert int(np.frombuffer(buffer, "<f8")[0]) == whole
        dataset.drop_column("number")


@pytest.mark.parametrize("beyond", [2**53, 2**63 - 1, -(2**63), 2**64 - 1])
def test_whole_numbers_that_no_browser_knows_arrive_as_text(
    browser: Browser, dataset: nbc.Dataset, beyond: int
) -> None:
    dataset.add_column("serial", pa.array([beyond, None] + [7] * 22, pa.uint64() if beyond > 2**63 else pa.int64()))
    (named, _), (_, codes) = browser.ask("columns", {"view": 0, "names": ["serial"]})
    assert named["kind"] == "category"
    first = np.frombuffer(codes, "<i4")[0]
    assert named["categories"][first] == str(beyond)
    assert nbc.ClassBalance(dataset, by="serial").by == "serial"


def test_numbers_that_single_precision_holds_stay_small() -> None:
    assert encode_number(pa.array([0.5, 3, None])).dtype == np.float32
    assert encode_number(pa.array([1, 2**24])).dtype == np.float32
    assert encode_number(pa.array([0.1])).dtype == np.float64
    assert encode_number(pa.array([np.inf, np.nan])).dtype == np.float32


def predictions(dataset: nbc.Dataset) -> pd.DataFrame:
    """As a model gives them: by id, in an order of its own."""
    confidence = np.linspace(0.2, 1, len(dataset))
    table = pd.DataFrame({"prediction": dataset.labels, "confidence": confidence}, index=dataset.ids)
    return table.sample(frac=1, random_state=3)


def shown(dataset: nbc.Dataset, view: View, name: str) -> list[object]:
    """Values of a column as the browser is told them, in the view's order."""
    return Session.of(dataset)._handlers.columns.values(view.dataset, name).to_pylist()


@pytest.mark.parametrize("by_column", [False, True])
def test_predictions_are_columns_of_every_view_and_each_goes_to_its_item(dataset: nbc.Dataset, by_column: bool) -> None:
    table = predictions(dataset)
    given = table.rename_axis("id").reset_index() if by_column else table
    grid = nbc.SimilarityGrid(dataset, columns=given, sort_by="confidence", caption="prediction", descending=True)
    assert shown(dataset, grid, "confidence") == table["confidence"][dataset.ids].tolist()
    assert shown(dataset, grid, "prediction") == dataset.labels
    assert nbc.EmbeddingMap(dataset, color="prediction").color == "prediction"
    assert nbc.EmbeddingMap(dataset, columns=given, color="confidence").color == "confidence"
    assert nbc.ClassBalance(dataset, columns=given, by="prediction").by == "prediction"
    assert "id" not in Session.of(dataset).column_names


def test_predictions_of_all_serve_a_part_and_those_of_a_part_all(dataset: nbc.Dataset) -> None:
    table, part = predictions(dataset), dataset.where(dataset.ids[5:9])
    view = nbc.SimilarityGrid(part, columns=table)
    assert shown(dataset, view, "prediction") == dataset.labels[5:9]
    view = nbc.SimilarityGrid(dataset, columns=table.loc[dataset.ids[5:9]])
    assert shown(dataset, view, "prediction") == [None] * 5 + dataset.labels[5:9] + [None] * 15
    view = nbc.SimilarityGrid(dataset, columns={"mine": {dataset.ids[2]: 0.5}})
    assert shown(dataset, view, "mine") == [None, None, 0.5] + [None] * 21


def test_values_whose_items_cannot_be_told_are_refused(dataset: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match=r"columns\['mine'\].*3 values for 24 items"):
        nbc.SimilarityGrid(dataset, columns={"mine": [1, 2, 3]})
    with pytest.raises(nbc.UnknownItemError, match="nobody"):
        nbc.SimilarityGrid(dataset, columns={"mine": {"nobody.jpg": 1}})
    with pytest.raises(ValueError, match=r"columns\['mine'\].*index holds neither ids nor the row numbers"):
        nbc.SimilarityGrid(dataset, columns=pd.DataFrame({"mine": range(24)}, index=range(5, 29)))
    with pytest.raises(TypeError, match="give a DataFrame"):
        nbc.SimilarityGrid(dataset, columns=[1, 2, 3])  # pyright: ignore[reportArgumentType]
