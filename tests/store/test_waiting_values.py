"""Decisions of a review: kept within milliseconds, read at once, there after a kill; their commit comes later."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import nbcurate as nbc
from nbcurate.store import waiting_values

COLUMN = "review_odd"


def decide(dataset: nbc.Dataset, at: int, word: str | None) -> None:
    dataset.store.set_texts_soon(COLUMN, dataset.keys[at : at + 1], pa.array([word]))


@pytest.fixture
def decided(dataset: nbc.Dataset) -> nbc.Dataset:
    """Three decisions, of which none was committed."""
    dataset.store._soon._quiet = 600.0
    for at, word in ((1, "kept"), (5, "rejected"), (1, "rejected"), (7, "kept")):
        decide(dataset, at, word)
    assert COLUMN not in dataset.store._items.schema.names
    return dataset


def said(dataset: nbc.Dataset) -> dict[int, str]:
    words = dataset.column(COLUMN).to_pylist()
    return {at: word for at, word in enumerate(words) if word is not None}


AS_DECIDED = {1: "rejected", 5: "rejected", 7: "kept"}


def test_what_was_decided_is_read_at_once_by_everyone(decided: nbc.Dataset) -> None:
    assert said(decided) == AS_DECIDED
    assert len(decided.where(f"{COLUMN} = 'rejected'")) == 2
    assert COLUMN in decided.column_names
    assert COLUMN in decided.to_pandas().columns
    decide(decided, 5, None)
    assert said(decided) == {1: "rejected", 7: "kept"}
    reader = nbc.Dataset.open(decided.store.path, read_only=True)
    assert said(reader) == {1: "rejected", 7: "kept"}
    reader.close()


def test_what_was_decided_is_there_after_a_kill(decided: nbc.Dataset, tmp_path: Path) -> None:
    """As a process leaves the store that is ended at this moment."""
    left = tmp_path / "left.nbc"
    shutil.copytree(decided.store.path, left)
    again = nbc.Dataset.open(left)
    assert said(again) == AS_DECIDED
    assert COLUMN in again.store._items.schema.names  # and is committed by now
    again.close()


@pytest.mark.parametrize("way", ["quiet", "another commit", "closed", "many"])
def test_decisions_are_committed(decided: nbc.Dataset, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = decided.store
    match way:
        case "quiet":
            store._soon._quiet = 0.0
            store._soon._due = 0.0
            if (thread := store._soon._thread) is not None:
                thread.join()
        case "another commit":
            decided.relabel(decided.ids[:1], "other")
        case "closed":
            decided.close()
            decided = nbc.Dataset.open(store.path)
        case _:
            monkeypatch.setattr("nbcurate.store.store.MOST_WAITING", 3)
            decide(decided, 7, "kept")
    assert COLUMN in decided.store._items.schema.names
    assert said(decided) == AS_DECIDED
    assert not list(store.path.glob("*soon*"))


def test_a_decision_that_cannot_be_written_is_none(decided: nbc.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(waiting_values, "write_parquet", full)
    with pytest.raises(OSError, match="No space"):
        decide(decided, 2, "kept")
    assert said(decided) == AS_DECIDED


def test_a_column_that_holds_no_texts_takes_the_long_way(dataset: nbc.Dataset) -> None:
    dataset.add_column(COLUMN, np.arange(len(dataset)))
    decide(dataset, 1, "kept")
    assert dataset.column(COLUMN).to_pylist()[:3] == ["0", "kept", "2"]
    assert not list(dataset.store.path.glob("*soon*"))
