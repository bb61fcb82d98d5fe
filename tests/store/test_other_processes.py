"""A data set goes to other processes as its path; what was forked says what to do, and writes nothing."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import nbcurate as nbc
from nbcurate.store.forked import ForkedProcessError


def _seen(dataset: nbc.Dataset) -> tuple[list[str], list[str], str]:
    try:
        dataset.tag(dataset.ids[:1], "seen")
    except PermissionError as error:
        return dataset.ids, dataset.selection.ids, str(error)
    return [], [], "it wrote"


def test_a_data_set_and_a_view_go_to_a_spawned_process_and_only_read_there(dataset: nbc.Dataset) -> None:
    view = dataset.where("label = 'food'")
    dataset.selection.set(dataset.ids[:2])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for sent in (dataset, view):
            ids, selected, why = pool.apply(_seen, (sent,))
            assert (ids, selected) == (sent.ids, dataset.ids[:2])
            assert "read_only" in why
    assert dataset.tags == {}


def test_what_a_data_set_holds_is_sent_with_it(dataset: nbc.Dataset) -> None:
    dataset.selection.set(dataset.ids[:2])
    dataset.save_slice("night")
    selection, night = pickle.loads(pickle.dumps((dataset.selection, dataset.slices["night"])))
    assert selection.ids == night.ids == dataset.ids[:2]


def _in_a_fork(act: Callable[[], object]) -> str:
    """What came of ``act`` in a forked process."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        try:
            act()
            told = "done"
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(write, told.encode()[:4_000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        told = answer.read().decode()
    _, status = os.waitpid(pid, 0)
    return told if status == 0 else f"died of signal {status}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_forked_process_neither_writes_nor_dies(dataset: nbc.Dataset, tmp_path: Path) -> None:
    a, b = dataset.ids[:2]
    for act in (
        lambda: dataset.relabel([a], "other"),
        lambda: dataset.selection.set([b]),
        lambda: dataset.save_slice("forked", [b]),
        lambda: nbc.Dataset.open(dataset.store.path, read_only=True).history,
    ):
        told = _in_a_fork(act)
        assert told.startswith(ForkedProcessError.__name__)
        assert "spawn" in told
    assert _in_a_fork(dataset.close) == "done"
    assert (dataset.labels[0], dataset.selection.ids, list(dataset.slices)) == ("animals", [], [])
    dataset.relabel([a], "other")
    assert dataset.labels[0] == "other"


def test_a_reader_sees_what_the_writer_has_selected_since(dataset: nbc.Dataset) -> None:
    reader = nbc.Dataset.open(dataset.store.path, read_only=True)
    dataset.selection.set(dataset.ids[:2])
    reader.refresh()
    assert reader.selection.ids == dataset.ids[:2]


def test_a_store_whose_folder_was_deleted_is_made_anew(folder: Path, tmp_path: Path) -> None:
    first = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    shutil.rmtree(tmp_path / "s.nbc")
    again = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    assert len(again) == 24
    with pytest.raises(PermissionError, match="closed"):
        first.relabel(again.ids[:1], "lost")
