"""The kNN graph: the true neighbours, measured, whatever the data looks like."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.search import graph as graph_module
from nbcurate.search import knn_graph
from nbcurate.search.checkpoint import FileCheckpoint
from nbcurate.search.graph import build_graph, extend_graph
from nbcurate.search.knn_graph import open_content_graph
from nbcurate.store.embeddings import Embeddings

from ..conftest import colour_layout


@pytest.fixture
def embeddings_of(tmp_path: Path) -> Callable[[np.ndarray], Embeddings]:
    """Puts vectors into a store, with keys from 0 on."""

    def make(vectors: np.ndarray) -> Embeddings:
        folder = tmp_path / "embeddings" / "made@0.lance"
        folder.parent.mkdir()
        width = vectors.shape[1]
        made = Embeddings.create(folder, tmp_path / "derived", name="made", encoder_key="0", width=width, recipe={})
        made.append(np.arange(len(vectors), dtype=np.uint64), vectors)
        return made

    return make


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def clustered(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(60, 48))
    return unit(centres[rng.integers(0, 60, n)] + 0.5 * rng.normal(size=(n, 48)))


def manifold(n: int, seed: int = 0) -> np.ndarray:
    """One curved sheet without clusters, on which methods that live on clusters fail."""
    rng = np.random.default_rng(seed)
    sheet = np.tanh(rng.normal(size=(n, 12)) @ rng.normal(size=(12, 64)) / 3)
    return unit(sheet @ rng.normal(size=(64, 48)))


def true_neighbours(vectors: np.ndarray, k: int) -> np.ndarray:
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -2)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :k]


@pytest.mark.parametrize("make", [clustered, manifold])
@pytest.mark.parametrize("target", [0.9, 0.99])
def test_the_recall_is_what_was_asked_for_and_what_is_said(make: Callable[[int], np.ndarray], target: float) -> None:
    vectors = make(6000)
    graph = build_graph(vectors, 10, target_recall=target, exact_limit=1000)
    sample = np.arange(0, 6000, 7)
    similarity = vectors[sample] @ vectors.T
    similarity[np.arange(len(sample)), sample] = -2
    truth = np.argpartition(-similarity, 9, axis=1)[:, :10]
    recall = np.mean([np.isin(true, found).mean() for true, found in zip(truth, graph.rows[sample], strict=True)])
    assert recall > target - 0.02
    assert graph.recall == pytest.approx(recall, abs=0.02)
    assert (graph.rows != np.arange(6000)[:, None]).all(), "no item is its own neighbour"
    assert (np.diff(graph.similarity, axis=1) <= 0).all()


def test_all_but_equal_vectors_are_told_apart() -> None:
    """Bursts: a hundred vectors within a thousandth of each other, which codes of 8 bits make one."""
    rng = np.random.default_rng(2)
    vectors = unit(np.repeat(clustered(50), 100, axis=0) + 0.0005 * rng.normal(size=(5000, 48)))
    graph = build_graph(vectors, 10, exact_limit=1000)
    sample = np.arange(0, 5000, 50)
    found = np.take_along_axis(vectors[sample] @ vectors.T, graph.rows[sample].astype(np.intp), axis=1)
    truth = -np.sort(-(vectors[sample] @ vectors.T), axis=1)[:, 1:11]
    assert (found >= truth[:, -1:] - 1e-7).mean() > 0.97


def test_below_the_limit_it_is_exact() -> None:
    vectors = clustered(800)
    graph = build_graph(vectors, 7)
    assert graph.recall == 1.0
    assert (graph.rows == true_neighbours(vectors, 7)).mean() > 0.999  # near ties


def test_more_neighbours_than_rows() -> None:
    graph = build_graph(clustered(4), 10)
    assert (graph.rows[:, 3:] == -1).all()
    assert (np.sort(graph.rows[:, :3], axis=1) >= 0).all()


def test_with_more_rows_it_is_what_it_would_have_been_from_the_start() -> None:
    vectors = clustered(900)
    grown = extend_graph(vectors, build_graph(vectors[:870], 8))
    whole = build_graph(vectors, 8)
    assert np.allclose(grown.similarity, whole.similarity, atol=1e-6)
    assert (grown.rows == whole.rows).mean() > 0.999


def test_an_interrupted_build_goes_on_where_it_was(embeddings_of: Callable[[np.ndarray], Embeddings]) -> None:
    vectors = clustered(6000)
    embeddings = embeddings_of(vectors)

    class Interrupted(FileCheckpoint):
        def save(self, first: int, part: graph_module.Part) -> None:
            super().save(first, part)
            raise KeyboardInterrupt

    def build(checkpoint: FileCheckpoint) -> graph_module.Graph:
        return build_graph(vectors, 5, exact_limit=100, checkpoint=checkpoint)

    with pytest.raises(KeyboardInterrupt):
        build(Interrupted(embeddings, 5))
    finished = list(embeddings.path_of("").glob("graph-part-*.npz"))
    assert finished
    kept = {file: file.stat().st_ino for file in finished}
    checkpoint = FileCheckpoint(embeddings, 5)
    graph = build(checkpoint)
    assert {file: file.stat().st_ino for file in finished} == kept, "finished parts are not made again"
    assert np.array_equal(graph.rows, build_graph(vectors, 5, exact_limit=100).rows)
    checkpoint.clear()
    assert not list(embeddings.path_of("").glob("graph-part-*"))


def test_on_disk_it_serves_smaller_k_and_is_extended(
    embeddings_of: Callable[[np.ndarray], Embeddings], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = clustered(700)
    embeddings = embeddings_of(vectors[:650])
    _, ten = open_content_graph(embeddings, 10, device="cpu", writable=True)
    monkeypatch.setattr(knn_graph, "build_graph", None)
    _, four = open_content_graph(embeddings, 4, device="cpu", writable=True)
    assert np.array_equal(four.rows, ten.rows[:, :4])
    embeddings.append(np.arange(650, 700, dtype=np.uint64), vectors[650:])
    keys, more = open_content_graph(embeddings, 10, device="cpu", writable=True)
    assert len(keys) == len(more.rows) == 700
    monkeypatch.setattr(knn_graph, "extend_graph", None)
    _, again = open_content_graph(embeddings, 10, device="cpu", writable=True)
    assert np.array_equal(again.rows, more.rows)
    assert np.allclose(again.similarity, build_graph(vectors, 10).similarity, atol=1e-6)


def test_damage_is_noticed(embeddings_of: Callable[[np.ndarray], Embeddings]) -> None:
    embeddings = embeddings_of(clustered(300))
    _, before = open_content_graph(embeddings, 5, device="cpu", writable=True)
    rows = before.rows.copy()
    path = embeddings.path_of("graph.knn")
    path.write_bytes(bytes(len(path.read_bytes())))
    assert np.array_equal(open_content_graph(embeddings, 5, device="cpu", writable=True)[1].rows, rows)


def test_many_copies_are_neighbours_and_no_item_is_its_own(folder: Path, tmp_path: Path) -> None:
    original = sorted(folder.rglob("*.png"))[5]
    for i in range(9):
        shutil.copy(original, original.with_name(f"copy {i}.png"))
    ds = nbc.Dataset.from_folder(folder, store=tmp_path / "copies.nbc").embed(colour_layout)
    graph = ds.knn_graph(k=4)
    for item_id, key, neighbours, keys in zip(ds.ids, ds.keys, graph.ids, graph.keys, strict=True):
        assert key not in keys
        assert neighbours == ds.search(item_id, k=4).ids


def test_of_a_data_set_it_is_what_search_finds(dataset: nbc.Dataset) -> None:
    graph = dataset.knn_graph(k=5)
    assert graph.keys.dtype == np.uint64
    assert graph.keys.shape == graph.similarity.shape == (24, 5)
    for item_id, neighbours, similarity in zip(dataset.ids, graph.ids, graph.similarity, strict=True):
        found = dataset.search(item_id, k=5)
        assert neighbours == found.ids
        assert np.allclose(similarity, found.similarity, atol=1e-5)


def test_it_is_made_once_and_follows_what_is_removed(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    before = dataset.knn_graph(k=5)
    monkeypatch.setattr(knn_graph, "build_graph", None)
    again = reopen(dataset)
    assert np.array_equal(again.knn_graph(k=5).keys, before.keys)
    gone = before.ids[0][0]
    again.remove([gone])
    after = again.knn_graph(k=5)
    assert after.keys.shape == (23, 5)
    assert gone not in {i for ids in after.ids for i in ids}
    assert after.ids[0] == again.search(again.ids[0], k=5).ids


@pytest.mark.parametrize("k", [0, -1])
def test_a_number_of_neighbours_that_is_none(dataset: nbc.Dataset, k: int) -> None:
    with pytest.raises(ValueError, match=f"k={k}: give a whole number, 1 or more"):
        dataset.knn_graph(k)
    with pytest.raises(TypeError, match=r"k=2\.0: give a whole number"):
        dataset.knn_graph(2.0)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("size", [0, 1])
def test_of_nothing_and_of_one_item_there_are_no_neighbours(dataset: nbc.Dataset, size: int) -> None:
    graph = dataset.where(dataset.ids[:size]).knn_graph()
    assert graph.keys.shape == graph.similarity.shape == (size, 0)
    assert graph.ids == [[]] * size
    assert f"{size} items, k=0" in graph._repr_html_()
    assert ">5</th>" in dataset.knn_graph(k=5)._repr_html_()


def test_with_vectors_missing_it_says_what_to_run(dataset: nbc.Dataset) -> None:
    assert dataset.knn_graph(k=500).keys.shape == (24, 23)
    with pytest.raises(ValueError, match="no embeddings of 'other'"):
        dataset.knn_graph(encoder="other")
