"""Tables as people have them: encodings, texts that look like numbers, foreign paths, pictures in cells."""

from __future__ import annotations

import io
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.sources.csv_file import as_numbers


def some_picture(seed: int = 0) -> Image.Image:
    few = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(few).resize((40, 30))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    for number in range(3):
        some_picture(number).save(tmp_path / "photos" / f"{number}.png")
    return tmp_path / "photos"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_labels_in_any_common_encoding(photos: Path, tmp_path: Path, encoding: str) -> None:
    content = "path,label\n0.png,Käse\n1.png,Öl\n2.png,naïve\n"
    if encoding == "utf-16-le":  # with its mark, as Windows writes it
        content = "\ufeff" + content
    (photos / "t.csv").write_bytes(content.encode(encoding))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_table(photos / "t.csv", label="label", store=tmp_path / "s.nbc")
    assert ds.labels == ["Käse", "Öl", "naïve"]
    told = any("t.csv is not UTF-8: it was read as Windows-1252" in str(warning.message) for warning in caught)
    assert told == (encoding == "cp1252")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(photos: Path, tmp_path: Path, separator: str) -> None:
    (photos / "t.csv").write_text(
        separator.join(["path", "label"]) + "\n" + separator.join(["0.png", "a,b"][:2]).replace("a,b", '"a,b"')
    )
    assert nbc.Dataset.from_table(photos / "t.csv", label="label", store=tmp_path / "s.nbc").labels == ["a,b"]


@pytest.mark.parametrize(
    "texts",
    [
        ["001", "010", "1"],
        ["1e5", "2e1", "3"],
        ["true", "False", "yes"],
        ["12:30", "2020-01-01", "nan"],
        ["NA", "null", "None"],
        ["1.10", "1.1", "2"],
        ["+1", "-0", "1_000"],
        ["0", "0.0", "1"],
    ],
)
def test_text_stays_text(photos: Path, tmp_path: Path, texts: list[str]) -> None:
    rows = "".join(f"{number}.png,{text},{text}\n" for number, text in enumerate(texts))
    (photos / "t.csv").write_text(f"path,label,own\n{rows}")
    ds = nbc.Dataset.from_table(photos / "t.csv", label="label", store=tmp_path / "s.nbc")
    assert ds.labels == texts
    assert ds.column("own").to_pylist() == texts


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1", "20", "-3"], [1, 20, -3]),
        (["0.50", "0.25", "1.00"], [0.5, 0.25, 1.0]),
        (["0.5", "1e-07", "3"], [0.5, 1e-07, 3.0]),
        (["1", "", "3"], [1, None, 3]),
    ],
)
def test_numbers_are_numbers(photos: Path, tmp_path: Path, texts: list[str], numbers: list[float]) -> None:
    rows = "".join(f"{number}.png,{text}\n" for number, text in enumerate(texts))
    (photos / "t.csv").write_text(f"path,own\n{rows}")
    ds = nbc.Dataset.from_table(photos / "t.csv", store=tmp_path / "s.nbc")
    assert ds.column("own").to_pylist() == numbers


WHOLE = st.integers(-(10**12), 10**12).map(str)
DECIMAL = st.floats(allow_nan=False, allow_infinity=False).map(repr)


@given(st.lists(WHOLE | DECIMAL | st.text(), min_size=1))
def test_different_texts_never_become_one_number(texts: list[str]) -> None:
    read = as_numbers(pa.chunked_array([texts])).to_pylist()
    assert len({*read}) == len({*texts})


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, "", "  "])
def test_what_cannot_be_a_label_is_none(photos: Path, tmp_path: Path, missing: Any) -> None:
    labels = pd.Series(["cat", missing, "dog"], dtype=object)
    frame = pd.DataFrame({"path": ["0.png", "1.png", "2.png"], "label": labels})
    from_table = nbc.Dataset.from_table(frame, label="label", root=photos, store=tmp_path / "t.nbc")
    vectors = np.eye(3)
    from_vectors = nbc.Dataset.from_embeddings(["0", "1", "2"], vectors, labels=labels, store=tmp_path / "v.nbc")
    assert from_table.labels == from_vectors.labels == ["cat", None, "dog"]


@pytest.mark.parametrize(
    ("written", "on_disk"),
    [
        (r"cats\0.png", "cats/0.png"),
        (r"C:\Users\anna\data\cats\0.png", "cats/0.png"),
        (r"\\server\share\cats\0.png", "cats/0.png"),
        ("/home/anna/data/cats/0.png", "cats/0.png"),
        (unicodedata.normalize("NFD", "kätzchen/ö.png"), unicodedata.normalize("NFC", "kätzchen/ö.png")),
        (unicodedata.normalize("NFC", "kätzchen/ö.png"), unicodedata.normalize("NFD", "kätzchen/ö.png")),
    ],
)
def test_paths_of_another_computer_are_found_below_the_root(tmp_path: Path, written: str, on_disk: str) -> None:
    file = tmp_path / "photos" / on_disk
    file.parent.mkdir(parents=True)
    some_picture().save(file)
    frame = pd.DataFrame({"path": [written]})
    with pytest.warns(UserWarning, match="1 paths were written on another system"):
        ds = nbc.Dataset.from_table(frame, root=tmp_path / "photos", store=tmp_path / "s.nbc")
    assert ds.image(ds.ids[0]).size == (40, 30)


def test_two_folders_of_another_computer_never_become_one(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    some_picture().save(tmp_path / "photos" / "0.png")
    frame = pd.DataFrame({"path": [r"C:\data\cats\0.png", r"C:\data\dogs\more\0.png"]})
    with pytest.warns(UserWarning, match="paths are those of another computer.* give root="):
        ds = nbc.Dataset.from_table(frame, root=tmp_path / "photos", store=tmp_path / "s.nbc")
    assert len(ds) == 1


def jpeg(seed: int) -> bytes:
    sink = io.BytesIO()
    some_picture(seed).save(sink, "PNG")
    return sink.getvalue()


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param(lambda: [jpeg(0), jpeg(1)], id="bytes"),
        pytest.param(lambda: [{"bytes": jpeg(n), "path": f"{n}.png"} for n in range(2)], id="structures"),
        pytest.param(lambda: [some_picture(0), some_picture(1)], id="pillow"),
        pytest.param(lambda: [np.asarray(some_picture(0)), np.asarray(some_picture(1))], id="arrays"),
    ],
)
def test_pictures_inside_a_table(tmp_path: Path, cells: Any) -> None:
    frame = pd.DataFrame({"path": pd.Series(cells(), dtype=object), "label": ["a", "b"], "w": [1, 2]})
    ds = nbc.Dataset.from_table(frame, label="label", store=tmp_path / "s.nbc")
    assert all(len(item_id) < 20 for item_id in ds.ids)
    assert [np.asarray(ds.image(i)).tolist() for i in ds.ids] == [np.asarray(some_picture(n)).tolist() for n in (0, 1)]
    assert ds.labels == ["a", "b"]
    ds.close()
    (tmp_path / "s.nbc").rename(tmp_path / "moved.nbc")  # the pictures are inside, and move along
    moved = nbc.Dataset.open(tmp_path / "moved.nbc")
    assert moved.image(moved.ids[1]).size == (40, 30)
    again = nbc.Dataset.from_table(frame.assign(w=[1, 20]), label="label", store=tmp_path / "moved.nbc")
    assert again.to_pandas()["w"].tolist() == [1, 20]


def test_pictures_inside_parquet_and_polars(tmp_path: Path) -> None:
    cells = [{"bytes": jpeg(n), "path": None} for n in range(2)]
    pq.write_table(pa.table({"image": cells, "n": [1, 2]}), tmp_path / "t.parquet")
    ds = nbc.Dataset.from_table(tmp_path / "t.parquet", image="image", store=tmp_path / "p.nbc")
    assert ds.image(ds.ids[1]).size == (40, 30)
    ds = nbc.Dataset.from_table(pl.DataFrame({"path": [jpeg(0), jpeg(1)]}), store=tmp_path / "q.nbc")
    assert len(ds) == 2


def test_a_picture_that_is_none_costs_its_row(tmp_path: Path) -> None:
    frame = pd.DataFrame({"path": pd.Series([jpeg(0), None, b"no picture"], dtype=object), "id": ["a", "b", "c"]})
    with pytest.warns(UserWarning, match="2 items could not be read"):
        ds = nbc.Dataset.from_table(frame, id="id", store=tmp_path / "s.nbc")
    assert ds.ids == ["a"]
    assert ds.errors["error"].tolist() == ["no picture was given", "not an image in a known format"]


def test_what_is_no_picture_costs_its_row(tmp_path: Path) -> None:
    cells = [some_picture(), 3.5, np.zeros((4, 4)), some_picture().convert("CMYK"), np.zeros((4, 5, 1), np.int64)]
    frame = pd.DataFrame({"path": pd.Series(cells, dtype=object), "id": list("abcde")})
    with pytest.warns(UserWarning, match="Row 1 holds no picture: got float"):
        ds = nbc.Dataset.from_table(frame, id="id", store=tmp_path / "s.nbc")
    assert ds.ids == ["a", "d", "e"]
    with pytest.raises(TypeError, match="The column 'path' holds lists"):
        nbc.Dataset.from_table(pd.DataFrame({"path": [["a.png", "b.png"]]}), store=tmp_path / "t.nbc")


def test_two_pictures_of_one_name_are_two(tmp_path: Path) -> None:
    cells = [{"bytes": jpeg(n), "path": "0.png"} for n in range(2)]
    ds = nbc.Dataset.from_table(pd.DataFrame({"path": cells}), store=tmp_path / "s.nbc")
    assert ds.ids == ["0.png", "0.png~2"]


def test_lists_beside_values_and_numbers_are_lists_of_texts(photos: Path, tmp_path: Path) -> None:
    labels = [["a", 1], "b", np.array([])]
    frame = pd.DataFrame({"path": ["0.png", "1.png", "2.png"], "y": pd.Series(labels, dtype=object)})
    assert nbc.Dataset.from_table(frame, label="y", root=photos, store=tmp_path / "s.nbc").labels == [
        ["a", "1"],
        ["b"],
        [],
    ]
    ds = nbc.Dataset.from_embeddings(["p", "q", "r"], np.eye(3), labels=labels, store=tmp_path / "v.nbc")
    assert ds.labels == [["a", "1"], ["b"], []]


@pytest.mark.parametrize("labels", [[{"a": 1}, {"a": 2}], [[["a"]], [["b"]]]])
def test_what_is_no_label_is_refused(photos: Path, tmp_path: Path, labels: list[Any]) -> None:
    frame = pd.DataFrame({"path": ["0.png", "1.png"], "y": labels})
    with pytest.raises(TypeError, match="a label is a text, or a list of texts"):
        nbc.Dataset.from_table(frame, label="y", root=photos, store=tmp_path / "s.nbc")


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, "", ["q"]])
def test_an_item_of_vectors_has_an_id(tmp_path: Path, missing: Any) -> None:
    with pytest.warns(UserWarning, match="1 rows have no id in ids, such as row 1: passed over"):
        ds = nbc.Dataset.from_embeddings(["a", missing, "c"], np.eye(3), labels=[*"xyz"], store=tmp_path / "s.nbc")
    assert (ds.ids, ds.labels) == (["a", "c"], ["x", "z"])
    assert ds.search("c", k=1).ids == ["a"]


def test_several_labels_in_every_kind_of_table(photos: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"path": ["0.png", "1.png", "2.png"], "y": [["b", "a"], ["a"], []]})
    frame.to_parquet(tmp_path / "t.parquet")
    for number, table in enumerate([frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), tmp_path / "t.parquet"]):
        ds = nbc.Dataset.from_table(table, label="y", root=photos, store=tmp_path / f"{number}.nbc")
        assert ds.labels == [["b", "a"], ["a"], []]
        assert ds.where("list_contains(label, 'a')").ids == ["0.png", "1.png"]


def test_lists_beside_single_labels_are_told(photos: Path, tmp_path: Path) -> None:
    nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc").relabel(["0.png"], "cat")
    frame = pd.DataFrame({"path": ["1.png"], "y": [["b", "a"]]})
    with pytest.warns(UserWarning, match="The labels were text, and are lists of text now"):
        ds = nbc.Dataset.from_table(frame, label="y", root=photos, store=tmp_path / "s.nbc")
    assert ds.labels == [["cat"], ["b", "a"], None]
    ds.undo_edit()
    assert ds.labels == [["cat"], None, None]


@pytest.mark.parametrize("columns", [["id", "path", "label"], ["label", "path", "id"]])
def test_a_part_of_our_csv_saved_by_pandas_has_its_texts_without_apostrophes(
    tmp_path: Path, columns: list[str]
) -> None:
    for name in ("-b.png", "cat/c.png"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        some_picture(len(name)).save(tmp_path / "in" / name)
    ds = nbc.Dataset.from_folder(tmp_path / "in", store=tmp_path / "a.nbc")
    ds.relabel({"-b.png": "=x", "cat/c.png": "-y"})
    whole = pd.read_csv(ds.export("csv", to=tmp_path / "whole.csv"))
    for rows in (whole, whole[whole["id"] == "cat/c.png"]):
        rows[columns].to_csv(tmp_path / "part.csv", index=False)
        with pytest.warns(UserWarning, match="it was taken off"):
            again = nbc.Dataset.from_table(
                tmp_path / "part.csv", id="id", label="label", store=tmp_path / f"{len(rows)}.nbc"
            )
        assert dict(zip(again.ids, again.labels, strict=True)).items() <= {"-b.png": "=x", "cat/c.png": "-y"}.items()


@pytest.mark.parametrize("beside", ["-z", "z"])
def test_an_apostrophe_in_a_table_of_others_stays_and_is_told(photos: Path, tmp_path: Path, beside: str) -> None:
    rows = {"id": ["0.png", "1.png"], "path": [str(photos / "0.png"), str(photos / "1.png")], "label": ["'-x", beside]}
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    with pytest.warns(UserWarning, match="it was taken as it stands"):
        ds = nbc.Dataset.from_table(tmp_path / "t.csv", id="id", label="label", store=tmp_path / "s.nbc")
    assert ds.labels == ["'-x", beside]
