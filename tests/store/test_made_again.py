"""What can be made again never keeps a data set shut: it is moved aside with a word, and made again."""

from __future__ import annotations

import gc
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc

from ..conftest import colour_layout


def _cut_all_files(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _replace_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(b"no table")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": _cut_all_files,
    "gone": shutil.rmtree,
    "values gone": lambda folder: shutil.rmtree(folder / "data"),
    "a file": _replace_by_file,
}


def _closed(dataset: nbc.Dataset) -> Path:
    path = dataset.store.path
    dataset.close()
    gc.collect()
    return path


def _thumbnails(dataset: nbc.Dataset) -> dict[int, bytes]:
    return dataset.store.media.get(dataset.store.items.distinct()[0])


@pytest.mark.parametrize("damage", DAMAGES)
def test_thumbnails_and_measures_are_made_again(dataset: nbc.Dataset, damage: str) -> None:
    ids = dataset.ids
    path = _closed(dataset)
    for table in ("media.lance", "properties.lance"):
        DAMAGES[damage](path / table)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = nbc.Dataset.open(path)
        assert (again.ids, _thumbnails(again)) == (ids, {})
        assert again.column("brightness").null_count == len(ids)
    if damage != "gone":
        for table in ("media.lance", "properties.lance"):
            assert any(f"{table}, which holds" in str(one.message) for one in told)
            assert (path / f"{table}.before").exists()
    again.measure()
    assert again.column("brightness").null_count == 0
    assert again.search(ids[0], k=3).ids


@pytest.mark.parametrize("table", ["media.lance", "properties.lance", "embeddings/*"])
def test_what_a_lost_list_told_of_is_named(dataset: nbc.Dataset, table: str) -> None:
    ids, path = dataset.ids, _closed(dataset)
    (folder,) = path.glob(table)
    newest = min((folder / "_versions").glob("*.manifest"))
    newest.unlink()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = nbc.Dataset.open(path)
        assert (again.ids, len(again.store.embeddings())) == (ids, 1)
    assert any(f"{newest.name} is gone" in str(one.message) for one in told)
    again.measure().embed(colour_layout)
    assert again.column("brightness").null_count == 0
    assert again.search(ids[0], k=3).ids


def test_a_data_set_that_can_only_be_read_goes_on_without_thumbnails(dataset: nbc.Dataset) -> None:
    path = _closed(dataset)
    _cut_all_files(path / "media.lance")
    with pytest.warns(UserWarning, match=r"media\.lance, which holds the thumbnails, is damaged: it is passed over"):
        assert _thumbnails(nbc.Dataset.open(path, read_only=True)) == {}
    assert not (path / "media.lance.before").exists()


def test_damage_while_a_store_is_open_is_met_when_it_is_read(dataset: nbc.Dataset, folder: Path) -> None:
    again = nbc.Dataset.open(_closed(dataset))
    shutil.rmtree(again.store.path / "media.lance" / "data")
    with pytest.warns(UserWarning, match="media.lance.before"):
        assert _thumbnails(again) == {}
    again.store.media.put({int(again.keys[0]): b"picture"})
    again.store.media.flush()
    assert _thumbnails(again)[int(again.keys[0])] == b"picture"


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_vectors_are_named_and_others_used(dataset: nbc.Dataset, damage: str) -> None:
    other = nbc.FunctionEncoder(lambda images: colour_layout(images)[:, :30], name="other")
    dataset.embed(other)
    before = dataset.embeddings("colour_layout")
    folder = next((dataset.store.path / "embeddings").glob("other@*"))
    path = _closed(dataset)
    DAMAGES[damage](folder)
    shutil.rmtree(path / "derived")
    again = nbc.Dataset.open(path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        if damage == "values gone":  # the list of what there is can be read
            with pytest.raises(OSError, match="other@"):
                again.embeddings("other")
        else:
            np.testing.assert_array_equal(again.embeddings(), before)
            with pytest.raises(ValueError, match=r"other@.* damaged .* ds\.embed"):
                again.embeddings("other")
            assert any("other@" in str(one.message) for one in told)
        again.embed(other)
    np.testing.assert_array_equal(again.embeddings("colour_layout"), before)
    assert again.embeddings().shape == (len(again), 30)


@pytest.mark.parametrize("name", ["keys.u64", "vectors.f32", "vectors.f32.json"])
def test_a_folder_in_the_place_of_a_derived_file_makes_way(dataset: nbc.Dataset, name: str) -> None:
    before = dataset.search(dataset.ids[0], k=3).ids
    path = _closed(dataset)
    file = next((path / "derived").rglob(name))
    file.unlink()
    (file / "inside").mkdir(parents=True)
    again = nbc.Dataset.open(path)
    assert again.search(again.ids[0], k=3).ids == before
