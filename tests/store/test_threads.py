"""Threads of one process may do anything at once with one data set, and forked ones neither hang nor write."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import nbcurate as nbc


@pytest.fixture
def items(tmp_path: Path) -> nbc.Dataset:
    """20 items that are vectors alone."""
    vectors = np.random.default_rng(0).normal(size=(20, 4))
    return nbc.Dataset.from_embeddings([f"v{k:02}" for k in range(20)], vectors, store=tmp_path / "s.nbc")


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """What they return, all of them begun before one has ended; what one raises is raised."""
    gate = threading.Barrier(len(calls))

    def passed(call: Callable[[], object]) -> object:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(passed, calls))


def test_no_tag_of_eight_threads_is_lost(items: nbc.Dataset) -> None:
    at_once([lambda k=k: items.tag(items.ids[:5], f"t{k}") for k in range(8)])
    assert items.tags == {f"t{k}": 5 for k in range(8)}


def test_each_of_many_undos_takes_back_another_edit(items: nbc.Dataset) -> None:
    for k in range(6):
        items.relabel(items.ids[k : k + 1], f"n{k}")
    assert at_once([items.undo_edit] * 6) == [True] * 6
    assert items.labels == [None] * 20
    assert not items.undo_edit()


def test_a_folder_that_four_threads_read_is_read_once(folder: Path, tmp_path: Path) -> None:
    four = at_once([lambda: nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")] * 4)
    (dataset,) = {id(one.store): one for one in four if isinstance(one, nbc.Dataset)}.values()
    assert len(dataset) == 24 == len(set(dataset.store.items.keys.tolist()))


def test_two_folders_that_two_threads_read_have_keys_of_their_own(folder: Path, tmp_path: Path) -> None:
    folders = sorted(place for place in folder.iterdir() if place.is_dir())
    at_once([lambda place=place: nbc.Dataset.from_folder(place, store=tmp_path / "s.nbc") for place in folders])
    keys = nbc.Dataset.open(tmp_path / "s.nbc").store.items.keys.tolist()
    assert len(keys) == 24 == len(set(keys))


def test_columns_are_read_while_others_come_and_go(items: nbc.Dataset) -> None:
    def come_and_go() -> None:
        for number in range(5):
            items.add_column("score", [number] * 20)
            items.add_column("score", ["text"] * 20)
            items.drop_column("score")

    def look() -> None:
        for _ in range(10):
            seen = items.to_pandas()
            assert "score" not in seen or seen["score"].notna().all()

    at_once([come_and_go, look, look, lambda: [items.tag(items.ids[:1], f"t{k}") for k in range(5)]])
    assert len(items.tags) == 5


def test_a_data_set_that_another_thread_closes_can_be_opened_again(items: nbc.Dataset) -> None:
    path = items.store.path
    thread = threading.Thread(target=items.close)
    thread.start()
    thread.join()
    nbc.Dataset.open(path).close()


def _look(dataset: nbc.Dataset, answers: multiprocessing.Queue[str]) -> None:
    try:
        dataset.relabel(dataset.ids[:1], "forked")
        answers.put("wrote")
    except PermissionError as error:
        answers.put(str(error))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork")
def test_a_process_that_is_forked_while_a_thread_edits_is_told_what_to_do(items: nbc.Dataset) -> None:
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=_look, args=(items, answers))
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with items.store.guard:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child.start()
    try:
        assert "spawn" in answers.get(timeout=60)
    finally:
        child.kill()
        done.set()
        thread.join()
