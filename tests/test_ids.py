"""Every function that takes ids takes whatever names items, and says what is wrong with what does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbcurate as nbc

#: Functions of a data set that take ids, by the name of their argument.
TAKERS: dict[str, Callable[[nbc.Dataset, Any], object]] = {
    "set": lambda ds, ids: ds.selection.set(ids),
    "add": lambda ds, ids: ds.selection.add(ids),
    "reject": lambda ds, ids: ds.selection.reject(ids),
    "unmark": lambda ds, ids: ds.selection.remove(ids),
    "or": lambda ds, ids: ds.selection | ids,
    "minus": lambda ds, ids: ds.selection - ids,
    "report": lambda ds, ids: ds.report(ids, draws=1),
    "to_pandas": lambda ds, ids: ds.to_pandas(ids),
    "tag": lambda ds, ids: ds.tag(ids, "x"),
    "untag": lambda ds, ids: ds.untag(ids),
    "relabel": lambda ds, ids: ds.relabel(ids, "x"),
    "save_slice": lambda ds, ids: ds.save_slice("x", ids),
    "remove": lambda ds, ids: ds.remove(ids),
}
#: Each may be left out, and means all or the selection then.
OPTIONAL = {"to_pandas", "save_slice"}


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS)
def test_whatever_has_ids_is_taken(dataset: nbc.Dataset, take: Callable[[nbc.Dataset, Any], object]) -> None:
    result = dataset.search(dataset.ids[0], k=2)
    frame = result.to_pandas()
    slice_ = dataset.save_slice("two", result)
    view = dataset.where(result)
    assert list(result) == result.ids == slice_.ids
    assert result.ids[0] in result
    others = (frame["id"], frame["id"].to_numpy(), np.array(result.ids), pa.array(result.ids), iter(result))
    for given in (result, slice_, view, *others, dataset.rare(2)):
        take(dataset, given)
        dataset.undo_edit()
        if len(dataset) < 24:
            return  # removed: they cannot be again


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("animals/1.png", r"expected a list of ids, got one string: write \['animals/1.png'\]"),
        (None, "expected a list of ids, a finding or a data set, got None"),
        (3, "expected a list of ids, a finding or a data set, got 3"),
        ([3], "an id is a string, got 3 of type int"),
        ([True, False], "ds.where"),
        (pd.DataFrame({"id": ["x"]}), 'got a table: give its column of ids, such as table\\["id"'),
    ],
)
@pytest.mark.parametrize("name", TAKERS)
def test_what_is_no_list_of_ids_says_so(small_set: nbc.Dataset, name: str, given: Any, message: str) -> None:
    if given is None and name in OPTIONAL:
        return
    with pytest.raises(TypeError, match=message):
        TAKERS[name](small_set, given)
    assert len(small_set) == 24


def test_ids_of_no_item_are_no_condition(dataset: nbc.Dataset) -> None:
    for given in (None, 3, [3], dataset.to_pandas()):
        with pytest.raises(TypeError, match="condition: "):
            dataset.where(given)  # type: ignore[arg-type]
    assert dataset.where([]).ids == []


@pytest.mark.parametrize("name", ["to_pandas", "tag", "untag", "relabel", "remove", "report", "column", "where"])
def test_a_view_touches_only_its_own_items(dataset: nbc.Dataset, name: str) -> None:
    more: dict[str, Callable[[nbc.Dataset, Any], object]] = {
        "where": lambda ds, ids: ds.where(ids),
        "column": lambda ds, ids: ds.add_column("note", dict.fromkeys(ids, 1)),
    }
    view = dataset.where("label = 'food'")
    with pytest.raises(ValueError, match="not in this view"):
        (TAKERS | more)[name](view, [view.ids[0], dataset.ids[0]])
    assert (len(dataset), dataset.tags, "note" in dataset.column_names) == (24, {}, False)


def test_a_path_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Write nbc.Dataset.open\(path\)"):
        nbc.Dataset(str(tmp_path / "photos.nbc"))  # type: ignore[arg-type]
