"""Rare, common and in-between items: arrays with a known answer, and real pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import nbcurate as nbc
from nbcurate.curate.rarity import find_between, find_common, find_rare


def graph_of(vectors: NDArray[np.floating], k: int = 15) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(similarity, -np.inf)
    order = np.argsort(-similarity, axis=1)[:, :k]
    return order.astype(np.int32), np.take_along_axis(similarity, order, axis=1)


@pytest.fixture
def planted() -> NDArray[np.floating]:
    """Three clusters of 150, a tight group of 6 far from them (rows 450 to 455), and one row alone (456)."""
    rng = np.random.default_rng(0)
    centres = 4 * rng.normal(size=(5, 24))
    clusters = [centres[c] + rng.normal(size=(150, 24)) for c in range(3)]
    return np.concatenate([*clusters, centres[3] + 0.3 * rng.normal(size=(6, 24)), centres[4:5]])


def test_a_tight_group_of_a_few_is_as_rare_as_one_alone(planted: NDArray[np.floating]) -> None:
    rarity = find_rare(*graph_of(planted))
    assert set(np.argsort(-rarity.score)[:7]) == set(range(450, 457))
    assert rarity.company[450:456].tolist() == [5] * 6
    assert rarity.company[456] == 0


def test_only_what_lies_beyond_the_tail_is_called_rare(planted: NDArray[np.floating]) -> None:
    rare = find_rare(*graph_of(planted)).rare
    assert rare[450:].all()
    assert rare[:450].sum() <= 1  # one in twenty may be chance
    rng = np.random.default_rng(0)
    assert not find_rare(*graph_of(planted[:450])).rare.any()
    for width in (6, 64):
        assert not find_rare(*graph_of(rng.normal(size=(1_500, width)))).rare.any()


def test_a_group_of_twenty_is_seen_by_who_looks_beyond_it() -> None:
    rng = np.random.default_rng(0)
    centres = 4 * rng.normal(size=(4, 24))
    clusters = [centres[c] + rng.normal(size=(400, 24)) for c in range(3)]
    vectors = np.concatenate([*clusters, centres[3] + 0.3 * rng.normal(size=(20, 24))])
    assert find_rare(*graph_of(vectors, 30)).rare[1_200:].all()
    assert set(np.argsort(-find_rare(*graph_of(vectors, 30)).score)[:20]) == set(range(1_200, 1_220))


def test_what_can_go_has_a_kept_one_near(planted: NDArray[np.floating]) -> None:
    neighbors, similarity = graph_of(planted)
    redundancy = find_common(neighbors, similarity, radius=0.08)
    kept = redundancy.stands_for == np.arange(len(planted))
    assert 0 < (~kept).sum() < len(planted)
    assert kept[redundancy.stands_for].all()
    unit = planted / np.linalg.norm(planted, axis=1, keepdims=True)
    assert (1 - (unit * unit[redundancy.stands_for]).sum(axis=1) < 0.081).all()


def test_between_two_groups() -> None:
    neighbors = np.array([[1, 2, 3, 4], [0, 2, 3, -1], [0, 1, 3, 4]], np.int32)
    neighbors = np.concatenate([neighbors, neighbors[:2]])
    between = find_between(neighbors, np.array([0, 0, 0, 1, 1]))
    assert between.score[0] == 1.0
    assert between.votes[0].tolist() == [2, 2, 4]
    assert between.score[1] == 0.5
    assert (between.first[1], between.second[1]) == (0, 1)


def test_rows_without_neighbours() -> None:
    empty = np.empty((1, 0), np.int32), np.empty((1, 0), np.float32)
    assert find_rare(*empty).score.tolist() == [0.0]
    assert find_common(*empty, radius=0.1).stands_for.tolist() == [0]
    assert find_between(empty[0], np.zeros(1, int)).first.tolist() == [-1]


@pytest.mark.parametrize("function", ["rare", "common", "edge_cases"])
def test_every_item_is_ranked_and_the_recipe_makes_it_again(dataset: nbc.Dataset, function: str) -> None:
    ranking = getattr(dataset, function)()
    assert sorted(ranking.ids) == sorted(dataset.ids)
    assert np.all(np.diff(ranking.scores) <= 0)
    assert set(ranking.flagged) <= set(ranking.ids)
    assert all(ranking.reasons)
    few = getattr(dataset, function)(5)
    assert few.ids == ranking.ids[:5]
    assert dataset.replay(json.loads(json.dumps(few.recipe))).ids == few.ids
    assert len(few.to_pandas()) == 5


def test_of_exact_copies_all_but_one_can_go(dataset: nbc.Dataset) -> None:
    frame = dataset.to_pandas()
    copies = frame["id"][frame["copy_of"].notna()].tolist()
    assert len(copies) == 1
    assert set(copies) <= set(dataset.common().flagged)


@pytest.fixture
def alike(tmp_path: Path) -> nbc.Dataset:
    """400 vectors from all directions, in two classes that have nothing to do with where they lie."""
    rng = np.random.default_rng(1)
    ids = [f"v{at:03}" for at in range(400)]
    ds = nbc.Dataset.from_embeddings(ids, rng.normal(size=(400, 16)), store=tmp_path / "v.nbc")
    return ds.relabel({item: "ab"[at % 2] for at, item in enumerate(ds.ids)})


def test_where_nothing_is_rare_or_between_it_says_so(alike: nbc.Dataset) -> None:
    rare = alike.rare()
    assert rare.flagged == []
    assert "nothing is rare" in repr(rare)
    assert "nothing is rare" in rare.note
    assert rare.reasons[0].startswith("unusual, but no more")
    edges = alike.edge_cases()
    assert edges.flagged == []
    assert "run into one another" in repr(edges)
    halves = {
        item: "east" if vector[0] > 0 else "west" for item, vector in zip(alike.ids, alike.embeddings(), strict=True)
    }
    assert 0 < len(alike.relabel(halves).edge_cases().flagged) < 200


def test_of_a_rare_item_it_says_how_far_it_lies(tmp_path: Path, planted: NDArray[np.floating]) -> None:
    ids = [f"v{at:03}" for at in range(len(planted))]
    ds = nbc.Dataset.from_embeddings(ids, planted, store=tmp_path / "v.nbc")
    rare = ds.rare()
    assert sorted(rare.flagged) == ids[450:]
    assert rare.note == ""
    assert "7 flagged" in repr(rare)
    assert any(reason.startswith("nothing is like it") for reason in rare.reasons[:7])


def test_without_labels_edges_are_between_clusters(dataset: nbc.Dataset) -> None:
    dataset.relabel(dataset.ids, None)
    assert "cluster 0" in dataset.edge_cases(1).reasons[0]


@pytest.mark.parametrize("function", ["rare", "common", "edge_cases"])
@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_items(dataset: nbc.Dataset, function: str, size: int) -> None:
    view = dataset.where(dataset.ids[-size:] if size else [])
    assert sorted(getattr(view, function)().ids) == sorted(view.ids)
