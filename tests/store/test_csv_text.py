"""A table as CSV: what comes back is what went in, and no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import io
import warnings
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbcurate as nbc
from nbcurate.store.csv_text import read_csv_text, write_csv_text

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    [
        "",
        "007",
        "1",
        "1.0",
        "true",
        "nan",
        "=1+1",
        "-1",
        "'=x",
        "''",
        "'",
        "@",
        "\t",
        "\r",
        "a\r\nb",
        '"',
        '""',
        ",",
        "[1]",
    ]
)
DATES = st.dates(date(1900, 1, 1), date(2200, 1, 1))
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
COLUMNS = st.one_of(
    *(
        st.lists(st.none() | values, min_size=3, max_size=3).map(lambda found, kind=kind: pa.array(found, kind))
        for values, kind in (
            (TEXT, pa.string()),
            (st.integers(-(2**63), 2**63 - 1), pa.int64()),
            (st.floats(allow_nan=False), pa.float64()),
            (st.booleans(), pa.bool_()),
            (DATES, pa.date32()),
            (TIMES, pa.timestamp("us")),
            (st.times(), pa.time64("us")),
            (st.timedeltas(timedelta(days=-9999), timedelta(days=9999)), pa.duration("us")),
            (st.decimals(-999, 999, places=3), pa.decimal128(6, 3)),
            (st.integers(2**63, 2**64 - 1), pa.uint64()),
            (st.lists(st.integers(2**63, 2**64 - 1), min_size=1), pa.list_(pa.uint64())),
            (st.lists(TEXT, min_size=1), pa.list_(pa.string())),
            (st.lists(st.integers(-9, 9), min_size=1), pa.list_(pa.int64())),
        )
    )
)
NAMES = st.lists(TEXT.filter(lambda name: name.strip() == name != ""), min_size=1, max_size=4, unique=True)


@settings(max_examples=150, deadline=None)
@given(names=NAMES, data=st.data())
def test_any_table_comes_back_with_its_values_and_types(
    names: list[str], data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = pa.table([pa.array(["a", "b", "c"]), *(data.draw(COLUMNS) for _ in names)], ["first \\", *names])
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    with path.open("wb") as sink:
        write_csv_text(table, sink)
    again = read_csv_text(path.read_bytes())
    assert again is not None
    assert again.to_pydict() == table.to_pydict()
    for name in table.column_names:
        if table[name].null_count < len(table) and not pa.types.is_decimal(table[name].type):
            assert again[name].type == table[name].type
        if pa.types.is_decimal(table[name].type) and table[name].null_count < len(table):
            assert pa.types.is_decimal(again[name].type)  # of as many digits as its values need


@given(cells=st.lists(TEXT, min_size=1, max_size=5))
def test_no_cell_of_text_is_a_formula_to_a_spreadsheet(cells: list[str]) -> None:
    sink = io.BytesIO()
    write_csv_text(pa.table({"a": cells, "=b": range(len(cells))}), sink)
    rows = list(csv.reader(io.StringIO(sink.getvalue().decode(), newline="")))
    for row in rows:
        assert row[0][:1] not in tuple("=+-@\t\r\n")
        assert row[1][:1] not in tuple("=+@\t\r\n")


def test_numbers_stay_numbers_to_everybody(tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b"], "below": [-1, -2], "share": [-0.5, 2.0], "sure": [True, None]})
    with (tmp_path / "x.csv").open("wb") as sink:
        write_csv_text(table, sink)
    frame = pd.read_csv(tmp_path / "x.csv")
    assert frame["below"].tolist() == [-1, -2]
    assert frame["share"].tolist() == [-0.5, 2.0]
    assert frame["sure"].tolist()[0] is True


def test_decimals_are_numbers_to_everybody(tmp_path: Path) -> None:
    table = pa.table({"id": ["a", "b"], "price": pa.array([Decimal("-20.00"), Decimal("0.10")])})
    with (tmp_path / "x.csv").open("wb") as sink:
        write_csv_text(table, sink)
    assert pd.read_csv(tmp_path / "x.csv")["price"].tolist() == [-20.0, 0.1]


def test_what_lists_cannot_bring_back_is_told(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.add_column("days", pd.Series([[date(2024, 1, 1)]] * len(dataset), index=dataset.ids))
    dataset.add_column("curve", pd.Series([[1.5, float("inf")]] * len(dataset), index=dataset.ids))
    dataset.add_column("shift", pd.Series([{"from": time(8), "to": time(16)}] * len(dataset), index=dataset.ids))
    dataset.add_column("eyes", pd.Series([{"left": 1, "right": None}] * len(dataset), index=dataset.ids))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        dataset.export("csv", to=tmp_path / "x.csv")
    words = {text.split("'")[1]: text for text in (str(one.message) for one in told)}
    assert set(words) == {"days", "curve", "shift"}
    assert "holds lists of date32[day]: they are read again as text" in words["days"]
    assert "holds lists of numbers that are not finite" in words["curve"]
    with pytest.warns(UserWarning, match="'shift' of the COCO file holds structures of what JSON has no values for"):
        dataset.export("coco", to=tmp_path / "x.json")


def test_bytes_are_left_out_and_told() -> None:
    sink = io.BytesIO()
    assert list(write_csv_text(pa.table({"a": ["x"], "b": [b"\xff"]}), sink)) == ["b"]
    assert sink.getvalue() == b'"a"\n"x"\n'


@pytest.mark.parametrize("text", ["id,label\n1,cat\n", "", '"id","label"\n"1","cat"\n' * 0])
def test_a_file_of_another_program_is_none_of_ours(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(text)
    assert read_csv_text((tmp_path / "x.csv").read_bytes()) is None


def test_a_table_that_a_spreadsheet_saved_again_is_read_without_the_guards(
    tmp_path: Path, dataset: nbc.Dataset
) -> None:
    """It takes the quotes off, and leaves the apostrophes where they are."""
    dataset.relabel({dataset.ids[0]: "=1+1", dataset.ids[1]: "'tis"}).add_column("note", {dataset.ids[2]: "-x"})
    written = dataset.export("csv", to=tmp_path / "x.csv")
    rows = list(csv.reader(io.StringIO(written.read_text(encoding="utf-8"), newline="")))
    with (tmp_path / "again.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    again = nbc.Dataset.from_table(tmp_path / "again.csv", store=tmp_path / "again.nbc")
    assert again.labels[:2] == ["=1+1", "'tis"]
    assert again.column("note").to_pylist()[2] == "-x"
