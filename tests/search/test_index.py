"""The index finds nearly all true neighbours, says how many, and survives damage, growth, kills and many threads."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc
from nbcurate.search import ExactIndex, hnsw_build, hnsw_file, index_info, live_index, open_index, serving, usearch_view
from nbcurate.search.cell_index import CellIndex
from nbcurate.search.giving_way import GivingWay
from nbcurate.search.hnsw import Shape
from nbcurate.search.hnsw_index import HnswIndex
from nbcurate.store import Store
from nbcurate.store.embeddings import Embeddings


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def clustered() -> np.ndarray:
    """3,000 vectors in 40 clusters."""
    rng = np.random.default_rng(7)
    return unit(rng.normal(size=(40, 64))[rng.integers(0, 40, 3000)] + 0.4 * rng.normal(size=(3000, 64)))


def data(kind: str, clustered: np.ndarray, stamp_set: nbc.Dataset) -> np.ndarray:
    """Vectors of several kinds; those of real pictures are of 500 photographs and drawings."""
    rng = np.random.default_rng(3)
    match kind:
        case "real pictures":
            return stamp_set.embeddings()
        case "clusters far apart":
            return unit(np.eye(64)[rng.integers(0, 64, 3000)] + 0.02 * rng.normal(size=(3000, 64)))
        case "no clusters":
            return unit(np.tanh(rng.normal(size=(3000, 12)) @ rng.normal(size=(12, 40))) @ rng.normal(size=(40, 64)))
        case "mostly near copies":
            return unit(clustered[rng.integers(0, 150, 3000)] + 1e-3 * rng.normal(size=(3000, 64)))
    return clustered


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[np.ndarray], Embeddings]]:
    """Embeddings of vectors, under the keys 0, 2, 4, …"""
    stores: list[Store] = []

    def make(vectors: np.ndarray) -> Embeddings:
        stores.append(Store.open(tmp_path / f"{len(stores)}.nbc", create=True))
        embeddings = stores[-1].create_embeddings("made", "abc", vectors.shape[1], {})
        embeddings.append(2 * np.arange(len(vectors), dtype=np.uint64), vectors)
        return embeddings

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def embeddings(made: Callable[[np.ndarray], Embeddings], clustered: np.ndarray) -> Embeddings:
    return made(clustered)


def built(embeddings: Embeddings, **wishes: object) -> HnswIndex:
    """The usearch index, whatever the number of vectors."""
    index = open_index(embeddings, exact_bytes=0, wait=True, **wishes)  # pyright: ignore[reportArgumentType]
    assert isinstance(index, HnswIndex)
    return index


def agreement(index: live_index.Index, exact: ExactIndex, queries: np.ndarray, k: int = 10) -> np.ndarray:
    """For each query the share of the true neighbours that the index finds."""
    pairs = zip(exact.search(queries, k)[0], index.search(queries, k)[0], strict=True)
    return np.array([np.isin(true, found).mean() for true, found in pairs])


def finds(index: live_index.Index, vectors: np.ndarray, keys: Iterable[int]) -> bool:
    """Whether nearly every vector finds itself: a graph may miss one."""
    return bool((index.search(vectors, 1)[0][:, 0] == np.array(list(keys))).mean() >= 0.9)


def files(embeddings: Embeddings, pattern: str) -> list[Path]:
    return sorted(embeddings.path_of("").glob(pattern))


KINDS = ["real pictures", "clusters", "clusters far apart", "no clusters", "mostly near copies"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("graph", [True, False], ids=["usearch", "cells"])
def test_whatever_the_data_it_finds_nearly_all_and_says_how_many(
    made: Callable[[np.ndarray], Embeddings], clustered: np.ndarray, stamp_set: nbc.Dataset, kind: str, graph: bool
) -> None:
    vectors = data(kind, clustered, stamp_set)
    embeddings = made(vectors)
    index = open_index(embeddings, exact_bytes=0, graph=graph, wait=True)
    exact, queries = ExactIndex(*embeddings.vectors()), vectors[::7]
    hits = agreement(index, exact, queries)
    found, similarity = index.search(queries, 10)
    assert hits.min() > 0
    if kind == "mostly near copies":  # which of twenty equal ones are found is one; how near they are is not
        assert (similarity[:, -1] >= exact.search(queries, 10)[1][:, -1] - 1e-4).mean() > 0.985
    else:
        assert hits.mean() > 0.985
        assert similarity == pytest.approx(np.einsum("qd,qkd->qk", queries, vectors[found // 2]), abs=1e-5)
    info = index_info(embeddings, index)
    assert info.kind.startswith("usearch" if graph else "cells")
    assert (info.vectors, info.width, info.added_since) == (*vectors.shape, 0)
    assert kind == "mostly near copies" or info.recall == pytest.approx(hits.mean(), abs=0.015)
    assert (info.dtype, info.building, info.error) == ("f16" if graph else None, None, None)
    assert "recall@10" in repr(info)


def test_few_vectors_are_all_compared(embeddings: Embeddings, clustered: np.ndarray) -> None:
    index = open_index(embeddings)
    assert index_info(embeddings, index).kind == "exact"
    assert isinstance(open_index(embeddings, exact_bytes=clustered.nbytes), ExactIndex)
    assert not isinstance(open_index(embeddings, exact_bytes=clustered.nbytes - 1, wait=True), ExactIndex)


def test_more_than_there_are_and_very_many(embeddings: Embeddings, clustered: np.ndarray) -> None:
    index, exact = built(embeddings), ExactIndex(*embeddings.vectors())
    assert index.search(clustered[:1], 5000)[0].shape == (1, 3000)
    assert index.search(clustered[:2], 400)[0].tolist() == exact.search(clustered[:2], 400)[0].tolist()


def test_cells_serve_until_the_graph_is_there_and_go_when_it_is_good(
    embeddings: Embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_build, build = threading.Event(), hnsw_build.build_graph

    def later(*args: object, **kwargs: object) -> hnsw_file.Graph:
        assert may_build.wait(60)
        return build(*args, **kwargs)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(live_index, "build_graph", later)
    assert isinstance(open_index(embeddings, exact_bytes=0), ExactIndex | CellIndex)
    while not isinstance(serving := open_index(embeddings, exact_bytes=0), CellIndex):
        threading.Event().wait(0.01)
    assert index_info(embeddings, serving).building
    assert files(embeddings, "index-*.f16")
    may_build.set()
    assert agreement(built(embeddings), ExactIndex(*embeddings.vectors()), clustered[:50]).mean() > 0.98
    assert not files(embeddings, "index*.f16*")
    assert finds(serving, clustered[:20], range(0, 40, 2))  # who has it goes on


def test_cells_stay_where_the_graph_misses_too_much(
    embeddings: Embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hnsw_build, "EXPANSIONS", (1,))
    monkeypatch.setattr(hnsw_build, "_SHAPES", (Shape(2, 2),))
    index = built(embeddings)
    assert index.graph.alone is not None
    assert index.graph.alone.measured.recall < 0.9
    assert index.cells is not None
    info = index_info(embeddings, index)
    assert (info.kind, info.recall > 0.98, info.without_any) == ("usearch + cells", True, 0)
    embeddings.attached.clear()
    again = open_index(embeddings, exact_bytes=0, writable=False)  # what was measured is kept
    assert index_info(embeddings, again) == info
    assert agreement(index, ExactIndex(*embeddings.vectors()), clustered[:200]).mean() > 0.98


def test_without_a_graph_none_is_built(embeddings: Embeddings) -> None:
    assert isinstance(open_index(embeddings, exact_bytes=0, graph=False, wait=True), CellIndex)
    assert not files(embeddings, "*.usearch")


@pytest.mark.parametrize("file", ["index.cells.npz", "index-*.f16", "index.graph.npz", "index-*.usearch"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "no sidecar"])
def test_a_damaged_index_is_built_again(embeddings: Embeddings, clustered: np.ndarray, damage: str, file: str) -> None:
    is_graph = "graph" in file or "usearch" in file
    open_index(embeddings, exact_bytes=0, graph=is_graph, wait=True)
    embeddings.attached.clear()
    (path,) = files(embeddings, file)
    whole = path.read_bytes()
    match damage:
        case "gone":
            path.unlink()
        case "cut":
            path.write_bytes(whole[:-2000])
        case "flipped":
            path.write_bytes(whole[:2000] + bytes(b ^ 0xFF for b in whole[2000:2400]) + whole[2400:])
        case "no sidecar":
            path.with_name(path.name + ".json").unlink()
    index = open_index(embeddings, exact_bytes=0, graph=is_graph, wait=True)
    assert isinstance(index, HnswIndex if is_graph else CellIndex)
    assert finds(index, clustered[:50], range(0, 100, 2))


def test_a_graph_of_another_usearch_is_not_opened_but_built_again(
    embeddings: Embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(embeddings)
    embeddings.attached.clear()
    before = files(embeddings, "*.usearch")
    monkeypatch.setattr("usearch.__version__", "1.4.0")
    assert isinstance(open_index(embeddings, exact_bytes=0, writable=False), ExactIndex)
    monkeypatch.undo()
    assert files(embeddings, "*.usearch") == before
    assert isinstance(open_index(embeddings, exact_bytes=0, writable=False), HnswIndex)


def test_what_is_added_is_found_without_a_new_index(embeddings: Embeddings, clustered: np.ndarray) -> None:
    old = built(embeddings)
    extra = np.eye(64, dtype=np.float32)[:2]
    embeddings.append(np.array([7001, 7003], np.uint64), extra)
    both = built(embeddings)
    assert both.graph == old.graph
    assert both.tail.tolist() == [3000, 3001]
    assert both.search(extra, 1)[0].ravel().tolist() == [7001, 7003]
    assert len(old.search(clustered[:1], 5)[0][0]) == 5  # one that is open goes on


def test_much_added_goes_into_the_graph_in_the_background_while_the_old_one_serves(
    embeddings: Embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = built(embeddings)
    may_build, build, begun = threading.Event(), hnsw_build.build_graph, []

    def later(*args: object, **kwargs: object) -> hnsw_file.Graph:
        begun.append(kwargs.get("begun"))
        assert may_build.wait(60)
        return build(*args, **kwargs)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(live_index, "build_graph", later)
    more = np.roll(clustered, 1, axis=1)[:1500]
    embeddings.append(np.arange(7001, 10001, 2, dtype=np.uint64), more)
    serving = open_index(embeddings, exact_bytes=0)
    assert finds(serving, more[:20], range(7001, 7041, 2))
    info = index_info(embeddings, serving)
    assert (info.kind, info.added_since) == ("usearch", 1500)
    may_build.set()
    new = built(embeddings)
    assert [graph.path for graph in begun] == [old.graph.path]  # it grows, it is not made anew
    assert len(new.tail) == 0
    assert finds(new, more[:20], range(7001, 7041, 2))
    assert len(files(embeddings, "index-*.usearch")) == 1
    assert finds(old, clustered[:20], range(0, 40, 2))


def test_where_many_have_left_it_is_made_anew_of_the_others(embeddings: Embeddings, clustered: np.ndarray) -> None:
    first = built(embeddings)
    few_left = 2 * np.arange(100, 3000, dtype=np.uint64)
    assert built(embeddings, present=few_left).graph == first.graph
    many_left = 2 * np.arange(2000, 3000, dtype=np.uint64)
    second = built(embeddings, present=many_left)
    assert second.covered.tolist() == many_left.tolist()
    assert finds(second, clustered[2500:2510], range(5000, 5020, 2))
    assert index_info(embeddings, second).vectors == 1000
    back = built(embeddings, present=None)  # they come back: into the graph again
    assert len(back.covered) == 3000
    assert finds(back, clustered[:5], range(0, 10, 2))


def test_a_build_that_fails_leaves_what_was_there_and_says_why(
    embeddings: Embeddings, clustered: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(live_index, "build_cells", fails)
    index = open_index(embeddings, exact_bytes=0)
    thread = next((t for t in threading.enumerate() if t.name == "index"), None)
    if thread is not None:
        thread.join()
    assert index_info(embeddings, index).error == "OSError: no space left"
    assert open_index(embeddings, exact_bytes=0).search(clustered[:1], 1)[0][0, 0] == 0


def test_a_graph_that_would_take_most_of_the_memory_is_built_only_when_asked_for(
    embeddings: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_memory", lambda: 2.0 * Shape().bytes_of(2000, 64))
    index = open_index(embeddings, exact_bytes=0, wait=True)
    assert isinstance(index, CellIndex)
    assert "ds.index()" in str(index_info(embeddings, index).error)
    assert len(usearch_view(embeddings)) == 3000


def test_eight_threads_search_while_vectors_are_added(embeddings: Embeddings, clustered: np.ndarray) -> None:
    index = built(embeddings)
    expected = index.search(clustered[:200], 5)[0]
    more = np.roll(clustered, 5, axis=1)

    def search(i: int) -> np.ndarray:
        return open_index(embeddings, exact_bytes=0).search(clustered[i % 200 : i % 200 + 1], 5)[0]

    with ThreadPoolExecutor(8) as pool:
        looking = [pool.submit(search, i) for i in range(400)]
        for start in range(0, 3000, 600):
            embeddings.append(7001 + 2 * np.arange(start, start + 600, dtype=np.uint64), more[start : start + 600])
            looking += [pool.submit(search, i) for i in range(100)]
        found = [future.result() for future in looking]
    assert {len(one[0]) for one in found} == {5}
    assert (np.concatenate(found[:200])[:, 0] == expected[:, 0]).mean() > 0.9
    assert finds(built(embeddings), more[:50], range(7001, 7101, 2))


KILLED = """
import sys, signal, os
from nbcurate.search import hnsw_build
from nbcurate.store import Store
hnsw_build._KEEP_AFTER, hnsw_build._FIRST = 0.0, 1000
embeddings = Store.open(sys.argv[1]).embeddings_named()
blocks = iter(range(3))
def die(share):
    if next(blocks, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
hnsw_build.build_graph(embeddings, *embeddings.vectors(), before_each=die)
"""


def test_a_kernel_killed_while_it_builds_loses_nothing_and_the_next_goes_on(
    tmp_path: Path, clustered: np.ndarray
) -> None:
    store = Store.open(tmp_path / "killed.nbc", create=True)
    vectors = np.concatenate([clustered, np.roll(clustered, 1, axis=1)])
    store.create_embeddings("made", "abc", 64, {}).append(2 * np.arange(6000, dtype=np.uint64), vectors)
    store.close()
    child = subprocess.run([sys.executable, "-c", KILLED, store.path], check=False)
    assert child.returncode == -signal.SIGKILL
    store = Store.open(tmp_path / "killed.nbc")
    embeddings = store.embeddings_named()
    keys, _ = embeddings.vectors()
    begun = hnsw_file.open_graph(embeddings, keys)
    assert begun is not None
    assert 0 < len(begun.covered) < 6000
    assert not isinstance(open_index(embeddings, exact_bytes=0, writable=False), HnswIndex)  # not before it is whole
    assert finds(built(embeddings), vectors[4000:4020], range(8000, 8040, 2))
    store.close()
    assert not list(store.path.rglob(".*.????????"))


@pytest.fixture
def indexed(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> nbc.Dataset:
    """A data set that is searched through usearch, few as its pictures are."""
    monkeypatch.setattr("nbcurate.search.index.EXACT_BYTES", 0)
    monkeypatch.setattr("nbcurate.search.item_search._PART_LIMIT", 0)
    indexed = reopen(dataset)
    open_index(indexed.store.embeddings_named(), wait=True)
    assert indexed.index_info().kind == "usearch"
    return indexed


def test_search_through_the_index_speaks_of_items(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    ids = dataset.ids
    exact = {i: dataset.search(i, k=6).ids for i in ids}
    unlike = {i: dataset.search(i, k=6, negatives=ids[-1]).ids for i in ids[:-1]}
    view, near = dataset.where(ids[::2]), dataset.expand(ids[:2], k=5).ids
    in_view = {i: view.search(i, k=6).ids for i in view.ids}
    monkeypatch.setattr("nbcurate.search.index.EXACT_BYTES", 0)
    monkeypatch.setattr("nbcurate.search.item_search._PART_LIMIT", 0)
    indexed = reopen(dataset)
    open_index(indexed.store.embeddings_named(), wait=True)
    assert indexed.index_info().kind == "usearch"
    assert {i: indexed.search(i, k=6).ids for i in ids} == exact
    assert {i: indexed.search(i, k=6, negatives=ids[-1]).ids for i in ids[:-1]} == unlike
    view = indexed.where(ids[::2])
    assert {i: view.search(i, k=6).ids for i in view.ids} == in_view
    assert indexed.expand(ids[:2], k=5).ids == near
    indexed.selection.reject(near[:2])
    assert not set(near[:2]) & set(indexed.expand(ids[:2], k=5).ids)
    indexed.remove([near[0]])
    assert near[0] not in indexed.search(ids[0], k=100).ids


def test_the_plain_usearch_index_is_for_use_elsewhere(indexed: nbc.Dataset) -> None:
    from usearch.index import Index as UsearchIndex

    index = indexed.index()
    assert isinstance(index, UsearchIndex)
    assert set(np.asarray(index.keys).tolist()) <= set(indexed.keys.tolist())
    found = index.search(indexed.embeddings()[3], 4)
    expected = [indexed.ids[3], *indexed.search(indexed.ids[3], k=10).ids]
    of_key = dict(zip(indexed.keys.tolist(), indexed.ids, strict=True))
    assert [of_key[int(key)] for key in found.keys] == [i for i in expected if i in of_key.values()][:4]


def test_one_is_built_of_few_vectors_too_when_it_is_asked_for(dataset: nbc.Dataset) -> None:
    assert dataset.index_info().kind == "exact"
    assert len(dataset.index()) == len(np.unique(dataset.store.items.contents_present))
    assert dataset.index_info().kind == "exact"  # which is as quick, and misses nothing


def test_a_store_that_may_not_be_written_says_what_is_missing(dataset: nbc.Dataset) -> None:
    dataset.close()
    with pytest.raises(PermissionError, match=r"open it to write once, and call ds\.index\(\)"):
        nbc.Dataset.open(dataset.store.path, read_only=True).index()


def test_cells_alone_are_a_choice_that_is_kept(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    from ..conftest import colour_layout

    monkeypatch.setattr("nbcurate.search.index.EXACT_BYTES", 0)
    with pytest.raises(ValueError, match="index='hnsw': use 'usearch', 'cells' or 'later'"):
        dataset.embed(colour_layout, index="hnsw")  # pyright: ignore[reportArgumentType]
    dataset.embed(colour_layout, index="cells")
    again = reopen(dataset)
    embeddings = again.store.embeddings_named()
    while (info := again.index_info()).kind == "exact" or info.building:
        threading.Event().wait(0.01)
    assert (info.kind, info.building, files(embeddings, "*.usearch")) == ("cells", None, [])
    again.embed(colour_layout, index="usearch")
    while again.index_info().kind != "usearch":
        threading.Event().wait(0.01)


def test_an_index_goes_out_as_a_file_with_the_ids_of_its_keys(dataset: nbc.Dataset, tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from usearch.index import Index as UsearchIndex

    folder = dataset.export("usearch", to=tmp_path / "index")
    index = UsearchIndex.restore(str(folder / "index.usearch"))
    assert index is not None
    table = pq.read_table(folder / "items.parquet").to_pydict()
    assert sorted(table["id"]) == sorted(dataset.ids)
    ids: dict[int, list[str]] = {}
    for key, item in zip(table["key"], table["id"], strict=True):
        ids.setdefault(key, []).append(item)
    for item, vector in zip(dataset.ids, dataset.embeddings(), strict=True):
        assert item in ids[int(index.search(vector, 1).keys[0])]
    index.add(10_000, dataset.embeddings()[0])  # it is whole, and theirs
    part = dataset.where(dataset.ids[:5]).export("usearch", to=tmp_path / "part")
    assert json.loads((part / "about.json").read_text())["vectors"] == len(
        UsearchIndex.restore(str(part / "index.usearch"))
    )
    assert sorted(pq.read_table(part / "items.parquet")["id"].to_pylist()) == sorted(dataset.ids[:5])


def test_closing_a_data_set_ends_what_is_built_and_the_next_kernel_builds_it(
    dataset: nbc.Dataset, monkeypatch: pytest.MonkeyPatch, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    waiting = threading.Event()
    build = live_index.build_graph

    def slowly(*args: object, before_each: Callable[[float], None], **kwargs: object) -> hnsw_file.Graph:
        while True:
            waiting.set()
            before_each(0.5)  # raises when it is to end
            threading.Event().wait(0.01)

    monkeypatch.setattr("nbcurate.search.index.EXACT_BYTES", 0)
    monkeypatch.setattr(live_index, "build_graph", slowly)
    dataset.index_info()
    assert waiting.wait(60)
    monkeypatch.setattr(live_index, "build_graph", build)
    again = reopen(dataset)
    assert not [thread for thread in threading.enumerate() if thread.name == "index" and thread.is_alive()]
    open_index(again.store.embeddings_named(), wait=True)
    assert again.index_info().kind == "usearch"


def test_a_build_in_the_background_waits_while_a_cell_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = [(0.0, 0.0), (1.0, 0.9), (1.1, 1.0), (1.2, 1.09), (1.3, 1.09)]  # the time, and that of the main thread
    monkeypatch.setattr(GivingWay, "_times", lambda _: clocks.pop(0))
    give_way = GivingWay(threading.Event())
    give_way.wait()
    assert not clocks  # it looked until the cell was done


def test_what_a_cell_takes_is_seen() -> None:
    seen: list[float] = []

    def look() -> None:
        give_way = GivingWay(threading.Event())
        before = give_way._times()[1]
        looking.set()
        computed.wait()
        seen.append(give_way._times()[1] - before)

    looking, computed = threading.Event(), threading.Event()
    thread = threading.Thread(target=look)
    thread.start()
    looking.wait()
    began = time.thread_time()
    while time.thread_time() - began < 0.05:
        sum(i * i for i in range(1000))
    computed.set()
    thread.join()
    assert seen[0] >= 0.05


def test_what_was_removed_is_in_no_index_that_goes_out(dataset: nbc.Dataset, tmp_path: Path) -> None:
    from usearch.index import Index as UsearchIndex

    whole, gone = dataset.index(), dataset.ids[7]
    key, vector = int(dataset.keys_of([gone])[0]), dataset.embeddings()[7]
    assert key in whole
    dataset.remove([gone])
    index = UsearchIndex.restore(str(dataset.export("usearch", to=tmp_path / "index") / "index.usearch"))
    assert index is not None
    assert key not in index
    assert len(index) == len(whole) - 1
    found = index.search(vector, len(index)).keys.tolist()
    assert key not in found
    assert len(found) == len(index)
    index.add(10_000, vector)
    assert int(index.search(vector, 1).keys[0]) == 10_000


def test_who_asks_for_the_index_while_it_is_built_waits_for_it_and_builds_no_other(
    embeddings: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_graphs: list[int] = []
    may_build, build = threading.Event(), hnsw_build.build_graph

    def slowly(*args: object, **kwargs: object) -> hnsw_file.Graph:
        built_graphs.append(1)
        assert may_build.wait(60)
        return build(*args, **kwargs)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(live_index, "build_graph", slowly)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(usearch_view, embeddings) for _ in range(3)]
        while not built_graphs:
            threading.Event().wait(0.01)
        open_index(embeddings, exact_bytes=0)  # a search meanwhile begins no second one
        may_build.set()
        assert [len(future.result()) for future in asked] == [3000, 3000, 3000]
    open_index(embeddings, exact_bytes=0, wait=True)
    assert len(built_graphs) == 1
