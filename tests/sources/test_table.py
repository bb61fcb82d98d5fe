"""A table names the images, and brings whatever else is known of them."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc


@pytest.fixture
def frame(folder: Path) -> pd.DataFrame:
    """Twelve real pictures with a class and two columns of the user's."""
    paths = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.png"))[:12]]
    kinds = [path.split("/")[0] for path in paths]
    return pd.DataFrame({"file": paths, "kind": kinds, "price": [float(n) for n in range(12)], "site": ["north"] * 12})


@pytest.mark.parametrize("kind", ["pandas", "arrow", "polars", "csv", "parquet"])
def test_any_kind_of_table(kind: str, frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    tables: dict[str, Any] = {
        "pandas": lambda: frame,
        "arrow": lambda: pa.Table.from_pandas(frame),
        "polars": lambda: pl.from_pandas(frame),
        "csv": lambda: (frame.to_csv(tmp_path / "t.csv", index=False), tmp_path / "t.csv")[1],
        "parquet": lambda: (frame.to_parquet(tmp_path / "t.parquet"), str(tmp_path / "t.parquet"))[1],
    }
    ds = nbc.Dataset.from_table(tables[kind](), image="file", label="kind", root=folder, store=tmp_path / "t.nbc")
    assert ds.ids == frame["file"].tolist()
    assert ds.labels == frame["kind"].tolist()
    assert ds.column("price").to_pylist() == frame["price"].tolist()
    assert ds.column("site").to_pylist() == ["north"] * 12
    assert ds.image(ds.ids[0]).size == (ds.to_pandas()["width"][0], ds.to_pandas()["height"][0])


def test_relative_paths_begin_beside_the_file(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    frame.to_csv(folder / "list.csv", index=False)
    ds = nbc.Dataset.from_table(folder / "list.csv", image="file", store=tmp_path / "t.nbc")
    assert len(ds) == 12
    assert len(ds.errors) == 0


def test_a_longer_table_adds_what_is_new(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"image": "file", "label": "kind", "root": folder, "store": tmp_path / "t.nbc"}
    keys = nbc.Dataset.from_table(frame.head(5), **options).keys
    ds = nbc.Dataset.from_table(frame.assign(price=frame["price"] + 100), **options)
    assert ds.keys[:5].tolist() == keys.tolist()
    assert ds.ids == frame["file"].tolist()
    assert ds.column("price").to_pylist() == (frame["price"] + 100).tolist()


def test_ids_of_ones_own(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    named = frame.assign(name=[f"item {n}" for n in range(12)])
    ds = nbc.Dataset.from_table(named, image="file", id="name", root=folder, store=tmp_path / "t.nbc")
    assert ds.ids == named["name"].tolist()
    with pytest.raises(ValueError, match="'item 0' is in the table twice"):
        nbc.Dataset.from_table(
            pd.concat([named, named]), image="file", id="name", root=folder, store=tmp_path / "u.nbc"
        )


def test_a_column_that_is_not_there_is_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"no column 'path'.*file, kind, price, site"):
        nbc.Dataset.from_table(frame, store=tmp_path / "t.nbc")


def test_bad_rows_cost_those_rows(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    frame.loc[2, "file"] = None
    frame.loc[3, "file"] = "nowhere/gone.png"
    with pytest.warns(UserWarning, match="2 items could not be read"):
        ds = nbc.Dataset.from_table(frame, image="file", root=folder, store=tmp_path / "t.nbc")
    assert len(ds) == 10
    assert dict(zip(ds.errors["id"], ds.errors["error"], strict=True)) == {
        "row 2": "no picture was given",
        "nowhere/gone.png": "the file is gone",
    }


def test_a_column_with_a_name_of_ours_is_left_out_and_said(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="nbcurate fills columns of these names itself: 'width', 'copy_of'") as warned:
        ds = nbc.Dataset.from_table(
            frame.assign(width=1, copy_of="x"), image="file", root=folder, store=tmp_path / "t.nbc"
        )
    assert len(warned) == 1
    assert ds.column("width").to_pylist() != [1] * 12


def test_a_column_that_looks_like_the_label_is_not_taken_without_a_word(
    frame: pd.DataFrame, folder: Path, tmp_path: Path
) -> None:
    named = frame.rename(columns={"kind": "label"})
    with pytest.warns(UserWarning, match="to take it as the label, give label='label'"):
        ds = nbc.Dataset.from_table(named, image="file", root=folder, store=tmp_path / "t.nbc")
    assert ds.labels == [None] * 12


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_what_was_exported_comes_back_as_it_was(format: Any, dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.measure().tag(dataset.ids[:2], "night, late", "été").relabel(dataset.ids[2:3], None)
    dataset.add_column("note", {dataset.ids[5]: "look again"})
    dataset.store.update_items(pa.table({"key": dataset.keys[:3], "split": ["train", "val", None]}))
    written = dataset.export(format, to=tmp_path / f"items.{format}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = nbc.Dataset.from_table(written, store=tmp_path / "again.nbc")
    assert (again.ids, again.labels, again.tags) == (dataset.ids, dataset.labels, dataset.tags)
    for name in ("split", "note", "width", "tags"):
        assert again.column(name).to_pylist() == dataset.column(name).to_pylist()


def test_tags_that_are_none_say_so(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="column 'tags' is left out: row 0 holds 'night'"):
        ds = nbc.Dataset.from_table(frame.assign(tags="night"), image="file", root=folder, store=tmp_path / "t.nbc")
    assert ds.tags == {}


def test_tags_stay_when_the_file_changes(dataset: nbc.Dataset, folder: Path) -> None:
    dataset.tag(dataset.ids[:1], "night")
    Image.new("RGB", (9, 9), "blue").save(folder / dataset.ids[0])
    assert nbc.Dataset.from_folder(folder, store=dataset.store.path).tags == {"night": 1}


def test_the_data_can_move(frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_table(frame, image="file", root=folder, store=tmp_path / "t.nbc")
    keys = ds.keys
    shutil.move(folder, tmp_path / "elsewhere")
    with pytest.raises(nbc.UnreadableImageError, match="gone"):
        ds.image(ds.ids[0])
    ds.reroot(tmp_path / "elsewhere")
    assert ds.image(ds.ids[0]).width > 0
    assert ds.keys.tolist() == keys.tolist()
    with pytest.raises(ValueError, match="No image comes from"):
        ds.reroot("x", old="y")


@pytest.fixture
def memory_files(frame: pd.DataFrame, folder: Path) -> Iterator[str]:
    """The pictures in a file system that is not the local one, as s3:// would be."""
    import fsspec

    memory = fsspec.filesystem("memory")
    for path in frame["file"]:
        memory.pipe(f"/bucket/{path}", (folder / path).read_bytes())
    yield "memory://bucket"
    memory.rm("/bucket", recursive=True)


def test_urls(memory_files: str, frame: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    urls = frame.assign(file=[f"{memory_files}/{path}" for path in frame["file"]])
    ds = nbc.Dataset.from_table(urls, image="file", label="kind", store=tmp_path / "t.nbc")
    local = nbc.Dataset.from_table(frame, image="file", root=folder, store=tmp_path / "l.nbc")
    assert ds.to_pandas()["path"].tolist() == urls["file"].tolist()
    assert ds.image(ds.ids[3]).tobytes() == local.image(local.ids[3]).tobytes()
    assert ds.export("folder", to=tmp_path / "out").is_dir()
    assert len(list((tmp_path / "out").rglob("*.png"))) == 12


def test_a_driver_that_is_missing_is_named(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = nbc.Dataset.from_table(pd.DataFrame({"path": ["nosuch://a/b.jpg"]}), store=tmp_path / "t.nbc")
    assert "nosuch" in ds.errors["error"][0]


def test_labels_that_look_like_something_else_are_told(folder: Path, tmp_path: Path) -> None:
    paths = [str(path) for path in sorted(folder.rglob("*.png"))[:3]]

    def taken(labels: list[Any], name: str) -> list[Any]:
        frame = pd.DataFrame({"path": paths, "kind": pd.Series(labels, dtype=object)})
        return nbc.Dataset.from_table(frame, label="kind", store=tmp_path / f"{name}.nbc").labels

    for number, texts in enumerate((["['a', 'b']", "['b']", "[]"], ["['a' 'b']", None, "['b']"], ["{'a'}", "x", "y"])):
        with pytest.warns(UserWarning, match="labels in 'kind' look like lists written as text"):
            assert taken(texts, f"text{number}") == texts
    with pytest.warns(UserWarning, match="labels in 'kind' look like multi-hot vectors"):
        taken([np.array([1, 0, 1]), np.array([0, 0, 1]), np.array([0, 0, 0])], "hot")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        taken(["[draft]", "(x)", "cat"], "plain")
        taken([[0, 1], [1], [2, 0]], "numbers")


def test_a_column_of_pandas_in_a_cell_is_a_list(folder: Path, tmp_path: Path) -> None:
    paths = [str(path) for path in sorted(folder.rglob("*.png"))[:3]]
    for name, labels in (
        ("series", [pd.Series(["a", "b"]), pd.Series(["c"]), None]),
        ("mixed", [["a", np.float32(2)], [2], [2.0]]),
    ):
        frame = pd.DataFrame({"path": paths, "kind": pd.Series(labels, dtype=object)})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ds = nbc.Dataset.from_table(frame, label="kind", store=tmp_path / f"{name}.nbc")
        assert ds.labels == ([["a", "b"], ["c"], None] if name == "series" else [["a", "2"], ["2"], ["2"]])
