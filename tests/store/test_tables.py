"""Tables: made whole or not at all, small after a long day, read while another tidies up, clear about damage."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.store.column_table import ColumnTable
from nbcurate.store.edits import Edits
from nbcurate.store.table import Table
from nbcurate.store.table_errors import TableError

SCHEMA = pa.schema([pa.field("key", pa.uint64(), nullable=False), pa.field("label", pa.string())])


def rows(keys: range, label: str) -> pa.Table:
    return pa.table({"key": pa.array(keys, pa.uint64()), "label": [label] * len(keys)})


@pytest.fixture
def items(tmp_path: Path) -> nbc.Dataset:
    """20 items that are vectors alone."""
    vectors = np.random.default_rng(0).normal(size=(20, 4))
    return nbc.Dataset.from_embeddings([f"v{k:02}" for k in range(20)], vectors, store=tmp_path / "s.nbc")


@pytest.mark.parametrize("left", ["", "_transactions", "data", "_versions"])
def test_what_an_interrupted_creation_left_is_no_table(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "items.lance"
    (folder / left).mkdir(parents=True)
    assert not Table.is_there(folder)
    table = Table(folder, SCHEMA)
    table.append(rows(range(3), "a"))
    assert len(Table(folder)) == 3


def test_a_table_that_lost_the_list_of_its_versions_is_not_made_anew_over_its_values(tmp_path: Path) -> None:
    folder = tmp_path / "items.lance"
    Table(folder, SCHEMA).append(rows(range(3), "a"))
    shutil.rmtree(folder / "_versions")
    with pytest.raises(TableError, match="no list of its versions"):
        Table(folder, SCHEMA)
    assert list((folder / "data").iterdir())


def test_items_that_are_gone_are_told_and_not_begun_anew(items: nbc.Dataset) -> None:
    path = items.store.path
    items.close()
    shutil.rmtree(path / "items.lance")
    with pytest.raises(TableError, match=r"items\.lance .* is gone"):
        nbc.Dataset.open(path)
    assert not (path / "items.lance").exists()


def test_a_file_in_the_place_of_a_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "edits.lance").write_text("notes")
    with pytest.raises(TableError, match=r"edits\.lance .* is no folder"):
        Table(tmp_path / "edits.lance", SCHEMA)


def test_a_bit_that_turns_in_the_newest_list_is_told_and_the_state_before_can_be_had(tmp_path: Path) -> None:
    folder = tmp_path / "items.lance"
    table = Table(folder, SCHEMA)
    table.append(rows(range(3), "a"))
    table.append(rows(range(3, 5), "b"))
    newest = min((folder / "_versions").glob("*.manifest"))
    damaged = bytearray(newest.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    newest.write_bytes(damaged)
    with pytest.raises(TableError, match=newest.name):
        Table(folder, SCHEMA)
    newest.unlink()
    assert Table(folder, SCHEMA).read().column("label").to_pylist() == ["a"] * 3


def test_a_reader_goes_on_while_the_writer_tidies_up(tmp_path: Path) -> None:
    writer = Table(tmp_path / "items.lance", SCHEMA)
    writer.append(rows(range(5), "a"))
    reader = Table(tmp_path / "items.lance")
    then = reader.snapshot()
    for number in range(12):
        writer.update(rows(range(number % 5, number % 5 + 1), f"n{number}"))
    writer.append(rows(range(5, 7), "late"))
    writer.tidy(at_once=True)
    for _ in range(10):  # versions that are kept for readers go, too
        writer.update(rows(range(1), "x"))
        writer.tidy(at_once=True)
    assert then.column("label").to_pylist() == writer.read(["label"]).column("label").to_pylist()[:5]
    assert len(reader.read()) == 7


def test_rows_that_another_thread_has_made_are_not_added_again(tmp_path: Path) -> None:
    table = Table(tmp_path / "media.lance", SCHEMA)
    threads = [threading.Thread(target=table.append_new, args=(rows(range(10), "a"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert table.read().column("key").to_pylist() == list(range(10))


def test_the_last_change_that_is_gone_is_told(items: nbc.Dataset) -> None:
    path = items.store.path
    items.relabel(items.ids[:2], "a")
    items.relabel(items.ids[:2], "b")
    items.close()
    newest = min((path / "items.lance" / "_versions").glob("*.manifest"))
    newest.unlink()
    with pytest.warns(UserWarning, match=newest.name):
        nbc.Dataset.open(path)


def test_columns_of_several_types_are_one_commit(tmp_path: Path) -> None:
    table = ColumnTable(tmp_path / "items.lance", SCHEMA)
    table.append(rows(range(3), "a"))
    table.set_columns(pa.table({"key": pa.array([0], pa.uint64()), "score": [1]}))
    versions: list[int] = []
    commit = table._commit
    table._commit = lambda write: (commit(write), versions.append(table.version))[0]  # pyright: ignore[reportAttributeAccessIssue]
    told = table.set_columns(
        pa.table({"key": pa.array([1], pa.uint64()), "score": ["x"], "new": [2.0], "label": ["b"]})
    )
    assert list(told) == ["score"]
    first = Table(tmp_path / "items.lance")
    first._dataset = first._dataset.checkout_version(versions[0])
    expected = {"label": ["a", "b", "a"], "score": ["1", "x", None], "new": [None, 2.0, None]}
    assert first.read([*expected]).to_pydict() == expected == table.read([*expected]).to_pydict()


def test_a_commit_whose_file_the_disk_has_cut_off_is_taken_back(
    items: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    items.relabel(items.ids[:2], "a")
    is_torn = Table._is_torn
    cut: list[str] = []

    def fail(table: Table, files: set[tuple[str, int | None]]) -> bool:
        for name, _ in files:
            os.truncate(table.path / "data" / name, 100)
            cut.append(name)
        return is_torn(table, files)

    monkeypatch.setattr(Table, "_is_torn", fail)
    with pytest.raises(TableError, match="could not be written, and is as it was"):
        items.relabel(items.ids[:2], "b")
    monkeypatch.undo()
    assert cut
    assert items.labels[:2] == ["a", "a"]
    assert len(items.history) == 2
    items.relabel(items.ids[:2], "c")
    items.close()
    again = nbc.Dataset.open(items.store.path)
    assert again.labels[:2] == ["c", "c"]
    assert again.history["new"].tolist() == ['"a"'] * 2 + ['"c"'] * 2


def test_after_many_edits_there_are_few_files(items: nbc.Dataset) -> None:
    for number in range(60):
        items.relabel(items.ids[number % 20 : number % 20 + 1], f"x{number}")
    assert sum(len(files) for _, _, files in os.walk(items.store.path)) < 200
    assert len(items.history) == 60
    assert items.labels[19] == "x59"


def test_an_edit_whose_values_cannot_be_kept_is_not_in_the_history(items: nbc.Dataset) -> None:
    items.relabel(items.ids[:2], "a")
    with pytest.raises(ValueError, match="half of a character"):
        items.tag(items.ids[:2], "\ud800")
    assert len(items.history) == 2
    assert items.tags == {}


def test_an_edit_that_is_done_is_in_the_history_though_the_log_has_no_room_for_it(
    items: nbc.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = items.store.path
    append = Table.append

    def full(table: Table, rows: pa.Table) -> None:
        if table.path.name == "edits.lance":
            raise OSError(28, "No space left on device")
        append(table, rows)

    monkeypatch.setattr(Table, "append", full)
    items.relabel(items.ids[:2], "a")
    assert items.history["new"].tolist() == ['"a"'] * 2
    with pytest.raises(OSError, match="No space left"):
        items.relabel(items.ids[:2], "b")
    assert items.labels[:2] == ["a", "a"]
    assert nbc.Dataset.open(path, read_only=True).history["new"].tolist() == ['"a"'] * 2
    monkeypatch.setattr(Table, "append", append)
    items.close()
    again = nbc.Dataset.open(path)
    assert again.undo_edit()
    assert again.labels[:2] == [None, None]
    assert again.history["edit"].tolist() == [0, 0, 1, 1]


def test_an_edit_that_was_only_written_down_was_not_done(items: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    path = items.store.path
    items.relabel(items.ids[:2], "a")
    monkeypatch.setattr(Edits, "forget", lambda edits: None)  # as a process does that is killed
    monkeypatch.setattr(Table, "update", lambda table, rows: (_ for _ in ()).throw(OSError("the disk is gone")))
    with pytest.raises(OSError, match="the disk is gone"):
        items.relabel(items.ids[:2], "b")
    monkeypatch.undo()
    items.close()
    again = nbc.Dataset.open(path)
    assert again.history["new"].tolist() == ['"a"'] * 2
    assert again.undo_edit()
    assert again.labels[:2] == [None, None]


def test_an_edit_is_taken_back_from_a_picture_that_has_changed_since(folder: Path, tmp_path: Path) -> None:
    dataset = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    a, b = dataset.ids[:2]
    dataset.tag([a, b], "mine")
    Image.new("RGB", (40, 30), "red").save(folder / a)
    dataset = nbc.Dataset.from_folder(folder, store=tmp_path / "s.nbc")
    assert dataset.tags == {"mine": 2}
    assert dataset.undo_edit()
    assert dataset.tags == {}


def test_an_interrupt_is_raised_at_once_and_cuts_no_edit_in_two(items: nbc.Dataset) -> None:
    def relabel_until_interrupted(label: str, seconds: float) -> None:
        threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)).start()
        items.relabel(items.ids[:3], label)
        while True:  # it may come after the edit
            time.sleep(0.001)

    for number in range(40):
        with pytest.raises(KeyboardInterrupt):
            relabel_until_interrupted(f"x{number}", 0.0005 * number)
        last = items.history.groupby("id")["new"].last()
        assert set(last) <= {f'"{label}"' for label in items.labels[:3]}
    while items.undo_edit():
        pass
    assert items.labels[:3] == [None] * 3
