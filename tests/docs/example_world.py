"""A folder in which the examples of the docstrings run: real pictures under the names that the examples use."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

import nbcurate as nbc

from ..conftest import colour_layout

COUNTS = {"cat": 14, "dog": 12}
SIZE = (160, 120)


class ColoursAndWords:
    """Stands in for a model that knows texts: mean colours of four quarters, and three words of colour."""

    name, key, width, image_size, recipe = "colours-and-words", "colours-and-words", 12, 2, {"of": "a test"}

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        return _unit([np.asarray(image.convert("RGB").resize((2, 2)), np.float32).ravel() for image in images])

    def encode_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return _unit([np.full(12, 40.0) if "night" in text or "dark" in text else np.full(12, 200.0) for text in texts])


def _unit(rows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    stacked = np.stack(rows).astype(np.float32)
    return stacked / np.maximum(np.linalg.norm(stacked, axis=1, keepdims=True), 1e-6)


def make_world(stamps: Path, folder: Path) -> None:
    """``photos/cat/1.jpg`` and so on with a box each, in a data set with vectors, predictions and a selection."""
    kinds = {"cat": stamps / "animals" / "birds", "dog": stamps / "food" / "fruit"}
    boxes = [box for kind, source in kinds.items() for box in _draw(folder, kind, source)]
    _write_coco(folder, boxes)
    (folder / "images").symlink_to(folder / "photos")
    _write_yolo(folder, boxes)
    _write_voc(folder)
    _copy_pictures(folder)
    _make_set(folder)


def _draw(folder: Path, kind: str, source: Path) -> list[tuple[str, str, list[int]]]:
    """Pictures of a kind, a cut-out on a plain ground each, the last the same as the first: name, class and box."""
    (folder / "photos" / kind).mkdir(parents=True)
    files, drawn = sorted(source.rglob("*.png")), []
    for number in range(1, COUNTS[kind] + 1):
        at = 0 if number == COUNTS[kind] else number - 1
        cut_out = Image.open(files[at % len(files)]).convert("RGBA")
        cut_out.thumbnail((100, 100))
        canvas = Image.new("RGB", SIZE, (230 - 5 * at, 200, 180 + 5 * at))
        canvas.paste(cut_out, (8 + at, 6), cut_out)
        canvas.save(folder / "photos" / kind / f"{number}.jpg", quality=92)
        drawn.append((f"{kind}/{number}.jpg", kind, [8 + at, 6, *cut_out.size]))
    return drawn


def _write_coco(folder: Path, boxes: list[tuple[str, str, list[int]]]) -> None:
    names = list(COUNTS)
    images = [{"id": i, "file_name": name, "width": 160, "height": 120} for i, (name, _, _) in enumerate(boxes)]
    objects = [
        {"id": i, "image_id": i, "category_id": names.index(kind), "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
        for i, (_, kind, box) in enumerate(boxes)
    ]
    categories = [{"id": number, "name": name} for number, name in enumerate(names)]
    document = {"images": images, "annotations": objects, "categories": categories}
    (folder / "instances.json").write_text(json.dumps(document))
    objects[0]["bbox"] = [20, 20, 60, 60]
    (folder / "reviewed.json").write_text(json.dumps(document))
    said = [
        {"image_id": i, "category_id": (names.index(kind) + (i % 7 == 0)) % 2, "bbox": box, "score": 0.3 + 0.02 * i}
        for i, (_, kind, box) in enumerate(boxes)
    ]
    for place in ("results.json", "predictions.json", "runs/detect/val/predictions.json"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(json.dumps(said))
    answer = {"type": "choices", "from_name": "label", "to_name": "image", "value": {"choices": ["dog"]}}
    task = {"data": {"nbcurate_id": "cat/1.jpg"}, "annotations": [{"id": 1, "result": [answer]}]}
    (folder / "project-1.json").write_text(json.dumps([task]))


def _write_yolo(folder: Path, boxes: list[tuple[str, str, list[int]]]) -> None:
    for place in ("cars/images", "cars/labels", "runs/detect/predict/labels"):
        (folder / place).mkdir(parents=True)
    for name, kind, (left, top, width, height) in boxes:
        flat = name.replace("/", "-")
        shutil.copy(folder / "photos" / name, folder / "cars" / "images" / flat)
        shares = [(left + width / 2) / 160, (top + height / 2) / 120, width / 160, height / 120]
        line = f"{list(COUNTS).index(kind)} {' '.join(f'{share:.5f}' for share in shares)}"
        (folder / "cars" / "labels" / flat).with_suffix(".txt").write_text(line)
        told = folder / "runs" / "detect" / "predict" / "labels" / name.rpartition("/")[2]
        told.with_suffix(".txt").write_text(f"{line} 0.8")
    (folder / "cars" / "data.yaml").write_text("path: .\ntrain: images\nnames: [cat, dog]\n")


def _write_voc(folder: Path) -> None:
    (folder / "VOC2012" / "Annotations").mkdir(parents=True)
    shutil.copytree(folder / "photos" / "cat", folder / "VOC2012" / "JPEGImages")
    box = "<bndbox><xmin>9</xmin><ymin>7</ymin><xmax>90</xmax><ymax>80</ymax></bndbox>"
    text = f"<annotation><filename>1.jpg</filename><object><name>cat</name>{box}</object></annotation>"
    (folder / "VOC2012" / "Annotations" / "1.xml").write_text(text)


def _copy_pictures(folder: Path) -> None:
    """The same pictures under the other names that folders have in examples."""
    for place in ("new", "copy/cat", "birds/passerines/finches", "pets", "scans"):
        (folder / place).mkdir(parents=True)
    for number in (1, 2):
        picture = folder / "photos" / "cat" / f"{number}.jpg"
        for copy in (
            f"new/{number}.jpg",
            f"copy/cat/{number}.jpg",
            f"birds/passerines/finches/{number}.jpg",
            f"pets/cat_{number}.jpg",
            f"scans/lung-{number}.jpg",
        ):
            shutil.copy(picture, folder / copy)


def _make_set(folder: Path) -> None:
    images = folder / "photos"
    ds = nbc.Dataset.from_coco(folder / "instances.json", images=images, objects=False, store=folder / "set.nbc")
    ds.embed(colour_layout).embed("efficientnet-lite0")
    ds.objects.embed("efficientnet-lite0")
    ds.add_column("coarse", ["mammal" if at % 3 else "pet" for at in range(len(ds))])
    ds.split(train=0.6, val=0.2, test=0.2)
    ds.tag(ds.ids[:3], "night")
    ds.clusters()
    ds.add_predictions("yolo8", folder / "results.json")
    ds.save_slice("night", ds.ids[:4])
    ds.save_slice("blurry", ds.ids[3:6])
    ds.selection.set(["cat/1.jpg", "cat/7.jpg"])
    ds.close()


def names_in(folder: Path, words: bool) -> dict[str, Any]:
    """What an example finds defined: the data set, and what it would have made before."""
    import torch
    import torchvision

    ds = nbc.Dataset.open(folder / "set.nbc")
    if words:
        ds.embed(ColoursAndWords())
    probabilities = np.full((len(ds), 2), 0.5, np.float32)
    probabilities[:, 0] += np.linspace(-0.4, 0.4, len(ds), dtype=np.float32)
    probabilities[:, 1] = 1 - probabilities[:, 0]
    return {
        "nbc": nbc, "np": np, "pd": pd, "torch": torch, "torchvision": torchvision,
        "ds": ds, "tuned": "colour_layout", "probabilities": pd.DataFrame(probabilities, index=ds.ids),
    }  # fmt: skip
