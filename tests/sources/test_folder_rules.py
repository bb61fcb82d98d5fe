"""Classes, splits and columns are read off paths by the rule that a person gives, and stay what they were read as."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.sources.folder_rule import FolderRule
from nbcurate.store.paths import encode_path


def pictures(folder: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number * 9, len(name), 50)).save(path)
    return folder


def read(folder: Path, **options: Any) -> tuple[nbc.Dataset, list[str]]:
    """The data set, and what was said of it."""
    options.setdefault("store", folder.with_suffix(".nbc"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ds = nbc.Dataset.from_folder(folder, **options)
    return ds, [str(warning.message) for warning in caught]


def column(ds: nbc.Dataset, name: str) -> dict[str, Any]:
    return dict(zip(ds.ids, ds.column(name).to_pylist(), strict=True))


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    return pictures(tmp_path / "zoo", "bird/owl/tawny_1.png", "bird/owl/barn_2.png", "fish/cod_3.png", "loose_4.png")


# -- classes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "classes"),
    [
        ("folder", ["bird", "bird", "fish", None]),
        ("parent", ["owl", "owl", "fish", None]),
        (None, [None, None, None, None]),
        (r"([a-z]+)_\d+\.png$", ["barn", "tawny", "cod", "loose"]),
        (re.compile(r"(?P<number>\d)\.(?P<label>png)"), ["png", "png", "png", "png"]),
        (lambda path: path.stem.split("_")[0], ["barn", "tawny", "cod", "loose"]),
        (lambda path: path.split("/")[-2] if "/" in path else None, ["owl", "owl", "fish", None]),
        (lambda path: Path(path).name[:1].upper(), ["B", "T", "C", "L"]),
        (lambda path: len(path.parts), ["3", "3", "2", "1"]),
    ],
)
def test_any_level_or_rule_names_the_class(zoo: Path, label: Any, classes: list[str | None]) -> None:
    ds, _ = read(zoo, label=label)
    wanted = dict(
        zip(["bird/owl/barn_2.png", "bird/owl/tawny_1.png", "fish/cod_3.png", "loose_4.png"], classes, strict=True)
    )
    assert dict(zip(ds.ids, ds.labels, strict=True)) == wanted


def test_a_rule_may_give_several_classes(zoo: Path) -> None:
    ds, said = read(zoo, label=lambda path: list(path.parts[:-1]))
    assert dict(zip(ds.ids, ds.labels, strict=True)) == {
        "loose_4.png": [],
        "bird/owl/barn_2.png": ["bird", "owl"],
        "bird/owl/tawny_1.png": ["bird", "owl"],
        "fish/cod_3.png": ["fish"],
    }
    assert said == []


def test_a_rule_that_fails_costs_that_label_and_is_told(zoo: Path) -> None:
    def rule(path: Any) -> str | None:
        return {"cod_3.png": "cod"}[path.name]

    ds, said = read(zoo, label=rule)
    assert column(ds, "label")["fish/cod_3.png"] == "cod"
    assert len(ds) == 4
    assert any("failed for 3 of 4 files" in words and "KeyError" in words for words in said)


def test_what_a_rule_returns_must_be_a_class(zoo: Path) -> None:
    ds, said = read(zoo, label=lambda path: {"class": path.name})
    assert ds.labels == [None] * 4
    assert any("neither a text nor a list" in words for words in said)


def test_named_groups_are_columns(zoo: Path) -> None:
    ds, said = read(zoo, label=r"(?P<label>[a-z]+)/(?P<species>[a-z]+)_(?P<number>\d)")
    assert column(ds, "species") == {
        "loose_4.png": None, "bird/owl/barn_2.png": "barn", "bird/owl/tawny_1.png": "tawny", "fish/cod_3.png": "cod",
    }  # fmt: skip
    assert column(ds, "number")["fish/cod_3.png"] == "3"
    assert column(ds, "label")["bird/owl/barn_2.png"] == "owl"
    assert any("matches 3 of 4 paths" in words and "'loose_4.png'" in words for words in said)


def test_levels_are_columns(zoo: Path) -> None:
    ds, _ = read(zoo, levels=["coarse", "fine"])
    assert column(ds, "coarse") == column(ds, "label")
    assert column(ds, "fine") == {
        "loose_4.png": None, "bird/owl/barn_2.png": "owl", "bird/owl/tawny_1.png": "owl", "fish/cod_3.png": None,
    }  # fmt: skip
    assert len(ds.where("coarse = 'bird' and fine = 'owl'")) == 2


@pytest.mark.parametrize("options", [{"levels": ["coarse", "fine"], "label": "fine"}, {"levels": [None, "label"]}])
def test_a_level_may_be_the_class(zoo: Path, options: dict[str, Any]) -> None:
    assert column(read(zoo, **options)[0], "label")["bird/owl/barn_2.png"] == "owl"


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"label": "folders"}, ValueError, "'folder', 'parent'"),
        ({"label": "("}, ValueError, "no regular expression"),
        ({"label": 5}, TypeError, "label=5"),
        ({"levels": "coarse"}, TypeError, "list of names"),
        ({"levels": ["id", "fine"]}, ValueError, "'id'"),
        ({"levels": ["a", "a"]}, ValueError, "twice"),
        ({"levels": ["a", "A"]}, ValueError, "case"),
        ({"label": r"(?P<width>\d+)"}, ValueError, "'width'"),
        ({"split": "train"}, ValueError, "split='train'"),
    ],
)
def test_a_rule_that_is_none_is_refused_before_anything_is_written(
    zoo: Path, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        read(zoo, **options)
    assert not zoo.with_suffix(".nbc").exists()


PARTS = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cc"]), min_size=1, max_size=6
).filter(lambda part: part not in (".", ".."))


@settings(max_examples=200, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=5))
def test_levels_and_parent_are_the_folders_whatever_they_are_called(parts: list[str]) -> None:
    said = FolderRule("parent", ["one", None, "three"]).read("/".join(parts), split_first=False)
    folders = [encode_path(part) for part in parts[:-1]]
    assert said.label == (folders[-1] if folders else None)
    assert said.columns == {
        "one": folders[0] if folders else None,
        "three": folders[2] if len(folders) > 2 else None,
    }


# -- splits ----------------------------------------------------------------------------------------------------------


def test_folders_for_splits_are_splits_and_it_says_so_once(tmp_path: Path) -> None:
    folder = pictures(
        tmp_path / "d",
        "train/cat/1.png",
        "Valid/dog/2.png",
        "test/3.png",
        ".cache/x.png",
        "train/dog/4.png",
    )
    ds, said = read(folder)
    assert column(ds, "split") == {
        "Valid/dog/2.png": "val", "test/3.png": "test", "train/cat/1.png": "train", "train/dog/4.png": "train",
    }  # fmt: skip
    assert column(ds, "label")["train/cat/1.png"] == "cat"
    assert column(ds, "label")["test/3.png"] is None
    assert any("'train'" in words and "splits, not for classes" in words for words in said)
    assert read(folder)[1] == []


def test_train_is_a_vehicle_among_vehicles(tmp_path: Path) -> None:
    ds, said = read(pictures(tmp_path / "d", "train/1.png", "car/2.png", "plane/3.png"))
    assert ds.labels == ["car", "plane", "train"]
    assert ds.column("split").to_pylist() == [None] * 3
    assert said == []


def test_a_folder_without_pictures_is_no_vehicle(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "d", "train/cat/1.png", "val/cat/2.png")
    (folder / "annotations").mkdir()
    (folder / "annotations" / "a.json").write_text("{}")
    assert column(read(folder)[0], "split") == {"train/cat/1.png": "train", "val/cat/2.png": "val"}


def test_several_splits_among_others_are_classes_and_it_says_how_to_change_that(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "d", "train/cat/1.png", "val/cat/2.png", "extra/cat/3.png")
    ds, said = read(folder)
    assert ds.labels == ["extra", "train", "val"]
    assert any("levels=['split', 'label']" in words for words in said)
    ds, said = read(folder, levels=["split", "label"], store=tmp_path / "other.nbc")
    assert ds.labels == ["cat"] * 3
    assert column(ds, "split") == {"extra/cat/3.png": "extra", "train/cat/1.png": "train", "val/cat/2.png": "val"}


def test_splits_may_be_classes(tmp_path: Path) -> None:
    ds, said = read(pictures(tmp_path / "d", "train/1.png", "test/2.png"), split=None)
    assert ds.labels == ["test", "train"]
    assert ds.column("split").to_pylist() == [None, None]
    assert said == []


def test_levels_begin_below_the_split(tmp_path: Path) -> None:
    ds, _ = read(pictures(tmp_path / "d", "train/bird/owl/1.png", "val/fish/2.png"), levels=["coarse", "fine"])
    assert column(ds, "coarse") == {"train/bird/owl/1.png": "bird", "val/fish/2.png": "fish"}
    assert column(ds, "fine") == {"train/bird/owl/1.png": "owl", "val/fish/2.png": None}
    assert column(ds, "split") == {"train/bird/owl/1.png": "train", "val/fish/2.png": "val"}


# -- read again ------------------------------------------------------------------------------------------------------


def test_a_folder_that_comes_later_gives_no_known_item_another_class(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "d", "train/cat/1.png", "val/dog/2.png")
    read(folder)
    ds, said = read(pictures(folder, "extra/3.png"))
    assert column(ds, "label") == {"train/cat/1.png": "cat", "val/dog/2.png": "dog", "extra/3.png": "extra"}
    assert column(ds, "split") == {"train/cat/1.png": "train", "val/dog/2.png": "val", "extra/3.png": None}
    assert any("are splits, as they were" in words and "'extra'" in words for words in said)


def test_a_class_that_goes_makes_no_split_of_the_others(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "d", "train/1.png", "car/2.png")
    read(folder)
    (folder / "car" / "2.png").unlink()
    pictures(folder, "train/3.png")
    ds, said = read(folder)
    assert column(ds, "label") == {"car/2.png": "car", "train/1.png": "train", "train/3.png": "train"}
    assert ds.column("split").to_pylist() == [None] * 3
    assert any("are classes, as they were" in words for words in said)


def test_another_rule_reads_the_classes_anew_but_for_those_that_a_person_gave(zoo: Path) -> None:
    ds, _ = read(zoo)
    ds.relabel(["bird/owl/barn_2.png"], "barn owl")
    ds, said = read(zoo, label="parent")
    assert column(ds, "label") == {
        "loose_4.png": None, "bird/owl/barn_2.png": "barn owl", "bird/owl/tawny_1.png": "owl", "fish/cod_3.png": "fish",
    }  # fmt: skip
    assert any("were taken up" in words and "'label'" in words for words in said)
    ds, said = read(zoo, label="parent")
    assert column(ds, "label")["bird/owl/barn_2.png"] == "barn owl"
    assert not any("were taken up" in words for words in said)


def test_levels_that_come_later_reach_the_items_that_are_there(zoo: Path) -> None:
    read(zoo)
    ds, _ = read(pictures(zoo, "fish/eel/5.png"), levels=["coarse", "fine"])
    assert column(ds, "fine")["bird/owl/barn_2.png"] == "owl"
    assert column(ds, "fine")["fish/eel/5.png"] == "eel"


def test_reading_again_without_labels_takes_none_away(zoo: Path) -> None:
    before = column(read(zoo)[0], "label")
    assert column(read(zoo, label=None)[0], "label") == before


def test_a_folder_that_moved_and_grew_keeps_its_splits(tmp_path: Path) -> None:
    folder, store = pictures(tmp_path / "d", "train/cat/1.png", "val/dog/2.png"), tmp_path / "d.nbc"
    read(folder)
    moved = pictures(folder.rename(tmp_path / "moved"), "extra/3.png")
    ds, _ = read(moved, store=store)
    assert column(ds, "label") == {"train/cat/1.png": "cat", "val/dog/2.png": "dog", "extra/3.png": "extra"}
    assert column(ds, "split") == {"train/cat/1.png": "train", "val/dog/2.png": "val", "extra/3.png": None}


def test_splits_that_are_to_be_classes_after_all_are_no_splits_any_more(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "d", "train/1.png", "test/2.png")
    read(folder)
    ds, _ = read(folder, split=None)
    assert ds.labels == ["test", "train"]
    assert ds.column("split").to_pylist() == [None, None]
