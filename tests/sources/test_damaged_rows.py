"""A damaged row of a table costs itself, and is told with where it is: the others come."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.sources.annotations.yolo import read_yolo
from nbcurate.sources.csv_rows import without_open_quotes

NAMES = [f"{at}.png" for at in range(4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for at, name in enumerate(NAMES):
        Image.new("RGB", (40, 30), (60 * at, 0, 0)).save(folder / name)
    return folder


def read(table: Any, folder: Path, store: Path, **how: Any) -> tuple[nbc.Dataset, str]:
    """The data set, and all that was warned of."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_table(table, root=folder, store=store, **how)
    return ds, " ".join(str(one.message) for one in told)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path,label\n0.png,a\n1.png,b,extra,more\n2.png,c\n3.png,d\n", "in line 3"),
        ("path,label\n0.png,a\n\n1.png\n2.png,c\n3.png,d\n", "in line 4"),
        ("path,label\n0.png,a\n2.png,c\n3.png,d\n1.p", "in line 5"),
        ('path,label\n0.png,a\n1.png,"b\n2.png,c\n3.png,d\n', "line 3 opens a quote"),
        ('path,label\n0.png,a\n1.png,"b\n2.png,"c"\n3.png,d\n', "line 3 opens a quote"),
        ('"path","label"\n"0.png","a"\n"1.png,"b"\n"2.png","c"\n"3.png","d"\n', "in line 3"),
        ('"path","label"\n"0.png","a"\n"1.png","b\n"2.png","c"\n"3.png","d"\n', "line 3 opens a quote"),
        ('path,label\r\n0.png,a\r\n1.png,"b\r\n2.png,c\r\n3.png,d\r\n', "line 3 opens a quote"),
        ('sep=;\npath;label\n0.png;a\n1.png;"b\n2.png;c\n3.png;d\n', "line 4 opens a quote"),
        ('path,label\n0.png,"a"\n2.png,c\n3.png,d\n1.png,"b', "line 5 opens a quote"),
    ],
)
def test_a_row_of_a_csv_file_that_is_none_costs_itself(text: str, words: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode())
    ds, told = read(file, folder, tmp_path / "s.nbc", label="label")
    assert dict(zip(ds.ids, ds.labels, strict=True)) == {"0.png": "a", "2.png": "c", "3.png": "d"}
    assert words in told
    assert "passed over" in told


def test_a_text_of_several_lines_is_one_as_long_as_its_quote_is_closed(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('path,label,note\n0.png,a,"two\nlines, ""and"" more\n"\n1.png,"b\n2.png,c,"x\ny"\n3.png,d,\n')
    ds, told = read(file, folder, tmp_path / "s.nbc", label="label")
    assert list(ds.ids) == ["0.png", "2.png", "3.png"]
    assert ds.column("note").to_pylist() == ['two\nlines, "and" more\n', "x\ny", None]
    assert "line 5 opens a quote" in told


cells = st.text(st.sampled_from('ab,"\n\r;é '), max_size=8)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6))
def test_nothing_is_taken_out_of_a_sound_file(rows: list[list[str]]) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    text = "path,label\n" + "".join(f"{','.join(row)}\n" for row in quoted)
    assert without_open_quotes(text, ",") == (text, [])


def test_a_damaged_export_brings_the_rows_that_are_whole(folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES, "label": list("abcd")}), folder, tmp_path / "s.nbc", label="label")
    file = ds.export("csv", to=tmp_path / "t.csv")
    file.write_bytes(file.read_bytes().rstrip()[:-40])
    again, told = read(file, folder, tmp_path / "t.nbc")
    assert dict(zip(again.ids, again.labels, strict=True)) == {"0.png": "a", "1.png": "b", "2.png": "c"}
    assert "passed over" in told


def test_an_exported_folder_with_a_damaged_table_brings_the_rows_that_are_whole(folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES, "label": list("abcd")}), folder, tmp_path / "s.nbc", label="label")
    file = ds.export("folder", to=tmp_path / "x") / "items.csv"
    file.write_bytes(file.read_bytes().rstrip()[:-40])
    with pytest.warns(UserWarning, match="passed over"):
        again = nbc.Dataset.from_folder(tmp_path / "x", store=tmp_path / "t.nbc")
    assert dict(zip(again.ids, again.labels, strict=True)) == {"0.png": "a", "1.png": "b", "2.png": "c"}


def test_a_cell_may_be_larger_than_what_is_read_at_once(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"path,mine\n0.png,a\n1.png,{'x' * 3_000_000}\n2.png,c\n")
    ds, told = read(file, folder, tmp_path / "s.nbc")
    assert [len(text) for text in ds.column("mine").to_pylist()] == [1, 3_000_000, 1]
    assert told == ""
    again, _ = read(ds.export("csv", to=tmp_path / "u.csv"), folder, tmp_path / "t.nbc")
    assert again.column("mine").to_pylist() == ds.column("mine").to_pylist()


def test_a_file_whose_first_line_fits_no_other_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("path,label\n0.png;a;b\n1.png;b;c\n")
    with pytest.raises(ValueError, match="its first line names 2 columns, and no other has as many cells"):
        read(file, folder, tmp_path / "s.nbc")


@pytest.mark.parametrize("missing", [None, float("nan"), "", " ", pd.NA, pd.NaT, ["x"]], ids=repr)
def test_a_row_without_an_id_is_passed_over(missing: Any, folder: Path, tmp_path: Path) -> None:
    table = pd.DataFrame({"path": NAMES, "name": pd.Series(["a", "b", missing, "d"], dtype=object)})
    ds, told = read(table, folder, tmp_path / "s.nbc", id="name")
    assert list(ds.ids) == ["a", "b", "d"]
    assert "1 rows have no id in column 'name', such as row 2" in told


ODD: dict[str, Any] = {
    "a list": [], "a list of a path": ["0.png"], "a picture": np.zeros((4, 4, 3), np.uint8),
    "no picture": np.zeros((4, 4, 7), np.uint8), "fractions": np.zeros((4, 4), np.float32), "a set": {"0.png"},
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_a_list_among_paths_costs_its_row(kind: str, folder: Path, tmp_path: Path) -> None:
    table = pd.DataFrame({"path": pd.Series([*NAMES[:2], ODD[kind], NAMES[3]], dtype=object), "name": list("abcd")})
    ds, told = read(table, folder, tmp_path / "s.nbc", id="name")
    assert list(ds.ids) == ["a", "b", "d"]
    assert list(ds.errors["id"]) == ["c"]
    assert "Column 'path': 1 rows hold no text, such as row 2" in told


def test_a_list_among_paths_of_polars_costs_its_row(folder: Path, tmp_path: Path) -> None:
    table = pl.DataFrame({"path": pl.Series([*NAMES[:3], ["3.png"]], dtype=pl.Object)})
    ds, told = read(table, folder, tmp_path / "s.nbc")
    assert list(ds.ids) == NAMES[:3]
    assert "row 3" in told


@pytest.mark.parametrize("odd", [["a", None], [1], "[x", '{"a": 1}', "[1, null]", 7, [["a"]]], ids=repr)
def test_an_odd_cell_of_tags_costs_its_row_its_tags(odd: Any, folder: Path, tmp_path: Path) -> None:
    cells = [["night"], ["wet", "night"], odd, ["dry"]]
    if not isinstance(odd, list):
        cells = ['["night"]', '["wet", "night"]', odd, '["dry"]']
    ds, told = read(pd.DataFrame({"path": NAMES, "tags": pd.Series(cells, dtype=object)}), folder, tmp_path / "s.nbc")
    there = [list(tags or []) for tags in ds.column("tags").to_pylist()]
    assert [there[0], there[3]] == [["night"], ["dry"]]
    assert there[2] == [] or odd in ([1], 7, [["a"]])
    assert sorted(there[1]) == ["night", "wet"]
    assert "tags" in told


def test_corrections_with_an_odd_cell_of_tags_bring_the_others(folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES}), folder, tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match="row 1 holds"):
        ds.merge_annotations(pd.DataFrame({"id": NAMES[:3], "tags": ['["a"]', "[x", '["c"]']}))
    assert [list(tags or []) for tags in ds.column("tags").to_pylist()] == [["a"], [], ["c"], []]


@pytest.mark.parametrize(
    "odd", [[1, 2], ["x", "y", "z"], None, 5, [[1, 2, 3]], [1, 2, None], [10**400, 1, 1]], ids=repr
)
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_vector_that_is_none_costs_its_item(odd: Any, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_embeddings(["a", "b", "c"], [[1, 0, 0], odd, [0, 1, 1e30]], store=tmp_path / "s.nbc")
    assert ds.ids == ["a", "c"]
    assert list(ds.errors["id"]) == ["b"]


@pytest.mark.parametrize("odd", [None, 5, "x", [], {"data": {"nbcurate_id": "1.png"}, "annotations": [
    {"result": [{"type": "choices", "from_name": "label", "value": {"choices": ["\ud800"]}}]}]}], ids=str)  # fmt: skip
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_odd_task_of_label_studio_costs_itself(odd: Any, folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES}), folder, tmp_path / "s.nbc")
    result = [{"type": "choices", "from_name": "label", "to_name": "image", "value": {"choices": ["cat"]}}]
    good = {"data": {"nbcurate_id": "0.png"}, "annotations": [{"result": result}]}
    (tmp_path / "l.json").write_text(json.dumps([good, odd]))
    ds.import_labels("labelstudio", tmp_path / "l.json")
    assert ds.labels[0] == "cat"


def test_a_class_may_be_called_like_the_home_folder(folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES, "label": list("~~ab")}), folder, tmp_path / "s.nbc", label="label")
    again = nbc.Dataset.from_folder(ds.export("folder", to=tmp_path / "x"), store=tmp_path / "t.nbc")
    assert sorted(again.labels) == ["a", "b", "~", "~"]


@pytest.mark.parametrize("format", ["csv", "parquet", "coco"])
def test_a_name_that_is_no_utf8_comes_back_from_an_export(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for name in (b"a.png", b"lab\xffel/\xff\xfe.png"):
        file = folder / os.fsdecode(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 30), (len(name), 0, 0)).save(file)
        except OSError:
            pytest.skip("this file system has no such names")
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    ending = "json" if format == "coco" else format
    out = ds.export(format, to=tmp_path / f"x.{ending}")
    if format == "coco":
        again = nbc.Dataset.from_coco(out, images=folder, objects=False, store=tmp_path / "t.nbc")
    else:
        again = nbc.Dataset.from_table(out, store=tmp_path / "t.nbc")
    assert sorted(again.ids) == sorted(ds.ids)
    assert len(again.errors) == 0


def test_a_row_of_hugging_face_without_an_id_and_one_of_no_class_cost_themselves(folder: Path, tmp_path: Path) -> None:
    import datasets
    import pyarrow as pa

    pictures = [{"bytes": (folder / name).read_bytes(), "path": name} for name in NAMES]
    kind = datasets.Features(
        image=datasets.Image(), name=datasets.Value("string"), label=datasets.ClassLabel(names=["cat", "dog"]),
        mine=datasets.Value("int64"),
    )  # fmt: skip
    rows = pa.table({
        "image": pa.array(pictures, kind["image"].pa_type), "name": ["a", None, "c", "d"],
        "label": pa.array([0, 0, 7, 1], pa.int64()), "mine": [1, 2, 3, 4],
    })  # fmt: skip
    data = datasets.Dataset(rows, datasets.DatasetInfo(features=kind))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_huggingface(data, image="image", label="label", id="name", store=tmp_path / "s.nbc")
    assert (ds.ids, ds.labels) == (["a", "c", "d"], ["cat", None, "dog"])
    assert ds.column("mine").to_pylist() == [1, 3, 4]
    words = " ".join(str(one.message) for one in told)
    assert "1 rows have no id in column 'name', such as row 1" in words
    assert "none of its 2 classes, such as row 2" in words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("names: {0: cat, x: dog}\ntrain: images\n", ""),
        ("names: [cat]\ntrain: [images, ../../..]\n", "leads out of the folder"),
        ("path: images/..\nnames: [cat]\ntrain: [images, ../../.., 5, /]\n", "leads out of the folder"),
    ],
)
def test_an_odd_entry_of_a_data_set_of_ultralytics_costs_itself(said: str, words: str, tmp_path: Path) -> None:
    place = tmp_path / "deep" / "data"
    for name in ("images", "labels"):
        (place / name).mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(place / "images" / "a.png")
    (place / "labels" / "a.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    (place / "data.yaml").write_text(said)
    found = read_yolo(place)
    assert [box.labels for image in found.images for box in image.boxes or []] == [["cat"]]
    assert words in " ".join(found.passed_over)


@pytest.mark.parametrize("size", [(0, 0), (-5, 30), (40, 0)])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_an_image_of_no_size_costs_itself(size: tuple[int, int], folder: Path, tmp_path: Path) -> None:
    ds, _ = read(pd.DataFrame({"path": NAMES}), folder, tmp_path / "s.nbc")
    wide, high = size
    odd = f'<image name="1.png" width="{wide}" height="{high}"><tag label="dog"/></image>'
    good = '<image name="0.png" width="40" height="30"><tag label="cat"/></image>'
    (tmp_path / "a.xml").write_text(f"<annotations>{odd}{good}</annotations>")
    ds.import_labels("cvat", tmp_path / "a.xml")
    assert ds.labels[0] == "cat"
    place = {"x": 1, "y": 1, "width": 50, "height": 50, "rectanglelabels": ["dog"]}
    box = {"id": "r", "type": "rectanglelabels", "from_name": "box", "original_width": wide, "original_height": high}
    choice = {"type": "choices", "from_name": "label", "value": {"choices": ["cow"]}}
    tasks = [
        {"data": {"nbcurate_id": "1.png"}, "annotations": [{"result": [{**box, "value": place}]}]},
        {"data": {"nbcurate_id": "2.png"}, "annotations": [{"result": [choice]}]},
    ]
    (tmp_path / "l.json").write_text(json.dumps(tasks))
    ds.import_labels("labelstudio", tmp_path / "l.json", control="label")
    assert ds.labels[2] == "cow"
