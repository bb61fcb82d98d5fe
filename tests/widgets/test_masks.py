"""Masks on the wire: outlines in px of the upright picture, few enough to draw."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

import nbcurate as nbc
from nbcurate.widgets.session import Session

from .test_wire import Browser

RUNS = {"size": [120, 160], "counts": [20 * 120 + 10, *[30, 90] * 49, 30, 90 * 120 + 80]}


@pytest.fixture
def content(tmp_path: Path) -> dict[str, Any]:
    """A picture with a polygon, runs, a broken mask and none; and one that is turned, drawn on before."""
    exif = Image.Exif()
    exif[274] = 6
    Image.new("RGB", (160, 120), "blue").save(tmp_path / "a.png")
    Image.new("RGB", (160, 120), "blue").save(tmp_path / "turned.png", exif=exif)
    ring = [[10, 10, 60, 10, 60, 60, 10, 60], [20, 20, 50, 20, 50, 50, 20, 50]]
    masks: list[Any] = [ring, RUNS, "broken", None]
    return {
        "images": [
            {"id": 1, "file_name": "a.png", "width": 160, "height": 120},
            {"id": 2, "file_name": "turned.png", "width": 160, "height": 120},
        ],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"id": n, "image_id": 1 + (n > 3), "category_id": 1, "bbox": [10, 10, 60, 60], "segmentation": mask}
            for n, mask in enumerate([*masks, ring])
        ],
    }


def area(outlines: list[list[float]], size: tuple[int, int]) -> int:
    """How many pixels the outlines fill by the even-odd rule."""
    filled = np.zeros(size[::-1], bool)
    for outline in outlines:
        one = Image.new("1", size)
        ImageDraw.Draw(one).polygon([tuple(corner) for corner in np.reshape(outline, (-1, 2))], fill=1)
        filled ^= np.asarray(one)
    return int(filled.sum())


def test_masks_come_with_the_objects_of_an_image(
    content: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = nbc.Dataset.from_coco(content, images=tmp_path, objects=False, store=tmp_path / "i.nbc")
    (answer,), _ = Browser(Session.of(ds), monkeypatch).ask("objects", {}, ds.keys)
    first, turned = answer["items"]
    ring, runs, broken, none = first["masks"]
    assert len(first["boxes"]) == 4 * len(first["masks"])
    assert ring == content["annotations"][0]["segmentation"]
    assert area(runs, (160, 120)) == pytest.approx(50 * 30, rel=0.1)
    assert broken == none == []
    (mask,) = turned["masks"]
    assert (turned["width"], turned["height"]) == (120, 160)
    assert mask[0][:2] in ([110, 10], [60, 10], [60, 60], [110, 60])  # x, y is 120 - y, x of the picture before
    x, y, width, height = turned["boxes"]
    assert (min(mask[0][::2]), min(mask[0][1::2])) == (60, 10)
    assert (x, y, width, height) == (50, 10, 60, 60)


def test_a_mask_is_drawn_around_a_box(content: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ds = nbc.Dataset.from_coco(content, images=tmp_path, store=tmp_path / "o.nbc")
    browser = Browser(Session.of(ds), monkeypatch)
    (whole,), _ = browser.ask("whole", {"key": int(ds.keys[0]), "size": 256})
    assert whole["masks"] == [content["annotations"][0]["segmentation"]]
    (whole,), _ = browser.ask("whole", {"key": int(ds.keys[3]), "size": 256})
    assert "masks" not in whole


def test_a_picture_full_of_corners_stays_a_small_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (2000, 2000), "blue").save(tmp_path / "a.png")
    turn = np.linspace(0, 2 * math.pi, 5_000)
    star = np.stack([1000 + 900 * np.cos(turn * 400) * turn / 7, 1000 + 900 * np.sin(turn * 300)], 1)
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "star"}],
        "annotations": [
            {"id": n, "image_id": 1, "category_id": 1, "bbox": [0, 0, 99, 99],
             "segmentation": [star.ravel().tolist() if n else [1, 1, 9, 1, 9, 9]]} for n in range(50)
        ],
    }  # fmt: skip
    ds = nbc.Dataset.from_coco(content, images=tmp_path, objects=False, store=tmp_path / "i.nbc")
    (answer,), _ = Browser(Session.of(ds), monkeypatch).ask("objects", {}, ds.keys)
    (item,) = answer["items"]
    assert len(item["names"]) == len(item["masks"]) == 50
    assert item["masks"][0] == [[1, 1, 9, 1, 9, 9]]
    assert len(json.dumps(item["masks"])) < 30_000
