"""Boxes that were corrected are paired with what they were, whatever order and numbers the file gives them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nbcurate.curate.box_matching import match_boxes, overlaps

#: Boxes on a grid that do not overlap, so that which is which is plain.
places = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), unique=True, min_size=1, max_size=12)


@given(places, st.data())
def test_the_same_boxes_in_any_order_and_under_any_names(cells: list[tuple[int, int]], data: st.DataObject) -> None:
    before = [[30.0 * x, 30.0 * y, 20.0, 20.0] for x, y in cells]
    order = data.draw(st.permutations(range(len(before))))
    names = data.draw(st.permutations([str(at) for at in range(len(before))]))
    found = match_boxes(before, [before[at] for at in order], [str(at) for at in range(len(before))], names)
    assert found.pairs == sorted((at, place) for place, at in enumerate(order))
    assert (found.gone, found.new) == ([], [])


@given(places, st.data())
def test_moved_deleted_and_new_boxes(cells: list[tuple[int, int]], data: st.DataObject) -> None:
    """A box that moved by less than half of itself is the same; one that has gone, gone; one elsewhere, new."""
    before = [[30.0 * x, 30.0 * y, 20.0, 20.0] for x, y in cells]
    gone = data.draw(st.sets(st.integers(0, len(before) - 1)))
    kept = [at for at in range(len(before)) if at not in gone]
    by = st.floats(-5, 5)
    after = [[before[at][0] + data.draw(by), before[at][1] + data.draw(by), 20.0, 20.0] for at in kept]
    found = match_boxes(before, [*after, [900.0, 900.0, 5.0, 5.0]], [None] * len(before), [None] * (len(after) + 1))
    assert found.pairs == list(zip(kept, range(len(kept)), strict=True))
    assert (found.gone, found.new) == (sorted(gone), [len(after)])


def test_a_name_tells_where_a_box_went_far() -> None:
    found = match_boxes([[0, 0, 10, 10], [50, 50, 10, 10]], [[400, 400, 10, 10]], ["7", "8"], ["8"])
    assert (found.pairs, found.gone, found.new) == ([(1, 0)], [0], [])
    assert match_boxes([], [], [], []).pairs == []


def test_two_boxes_at_one_place_are_told_apart_by_name() -> None:
    both = [[0, 0, 10, 10], [0, 0, 10, 10]]
    assert match_boxes(both, both, ["1", "2"], ["2", "1"]).pairs == [(0, 1), (1, 0)]


def test_overlaps() -> None:
    found = overlaps(np.array([[0, 0, 10, 10.0]]), np.array([[5, 0, 10, 10.0], [20, 20, 1, 1], [0, 0, 0, 0]]))
    np.testing.assert_allclose(found, [[1 / 3, 0, 0]])
