"""Marks, slices and values follow what items are now; what cannot be kept is not done."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.store import checked_file

from ..conftest import colour_layout

Reopen = Callable[[nbc.Dataset], nbc.Dataset]


def test_an_old_slice_selects_only_what_is_still_there(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    old = dataset.save_slice("old", [a, b, c])
    dataset.remove([a])
    assert (old.ids, len(old), dataset.slices["old"].ids) == ([b, c], 2, [b, c])
    old.select()
    assert dataset.selection.ids == [b, c]


def test_marks_of_items_that_the_tables_do_not_know_are_passed_over(dataset: nbc.Dataset, reopen: Reopen) -> None:
    keys = dataset.keys
    unknown = keys[:1] + 10_000
    dataset.store.save_selection(unknown, keys[:2])
    dataset.store.save_slice("night", unknown, keys[:2])
    again = reopen(dataset)
    assert (again.selection.ids, again.selection.rejected) == ([], again.ids[:2])
    assert (again.slices["night"].ids, again.slices["night"].rejected) == ([], again.ids[:2])


def _full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("act", ["set", "add", "reject", "clear", "undo"])
def test_a_selection_that_cannot_be_kept_stays_as_it_was(
    dataset: nbc.Dataset, reopen: Reopen, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    a, b, c = dataset.ids[:3]
    dataset.selection.set([a])
    dataset.selection.set([a, b])
    told: list[object] = []
    dataset.selection.observe(told.append)
    revision = dataset.selection.revision
    with monkeypatch.context() as patch:
        patch.setattr(checked_file, "_replace", _full_disk)
        with pytest.raises(OSError, match=r"The selection stays as it was.*No space left"):
            getattr(dataset.selection, act)(*([] if act in ("clear", "undo") else [[c]]))
    assert (dataset.selection.ids, dataset.selection.rejected, told) == ([a, b], [], [])
    assert dataset.selection.revision == revision
    assert dataset.selection.undo()
    assert dataset.selection.ids == [a]
    assert reopen(dataset).selection.ids == [a]


def test_what_was_said_of_an_earlier_picture_is_told(dataset: nbc.Dataset, folder: Path, reopen: Reopen) -> None:
    a, b, c = dataset.ids[10:13]
    dataset.relabel([a], "mine")
    dataset.tag([a, b], "night")
    dataset.add_column("own", {b: 3})
    dataset.selection.set([a])
    assert dataset.changed.empty
    for name, colour in ((a, "red"), (b, "blue"), (c, "green")):
        Image.new("RGB", (50, 40), colour).save(folder / name)
    again = reopen(nbc.Dataset.from_folder(folder, store=dataset.store.path))
    told = again.changed.set_index("id")
    assert told["said"].to_dict() == {a: ["label", "tags"], b: ["tags", "own"]}
    assert again.where(again.changed["id"]).ids == [a, b]
    assert (again.selection.ids, again.to_pandas().set_index("id").loc[a, "label"]) == ([a], "mine")
    again.relabel([a], "seen")
    again.add_column("own", {b: 4})
    assert again.changed.set_index("id")["said"].to_dict() == {a: ["tags"], b: ["tags"]}


@pytest.mark.filterwarnings("ignore:.*could not be read")
@pytest.mark.parametrize("found_by", ["source", "embed"])
def test_marks_come_back_with_a_picture_that_could_not_be_read(
    dataset: nbc.Dataset, folder: Path, reopen: Reopen, found_by: str
) -> None:
    a, b, c = dataset.ids[10:13]
    dataset.selection.set([a, b])
    dataset.selection.reject([c])
    good = (folder / a).read_bytes()
    for name in (a, c):
        (folder / name).write_bytes(b"half a picture")
    if found_by == "source":
        dataset = nbc.Dataset.from_folder(folder, store=dataset.store.path)
    else:
        dataset.embed(nbc.FunctionEncoder(lambda images: colour_layout(images)[:, :9], name="other"))
    assert (dataset.selection.ids, dataset.selection.rejected) == ([b], [])
    again = reopen(dataset)
    assert (again.selection.ids, again.selection.rejected) == ([b], [])
    (folder / a).write_bytes(good)
    Image.new("RGB", (50, 40), "red").save(folder / c)
    again = nbc.Dataset.from_folder(folder, store=again.store.path)
    assert (set(again.selection.ids), again.selection.rejected) == ({a, b}, [c])
    (folder / a).write_bytes(b"half a picture")
    again = nbc.Dataset.from_folder(folder, store=again.store.path)
    again.selection.set([b])  # just these
    (folder / a).write_bytes(good)
    assert nbc.Dataset.from_folder(folder, store=again.store.path).selection.ids == [b]
