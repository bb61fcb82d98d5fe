"""COCO annotations: boxes as items, or images with their boxes."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc

from ..conftest import colour_layout


@pytest.fixture
def annotations(photographs: Path, tmp_path: Path) -> Path:
    """Two photographs with boxes, a box that is empty, and one on an image that is not listed."""
    boxes = [(1, 1, [200, 50, 120, 100]), (1, 2, [10, 300, 64, 80]), (2, 1, [30, 30, 100, 100]), (2, 1, [5, 5, 0, 9])]
    content = {
        "images": [{"id": 1, "file_name": "astronaut.jpg"}, {"id": 2, "file_name": "cat.jpg"}],
        "categories": [{"id": 1, "name": "face"}, {"id": 2, "name": "flag"}],
        "annotations": [
            {"id": 10 + n, "image_id": image, "category_id": category, "bbox": box}
            for n, (image, category, box) in enumerate([*boxes, (9, 1, [0, 0, 5, 5])])
        ],
    }
    (tmp_path / "instances.json").write_text(json.dumps(content))
    return tmp_path / "instances.json"


def test_boxes_are_items(annotations: Path, photographs: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="items could not be read"):
        ds = nbc.Dataset.from_coco(annotations, images=photographs, store=tmp_path / "o.nbc")
    ds.embed(colour_layout)
    assert ds.ids == ["astronaut.jpg#10", "astronaut.jpg#11", "cat.jpg#12"]
    assert ds.labels == ["face", "flag", "face"]
    whole = Image.open(photographs / "astronaut.jpg")
    assert ds.image("astronaut.jpg#10").tobytes() == whole.crop((200, 50, 320, 150)).tobytes()
    assert "empty or outside" in ds.errors["error"][0]
    assert ds.embeddings().shape == (3, 192)
    assert not np.allclose(ds.embeddings()[0], ds.embeddings()[1], atol=0.05)


def test_a_box_over_the_edge_is_cut_off_there(photographs: Path, tmp_path: Path) -> None:
    width, height = Image.open(photographs / "cat.jpg").size
    boxes = [[-3, 10, 50, 40], [width - 20, height - 10, 99, 99], [width + 1, 0, 5, 5]]
    content = {
        "images": [{"id": 1, "file_name": "cat.jpg"}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [{"id": n, "image_id": 1, "category_id": 1, "bbox": box} for n, box in enumerate(boxes)],
    }
    with pytest.warns(UserWarning, match="1 items could not be read"):
        ds = nbc.Dataset.from_coco(content, images=photographs, store=tmp_path / "o.nbc")
    assert [ds.image(item).size for item in ds.ids] == [(47, 40), (20, 10)]
    assert ds.to_pandas()[["width", "height"]].to_numpy().tolist() == [[47, 40], [20, 10]]
    written = json.loads(ds.export("coco", to=tmp_path / "out.json").read_text())
    assert written["images"] == [{"id": 1, "file_name": "cat.jpg", "width": width, "height": height}]
    assert [annotation["bbox"] for annotation in written["annotations"]] == boxes[:2]


def test_images_are_items(annotations: Path, photographs: Path, tmp_path: Path) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=photographs, objects=False, store=tmp_path / "i.nbc")
    assert ds.ids == ["astronaut.jpg", "cat.jpg"]
    assert ds.column("objects").to_pylist() == [["face", "flag"], ["face", "face"]]
    assert ds.where("len(objects) >= 2 and list_contains(objects, 'flag')").ids == ["astronaut.jpg"]


@pytest.mark.parametrize("objects", [True, False])
@pytest.mark.filterwarnings("ignore")
def test_what_is_exported_comes_back(annotations: Path, photographs: Path, tmp_path: Path, objects: bool) -> None:
    ds = nbc.Dataset.from_coco(annotations, images=photographs, objects=objects, store=tmp_path / "a.nbc")
    written = ds.export("coco", to=tmp_path / "out" / "out.json", ids=ds.ids)
    again = nbc.Dataset.from_coco(written, images=photographs, objects=True, store=tmp_path / "b.nbc")
    assert sorted(map(str, again.labels)) == ["face", "face", "flag"]
    assert again.column("box").to_pylist()[0] == [200, 50, 120, 100]


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"images": []}')
    with pytest.raises(ValueError, match="no annotations, categories"):
        nbc.Dataset.from_coco(tmp_path / "x.json", images=tmp_path, store=tmp_path / "x.nbc")
