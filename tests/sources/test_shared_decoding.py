"""Boxes on a picture share its decoding."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbcurate as nbc
from nbcurate.sources import picture_files, reader

from ..conftest import colour_layout

FILES = ("astronaut.jpg", "cat.jpg", "rocket.jpg")


@pytest.fixture
def ds(photographs: Path, tmp_path: Path) -> nbc.Dataset:
    """Ten boxes on each of three photographs, listed in turn, as annotations of COCO are in no order of images."""
    folder = tmp_path / "images"
    folder.mkdir()
    for name in FILES:
        shutil.copy(photographs / name, folder)
    boxes = [(image, [7 * n, 5 * n, 60 + n, 50]) for n in range(10) for image in range(3)]
    content = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(FILES)],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [
            {"id": n, "image_id": image, "category_id": 1, "bbox": box} for n, (image, box) in enumerate(boxes)
        ],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(content))
    return nbc.Dataset.from_coco(tmp_path / "boxes.json", images=folder, store=tmp_path / "o.nbc")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file was decoded."""
    counts: Counter[str] = Counter()
    decode = reader.decode_image

    def counting(source: Any, **settings: Any) -> Image.Image:
        counts[Path(source).name] += 1
        return decode(source, **settings)

    monkeypatch.setattr(reader, "decode_image", counting)
    return counts


def test_each_picture_is_decoded_once_for_all_boxes_on_it(ds: nbc.Dataset, decoded: Counter[str]) -> None:
    ds.embed(colour_layout)
    assert decoded == dict.fromkeys(FILES, 1)
    crops = np.stack([colour_layout([ds.image(name)])[0] for name in ds.ids])
    crops /= np.linalg.norm(crops, axis=1, keepdims=True)
    assert (ds.embeddings() * crops).sum(1).min() > 0.99999, "each box has its own vector, in the order of the ids"


def test_measuring_decodes_each_picture_once_too(ds: nbc.Dataset, decoded: Counter[str]) -> None:
    measured = ds.measure().to_pandas()["brightness"]
    assert decoded == dict.fromkeys(FILES, 1)
    luma = [np.asarray(ds.image(name).convert("L")).mean() / 255 for name in ds.ids]
    assert np.allclose(measured, luma, atol=0.02)


def test_a_lost_picture_costs_the_boxes_on_it(ds: nbc.Dataset) -> None:
    (Path(ds.to_pandas()["path"].iloc[0]).parent / "cat.jpg").unlink()
    with pytest.warns(UserWarning, match="10 items could not be read"):
        ds.embed(colour_layout)
    assert {name.partition("#")[0] for name in ds.ids} == {"astronaut.jpg", "rocket.jpg"}
    assert len(ds.errors) == 10
    assert ds.embeddings().shape[0] == 20


def test_large_boxes_are_not_held_in_memory_together(
    ds: nbc.Dataset, decoded: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_files, "_MOST_PIXELS", 4 * 60 * 50)
    ds.embed(colour_layout)
    assert all(times > 2 for times in decoded.values())
    assert len(ds.embeddings()) == 30
