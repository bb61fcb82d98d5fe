"""A layout that was turned, mirrored, moved and scaled is laid back onto the one it came of."""

from __future__ import annotations

import numpy as np
import pytest

from nbcurate.curate.procrustes import rotation_onto


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_was_turned_and_mirrored_lies_as_before(mirrored: bool) -> None:
    chance = np.random.default_rng(4)
    onto = chance.normal(size=(200, 2)) * [3, 1] + [5, -2]
    turn = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]]) @ np.diag([1, -1 if mirrored else 1])
    points = (0.3 * onto @ turn + [100, 7]).astype(np.float32)
    rotation = rotation_onto(points, onto)
    assert np.allclose(rotation @ rotation.T, np.eye(2))
    assert np.linalg.det(rotation) == pytest.approx(-1 if mirrored else 1)
    laid = (points - points.mean(axis=0)) @ rotation
    assert np.allclose(laid / 0.3, onto - onto.mean(axis=0), atol=1e-3)


def test_of_all_turns_it_is_the_nearest_also_where_points_have_moved() -> None:
    chance = np.random.default_rng(5)
    onto = chance.normal(size=(300, 2))
    points = onto @ [[0, 1], [-1, 0]] + chance.normal(scale=0.5, size=onto.shape)
    centred, target = points - points.mean(axis=0), onto - onto.mean(axis=0)
    best = np.square(centred @ rotation_onto(points, onto) - target).sum()
    for angle in np.linspace(0, 2 * np.pi, 60):
        c, s = np.cos(angle), np.sin(angle)
        for other in ([[c, -s], [s, c]], [[c, s], [s, -c]]):
            assert best <= np.square(centred @ np.array(other) - target).sum() + 1e-9


@pytest.mark.parametrize("n", [0, 1, 5])
def test_where_there_is_nothing_to_go_by_nothing_is_turned(n: int) -> None:
    assert np.array_equal(rotation_onto(np.ones((n, 2)), np.ones((n, 2))), np.eye(2))
