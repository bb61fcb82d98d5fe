"""The data sets that are attacked: small, with something of everything, always in a folder of the same name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import nbcurate as nbc

CLASSES = ("cat", "dog", "owl")


def grey(images: Sequence[Image.Image]) -> np.ndarray:
    """A stand-in for a model: an 8 by 8 reduction."""
    small = [np.asarray(image.convert("L").resize((8, 8)), np.float32).ravel() for image in images]
    return np.stack(small) - 127.0


def corners(images: Sequence[Image.Image]) -> np.ndarray:
    """Another one."""
    return np.stack([np.asarray(image.convert("RGB").resize((3, 3)), np.float32).ravel() for image in images]) - 127.0


@dataclass(frozen=True)
class World:
    """One copy of a prepared data set.

    Attributes
    ----------
    folder : Path
        ``pictures/``, ``more/`` and ``files/`` to read from, the store, and ``out/`` to write to.
    """

    folder: Path

    @property
    def pictures(self) -> Path:
        return self.folder / "pictures"

    @property
    def more(self) -> Path:
        return self.folder / "more"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def store(self) -> Path:
        return self.folder / "set.nbc"

    @cached_property
    def ds(self) -> nbc.Dataset:
        """The data set, open for writing."""
        return nbc.Dataset.open(self.store)

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was prepared for an operation before it was counted: a view, a finding."""
        return {}


def picture(seed: int) -> Image.Image:
    """A picture like no other: a few smooth patches of colour."""
    patches = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(patches).resize((48, 36), Image.Resampling.BICUBIC)


def _save(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed).save(path)


def _draw(world: World) -> None:
    """Thirteen pictures in three classes, one of them a copy of another, and one that is none; six more elsewhere."""
    for number in range(12):
        _save(world.pictures / CLASSES[number % 3] / f"{number:02}.png", number)
    shutil.copy(world.pictures / "cat" / "00.png", world.pictures / "dog" / "copy.png")
    (world.pictures / "owl" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n, and then nothing")
    for number in range(6):
        _save(world.more / CLASSES[number % 2] / f"{number:02}.png", 100 + number)
    world.files.mkdir()
    world.out.mkdir()
    names = [path.relative_to(world.pictures).as_posix() for path in sorted(world.pictures.rglob("*.png"))]
    images = [{"id": n, "file_name": name, "width": 48, "height": 36} for n, name in enumerate(names)]
    boxes = [
        {"id": n, "image_id": n % 12, "category_id": n % 3, "bbox": [4 + n, 3, 20, 25], "area": 500, "iscrowd": 0}
        for n in range(15)
    ]
    coco = {"images": images, "annotations": boxes, "categories": [{"id": n, "name": c} for n, c in enumerate(CLASSES)]}
    (world.files / "boxes.json").write_text(json.dumps(coco))
    rows = [f"{name},{CLASSES[n % 2]},{n / 7}" for n, name in enumerate(names)]
    (world.files / "table.csv").write_text("\n".join(["path,label,weight", *rows]) + "\n")


def _curate(world: World) -> None:
    """A data set in which everything is there that a person can lose."""
    ds = nbc.Dataset.from_folder(world.pictures, store=world.store).embed(grey)
    ids = ds.ids
    ds.relabel(ids[:2], "lynx").relabel({ids[3]: "fox"})
    ds.tag(ids[:4], "day", "soft").untag(ids[3:4], "soft")
    ds.add_column("weight", [n / 8 for n in range(len(ids))]).add_column("note", {ids[5]: "look again"})
    ds.split(train=0.7, val=0.3)
    ds.remove(ids[-1:])
    ds.relabel(ids[4:5], "wolf")
    ds.undo_edit()
    ds.relabel(ids[6:8], "hawk")
    ds.clusters(k=3)
    ds.selection.set(ids[:3])
    ds.selection.reject(ids[3:5])
    ds.save_slice("first")
    ds.save_slice("second", ids[5:9])
    ds.selection.add(ids[8:9])
    ds.add_predictions("model", dict.fromkeys(ids[:-1], "cat"))
    ds.save_recipe(world.files / "curation.json")
    _write_corrections(world, ds)
    ds.close()


def _write_corrections(world: World, ds: nbc.Dataset) -> None:
    """What annotation tools would bring back."""
    ids = ds.ids
    (world.files / "labels.csv").write_text("id,label,tags\n" + f'{ids[0]},otter,"[""wet""]"\n{ids[6]},newt,\n')
    tasks = json.loads(ds.export("labelstudio", ids=ids[:4], to=world.files / "tasks.json").read_text())
    for task in tasks:
        choice = {"value": {"choices": ["seal"]}, "from_name": "label", "to_name": "image", "type": "choices"}
        task["annotations"] = [{"id": 1, "result": [choice], "was_cancelled": False}]
    (world.files / "answers.json").write_text(json.dumps(tasks))


def _store_of_boxes(world: World) -> None:
    """Items that are boxes, and a file that corrects them."""
    ds = nbc.Dataset.from_coco(world.files / "boxes.json", images=world.pictures, store=world.store).embed(grey)
    ds.tag(ds.ids[:3], "seen")
    corrected = json.loads((world.files / "boxes.json").read_text())
    corrected["annotations"][0]["bbox"] = [1, 1, 30, 30]
    corrected["annotations"][1]["category_id"] = 2
    corrected["annotations"].pop(2)
    corrected["annotations"].append({**corrected["annotations"][3], "id": 99, "bbox": [0, 0, 9, 9]})
    (world.files / "corrected.json").write_text(json.dumps(corrected))
    ds.close()


#: What a case begins with: nothing but pictures; the pictures as items; a curated set; one of boxes.
WORLDS: dict[str, Callable[[World], None]] = {
    "pictures": lambda world: None,
    "items": lambda world: nbc.Dataset.from_folder(world.pictures, store=world.store).close(),
    "curated": _curate,
    "boxes": _store_of_boxes,
}


def prepare(folder: str, name: str) -> None:
    """Make a world, as a job of the zygote."""
    world = World(Path(folder))
    world.folder.mkdir(parents=True)
    _draw(world)
    WORLDS[name](world)


def change_pictures(world: World) -> None:
    """What happens to a folder over time: a picture is drawn anew, one is gone, one moved, two are new."""
    _save(world.pictures / "cat" / "03.png", 200)
    (world.pictures / "dog" / "04.png").unlink()
    (world.pictures / "owl" / "05.png").rename(world.pictures / "owl" / "moved.png")
    for number in (50, 51):
        _save(world.pictures / "cat" / f"{number}.png", number)
