"""Large pictures as tiles: items of their own, of which nothing is written but where they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc


@pytest.fixture
def large(tmp_path: Path) -> nbc.Dataset:
    """One picture of 2,000 x 900 px, red at its right end, and a small one."""
    (tmp_path / "pictures" / "city").mkdir(parents=True)
    pixels = np.zeros((900, 2000, 3), np.uint8)
    pixels[:, 1800:] = (255, 0, 0)
    Image.fromarray(pixels).save(tmp_path / "pictures" / "city" / "large.png")
    Image.new("RGB", (300, 200)).save(tmp_path / "pictures" / "city" / "small.png")
    return nbc.Dataset.from_folder(tmp_path / "pictures", store=tmp_path / "p.nbc")


def test_tiles_cover_a_picture_and_overlap(large: nbc.Dataset) -> None:
    tiles = large.tiles(800, overlap=0.2)
    boxes = dict(zip(tiles.ids, tiles.column("box").to_pylist(), strict=True))
    assert len(boxes) == 3 * 2 + 1
    assert boxes["city/small.png#0,0"] == [0, 0, 300, 200]
    covered = np.zeros((900, 2000), bool)
    for name, (x, y, width, height) in boxes.items():
        if "large" in name:
            assert (width, height) == (800, 800)
            covered[int(y) : int(y + height), int(x) : int(x + width)] = True
    assert covered.all()
    starts = sorted({box[0] for name, box in boxes.items() if "large" in name})
    assert np.diff(starts).max() <= 800 * 0.8


def test_a_tile_is_cut_out_when_it_is_looked_at(large: nbc.Dataset) -> None:
    tiles = large.tiles(800)
    assert not list(large.store.path.rglob("*.png"))
    right = np.asarray(tiles.image("city/large.png#1200,0"))
    assert right.shape == (800, 800, 3)
    assert right[0, -1].tolist() == [255, 0, 0]
    assert right[0, 0].tolist() == [0, 0, 0]


def test_tiles_know_their_picture_its_label_and_the_way_back(large: nbc.Dataset) -> None:
    tiles = large.tiles(800)
    assert set(tiles.column("image").to_pylist()) == {"city/large.png", "city/small.png"}
    assert set(tiles.labels) == {"city"}
    assert tiles.where("width = 300").images.ids == ["city/small.png"]
    assert "objects" not in large.column_names
    assert len(large.where(["city/small.png"]).tiles(800)) == 1


def test_tiles_are_embedded_searched_and_selected(large: nbc.Dataset) -> None:
    tiles = large.tiles(800).embed(_redness)
    assert tiles.search("city/large.png#1200,0", k=1).ids == ["city/large.png#1200,100"]
    tiles.selection.set(tiles.ids[:2])
    assert large.selection.ids == []
    assert len(large.tiles(800)) == len(tiles)


def test_tiles_of_a_removed_picture_are_gone_until_it_is_back(large: nbc.Dataset) -> None:
    assert len(large.tiles(800)) == 7
    large.remove(["city/large.png"])
    assert large.tiles(800).ids == ["city/small.png#0,0"]
    large.restore(["city/large.png"])
    assert len(large.tiles(800)) == 7


def test_sizes_that_make_no_sense_are_told(large: nbc.Dataset) -> None:
    with pytest.raises(ValueError, match="size"):
        large.tiles(0)
    with pytest.raises(ValueError, match="overlap=1"):
        large.tiles(800, overlap=1)
    with pytest.raises(ValueError, match=r"ds.images.tiles"):
        large.tiles(800).tiles(400)


def _redness(pictures: list) -> np.ndarray:
    return np.array([[np.asarray(picture, float)[..., 0].mean(), 10.0] for picture in pictures])
