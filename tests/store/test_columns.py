"""Columns of the user's own: any name is taken or refused by name, and no value changes unasked."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import subprocess
import sys
import uuid
import warnings
from pathlib import Path
from typing import Any

import lance
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.store.column_names import decode_name, encode_name
from nbcurate.store.column_types import as_type, common_type

RESERVED = ("*", "_rowid", "_rowaddr", "_rowoffset", "_row_created_at_version", "_row_last_updated_at_version")


@pytest.fixture
def ds(tmp_path: Path) -> nbc.Dataset:
    (tmp_path / "photos").mkdir()
    for number in range(4):
        Image.fromarray(np.full((8, 8, 3), 50 * number, np.uint8)).save(tmp_path / "photos" / f"{number}.png")
    return nbc.Dataset.from_folder(tmp_path / "photos", store=tmp_path / "s.nbc")


def values(ds: nbc.Dataset, name: str = "x") -> list[Any]:
    return ds.column(name).to_pylist()


@pytest.mark.parametrize(
    ("first", "change", "after", "words"),
    [
        ([0, 1, 2, 3], 0.5, [0.0, 0.5, 2.0, 3.0], "whole numbers before, numbers now"),
        ([0, 1, 2, 3], 2**40, [0, 2**40, 2, 3], None),
        ([0.0, 1.5, 2.5, 3.5], 7, [0.0, 7.0, 2.5, 3.5], None),
        ([0, 1, 2, 2**53 + 1], 0.5, ["0", "0.5", "2", str(2**53 + 1)], "whole numbers before, text now"),
        (["a", "b", "c", "d"], 3.5, ["a", "3.5", "c", "d"], None),
        ([0, 1, 2, 3], "seven", ["0", "seven", "2", "3"], "whole numbers before, text now"),
        ([0, 1, 2, 3], None, [0, None, 2, 3], None),
        (["a", "b", "c", "d"], None, ["a", None, "c", "d"], None),
        ([True, False, True, True], 1, [1, 1, 1, 1], "true and false before, whole numbers now"),
        ([True, False, True, True], "maybe", ["True", "maybe", "True", "True"], "true and false before, text now"),
        ([None, None, None, None], 3, [None, 3, None, None], None),
        (["a", "b", "c", "d"], ["p", "q"], [["a"], ["p", "q"], ["c"], ["d"]], "text before, lists of text now"),
        ([[1], [], None, [2]], 3, [[1], [3], None, [2]], None),
        (
            [dt.datetime(2020, 1, day) for day in (1, 2, 3, 4)],
            "soon",
            ["2020-01-01 00:00:00", "soon", "2020-01-03 00:00:00", "2020-01-04 00:00:00"],
            "times before, text now",
        ),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_wipes_no_other(
    ds: nbc.Dataset, first: list[Any], change: Any, after: list[Any], words: str | None
) -> None:
    ds.add_column("x", first)
    if words is None:
        ds.add_column("x", {ds.ids[1]: change})
    else:
        with pytest.warns(UserWarning, match=f"The column 'x' held {words}, so that no value is lost"):
            ds.add_column("x", {ds.ids[1]: change})
    assert values(ds) == after
    assert values(nbc.Dataset.open(ds.store.path)) == after


def test_values_for_all_items_take_the_place_of_all(ds: nbc.Dataset) -> None:
    ds.add_column("x", ["a", "b", "c", "d"])
    ds.add_column("x", [1, 2, 3, 4])
    assert values(ds) == [1, 2, 3, 4]
    assert len(ds.where("x > 2")) == 2


def test_what_fits_beside_nothing_else_is_refused_and_changes_nothing(ds: nbc.Dataset) -> None:
    ds.add_column("x", [1, 2, 3, 4])
    with pytest.raises(ValueError, match="stays as it was, as it holds whole numbers, and cannot take"):
        ds.add_column("x", {ds.ids[0]: {"a": 1}})
    assert values(ds) == [1, 2, 3, 4]


ANY = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.text(max_size=4),
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2050, 1, 1)),
    st.lists(st.integers(0, 9), max_size=2),
)


@given(st.lists(ANY, min_size=1, max_size=1), st.lists(ANY, min_size=1, max_size=1))
@settings(max_examples=300, deadline=None)
def test_a_common_type_holds_both_as_they_are(here: list[Any], new: list[Any]) -> None:
    columns = pa.array([*here, None]), pa.array([None, *new])
    for one, values_there in zip(columns, (here, new), strict=True):
        held = as_type(one, common_type(*columns)).to_pylist()
        assert len(held) == 2
        (got,) = [value for value in held if value is not None] or [None]
        (said,) = values_there
        if isinstance(got, list) and not isinstance(said, list):
            (got,) = got
        elif isinstance(got, list):
            assert all(a == b or a == str(b) for a, b in zip(got, said, strict=True))
            continue
        assert got == said or got == str(said)


@pytest.mark.parametrize(
    "name",
    [
        *RESERVED,
        "bbox.x",
        "a`b",
        'a"b',
        "a%2Eb",
        "x~2",
        "_",
        "two\nlines",
        "ß",
        "🐱",
        "x" * 300,
        "'; drop table items; --",
        "select",
        "row 0",
        "nbcurate",
    ],
)
def test_a_column_of_any_name_is_kept_and_can_be_asked_for(ds: nbc.Dataset, name: str) -> None:
    ds.relabel(ds.ids, "precious")
    ds.add_column(name, [1, 2, 3, 4])
    ds.add_column(name, {ds.ids[0]: 0.5})
    path = ds.store.path
    ds.close()
    again = nbc.Dataset.open(path)
    assert again.labels == ["precious"] * 4
    assert values(again, name) == [0.5, 2.0, 3.0, 4.0]
    quoted = name.replace('"', '""')
    assert len(again.where(f'"{quoted}" > 1')) == 3
    again.drop_column(name)
    assert name not in again.column_names


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Label", "'Label' and 'label' differ in upper and lower case only"),
        ("MINE", "'MINE' and 'mine' differ in upper and lower case only"),
        ("width", "'width' is a column that nbcurate fills itself"),
        ("", "a text that is not empty"),
        ("  ", "a text that is not empty"),
    ],
)
def test_a_name_that_cannot_be_told_apart_is_refused_before_anything_is_written(
    ds: nbc.Dataset, name: str, why: str
) -> None:
    ds.add_column("mine", [1, 2, 3, 4])
    with pytest.raises(ValueError, match=why):
        ds.add_column(name, [5, 6, 7, 8])
    assert values(ds, "mine") == [1, 2, 3, 4]


def test_one_bad_column_of_a_table_costs_none_of_the_others(ds: nbc.Dataset, tmp_path: Path) -> None:
    frame = pd.DataFrame({"path": ["0.png", "1.png"], "good": [1, 2], "Good": [3, 4], "width": [5, 6], "a.b": [7, 8]})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        again = nbc.Dataset.from_table(frame, root=tmp_path / "photos", store=ds.store.path)
    said = " ".join(str(warning.message) for warning in caught)
    assert "Column 'Good' is left out" in said
    assert "nbcurate fills columns of these names itself: 'width'" in said
    assert values(again, "good") == [1, 2, None, None]
    assert values(again, "a.b") == [7, 8, None, None]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    for frame in (
        pd.DataFrame([["0.png", 1, 2]], columns=["path", "x", "x"]),
        pd.DataFrame([["0.png", 1, 2]], columns=["path", 1, "1"]),
    ):
        with pytest.raises(ValueError, match=r"two columns called '[x1]': rename one of them"):
            nbc.Dataset.from_table(frame, store=tmp_path / "s.nbc")
    (tmp_path / "t.csv").write_text("path,x,x\n0.png,1,2\n")
    with pytest.raises(ValueError, match=r"t.csv has two columns called 'x'"):
        nbc.Dataset.from_table(tmp_path / "t.csv", store=tmp_path / "s.nbc")


@pytest.mark.parametrize("name", RESERVED)
def test_a_store_that_such_a_name_made_unreadable_opens_again(ds: nbc.Dataset, name: str) -> None:
    """As older versions wrote them: the column under its own name."""
    ds.relabel(ds.ids, "precious")
    path, keys = ds.store.path, ds.keys
    ds.close()
    del ds
    table = lance.dataset(str(path / "items.lance"))
    table.merge(pa.table({"key": pa.array(keys, pa.uint64()), name: [1, 2, 3, 4]}), "key")
    code = f"import nbcurate as nbc; print(nbc.Dataset.open({str(path)!r}, read_only=True).labels)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(["precious"] * 4), done.stderr
    assert f"the column '{name}' makes this table unreadable" in done.stderr
    with pytest.warns(
        UserWarning, match=rf"the column '{re.escape(name)}' made this table unreadable.* and can be read"
    ):
        again = nbc.Dataset.open(path)
    assert again.labels == ["precious"] * 4
    assert values(again, name) == [1, 2, 3, 4]


@given(st.text(min_size=1), st.integers(0, 20))
def test_a_name_on_disk_is_that_of_one_column(name: str, again: int) -> None:
    assert decode_name(encode_name(name, again)) == (name, again)


def test_whole_numbers_stay_exact_beside_missing_ones(ds: nbc.Dataset) -> None:
    large = 2**53 + 1
    ds.add_column("x", pa.array([large, None, 3, 4]))
    assert ds.to_pandas()["x"].tolist() == [large, pd.NA, 3, 4]
    assert ds.where(f"x = {large}").ids == ds.ids[:1]


def test_periods_and_unique_ids_are_text(ds: nbc.Dataset, tmp_path: Path) -> None:
    ids = [uuid.UUID(int=number) for number in range(4)]
    frame = pd.DataFrame(
        {
            "path": [f"{n}.png" for n in range(4)],
            "month": pd.period_range("2020-01", periods=4, freq="M"),
            "uuid": ids,
            "span": pd.interval_range(0, 4),
        }
    )
    again = nbc.Dataset.from_table(frame, root=tmp_path / "photos", store=ds.store.path)
    assert values(again, "month") == ["2020-01", "2020-02", "2020-03", "2020-04"]
    assert values(again, "uuid") == [str(one) for one in ids]
    assert values(again, "span")[0] == "(0, 1]"
    ds.add_column("x", frame["month"])
    assert values(ds) == ["2020-01", "2020-02", "2020-03", "2020-04"]


@pytest.mark.parametrize(
    "cells", [[2**70, 1], ["\udcff", "b"], [np.zeros((2, 2)), np.ones((2, 2))], [{"a": 1}, 3], [object(), 2], [1, "a"]]
)
def test_a_column_that_is_like_no_other_costs_no_other(ds: nbc.Dataset, tmp_path: Path, cells: list[Any]) -> None:
    frame = pd.DataFrame({"path": ["0.png", "1.png"], "odd": pd.Series(cells, dtype=object), "good": [1, 2]})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        again = nbc.Dataset.from_table(frame, root=tmp_path / "photos", store=ds.store.path)
    assert values(again, "good") == [1, 2, None, None]
    assert "odd" in again.column_names or any("'odd'" in str(warning.message) for warning in caught)
    if isinstance(cells[0], int) and cells[0] == 2**70:
        assert values(again, "odd") == [str(2**70), "1", None, None]


@pytest.mark.parametrize(
    "column",
    [
        np.arange(4, dtype=np.float16),
        pa.array([decimal.Decimal("1.5")] * 4),
        pa.array([[1.0, 2.0]] * 4, pa.list_(pa.float16())),
        pa.array([dt.date(2020, 1, 1)] * 4),
        pa.array(["a", "b", "a", "b"]).dictionary_encode(),
        pa.array(["a"] * 4, pa.string_view()),
        pa.array([[1, 2]] * 4, pa.list_(pa.int64(), 2)),
        pd.Series(pd.Categorical(["a", "b", "a", "b"])),
        pd.Series([1, None, 3, 4], dtype="Int64"),
        pd.Series([dt.timedelta(1)] * 4),
    ],
)
def test_any_type_of_values_can_be_asked_for(ds: nbc.Dataset, column: Any) -> None:
    ds.add_column("x", column)
    assert len(ds.where("x is not null")) >= 3
