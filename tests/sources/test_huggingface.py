"""Pictures inside a Hugging Face data set are shown and embedded where they lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest

import nbcurate as nbc

from ..conftest import colour_layout


@pytest.fixture
def saved(folder: Path, tmp_path: Path) -> datasets.Dataset:
    """A data set of real pictures in Arrow files, as one from the hub lies in the cache."""
    paths = sorted(folder.rglob("*.png"))
    kinds = sorted({path.parent.name for path in paths})
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=kinds), "price": datasets.Value("float32")}
    )
    rows = {
        "image": [{"bytes": path.read_bytes(), "path": None} for path in paths],
        "label": [kinds.index(path.parent.name) for path in paths],
        "price": list(range(len(paths))),
    }
    datasets.Dataset.from_dict(rows, features=features).save_to_disk(str(tmp_path / "hf"))
    return datasets.Dataset.load_from_disk(str(tmp_path / "hf"))


def test_pictures_labels_and_columns(saved: datasets.Dataset, folder: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_huggingface(saved, store=tmp_path / "h.nbc").embed(colour_layout)
    assert ds.ids == [f"{row:02}" for row in range(len(saved))]
    assert ds.labels == [path.parent.name for path in sorted(folder.rglob("*.png"))]
    assert ds.column("price").to_pylist() == list(range(len(saved)))
    assert ds.image("03").size == saved[3]["image"].size
    assert ds.embeddings().shape == (len(saved), 192)
    size = sum(file.stat().st_size for file in (tmp_path / "h.nbc").rglob("*") if file.is_file())
    originals = sum(path.stat().st_size for path in folder.rglob("*.png"))
    assert size < originals, "the originals were not copied"


def test_another_kernel_reads_the_files_without_the_data_set(
    saved: datasets.Dataset, tmp_path: Path, reopen: Callable[[nbc.Dataset], nbc.Dataset]
) -> None:
    expected = np.asarray(saved[5]["image"].convert("RGBA").getchannel("A"))
    ds = reopen(nbc.Dataset.from_huggingface(saved, store=tmp_path / "h.nbc"))
    assert ds.image("05").size == expected.shape[::-1]


def test_a_shuffled_part_of_a_data_set(saved: datasets.Dataset, tmp_path: Path) -> None:
    part = saved.shuffle(seed=1).select(range(6))
    ds = nbc.Dataset.from_huggingface(part, store=tmp_path / "h.nbc")
    rows: list[Any] = list(part)
    assert ds.column("price").to_pylist() == [row["price"] for row in rows]
    assert [ds.image(i).size for i in ds.ids] == [row["image"].size for row in rows]


def test_splits_and_a_second_time(saved: datasets.Dataset, tmp_path: Path) -> None:
    both = saved.train_test_split(0.25, seed=0)
    ds = nbc.Dataset.from_huggingface(both, store=tmp_path / "h.nbc")
    assert set(ds.column("split").to_pylist()) == {"train", "test"}
    keys = ds.keys.tolist()
    assert nbc.Dataset.from_huggingface(both, store=tmp_path / "h.nbc").keys.tolist() == keys


def test_in_memory_only(saved: datasets.Dataset, tmp_path: Path, reopen: Callable[[nbc.Dataset], nbc.Dataset]) -> None:
    table = saved.data.table
    memory = datasets.Dataset(datasets.table.InMemoryTable(table.combine_chunks()), info=saved.info)
    ds = nbc.Dataset.from_huggingface(memory, store=tmp_path / "h.nbc")
    assert ds.image("02").size == saved[2]["image"].size


def test_what_it_cannot_take(saved: datasets.Dataset, tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="give image='image'"):
        nbc.Dataset.from_huggingface(saved, image="picture", store=tmp_path / "h.nbc")
    with pytest.raises(TypeError, match="streaming"):
        nbc.Dataset.from_huggingface(saved.to_iterable_dataset(), store=tmp_path / "h.nbc")
