"""Who writes a store is told where that can be read, and what to do where the lock itself cannot be taken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import nbcurate as nbc
from nbcurate.store.writer_lock import StoreLockedError, WriterLock


@pytest.mark.parametrize("who", ["", "[1]", "{}", '"text"', json.dumps({"pid": 1}), "\0\0", None])
def test_a_damaged_note_of_the_writer_is_no_matter(dataset: nbc.Dataset, who: str | None) -> None:
    note = dataset.store.path / "writer.json"
    note.unlink()
    if who is not None:
        note.write_text(who)
    with pytest.raises(StoreLockedError, match="is open for writing in another process"):
        WriterLock(dataset.store.path)


def test_a_folder_in_the_place_of_the_note_is_no_matter(dataset: nbc.Dataset) -> None:
    path = dataset.store.path
    dataset.close()
    (path / "writer.json").mkdir()
    assert len(nbc.Dataset.open(path)) == len(nbc.Dataset.open(path, read_only=True))


def test_a_lock_that_cannot_be_taken_names_the_file(dataset: nbc.Dataset, tmp_path: Path) -> None:
    path = dataset.store.path
    ids = dataset.ids
    dataset.close()
    (path / "writer.lock").unlink(missing_ok=True)
    (path / "writer.lock").mkdir()
    with pytest.raises(PermissionError, match=r"writer\.lock cannot be locked .* take it away"):
        nbc.Dataset.open(path)
    assert nbc.Dataset.open(path, read_only=True).ids == ids
