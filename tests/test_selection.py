"""The selection: plain ids, one per data set, with undo, the same for everyone who looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbcurate as nbc
from nbcurate.selection import Selection, SelectionChange
from nbcurate.store.items import UnknownItemError


def test_empty_means_empty(dataset: nbc.Dataset) -> None:
    assert dataset.selection.ids == []
    assert dataset.selection.rejected == []
    assert len(dataset.selection) == 0


def test_ids_come_back_in_the_order_in_which_they_were_picked(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    dataset.selection.set([c, a])
    dataset.selection.add([b, a])
    assert dataset.selection.ids == [c, a, b]


def test_an_item_is_kept_or_rejected_never_both(dataset: nbc.Dataset) -> None:
    a, b = dataset.ids[:2]
    dataset.selection.set([a, b])
    dataset.selection.reject([a])
    assert (dataset.selection.ids, dataset.selection.rejected) == ([b], [a])
    dataset.selection.add([a])
    assert (dataset.selection.ids, dataset.selection.rejected) == ([b, a], [])


def test_undo_and_redo_walk_through_the_states(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    dataset.selection.set([a])
    dataset.selection.add([b])
    dataset.selection.clear()
    assert dataset.selection.undo()
    assert dataset.selection.ids == [a, b]
    assert dataset.selection.undo()
    assert dataset.selection.redo()
    assert dataset.selection.ids == [a, b]
    dataset.selection.set([c])
    assert not dataset.selection.redo()


def test_marks_of_removed_items_come_back_with_them(dataset: nbc.Dataset) -> None:
    a, b, c, d = dataset.ids[:4]
    dataset.selection.set([a, b])
    dataset.selection.reject([c])
    dataset.selection.add([d])
    dataset.remove([b, c])
    assert (dataset.selection.ids, dataset.selection.rejected) == ([a, d], [])
    dataset.undo_edit()
    assert (set(dataset.selection.ids), dataset.selection.rejected) == ({a, b, d}, [c])
    dataset.remove([b])
    assert dataset.selection.undo()
    dataset.restore([b])
    assert (set(dataset.selection.ids), dataset.selection.rejected) == ({a, b}, [c])


def test_an_unknown_id_changes_nothing_and_names_the_nearest(dataset: nbc.Dataset) -> None:
    a = dataset.ids[0]
    dataset.selection.set([a])
    with pytest.raises(UnknownItemError, match=a):
        dataset.selection.set([dataset.ids[1], a + "x"])
    assert dataset.selection.ids == [a]
    with pytest.raises(TypeError, match="list of ids"):
        dataset.selection.set(a)


def test_observers_are_told_once_per_change(dataset: nbc.Dataset) -> None:
    a, b = dataset.ids[:2]
    seen: list[tuple[list[str], list[str]]] = []
    observer = lambda change: seen.append((change.old, change.new))  # noqa: E731
    dataset.selection.observe(observer)
    dataset.selection.set([a])
    dataset.selection.set([a])
    dataset.selection.add([b])
    dataset.selection.unobserve(observer)
    dataset.selection.clear()
    assert seen == [([], [a]), ([a], [a, b])]


def test_an_observer_that_raises_keeps_nobody_from_being_told(dataset: nbc.Dataset) -> None:
    seen: list[list[str]] = []

    def broken(change: SelectionChange) -> None:
        raise RuntimeError("broken")

    selection = dataset.selection
    selection.observe(broken)
    selection.observe(lambda change: seen.append(change.new))
    with pytest.raises(RuntimeError, match="broken"):
        selection.set(dataset.ids[:1])
    assert selection.ids == dataset.ids[:1] == seen[0]
    selection.observe(lambda change: 1 / 0)
    with pytest.raises(ExceptionGroup, match="has changed, but some of its observers failed"):
        selection.undo()
    assert seen[1] == selection.ids == []
    with pytest.raises(TypeError, match="observe: expected a function of one argument"):
        selection.observe(3)  # type: ignore[arg-type]


def test_running_the_cell_again_keeps_the_selection(folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "s.nbc"
    first = nbc.Dataset.from_folder(folder, store=store)
    first.selection.set(first.ids[:2])
    again = nbc.Dataset.from_folder(folder, store=store)
    assert again.selection is first.selection


def test_the_next_kernel_finds_the_selection_as_it_was(
    dataset: nbc.Dataset, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    a, b, c = dataset.ids[:3]
    dataset.selection.set([c, a])
    dataset.selection.reject([b])
    other = reopen(dataset)
    assert (other.selection.ids, other.selection.rejected) == ([c, a], [b])
    other.selection.clear()
    empty = reopen(other)
    assert (empty.selection.ids, empty.selection.rejected) == ([], [])


def test_set_algebra_gives_lists_of_ids(dataset: nbc.Dataset) -> None:
    a, b, c = dataset.ids[:3]
    dataset.selection.set([a, b])
    assert dataset.selection | [b, c] == [a, b, c]
    assert dataset.selection & [b, c] == [b]
    assert dataset.selection - [b, c] == [a]


def test_removed_items_leave_the_selection_for_good(dataset: nbc.Dataset) -> None:
    a, b = dataset.ids[:2]
    dataset.selection.set([a, b])
    dataset.selection.clear()
    dataset.remove([a])
    dataset.selection.undo()
    assert dataset.selection.ids == [b]


operations = st.lists(
    st.tuples(st.sampled_from(["set", "keep", "reject", "unmark", "undo", "redo"]), st.lists(st.integers(0, 9)))
)


@given(operations)
@settings(max_examples=200, deadline=None)
def test_any_sequence_of_changes_is_as_the_words_say(steps: list[tuple[str, list[int]]]) -> None:
    import numpy as np

    selection = Selection(lambda keys: [str(k) for k in keys], lambda ids: np.array([int(i) for i in ids], np.uint64))
    state: tuple[list[int], list[int]] = ([], [])
    undo: list[tuple[list[int], list[int]]] = []
    redo: list[tuple[list[int], list[int]]] = []
    for op, keys in steps:
        unique = list(dict.fromkeys(keys))
        kept, rejected = state
        match op:
            case "undo":
                assert selection.undo() == bool(undo)
                if undo:
                    redo.append(state)
                    state = undo.pop()
            case "redo":
                assert selection.redo() == bool(redo)
                if redo:
                    undo.append(state)
                    state = redo.pop()
            case _:
                after = {
                    "set": (unique, [k for k in rejected if k not in unique]),
                    "keep": (kept + [k for k in unique if k not in kept], [k for k in rejected if k not in unique]),
                    "reject": (
                        [k for k in kept if k not in unique],
                        rejected + [k for k in unique if k not in rejected],
                    ),
                    "unmark": ([k for k in kept if k not in unique], [k for k in rejected if k not in unique]),
                }[op]
                selection.apply(op, np.array(keys, np.uint64))
                if after != state:
                    undo.append(state)
                    redo.clear()
                    state = after
        assert (selection.marks.kept.tolist(), selection.marks.rejected.tolist()) == state


def test_what_was_found_by_marks_that_have_changed_since_is_not_carried_out(dataset: nbc.Dataset) -> None:
    selection = dataset.selection
    seen = selection.marks
    selection.add(dataset.ids[:1])
    assert not selection.apply("keep", dataset.keys[1:2], seen=seen)
    assert selection.ids == dataset.ids[:1]
    assert selection.apply("keep", dataset.keys[1:2], seen=selection.marks)
    assert selection.ids == dataset.ids[:2]
