"""Curated items leave as a table or as a folder, and nothing that was there is touched."""

from __future__ import annotations

import filecmp
import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
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
    with pytest.raises(ValueError, match="use 'csv', 'parquet', 'folder', 'coco', 'yolo', 'voc', 'huggingface'"):
        dataset.export("xml", to=tmp_path / "x.xml")  # type: ignore[arg-type]


def test_a_hugging_face_data_set_with_the_original_bytes(dataset: nbc.Dataset, tmp_path: Path) -> None:
    import datasets

    ids = dataset.ids[::5]
    loaded = datasets.load_from_disk(str(dataset.export("huggingface", ids=ids, to=tmp_path / "hf")))
    assert isinstance(loaded, datasets.Dataset)
    assert loaded["id"][:] == ids
    kind = loaded.features["label"]
    assert isinstance(kind, datasets.ClassLabel)
    assert kind.int2str(loaded["label"][:]) == dataset.to_pandas(ids)["label"].tolist()
    raw = loaded.cast_column("image", datasets.Image(decode=False))
    assert raw[1]["image"]["bytes"] == Path(dataset.to_pandas(ids)["path"][1]).read_bytes()


def test_splits_become_folders_and_parts(dataset: nbc.Dataset, tmp_path: Path) -> None:
    import datasets

    splits = {item: ("train", "val", None)[row % 3] for row, item in enumerate(dataset.ids)}
    table = dataset.export("parquet", to=tmp_path / "x.parquet")
    frame = pd.read_parquet(table).assign(split=list(splits.values()))
    ds = nbc.Dataset.from_table(frame, store=tmp_path / "split.nbc")
    folder = ds.export("folder", to=tmp_path / "picked")
    items = pd.read_csv(folder / "items.csv")
    for item, label, file in zip(items["id"], items["label"], items["file"], strict=True):
        above = [splits[item], label] if splits[item] else [label]
        assert list(Path(file).parts[:-1]) == above
    parts = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "hf")))
    assert {name: len(part) for name, part in parts.items()} == {"train": 8, "val": 8, "unassigned": 8}
    assert len({tuple(part.features["label"].names) for part in parts.values()}) == 1  # the same numbers in each
    together = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "one", by_split=False)))
    assert len(together) == 24
    assert {p.name for p in ds.export("folder", to=tmp_path / "flat", by_split=False).iterdir() if p.is_dir()} == set(
        dataset.labels
    )


def test_a_picture_that_is_gone_costs_only_itself_in_every_format(dataset: nbc.Dataset, tmp_path: Path) -> None:
    import datasets

    gone = Path(dataset.to_pandas()["path"][5])
    gone.unlink()
    with pytest.warns(UserWarning, match="1 of 24 pictures could not be copied, such as that of .*gone"):
        written = dataset.export("huggingface", to=tmp_path / "hf")
    assert len(datasets.load_from_disk(str(written))) == 23
    with pytest.warns(UserWarning, match="1 of 24 pictures could not be copied"):
        dataset.export("webdataset", to=tmp_path / "wds")
    assert len(json.loads(dataset.export("coco", to=tmp_path / "x.json").read_text())["images"]) == 24


def test_several_labels_become_a_list_of_classes(folder: Path, tmp_path: Path) -> None:
    import datasets

    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))[:3]
    labels = pa.array([["dog", "cat"], [], None], pa.list_(pa.string()))
    table = pa.table({"path": files, "label": labels})
    ds = nbc.Dataset.from_table(table, label="label", root=folder, store=tmp_path / "s.nbc")
    data = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "hf")))
    assert data.features["label"].feature.names == ["cat", "dog"]
    assert data["label"][:] == [[1, 0], [], None]
    none = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "none", ids=ds.ids[1:2])))
    assert none["label"][:] == [[]]


def numbered_by_others(folder: Path) -> tuple[Any, Any]:
    """A data set of Hugging Face whose classes are in no order of their names, and its features."""
    import datasets

    classes = datasets.ClassLabel(names=["zebra", "cat", "unused"])
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": classes,
            "coarse": datasets.ClassLabel(names=["z", "a"]),
            "seen": datasets.Sequence(classes),
        }
    )
    rows = {
        "image": [str(path) for path in sorted(folder.rglob("*.png"))[:4]],
        "label": [0, 1, 0, None],
        "coarse": [0, 1, 1, None],
        "seen": [[1, 0], [], [2], None],
    }
    return datasets.Dataset.from_dict(rows, features=features), features


def test_classes_keep_the_numbers_that_their_source_gave_them(folder: Path, tmp_path: Path) -> None:
    """A model that was trained on the data set as it came goes on with the one that was curated."""
    import datasets

    data, features = numbered_by_others(folder)
    ds = nbc.Dataset.from_huggingface(data, store=tmp_path / "s.nbc")
    again = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "hf")))
    for column in ("label", "coarse", "seen"):
        assert again.features[column] == features[column]
        assert again[column][:] == data[column][:]
    with pytest.warns(UserWarning, match="1 of 4 items have no label"):
        assert (ds.to_torch().classes, ds.to_torch().targets) == (["zebra", "cat", "unused"], [0, 1, 0, -100])
    assert json.loads((ds.export("webdataset", to=tmp_path / "w") / "classes.json").read_text()) == [
        "zebra", "cat", "unused",
    ]  # fmt: skip
    with pytest.warns(UserWarning, match="all pictures are copied"):
        coco = json.loads(ds.export("coco", to=tmp_path / "x.json").read_text())
    assert [category["name"] for category in coco["categories"]] == ["zebra", "cat", "unused"]


def test_new_classes_stand_behind_those_that_came(folder: Path, tmp_path: Path) -> None:
    import datasets

    data, _ = numbered_by_others(folder)
    ds = nbc.Dataset.from_huggingface(data, store=tmp_path / "s.nbc")
    ds.relabel({"0": "emu", "1": "bee"}).add_column("coarse", ["m", "m", "k", None])
    again = datasets.load_from_disk(str(ds.export("huggingface", to=tmp_path / "hf", ids=ds.ids[:2])))
    assert again.features["label"].names == ["zebra", "cat", "unused", "bee", "emu"]
    assert again["label"][:] == [4, 3]
    assert again["coarse"][:] == ["m", "m"]  # a column of the user's own now
    second = nbc.Dataset.from_huggingface(again, store=tmp_path / "again.nbc")
    assert second.to_torch().classes == again.features["label"].names


@pytest.mark.parametrize("format", ["coco", "huggingface", "folder", "webdataset"])
def test_vectors_alone_have_no_pictures_to_export(format: Any, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_embeddings(["p", "q"], np.eye(2, 4), labels=["a", "b"], store=tmp_path / "s.nbc")
    with pytest.raises(ValueError, match=f"no pictures.*export.'{format}'. needs pictures"):
        ds.export(format, to=tmp_path / "x")
    assert not (tmp_path / "x").exists()
    with pytest.raises(ValueError, match="to_torch needs items with pictures"):
        ds.to_torch()
    for table in ("csv", "parquet"):
        assert ds.export(table, to=tmp_path / f"x.{table}").exists()


def test_an_option_of_another_format_says_so(dataset: nbc.Dataset, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"export\('csv'\) has no by_split=: it is for 'folder' and 'coco'"):
        dataset.export("csv", to=tmp_path / "x.csv", by_split=True)
    with pytest.raises(ValueError, match=r"to='.*x\.json' is to be a folder"):
        dataset.export("coco", to=tmp_path / "x.json", by_split=True)


@pytest.mark.parametrize("format", ["coco", "huggingface", "webdataset"])
def test_parts_exported_one_by_one_number_their_classes_alike(
    dataset: nbc.Dataset, tmp_path: Path, format: Any
) -> None:
    def numbers(name: str, ids: list[str]) -> Any:
        to = dataset.export(format, ids=ids, to=tmp_path / (f"{name}.json" if format == "coco" else name))
        if format == "coco":
            return {kind["name"]: kind["id"] for kind in json.loads(to.read_text())["categories"]}
        if format == "webdataset":
            return json.loads((to / "classes.json").read_text())
        return pytest.importorskip("datasets").load_from_disk(to).features["label"].names

    train, val = dataset.where("label = 'food'").ids, dataset.where("label <> 'food'").ids
    assert train
    assert val
    assert numbers("train", train) == numbers("val", val) == numbers("all", dataset.ids)


def test_an_id_that_is_asked_for_twice_goes_out_once(dataset: nbc.Dataset, tmp_path: Path) -> None:
    first, second = dataset.ids[:2]
    to = dataset.export("csv", ids=[second, first, second], to=tmp_path / "x.csv")
    assert pd.read_csv(to)["id"].tolist() == [second, first]


@pytest.mark.parametrize(
    ("format", "name"), [("parquet", "x.pq"), ("parquet", "x"), ("csv", "x.txt"), ("csv", "x.dat")]
)
def test_a_table_of_any_name_is_read_again(dataset: nbc.Dataset, tmp_path: Path, format: Any, name: str) -> None:
    again = nbc.Dataset.from_table(dataset.export(format, to=tmp_path / name), store=tmp_path / "again.nbc")
    assert (again.ids, again.labels) == (dataset.ids, dataset.labels)


def test_labels_that_an_interface_cannot_hold_are_refused_by_name(dataset: nbc.Dataset, tmp_path: Path) -> None:
    dataset.relabel(dataset.ids[:1], "a\nb")
    dataset.export("labelstudio", to=tmp_path / "fine.json")
    choices = ElementTree.parse(tmp_path / "fine.xml").iter("Choice")
    assert {choice.get("value") for choice in choices} == set(dataset.labels)
    dataset.relabel(dataset.ids[:1], "a\x0bb")
    with pytest.raises(ValueError, match=r"'a\\x0bb' has control characters"):
        dataset.export("labelstudio", to=tmp_path / "l.json")
    assert not list(tmp_path.glob("l.*"))
