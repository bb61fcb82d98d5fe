"""Any label and any file name has a place in a folder that every system can hold, and none is that of another."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import nbcurate as nbc
from nbcurate.export.names import Names, safe_name

ODD = ["a/b", "a\\b", "..", ".", "...", ".hidden", "CON", "con.txt", "LPT1", "nul", "a:b", "a ", " a", "a.", "x" * 300,
       "é" * 200, "%2F", "a%2Fb", "\x00", "tab\t", "items.csv", "cat", "Cat", "CAT", "?*<>|\""]  # fmt: skip


@given(st.text(min_size=1) | st.sampled_from(ODD))
def test_a_name_is_one_on_every_system(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode("utf-8", "surrogatepass")) <= 130
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
    assert name not in (".", "..")
    assert name[-1] not in ". "
    assert name[0] not in ". "
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name, re.IGNORECASE)


@given(st.lists(st.text(min_size=1) | st.sampled_from(ODD), unique=True))
def test_different_texts_have_different_folders_also_without_case(texts: list[str]) -> None:
    names = Names()
    folders = [str(names.folder(PurePosixPath(), text)).casefold() for text in texts]
    assert len(set(folders)) == len(texts)
    assert [str(names.folder(PurePosixPath(), text)).casefold() for text in texts] == folders


@pytest.mark.parametrize("by_split", [True, False])
def test_classes_with_odd_names_are_folders_of_their_own_and_come_back(tmp_path: Path, by_split: bool) -> None:
    for number in range(len(ODD)):
        (tmp_path / "in").mkdir(exist_ok=True)
        Image.new("RGB", (8, 6), (number * 9, 3, 4)).save(tmp_path / "in" / f"{number}.png")
    ds = nbc.Dataset.from_folder(tmp_path / "in", store=tmp_path / "s.nbc")
    labels = dict(zip(ds.ids, [odd.replace("\x00", "zero") for odd in ODD], strict=True))
    ds.relabel(labels)
    out = ds.export("folder", to=tmp_path / "out", by_split=by_split)
    assert {path.parent.parent for path in out.rglob("*.png")} == {out}  # nothing has got out, or deeper
    assert len({str(path.parent).casefold() for path in out.rglob("*.png")}) == len(ODD)
    again = nbc.Dataset.from_folder(out, store=tmp_path / "again.nbc")
    assert dict(zip(again.ids, again.labels, strict=True)) == labels


def test_a_folder_that_something_was_added_to_is_read_as_any_other(dataset: nbc.Dataset, tmp_path: Path) -> None:
    out = dataset.export("folder", to=tmp_path / "out")
    Image.new("RGB", (8, 6), "red").save(out / "food" / "new.png")
    again = nbc.Dataset.from_folder(out, store=tmp_path / "again.nbc")
    assert len(again) == len(dataset) + 1
    assert "food/new.png" in again.ids


def test_pictures_without_an_ending_get_that_of_their_format(tmp_path: Path) -> None:
    import datasets

    Image.new("RGB", (8, 6), "red").save(tmp_path / "a.jpg")
    data = datasets.Dataset.from_dict({"image": [str(tmp_path / "a.jpg")]}).cast_column("image", datasets.Image())
    data.save_to_disk(str(tmp_path / "hf"))
    ds = nbc.Dataset.from_huggingface(datasets.load_from_disk(str(tmp_path / "hf")), store=tmp_path / "s.nbc")
    assert [p.name for p in ds.export("folder", to=tmp_path / "out").iterdir() if p.suffix == ".jpg"] == ["0.jpg"]
