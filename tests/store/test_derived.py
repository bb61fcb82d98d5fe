"""What is derived is trusted only while it is what was written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from nbcurate.store import derived
from nbcurate.store.embeddings import Embeddings

BIG = 40 * 2**20  # past the size up to which files are read whole at every check
SOURCE = {"made": "for a test"}


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    content = np.random.default_rng(0).bytes(BIG)
    derived.write(path, SOURCE, lambda temporary: temporary.write_bytes(content) and None)
    return path


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0xFF]))


def test_what_was_written_is_whole(big: Path) -> None:
    assert derived.source_of(big) == SOURCE
    assert derived.is_fresh(big, SOURCE)
    assert not derived.is_fresh(big, {"made": "of something else"})


@pytest.mark.parametrize("at", [0, BIG // 3 + 77, BIG - 1])
def test_one_wrong_byte_anywhere_is_noticed(big: Path, at: int) -> None:
    flip(big, at)
    assert derived.source_of(big) is None


@pytest.mark.parametrize("at", [0, BIG - 1])
def test_a_file_that_rots_without_being_written_is_noticed_where_it_is_sampled(big: Path, at: int) -> None:
    flip(big, at)
    seen = big.with_name(big.name + ".seen")
    content = json.loads(seen.read_text())
    seen.write_text(json.dumps({**content, "identity": derived._identity(big)}))
    assert derived.source_of(big) is None


def test_a_copy_is_read_whole_once_and_then_trusted(big: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = big.read_bytes()
    big.unlink()
    big.write_bytes(content)
    assert derived.source_of(big) == SOURCE
    monkeypatch.setattr(derived, "_checksum", None)
    assert derived.source_of(big) == SOURCE


def test_a_cut_or_missing_file_is_not_whole(big: Path) -> None:
    os.truncate(big, BIG - 1)
    assert derived.source_of(big) is None
    big.unlink()
    assert derived.source_of(big) is None


def test_more_at_the_end_leaves_the_beginning_mapped(tmp_path: Path) -> None:
    path = tmp_path / "array"
    derived.write(path, {"rows": 4}, np.arange(4.0).tofile)
    mapped = np.memmap(path, np.float64, "r", shape=4)
    inode = path.stat().st_ino
    with path.open("ab") as file:
        file.write(b"what a crash left")
    assert derived.source_of(path) == {"rows": 4}
    derived.extend(path, {"rows": 6}, np.array([4.0, 5.0]).tobytes())
    assert derived.source_of(path) == {"rows": 6}
    assert path.stat().st_ino == inode
    assert mapped.tolist() == [0, 1, 2, 3]
    assert np.fromfile(path).tolist() == [0, 1, 2, 3, 4, 5]


def test_what_a_killed_kernel_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / ".array.abcd_123"
    left.write_bytes(b"half")
    derived.write(tmp_path / "array", SOURCE, np.arange(4.0).tofile)
    assert not left.exists()


@pytest.mark.parametrize("keys", [[10, 11], [3, 12]], ids=["behind", "between"])
@pytest.mark.parametrize("crash", [False, True])
def test_vectors_that_are_added_come_in_the_order_of_their_keys(tmp_path: Path, keys: list[int], crash: bool) -> None:
    vectors = np.eye(6, dtype=np.float32)
    folder = tmp_path / "made@0.lance"
    made = Embeddings.create(folder, tmp_path / "derived", name="made", encoder_key="0", width=6, recipe={})
    made.append(np.array([2, 9, 4, 7], np.uint64), vectors[:4])
    before = made.vectors()
    assert before[0].tolist() == [2, 4, 7, 9]
    if crash:  # between the two files
        path, bogus = made.path_of("vectors.f32"), np.zeros(6, np.float32).tobytes()
        derived.extend(path, {**(derived.source_of(path) or {}), "vectors": 5}, bogus)
    made.append(np.array(keys, np.uint64), vectors[4:])
    for embeddings in (made, Embeddings(folder, tmp_path / "derived")):
        found, rows = embeddings.vectors()
        assert found.tolist() == sorted([2, 9, 4, 7, *keys])
        assert rows[np.searchsorted(found, keys)].tolist() == vectors[4:].tolist()
        assert rows[0].tolist() == vectors[0].tolist()
    assert before[1].tolist() == vectors[[0, 2, 3, 1]].tolist()
