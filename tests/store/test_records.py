"""Records in a derived file: all there, or made again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nbcurate.store.records import RecordFile

SOURCE = {"made_by": "a test"}
PAIR = np.dtype([("key", np.uint64), ("value", np.float32)])


def records(*keys: int) -> np.ndarray:
    return np.array([(key, key / 2) for key in keys], PAIR)


def opened(path: Path, source: dict = SOURCE, *, writable: bool = True) -> RecordFile:
    return RecordFile(path, PAIR, source, writable=writable)


def test_what_was_appended_is_there_for_the_next_kernel(tmp_path: Path) -> None:
    file = opened(tmp_path / "r.bin")
    assert len(file.read()) == 0
    file.append(records(1, 2))
    before = file.read()
    file.append(records(3))
    assert before["key"].tolist() == [1, 2]
    assert opened(tmp_path / "r.bin").read()["key"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("damage", [b"", b"\0" * 24, b"garbage"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: bytes) -> None:
    opened(tmp_path / "r.bin").append(records(1, 2))
    (tmp_path / "r.bin").write_bytes(damage)
    file = opened(tmp_path / "r.bin")
    assert len(file.read()) == 0
    file.append(records(7))
    assert opened(tmp_path / "r.bin").read()["key"].tolist() == [7]


def test_what_something_else_made_is_not_read(tmp_path: Path) -> None:
    opened(tmp_path / "r.bin").append(records(1))
    assert len(opened(tmp_path / "r.bin", {"made_by": "another version"})) == 0


def test_half_a_record_at_the_end_is_left_out(tmp_path: Path) -> None:
    """What a killed process had written and not yet counted."""
    opened(tmp_path / "r.bin").append(records(1, 2))
    with (tmp_path / "r.bin").open("ab") as file:
        file.write(b"\1\2\3")
    again = opened(tmp_path / "r.bin")
    assert again.read()["key"].tolist() == [1, 2]
    again.append(records(3))
    assert opened(tmp_path / "r.bin").read()["key"].tolist() == [1, 2, 3]


def test_a_store_that_can_only_be_read_is_not_written_to(tmp_path: Path) -> None:
    opened(tmp_path / "r.bin").append(records(1))
    reading = opened(tmp_path / "r.bin", writable=False)
    reading.append(records(2))
    reading.append(records(3))
    assert reading.read()["key"].tolist() == [1, 2, 3]
    assert opened(tmp_path / "r.bin").read()["key"].tolist() == [1]
