"""What people did lies in small files: a damaged one is told, its copy serves, and nothing else is ever read of it."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nbcurate as nbc
from nbcurate.store import checked_file
from nbcurate.store.checked_file import DamagedFileError
from nbcurate.store.marks import load_marks, save_marks
from nbcurate.store.slices import SliceTable
from nbcurate.store.store_file import StoreFile

Damage = Callable[[Path], object]

KEPT, REJECTED = np.array([7, 3, 2**40], np.uint64), np.array([5], np.uint64)


def _replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Damage] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "gone": lambda path: path.unlink(),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "something else": lambda path: path.write_bytes(os.urandom(300)),
    "a list": lambda path: path.write_text("[1]"),
    "an empty object": lambda path: path.write_text("{}"),
    "a folder": _replace_by_folder,
}


def _flips(path: Path) -> list[bytes]:
    """The file with each of its bytes changed, one at a time."""
    good = bytearray(path.read_bytes())
    changed = []
    for at in range(len(good)):
        good[at] ^= 0x41
        changed.append(bytes(good))
        good[at] ^= 0x41
    return changed


def _marks(path: Path) -> tuple[list[int], list[int]]:
    kept, rejected = load_marks(path)
    return kept.tolist(), rejected.tolist()


@pytest.mark.filterwarnings("ignore:.*selection.parquet cannot be used")
def test_no_changed_byte_selects_other_items(tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    save_marks(path, KEPT, REJECTED)
    for changed in _flips(path):
        path.write_bytes(changed)
        assert _marks(path) == (KEPT.tolist(), REJECTED.tolist())


@pytest.mark.filterwarnings("ignore:.*selection.parquet cannot be used")
def test_without_a_copy_no_changed_byte_selects_other_items_either(tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    save_marks(path, KEPT, REJECTED)
    checked_file.copy_of(path).unlink()
    for changed in _flips(path)[::5]:
        path.write_bytes(changed)
        assert _marks(path) in ((KEPT.tolist(), REJECTED.tolist()), ([], []))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_selection_is_told_and_its_copy_used(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    save_marks(path, KEPT, REJECTED)
    DAMAGES[damage](path)
    with pytest.warns(UserWarning, match=r"selection\.parquet cannot be used .* its copy"):
        assert _marks(path) == (KEPT.tolist(), REJECTED.tolist())
    save_marks(path, REJECTED, KEPT)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _marks(path) == (REJECTED.tolist(), KEPT.tolist())


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_selection_that_is_lost_is_told_and_kept_beside(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    save_marks(path, KEPT, REJECTED)
    checked_file.copy_of(path).unlink()
    DAMAGES[damage](path)
    there = os.path.lexists(path)
    with pytest.warns(UserWarning, match="The selection begins empty") if there else warnings.catch_warnings():
        assert _marks(path) == ([], [])
    save_marks(path, REJECTED, KEPT)
    assert _marks(path) == (REJECTED.tolist(), KEPT.tolist())
    assert (tmp_path / "selection.parquet.before").exists() == there


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_slices_come_from_their_copy(damage: str, tmp_path: Path) -> None:
    slices = SliceTable(tmp_path / "slices.parquet")
    slices.save("night", KEPT, REJECTED)
    DAMAGES[damage](tmp_path / "slices.parquet")
    with pytest.warns(UserWarning, match=r"slices\.parquet cannot be used"):
        slices.save("day", REJECTED, KEPT)
    assert {name: slices.load(name)[0].tolist() for name in slices.names()} == {
        "night": KEPT.tolist(),
        "day": REJECTED.tolist(),
    }


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_file_comes_from_its_copy_or_says_what_to_do(damage: str, tmp_path: Path) -> None:
    StoreFile.make(tmp_path, {"format_version": 1, "roots": ["/pictures"]})
    path = tmp_path / "store.json"
    DAMAGES[damage](path)
    with pytest.warns(UserWarning, match=r"store\.json cannot be used"):
        file = StoreFile(tmp_path)
    assert file["roots"] == ["/pictures"]
    file.keep_copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert StoreFile(tmp_path)["roots"] == ["/pictures"]
    checked_file.copy_of(path).unlink()
    DAMAGES[damage](path)
    if damage != "gone":
        with pytest.raises(DamagedFileError, match=r"store\.json cannot be used .* backup"):
            StoreFile(tmp_path)


@pytest.mark.parametrize(
    "members", [{"format_version": "1", "roots": []}, {"format_version": 1}, {"format_version": 1, "roots": "no"}]
)
def test_a_store_file_of_another_shape_is_refused(members: dict[str, object], tmp_path: Path) -> None:
    StoreFile.make(tmp_path, dict(members))
    with pytest.raises(DamagedFileError, match=r"store\.json"):
        StoreFile(tmp_path)


def test_a_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    pq.write_table(pa.table({"key": pa.array([4, 9], pa.uint64()), "kept": [True, False]}), path)
    (tmp_path / "store.json").write_text('{"format_version": 1, "roots": ["/old"]}')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _marks(path) == ([4], [9])
        assert StoreFile(tmp_path)["roots"] == ["/old"]


def test_other_programs_read_the_files(tmp_path: Path) -> None:
    save_marks(tmp_path / "selection.parquet", KEPT, REJECTED)
    assert pq.read_table(tmp_path / "selection.parquet")["key"].to_pylist() == [*KEPT.tolist(), *REJECTED.tolist()]


def test_a_text_that_looks_like_a_checksum_is_a_text(tmp_path: Path) -> None:
    told = {"format_version": 1, "roots": ["nbcurate-blake2b:" + "0" * 28, "nbcurate-blake2b:"]}
    StoreFile.make(tmp_path, told)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert StoreFile(tmp_path)["roots"] == told["roots"]


def test_threads_that_write_one_file_do_not_tear_it(tmp_path: Path) -> None:
    path = tmp_path / "selection.parquet"
    errors: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for _ in range(5):
                save_marks(path, np.full(number + 1, number, np.uint64), REJECTED)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    kept, rejected = _marks(path)
    assert kept == [kept[0]] * (kept[0] + 1)
    assert rejected == REJECTED.tolist()
    assert sorted(left.name for left in tmp_path.iterdir()) == ["selection.parquet", "selection.parquet.copy"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".selection.parquet.0123456789ab").write_bytes(b"half")
    save_marks(tmp_path / "selection.parquet", KEPT, REJECTED)
    assert sorted(left.name for left in tmp_path.iterdir()) == ["selection.parquet", "selection.parquet.copy"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
@pytest.mark.parametrize("name", ["selection.parquet", "slices.parquet", "store.json"])
def test_a_pipe_in_the_place_of_a_file_holds_up_nobody(dataset: nbc.Dataset, name: str) -> None:
    path = dataset.store.path
    dataset.selection.set(dataset.ids[:2])
    dataset.save_slice("two")
    dataset.close()
    (path / name).unlink()
    os.mkfifo(path / name)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = nbc.Dataset.open(path)
        assert again.selection.ids == again.slices["two"].ids == again.ids[:2]
    assert name in str(told[0].message)
