"""One bad row costs itself, in every source: odd texts, objects where texts belong, boxes that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import nbcurate as nbc

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
NAMES = [f"{at}.png" for at in range(4)]
ODD: dict[str, Any] = {
    "a zero": "a\0b", "half a character": "a\ud800b", "a number": 5, "a fraction": 1.5, "infinity": float("inf"),
    "a huge number": 10**400, "an object": object(), "a dict": {"a": 1}, "bytes": b"\xff", "a truth": True,
}  # fmt: skip
BOXES: list[Any] = [
    None, "a box", 5, [], [1, 2, 3], [1, 2, 3, "x"], [1, 2, 3, None], [float("nan")] * 4, [1e308, 1e308, 1e308, 1e308],
    [10**400, 1, 2, 2], [0, 0, -5, -5], [-1e9, 0, 1, 1], {"x": 1}, ["1\ud800", 2, 3, 4], [[1], 2, 3, 4],
    [True, 1, 2, 3],
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for at, name in enumerate(NAMES):
        Image.new("RGB", (40, 30), (60 * at, 0, 0)).save(tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("kind", ODD)
def test_a_table_with_an_odd_path_brings_the_others(kind: str, folder: Path) -> None:
    table = pd.DataFrame({"path": pd.Series([*NAMES, ODD[kind]], dtype=object)})
    ds = nbc.Dataset.from_table(table, root=folder, store=folder / "s.nbc")
    assert sorted(ds.ids) == NAMES


@pytest.mark.parametrize("column", ["label", "split", "mine"])
@pytest.mark.parametrize("kind", ODD)
def test_a_table_with_an_odd_value_brings_all_its_pictures(kind: str, column: str, folder: Path) -> None:
    table = pd.DataFrame({"path": NAMES, column: pd.Series(["a", "b", "c", ODD[kind]], dtype=object)})
    how = {} if column == "mine" else {column: column}
    assert len(nbc.Dataset.from_table(table, root=folder, store=folder / "s.nbc", **how)) == 4


@pytest.mark.parametrize("kind", ODD)
def test_vectors_with_an_odd_picture_bring_the_others(kind: str, folder: Path) -> None:
    ids = [*NAMES, "odd"]
    ds = nbc.Dataset.from_embeddings(ids, np.eye(5), images=[*NAMES, ODD[kind]], root=folder, store=folder / "s.nbc")
    assert sorted(ds.ids) == NAMES
    assert list(ds.errors["id"]) == ["odd"]


@pytest.mark.parametrize("objects", [True, False])
def test_coco_with_odd_boxes_names_and_members_brings_the_others(objects: bool, folder: Path) -> None:
    images: list[Any] = [{"id": at, "file_name": name, "width": 40, "height": 30} for at, name in enumerate(NAMES)]
    images += [{"id": 100 + at, "file_name": odd} for at, odd in enumerate(ODD.values())]
    images += [{"id": odd, "file_name": "gone.png"} for odd in ODD.values()]
    good = [{"id": at, "image_id": at, "category_id": 1, "bbox": [1, 1, 9, 9]} for at in range(4)]
    odd = [{"id": 50 + at, "image_id": 0, "category_id": 1, "bbox": box} for at, box in enumerate(BOXES)]
    odd += [{"id": 90 + at, "image_id": value, "category_id": value, "bbox": [1, 1, 2, 2], "area": value, "more": value}
            for at, value in enumerate(ODD.values())]  # fmt: skip
    content = {"images": images, "annotations": [*good, *odd, None, 5], "categories": [{"id": 1, "name": "cat"}, 7]}
    ds = nbc.Dataset.from_coco(content, images=folder, objects=objects, store=folder / "s.nbc")
    assert set(ds.ids) >= ({f"{name}#{at}" for at, name in enumerate(NAMES)} if objects else set(NAMES))
