"""The index finds nearly all true neighbours, says how many, and survives damage, growth and many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.search import ExactIndex, cell_index, index_info, open_index
from nbcurate.search.cell_index import CellIndex


@pytest.fixture
def clustered() -> np.ndarray:
    """3,000 vectors in 40 clusters, L2-normalised."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(40, 64))
    vectors = centres[rng.integers(0, 40, 3000)] + 0.4 * rng.normal(size=(3000, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def embeddings(tmp_path: Path, clustered: np.ndarray):
    from nbcurate.store import Store

    store = Store.open(tmp_path / "vectors.nbc", create=True)
    made = store.create_embeddings("made", "abc", 64, {})
    made.append(np.arange(0, 6000, 2, dtype=np.uint64), clustered)
    yield made
    store.close()


def open_built(embeddings):
    """The approximate index, whatever the number of vectors."""
    index = open_index(embeddings, exact_limit=100, wait=True)
    assert isinstance(index, CellIndex)
    return index


def agreement(index, exact: ExactIndex, queries: np.ndarray, k: int = 10) -> np.ndarray:
    """For each query the share of the true neighbours that the index finds."""
    pairs = zip(exact.search(queries, k)[0], index.search(queries, k)[0], strict=True)
    return np.array([np.isin(true, found).mean() for true, found in pairs])


def test_the_index_agrees_with_exact_search(embeddings, clustered: np.ndarray) -> None:
    exact, fast = ExactIndex(*embeddings.vectors()), open_built(embeddings)
    hits = agreement(fast, exact, clustered[:300])
    assert hits.mean() > 0.99
    assert hits.min() > 0
    assert np.abs(fast.search(clustered[:300], 1)[1] - 1).max() < 1e-5
    assert fast.search(clustered[:1], 5000)[0].shape == (1, 3000)


def test_it_says_how_well_it_does(embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    assert index_info(embeddings).kind == "exact"
    monkeypatch.setattr("nbcurate.search.index.EXACT_LIMIT", 100)
    measured = agreement(open_built(embeddings), ExactIndex(*embeddings.vectors()), clustered[::10])
    info = index_info(embeddings)
    assert (info.kind, info.vectors, info.width, info.added_since) == ("cells", 3000, 64, 0)
    assert info.recall == pytest.approx(measured.mean(), abs=0.01)
    assert info.without_any == 0
    assert 0 < info.compared < 3000
    assert any(name.endswith(".f16") and size == 3000 * 64 * 2 for name, size in info.files.items())
    assert "recall@10" in repr(info)


def test_where_a_scan_would_be_long_a_graph_helps(
    embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbcurate.search.cell_index.SCAN_LIMIT", 60)
    index = open_built(embeddings)
    assert index.graph is not None
    assert index.built.compared == 60
    assert agreement(index, ExactIndex(*embeddings.vectors()), clustered[:200]).mean() > 0.98


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("index.cells.npz", "flipped"),
        ("index-*.f16", "cut"),
        ("index-*.usearch", "gone"),
        ("index-*.usearch", "flipped"),
        ("index-*.usearch", "no sidecar"),
    ],
)
def test_a_damaged_index_is_built_again(
    embeddings, clustered: np.ndarray, damage: str, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbcurate.search.cell_index.SCAN_LIMIT", 60)
    open_built(embeddings)
    embeddings.attached.clear()
    (path,) = embeddings.path_of("").glob(file)
    whole = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(whole[:-5000])
        case "flipped":
            path.write_bytes(whole[:9000] + bytes(b ^ 0xFF for b in whole[9000:9400]) + whole[9400:])
        case "no sidecar":
            path.with_name(path.name + ".json").unlink()
    keys, _ = open_built(embeddings).search(clustered[:50], 1)
    assert keys[:, 0].tolist() == list(range(0, 100, 2))


def test_what_is_added_is_found_without_a_new_index(embeddings, clustered: np.ndarray) -> None:
    old = open_built(embeddings)
    extra = np.eye(64, dtype=np.float32)[:2]
    embeddings.append(np.array([7001, 7003], np.uint64), extra)
    both = open_index(embeddings, exact_limit=100)
    assert isinstance(both, CellIndex)
    assert both.built == old.built
    assert both.tail.tolist() == [3000, 3001]
    assert both.search(extra, 1)[0].ravel().tolist() == [7001, 7003]
    assert len(old.search(clustered[:1], 5)[0][0]) == 5  # one that is open goes on


def test_much_added_is_indexed_in_the_background_while_the_old_index_serves(
    embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_built(embeddings)
    may_build, build = threading.Event(), cell_index.build

    def later(*args, **kwargs):
        assert may_build.wait(60)
        return build(*args, **kwargs)

    monkeypatch.setattr(cell_index, "build", later)
    more = np.roll(clustered, 1, axis=1)[:1500]
    embeddings.append(np.arange(7001, 10001, 2, dtype=np.uint64), more)
    monkeypatch.setattr("nbcurate.search.index.EXACT_LIMIT", 100)
    serving = open_index(embeddings)
    assert serving.built == old.built
    assert serving.search(more[:20], 1)[0].ravel().tolist() == list(range(7001, 7041, 2))
    info = index_info(embeddings)
    assert info.building
    assert info.added_since == 1500
    may_build.set()
    new = open_index(embeddings, wait=True)
    assert not index_info(embeddings).building
    assert len(new.tail) == 0
    assert new.search(more[:20], 1)[0].ravel().tolist() == list(range(7001, 7041, 2))
    assert len(list(embeddings.path_of("").glob("index-*.f16"))) == 1
    assert old.search(clustered[:20], 1)[0].ravel().tolist() == list(range(0, 40, 2))


def test_a_build_that_fails_leaves_what_was_there_and_says_why(
    embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("nbcurate.search.index.EXACT_LIMIT", 100)
    monkeypatch.setattr(cell_index, "build", fails)
    assert isinstance(open_index(embeddings), ExactIndex)
    thread = next((t for t in threading.enumerate() if t.name == "index"), None)
    if thread is not None:
        thread.join()
    assert index_info(embeddings).error == "OSError: no space left"
    assert open_index(embeddings).search(clustered[:1], 1)[0][0, 0] == 0


def test_many_threads_search_at_once(embeddings, clustered: np.ndarray) -> None:
    index = open_built(embeddings)
    expected = index.search(clustered[:200], 5)[0]
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda i: index.search(clustered[i : i + 1], 5)[0], range(200)))
    assert (np.concatenate(parts) == expected).all()


def test_search_through_the_index_speaks_of_items(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    exact = {i: dataset.search(i, k=6).ids for i in dataset.ids}
    near = dataset.expand(dataset.ids[:2], k=5).ids
    monkeypatch.setattr("nbcurate.search.index.EXACT_LIMIT", 5)
    indexed = reopen(dataset)
    open_index(indexed.store.embeddings_named(), wait=True)
    assert {i: indexed.search(i, k=6).ids for i in indexed.ids} == exact
    assert indexed.expand(indexed.ids[:2], k=5).ids == near
    assert indexed.index_info().kind == "cells"
    indexed.remove([near[0]])
    assert near[0] not in indexed.search(indexed.ids[0], k=100).ids
