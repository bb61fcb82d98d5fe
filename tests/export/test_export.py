"""Curated items leave as a table or as a folder, and nothing that was there is touched."""

from __future__ import annotations

import filecmp
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import nbcurate as nbc


def test_csv_and_parquet_hold_the_picked_ids_in_order(dataset: nbc.Dataset, tmp_path: Path) -> None:
    ids = [dataset.ids[7], dataset.ids[2]]
    csv = dataset.export("csv", ids=ids, to=tmp_path / "new" / "picked.csv")
    parquet = dataset.export("parquet", ids=ids, to=tmp_path / "picked.parquet")
    for frame in (pd.read_csv(csv), pd.read_parquet(parquet)):
        assert frame["id"].tolist() == ids
        assert frame["label"].tolist() == dataset.to_pandas(ids)["label"].tolist()


def test_tags_in_a_csv_are_json(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.tag(dataset.ids[:1], "night", 'a "b"')
    written = pd.read_csv(dataset.export("csv", to=tmp_path / "items.csv"))["tags"]
    assert json.loads(written[0]) == ["night", 'a "b"']
    assert written[1:].isna().all()


def test_a_folder_holds_the_very_files_by_label(dataset: nbc.Dataset, tmp_path: Path) -> None:
    ids = dataset.ids[:1] + dataset.ids[-2:]
    folder = dataset.export("folder", ids=ids, to=tmp_path / "picked")
    items = pd.read_csv(folder / "items.csv")
    assert items["id"].tolist() == ids
    for file, path, label in zip(items["file"], items["path"], items["label"], strict=True):
        assert filecmp.cmp(folder / file, path, shallow=False)
        assert Path(file).parent.name == label
    assert len(nbc.Dataset.from_folder(folder, store=tmp_path / "again.nbc")) == 3


def test_a_folder_with_something_in_it_is_left_alone(dataset: nbc.Dataset, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not empty"):
        dataset.export("folder", to=tmp_path / "taken")
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["mine.txt"]


def test_two_files_of_one_name_both_arrive(folder: Path, tmp_path: Path) -> None:
    source = next((folder / "food").iterdir())
    for sub in ("a", "b"):
        (folder / "food" / sub).mkdir()
        shutil.copy(source, folder / "food" / sub / "same.png")
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    ids = [i for i in ds.ids if i.endswith("same.png")]
    files = pd.read_csv(ds.export("folder", ids=ids, to=tmp_path / "out") / "items.csv")["file"]
    assert sorted(files) == ["food/same-2.png", "food/same.png"]


def test_a_file_that_is_gone_costs_only_itself(dataset: nbc.Dataset, tmp_path: Path) -> None:
    Path(dataset.to_pandas()["path"][1]).unlink()
    with pytest.warns(UserWarning, match="could not be copied"):
        folder = dataset.export("folder", to=tmp_path / "out")
    assert pd.read_csv(folder / "items.csv")["file"].notna().sum() == 23


def test_unknown_ids_and_formats_say_so(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with pytest.raises(nbc.UnknownItemError, match="nothing-like-it"):
        dataset.export("csv", ids=["nothing-like-it"], to=tmp_path / "x.csv")
    with pytest.raises(ValueError, match="'csv', 'parquet', 'folder', 'coco' or 'huggingface'"):
        dataset.export("xml", to=tmp_path / "x.xml")  # type: ignore[arg-type]


def test_a_hugging_face_data_set_with_the_original_bytes(dataset: nbc.Dataset, tmp_path: Path) -> None:
    import datasets

    ids = dataset.ids[::5]
    loaded = datasets.load_from_disk(str(dataset.export("huggingface", ids=ids, to=tmp_path / "hf")))
    assert isinstance(loaded, datasets.Dataset)
    assert loaded["id"][:] == ids
    assert loaded["label"][:] == dataset.to_pandas(ids)["label"].tolist()
    raw = loaded.cast_column("image", datasets.Image(decode=False))
    assert raw[1]["image"]["bytes"] == Path(dataset.to_pandas(ids)["path"][1]).read_bytes()
