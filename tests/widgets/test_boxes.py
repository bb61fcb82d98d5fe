"""What is drawn on pictures: the objects of an image, and the image around an item that is a box."""

import json
from pathlib import Path

import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.widgets.session import Session

from .test_wire import Browser, request


@pytest.fixture
def coco(photographs: Path, tmp_path: Path) -> Path:
    """Two boxes on one photograph, none on another."""
    content = {
        "images": [{"id": 1, "file_name": "astronaut.jpg"}, {"id": 2, "file_name": "cat.jpg"}],
        "categories": [{"id": 1, "name": "face" * 40}, {"id": 2, "name": "flag"}],
        "annotations": [
            {"id": 7, "image_id": 1, "category_id": 1, "bbox": [200, 50, 120, 100]},
            {"id": 8, "image_id": 1, "category_id": 2, "bbox": [10.25, 300, 64, 80]},
        ],
    }
    (tmp_path / "instances.json").write_text(json.dumps(content))
    return tmp_path / "instances.json"


def test_objects_come_with_their_names_and_boxes(
    coco: Path, photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = nbc.Dataset.from_coco(coco, images=photographs, objects=False, store=tmp_path / "i.nbc")
    browser = Browser(Session.of(ds), monkeypatch)
    (hello,), _ = browser.ask("hello")
    assert hello["objects"] is True
    (answer,), _ = browser.ask("objects", {}, ds.keys)
    (astronaut,) = answer["items"]
    assert (astronaut["width"], astronaut["height"]) == (512, 512)
    assert astronaut["names"] == ["face" * 16, "flag"]
    assert astronaut["boxes"] == [200, 50, 120, 100, 10.2, 300, 64, 80]
    (details,), _ = browser.ask("details", {"key": int(ds.keys[0])})
    assert details["is_box"] is False
    assert browser.refused(request("whole", {"key": int(ds.keys[0]), "size": 256})) == "bad-request"


def test_the_image_around_a_box_is_shown(
    coco: Path, photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = nbc.Dataset.from_coco(coco, images=photographs, store=tmp_path / "o.nbc")
    browser = Browser(Session.of(ds), monkeypatch)
    (hello,), _ = browser.ask("hello")
    assert hello["objects"] is False
    assert browser.ask("objects", {}, ds.keys)[0] == [{"items": []}]
    key = int(ds.keys[1])
    (details,), _ = browser.ask("details", {"key": key})
    assert details["is_box"] is True
    (whole,), (jpeg,) = browser.ask("whole", {"key": key, "size": 256})
    assert whole == {"key": key, "width": 512, "height": 512, "names": ["flag"], "boxes": [10.25, 300, 64, 80]}
    (tmp_path / "whole.jpg").write_bytes(jpeg)
    assert Image.open(tmp_path / "whole.jpg").size == (256, 256)
