"""A source that is read again: what it corrects is taken up, what people changed stays, and it says what it did."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc

datasets.disable_progress_bars()


def picture(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    few = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(few).resize((40, 30)).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(4):
        picture(tmp_path / "photos" / "cat" / f"{number}.png", number)
    return tmp_path / "photos"


@pytest.fixture
def quiet() -> Iterator[None]:
    """For tests that look at the report, which says the same as the warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def table(photos: Path, store: Path, **columns: Any) -> nbc.Dataset:
    """A data set of the first pictures, with these columns; ``label`` is their class."""
    rows = len(next(iter(columns.values())))
    frame = pd.DataFrame({"path": [f"cat/{number}.png" for number in range(rows)], **columns})
    label = "label" if "label" in columns else None
    return nbc.Dataset.from_table(frame, label=label, root=photos, store=store)


@pytest.mark.usefixtures("quiet")
def test_a_corrected_label_is_taken_and_can_be_taken_back(photos: Path, tmp_path: Path) -> None:
    table(photos, tmp_path / "s.nbc", label=["cat", "cat", "dog", None])
    ds = table(photos, tmp_path / "s.nbc", label=["cat", "dog", None, "cow"])
    assert ds.labels == ["cat", "dog", None, "cow"]
    (report,) = ds.source_reports
    assert report.corrected == {"label": 3}
    assert "Values that photos gives anew were taken up: 3 of 'label'" in str(report)
    assert ds.history["old"].tolist() == ['"cat"', '"dog"', "null"]
    ds.undo_edit()
    assert ds.labels == ["cat", "cat", "dog", None]
    assert table(photos, tmp_path / "s.nbc", label=["cat", "dog", None, "cow"]).labels == ["cat", "cat", "dog", None]


def test_a_label_that_a_person_changed_stays(photos: Path, tmp_path: Path) -> None:
    ds = table(photos, tmp_path / "s.nbc", label=["cat", "cat", "cat", "cat"])
    ds.relabel(ds.ids[:2], "dog")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the table says as before: there is nothing to say
        assert table(photos, tmp_path / "s.nbc", label=["cat"] * 4).labels == ["dog", "dog", "cat", "cat"]
    with pytest.warns(UserWarning, match="'label' of 1 item was changed in this data set, and differs"):
        ds = table(photos, tmp_path / "s.nbc", label=["cow", "cat", "cow", "cat"])
    assert ds.labels == ["dog", "dog", "cow", "cat"]
    assert ds.source_reports[0].kept == {"label": ["cat/0.png"]}


@pytest.mark.usefixtures("quiet")
def test_splits_tags_and_own_columns_are_corrected_too(photos: Path, tmp_path: Path) -> None:
    def read(**columns: Any) -> nbc.Dataset:
        frame = pd.DataFrame({"path": [f"cat/{n}.png" for n in range(2)], **columns})
        return nbc.Dataset.from_table(frame, split="part", root=photos, store=tmp_path / "s.nbc")

    read(part=["train", "train"], tags=[["a"], []], weight=[1, 2])
    ds = read(part=["train", "test"], tags=[["a", "b"], []], weight=[1, 20])
    frame = ds.to_pandas()
    assert frame["split"].tolist() == ["train", "test"]
    assert [list(tags) for tags in frame["tags"]] == [["a", "b"], []]
    assert frame["weight"].tolist() == [1, 20]
    assert ds.source_reports[0].corrected == {"split": 1, "tags": 1, "weight": 1}


def test_a_column_that_was_changed_stays_when_its_source_says_as_before(photos: Path, tmp_path: Path) -> None:
    ds = table(photos, tmp_path / "s.nbc", weight=[1, 2, 3])
    ds.add_column("weight", {"cat/0.png": 10.5})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds = table(photos, tmp_path / "s.nbc", weight=[1, 2, 3])
    assert ds.to_pandas()["weight"].tolist() == [10.5, 2, 3]
    with pytest.warns(UserWarning, match="'weight' of 1 item was changed in this data set, and differs"):
        ds = table(photos, tmp_path / "s.nbc", weight=[7, 20, 3])
    assert ds.to_pandas()["weight"].tolist() == [10.5, 20, 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was told once
        table(photos, tmp_path / "s.nbc", weight=[7, 20, 3])


@pytest.mark.usefixtures("quiet")
def test_labels_that_come_by_a_table_reach_the_items_of_a_folder_and_stay(photos: Path, tmp_path: Path) -> None:
    nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    ds = table(photos, tmp_path / "s.nbc", label=["lion", "lion"])
    assert len(ds) == 4
    assert ds.labels == ["lion", "lion", "cat", "cat"]
    # A folder's name is no news beside what a table says.
    assert nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc").labels == ["lion", "lion", "cat", "cat"]


@pytest.mark.usefixtures("quiet")
def test_ids_of_a_table_name_new_items_only(photos: Path, tmp_path: Path) -> None:
    nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    frame = pd.DataFrame({"path": ["cat/0.png", "cat/1.png"], "name": ["a", "b"], "weight": [1, 2]})
    ds = nbc.Dataset.from_table(frame, id="name", root=photos, store=tmp_path / "s.nbc")
    assert ds.ids == [f"cat/{number}.png" for number in range(4)]
    assert ds.to_pandas()["weight"].tolist()[:2] == [1, 2]


@pytest.mark.usefixtures("quiet")
def test_two_rows_of_one_picture_are_two_items(photos: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"path": ["cat/0.png", "cat/0.png"], "name": ["left", "right"], "weight": [1, 2]})
    for _ in range(2):
        ds = nbc.Dataset.from_table(frame, id="name", root=photos, store=tmp_path / "s.nbc")
        assert ds.ids == ["left", "right"]
        assert ds.to_pandas()["weight"].tolist() == [1, 2]


def test_an_id_that_another_source_has_is_told(photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "others"
    picture(other / "cat" / "0.png", 77)
    table(photos, tmp_path / "s.nbc", weight=[1, 2])
    with pytest.warns(UserWarning, match="1 item of others got another id, .*'cat/0.png' is 'others/cat/0.png' here"):
        ds = table(other, tmp_path / "s.nbc", weight=[10])
    assert dict(zip(ds.ids, ds.to_pandas()["weight"], strict=True)) == {
        "cat/0.png": 1,
        "cat/1.png": 2,
        "others/cat/0.png": 10,
    }


def test_two_tables_that_count_from_0_are_two(photos: Path, tmp_path: Path) -> None:
    """Where no root is given, the same ids at other places are other items."""
    other = tmp_path / "others"
    for number in range(2):
        picture(other / f"{number}.png", 70 + number)
    first = pd.DataFrame({"path": [str(photos / f"cat/{n}.png") for n in range(2)], "id": ["0", "1"], "w": [1, 2]})
    second = pd.DataFrame({"path": [str(other / f"{n}.png") for n in range(2)], "id": ["0", "1"], "w": [3, 4]})
    nbc.Dataset.from_table(first, id="id", store=tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match="got another id"):
        ds = nbc.Dataset.from_table(second, id="id", store=tmp_path / "s.nbc")
    assert ds.to_pandas()["w"].tolist() == [1, 2, 3, 4]


def test_what_has_gone_from_a_file_stays_and_is_told(photos: Path, tmp_path: Path) -> None:
    file = photos / "rows.csv"
    file.write_text("path,label\ncat/0.png,a\ncat/1.png,b\n")
    nbc.Dataset.from_table(file, label="label", store=tmp_path / "s.nbc")
    file.write_text("path,label\ncat/1.png,b\n")
    with pytest.warns(UserWarning, match=r"1 items are in the store but not in rows any more, such as 'cat/0.png'"):
        ds = nbc.Dataset.from_table(file, label="label", store=tmp_path / "s.nbc")
    assert ds.ids == ["cat/0.png", "cat/1.png"]
    assert ds.errors["id"].tolist() == ["cat/0.png"]
    file.write_text("path,label\ncat/0.png,a\ncat/1.png,b\n")
    assert not len(nbc.Dataset.from_table(file, label="label", store=tmp_path / "s.nbc").errors)


def test_what_was_removed_stays_out_until_its_file_is_another(photos: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    ds.remove(["cat/0.png"])
    with pytest.warns(UserWarning, match=r"1 item .*removed from this data set before .* ds.restore\(ids\)"):
        ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    assert ds.ids == ["cat/1.png", "cat/2.png", "cat/3.png"]
    picture(photos / "cat" / "0.png", 99)
    assert "cat/0.png" in nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc").ids


@pytest.mark.usefixtures("quiet")
def test_a_file_that_changed_keeps_what_belongs_to_the_item(photos: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    ds.add_column("price", [1.5, 2.5, 3.5, 4.5])
    ds.relabel(["cat/1.png"], "dog")
    picture(photos / "cat" / "1.png", 99)
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    assert ds.source_reports[0].changed == 1
    row = ds.to_pandas().set_index("id").loc["cat/1.png"]
    assert (row["price"], row["label"]) == (2.5, "dog")
    assert nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc").labels[ds.ids.index("cat/1.png")] == "dog"


@pytest.mark.usefixtures("quiet")
def test_a_file_that_was_only_touched_is_the_same_item(photos: Path, tmp_path: Path) -> None:
    before = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc").keys
    os.utime(photos / "cat" / "1.png", ns=(1, 1))
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    assert ds.keys.tolist() == before.tolist()
    assert ds.source_reports[0].changed == 0


def test_a_folder_that_moved_is_noticed(photos: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    ds.relabel(ds.ids[:1], "dog")
    photos.rename(tmp_path / "elsewhere")
    with pytest.warns(
        UserWarning, match="photos is gone, and its files are in .*elsewhere: its items are read from there"
    ):
        ds = nbc.Dataset.from_folder(tmp_path / "elsewhere", store=tmp_path / "s.nbc")
    assert ds.labels == ["dog", "cat", "cat", "cat"]
    assert ds.image("cat/2.png").size == (40, 30)


def test_a_copy_of_a_folder_is_another_folder(photos: Path, tmp_path: Path) -> None:
    nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    shutil.copytree(photos, tmp_path / "copy")
    with pytest.warns(UserWarning, match="4 items of copy got another id"):
        assert len(nbc.Dataset.from_folder(tmp_path / "copy", store=tmp_path / "s.nbc")) == 8


def test_reroot_to_where_nothing_is_says_so_and_goes_back(photos: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    with pytest.warns(UserWarning, match=r"None of 4 files is in .*nowhere.* takes it back"):
        ds.reroot(tmp_path / "nowhere")
    assert len(ds.errors) == 4
    ds.reroot(photos)
    assert not len(ds.errors)


def saved(folder: Path, seeds: list[int], labels: list[str]) -> Any:
    """A Hugging Face data set at its place, of these pictures."""
    shutil.rmtree(folder, ignore_errors=True)
    files = [picture(folder.parent / "pictures" / f"{seed}.png", seed) for seed in seeds]
    images = [{"bytes": file.read_bytes(), "path": None} for file in files]
    data = datasets.Dataset.from_dict({"image": images, "label": labels})
    data.cast_column("image", datasets.Image()).save_to_disk(str(folder))
    return datasets.load_from_disk(str(folder))


@pytest.mark.usefixtures("quiet")
def test_what_people_said_of_a_picture_goes_with_it_when_rows_change_their_order(tmp_path: Path) -> None:
    ds = nbc.Dataset.from_huggingface(saved(tmp_path / "hf", [1, 2, 3], ["a", "b", "c"]), store=tmp_path / "s.nbc")
    ds.relabel(["0"], "mine")
    ds.tag(["1"], "night")
    ds.selection.set(["1"])
    ds.save_slice("dark", ["0", "2"])
    ds.add_column("price", [1.5, 2.5, 3.5])
    again = saved(tmp_path / "hf", [3, 9, 1, 2], ["c", "z", "a", "b"])
    ds = nbc.Dataset.from_huggingface(again, store=tmp_path / "s.nbc")
    assert ds.ids == ["0", "1", "2", "3"]
    assert ds.labels == ["c", "z", "mine", "b"]
    assert ds.to_pandas()["price"].tolist()[2:] == [1.5, 2.5]
    assert [list(tags or []) for tags in ds.column("tags").to_pylist()] == [[], [], [], ["night"]]
    assert ds.selection.ids == ["3"]
    assert sorted(ds.slices["dark"].ids) == ["0", "2"]
    ds = nbc.Dataset.from_huggingface(saved(tmp_path / "hf", [2, 9], ["b", "z"]), store=tmp_path / "s.nbc")
    assert {i: label for i, label in zip(ds.ids, ds.labels, strict=True) if i in "01"} == {"0": "b", "1": "z"}
    assert [list(tags or []) for tags in ds.where(["0"]).column("tags").to_pylist()] == [["night"]]


@pytest.mark.usefixtures("quiet")
def test_a_hugging_face_data_set_that_moved_is_the_same(tmp_path: Path) -> None:
    ds = nbc.Dataset.from_huggingface(saved(tmp_path / "hf", [1, 2], ["a", "b"]), store=tmp_path / "s.nbc")
    ds.relabel(["0"], "mine")
    (tmp_path / "hf").rename(tmp_path / "elsewhere")
    data = datasets.load_from_disk(str(tmp_path / "elsewhere"))
    ds = nbc.Dataset.from_huggingface(data, store=tmp_path / "s.nbc")
    assert ds.labels == ["mine", "b"]
    assert ds.image("1").size == (40, 30)


@pytest.mark.usefixtures("quiet")
def test_a_picture_that_was_edited_stays_in_selection_and_slices(photos: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    ds.selection.set(["cat/1.png", "cat/2.png"])
    ds.save_slice("some", ["cat/1.png"])
    picture(photos / "cat" / "1.png", 99)
    ds = nbc.Dataset.from_folder(photos, store=tmp_path / "s.nbc")
    assert ds.selection.ids == ["cat/1.png", "cat/2.png"]
    assert ds.slices["some"].ids == ["cat/1.png"]
    path = ds.store.path
    ds.close()
    del ds
    again = nbc.Dataset.open(path)
    assert again.selection.ids == ["cat/1.png", "cat/2.png"]
    assert set(again.selection.marks.kept) <= set(again.keys)


@pytest.mark.usefixtures("quiet")
def test_two_tables_in_turn_the_last_reading_wins(photos: Path, tmp_path: Path) -> None:
    def read(name: str, weight: int, label: str) -> nbc.Dataset:
        (photos / name).write_text(f"path,weight,label\ncat/0.png,{weight},{label}\n")
        return nbc.Dataset.from_table(photos / name, label="label", store=tmp_path / "s.nbc")

    read("v1.csv", 1, "a")
    read("v2.csv", 2, "b")
    ds = read("v1.csv", 3, "c")
    assert (ds.to_pandas()["weight"].tolist(), ds.labels) == ([3], ["c"])


def test_a_source_of_other_columns_says_so(tmp_path: Path) -> None:
    data = saved(tmp_path / "hf", [1], ["a"])
    data = data.add_column("boxes", [[{"x": 1}]])
    with pytest.warns(UserWarning, match="Column 'boxes' is left out: it holds structures"):
        nbc.Dataset.from_huggingface(data, store=tmp_path / "s.nbc")
    with pytest.raises(KeyError, match="has no column 'kind': it has image, label"):
        nbc.Dataset.from_huggingface(data, label="kind", store=tmp_path / "t.nbc")
