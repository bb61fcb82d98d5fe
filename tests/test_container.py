"""A data set behaves as a collection of Python does: its length, its ids, an item by its id, parts of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import nbcurate as nbc


@pytest.fixture
def ds(folder: Path, tmp_path: Path) -> nbc.Dataset:
    """Real pictures that nothing was made of yet."""
    return nbc.Dataset.from_folder(folder, store=tmp_path / "pictures.nbc")


def test_iterating_gives_the_ids(ds: nbc.Dataset) -> None:
    assert list(ds) == ds.ids
    assert len(list(ds)) == len(ds)


def test_in_tells_whether_an_item_is_there(ds: nbc.Dataset) -> None:
    first, second = ds.ids[:2]
    assert first in ds
    assert "nowhere.png" not in ds
    assert 3 not in ds
    view = ds.where([first])
    assert first in view
    assert second not in view
    ds.remove([first])
    assert first not in ds
    assert first not in view


def test_an_id_gives_the_item(ds: nbc.Dataset) -> None:
    item = ds[ds.ids[0]]
    assert item.id == ds.ids[0]
    assert item.label == ds.labels[0]
    assert item.picture.size == ds.image(item.id).size
    assert item.properties["split"] is None
    assert item.properties.keys() >= {"tags", "width", "height"}
    assert "label" not in item.properties


def test_an_item_tells_of_later_changes(ds: nbc.Dataset) -> None:
    item = ds[ds.ids[0]]
    ds.relabel({item.id: "another"})
    ds.add_column("weight", {item.id: 2.5})
    assert item.label == "another"
    assert item.properties["weight"] == 2.5


def test_an_item_has_neighbours(stamp_set: nbc.Dataset) -> None:
    item = stamp_set[stamp_set.ids[0]]
    assert item.neighbours(k=3).ids == stamp_set.search(item.id, k=3).ids
    assert len(item.neighbours()) == 10


def test_neighbours_of_an_item_of_a_view_are_in_the_view(stamp_set: nbc.Dataset) -> None:
    view = stamp_set[:20]
    assert set(view[view.ids[0]].neighbours(5)) <= set(view)


def test_an_item_shows_its_picture_and_what_is_known(stamp_set: nbc.Dataset) -> None:
    item = stamp_set[stamp_set.ids[0]]
    page = item._repr_html_()
    assert page.count("<img") == 1 + 6
    assert str(item.label) in page
    assert repr(item).startswith(f"Item({item.id!r}")


def test_several_ids_give_a_view(ds: nbc.Dataset) -> None:
    wanted = [ds.ids[4], ds.ids[1]]
    view = ds[wanted]
    assert view.ids == [ds.ids[1], ds.ids[4]]
    assert isinstance(view, nbc.Dataset)
    assert view.selection is ds.selection


def test_a_slice_gives_a_view(ds: nbc.Dataset) -> None:
    assert ds[:3].ids == ds.ids[:3]
    assert ds[2:8:2].ids == ds.ids[2:8:2]
    assert ds[2:8][:2].ids == ds.ids[2:4]


def test_bools_give_a_view(ds: nbc.Dataset) -> None:
    chosen = np.arange(len(ds)) % 2 == 0
    assert ds[chosen].ids == ds.ids[::2]
    assert ds[pd.Series(chosen, index=ds.ids)].ids == ds.ids[::2]


def test_a_selection_and_a_finding_give_a_view(ds: nbc.Dataset) -> None:
    ds.selection.set(ds.ids[:2])
    assert ds[ds.selection].ids == ds.ids[:2]
    assert ds[ds.where("label = 'food'")].ids == ds.where("label = 'food'").ids


def test_an_unknown_id_is_named_with_the_nearest(ds: nbc.Dataset) -> None:
    with pytest.raises(nbc.UnknownItemError, match=ds.ids[0][:-1]):
        ds[ds.ids[0] + "x"]


def test_an_item_of_elsewhere_is_not_in_a_view(ds: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="not in this view"):
        ds[:2][ds.ids[5]]


def test_a_number_is_told_how_items_are_named(ds: nbc.Dataset) -> None:
    with pytest.raises(TypeError, match=r"ds\[ds.ids\[0\]\]"):
        ds[0]  # pyright: ignore[reportCallIssue, reportArgumentType]


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("diverse", lambda ds: ds.diverse(k=5)),
        ("duplicates", lambda ds: ds.duplicates(distance=0.1)),
        ("search", lambda ds: ds.search("a", limit=3)),
        ("curate", lambda ds: ds.curate(count=3)),
        ("from_folder", lambda ds: ds.from_folder("a", path_="b")),
    ],
)
def test_a_wrong_keyword_is_answered_with_the_name_of_the_method(ds: nbc.Dataset, method: str, call) -> None:
    with pytest.raises(TypeError, match=rf"^Dataset\.{method}\(\) got an unexpected keyword argument"):
        call(ds)
