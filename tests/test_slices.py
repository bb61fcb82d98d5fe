"""Selections are saved under a name, come back in another kernel, and can be combined."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import nbcurate as nbc


def test_a_slice_comes_back(dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    ids = dataset.ids
    dataset.selection.set([ids[4], ids[1]])
    dataset.selection.reject([ids[7]])
    dataset.save_slice("night")
    dataset.selection.clear()
    again = reopen(dataset)
    assert list(again.slices) == ["night"]
    assert (again.slices["night"].ids, again.slices["night"].rejected) == ([ids[4], ids[1]], [ids[7]])
    again.slices["night"].select()
    assert (again.selection.ids, again.selection.rejected) == ([ids[4], ids[1]], [ids[7]])
    assert again.selection.undo()
    assert again.selection.ids == []


def test_slices_combine(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    first, second = dataset.save_slice("first", [a, b]), dataset.save_slice("second", [b, c])
    assert (first | second, first & second, first - second) == ([a, b, c], [b], [a])
    assert dataset.where(first).ids == [a, b]
    dataset.save_slice("empty", [])
    assert (dataset.slices["empty"].ids, len(dataset.slices)) == ([], 3)


def test_replacing_dropping_and_what_is_not_there(dataset: nbc.Dataset) -> None:
    a, b = dataset.ids[:2]
    dataset.save_slice("night", [a])
    dataset.save_slice("night", [b])
    assert dataset.slices["night"].ids == [b]
    with pytest.raises(KeyError, match="did you mean 'night'"):
        dataset.slices["nigth"]
    dataset.remove([b])
    assert dataset.slices["night"].ids == []
    del dataset.slices["night"]
    assert dict(dataset.slices) == {}
    with pytest.raises(ValueError, match="not empty"):
        dataset.save_slice(" ")
