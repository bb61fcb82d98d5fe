"""A detection set whose boxes are known: cut-outs pasted on photographs, then labelled as people label, errors and all.

Objects are the stamps of ``make pictures`` (twenty classes, of which the largest has eight times as many as the
smallest), each time turned, mirrored, and of another size and colour; grounds are parts of the photographs that
scikit-image and scikit-learn bring, of ``.demo/varied`` where that is there (``make bench-scale``), and of the folder
that ``NBCURATE_PHOTOS`` names. Objects are 12 to 200 px long and hide each other up to a part; every sixth picture is
crowded, mostly with neighbours of one class. Boxes are tight around what is seen, but for the 1 to 3 px by which
people miss it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

from .planted import SIDES, Boxes, labelled

_ROOT = Path(__file__).parents[2]
_STAMPS, _VARIED = _ROOT / ".demo" / "stamps", _ROOT / ".demo" / "varied"
_PHOTOGRAPHS = {
    "skimage": (
        "astronaut.png", "brick.png", "chelsea.png", "clock_motion.png", "coffee.png", "coins.png", "grass.png",
        "gravel.png", "motorcycle_left.png", "motorcycle_right.png", "rocket.jpg",
    ),
    "sklearn": ("china.jpg", "flower.jpg"),
}  # fmt: skip
#: A class needs so many different cut-outs.
_LEAST = 8
#: What of an object others may hide.
_HIDDEN = 0.55


@dataclass(frozen=True, eq=False)
class PastedSet:
    """Pictures with what is on them, and what is said of them.

    Attributes
    ----------
    folder : Path
        With ``images/`` and ``instances.json``, which has the labels.
    names : list of str
        Files of the pictures, by number.
    classes : list of str
    truth : Boxes
        The m objects that are there.
    seen : float array [m]
        Which part of each is not hidden.
    labels : Boxes
        The n that were labelled; the annotation id of each is its place here, from 1.
    kind : int array [n]
        What is wrong with each, see :data:`~planted.KINDS`.
    of : int array [n]
        The object that each label is of. A double and the label that it repeats are of one object.
    missing : int array
        Objects without a label.
    """

    folder: Path
    names: list[str]
    classes: list[str]
    truth: Boxes
    seen: NDArray[np.float64]
    labels: Boxes
    kind: NDArray[np.int64]
    of: NDArray[np.int64]
    missing: NDArray[np.int64]


def pasted(folder: Path, n: int, seed: int) -> PastedSet:
    """Make ``n`` pictures, their labels and ``instances.json`` in a new folder; all follows from the seed."""
    rng = np.random.default_rng([seed, n])
    stamps = cut_outs()
    classes = list(stamps)
    (folder / "images").mkdir(parents=True)
    names = [f"{number:05}.jpg" for number in range(n)]
    images, kinds, boxes, seen = [], [], [], []
    for number, name in enumerate(names):
        picture, found = _picture(stamps, rng)
        picture.save(folder / "images" / name, "JPEG", quality=90)
        for kind, box, part in found:
            images.append(number)
            kinds.append(kind)
            boxes.append(box)
            seen.append(part)
    truth = Boxes(np.array(images), np.array(kinds), np.array(boxes, float).reshape(-1, 4))
    labels, kind, of, missing = labelled(truth, classes, rng)
    _write(folder / "instances.json", names, classes, labels)
    return PastedSet(folder, names, classes, truth, np.array(seen), labels, kind, of, missing)


@cache
def cut_outs() -> dict[str, list[Image.Image]]:
    """The cut-outs of each class, without their clear margins."""
    if not _STAMPS.exists():
        raise SystemExit("There are no stamps: run `make pictures`.")
    found: dict[str, list[Image.Image]] = {}
    for folder in sorted(path for path in _STAMPS.glob("*/*") if path.is_dir()):
        stamps = [_cut_out(file) for file in sorted(folder.rglob("*.png"))]
        clear = [stamp for stamp in stamps if stamp is not None]
        if len(clear) >= _LEAST:
            found[f"{folder.parent.name} {folder.name}"] = clear
    return found


def _cut_out(file: Path) -> Image.Image | None:
    """A stamp that has a clear ground; None for others."""
    stamp = Image.open(file).convert("RGBA")
    alpha = stamp.getchannel("A")
    if np.mean(np.asarray(alpha) < 128) < 0.03:
        return None
    return stamp.crop(_box_of(alpha))


@cache
def _grounds() -> list[Image.Image]:
    import skimage
    import sklearn.datasets

    there = {
        "skimage": Path(skimage.__file__).parent / "data",
        "sklearn": Path(sklearn.datasets.__file__).parent / "images",
    }
    files = [there[package] / name for package, names in _PHOTOGRAPHS.items() for name in names]
    folders = [_VARIED, *map(Path, filter(None, [os.environ.get("NBCURATE_PHOTOS")]))]
    more = sorted(f for folder in folders for f in folder.rglob("*") if f.suffix.lower() in {".jpg", ".jpeg"})
    files += [more[at] for at in np.random.default_rng(0).permutation(len(more))[:100]]
    grounds = []
    for file in files:
        if not file.is_file():  # not every release of the packages has all of them
            continue
        ground = Image.open(file).convert("RGB")
        scale = max(SIDES[0] / ground.width, SIDES[1] / ground.height, 700 / max(ground.size))
        grounds.append(ground.resize((int(ground.width * scale) + 1, int(ground.height * scale) + 1)))
    return grounds


def _box_of(alpha: Image.Image) -> tuple[int, int, int, int]:
    """Around what is not clear."""
    rows, columns = np.nonzero(np.asarray(alpha) > 127)
    if not len(rows):
        return (0, 0, *alpha.size)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def _picture(
    stamps: dict[str, list[Image.Image]], rng: np.random.Generator
) -> tuple[Image.Image, list[tuple[int, list[float], float]]]:
    """A picture, and of each object on it the class, the box around what is seen of it, and how much that is."""
    canvas = _ground(rng)
    crowded = rng.random() < 1 / 6
    count = int(rng.integers(7, 14)) if crowded else int(rng.poisson(2.2))
    sizes = np.array([len(files) for files in stamps.values()], float)
    kinds = rng.choice(len(stamps), count, p=sizes / sizes.sum())
    if crowded:
        kinds[: int(count * 0.7)] = kinds[0] if count else 0
    owner = np.full(SIDES[::-1], -1, np.int16)
    placed: list[tuple[int, int]] = []  # class and number of pixels
    near = rng.uniform(0.25, 0.75, 2) * SIDES
    for kind in kinds.tolist():
        stamp = _varied(stamps[list(stamps)[kind]], rng, crowded)
        mask = np.asarray(stamp.getchannel("A")) > 127
        if not mask.any():  # of thin lines nothing is left where it is small
            continue
        for _ in range(12):
            middle = near + rng.normal(0, 60, 2) if crowded else rng.uniform(0, 1, 2) * SIDES
            x, y = np.clip(middle - np.array(stamp.size) / 2, 0, np.array(SIDES) - stamp.size).astype(int).tolist()
            part = owner[y : y + mask.shape[0], x : x + mask.shape[1]]
            hides = np.bincount(part[mask & (part >= 0)], minlength=len(placed))
            left = np.bincount(owner[owner >= 0], minlength=len(placed)) - hides
            if all(left[at] >= (1 - _HIDDEN) * pixels for at, (_, pixels) in enumerate(placed)):
                part[mask] = len(placed)
                placed.append((kind, int(mask.sum())))
                canvas.paste(stamp, (x, y), stamp)
                break
    found = []
    for at, (kind, pixels) in enumerate(placed):
        rows, columns = np.nonzero(owner == at)
        box = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
        found.append((kind, [float(side) for side in box], len(rows) / pixels))
    return canvas, found


def _ground(rng: np.random.Generator) -> Image.Image:
    grounds = _grounds()
    ground = grounds[int(rng.integers(len(grounds)))]
    x, y = (int(rng.integers(side - least + 1)) for side, least in zip(ground.size, SIDES, strict=True))
    part = ground.crop((x, y, x + SIDES[0], y + SIDES[1]))
    part = ImageOps.mirror(part) if rng.random() < 0.5 else part
    return ImageEnhance.Brightness(part).enhance(rng.uniform(0.7, 1.2))


def _varied(stamps: list[Image.Image], rng: np.random.Generator, crowded: bool) -> Image.Image:
    """One of the cut-outs, of another size, turn and colour."""
    stamp = stamps[int(rng.integers(len(stamps)))]
    stamp = ImageOps.mirror(stamp) if rng.random() < 0.5 else stamp
    stamp = stamp.rotate(float(rng.normal(0, 12)), Image.Resampling.BICUBIC, expand=True)
    long = float(np.exp(rng.uniform(np.log(12), np.log(90 if crowded else 200))))
    scale = long / max(stamp.size)
    stamp = stamp.resize(
        (max(3, round(stamp.width * scale)), max(3, round(stamp.height * scale))), Image.Resampling.LANCZOS
    )
    alpha = stamp.getchannel("A")
    colour = ImageEnhance.Color(stamp.convert("RGB")).enhance(rng.uniform(0.3, 1.4))
    stamp = ImageEnhance.Brightness(colour).enhance(rng.uniform(0.6, 1.3)).convert("RGBA")
    stamp.putalpha(alpha)
    return stamp.crop(_box_of(alpha))


def _write(file: Path, names: list[str], classes: list[str], labels: Boxes) -> None:
    images = [{"id": at, "file_name": name, "width": SIDES[0], "height": SIDES[1]} for at, name in enumerate(names, 1)]
    annotations: list[dict[str, Any]] = [
        {
            "id": at, "image_id": image + 1, "category_id": kind + 1, "bbox": box, "area": box[2] * box[3],
            "iscrowd": 0,
        }
        for at, (image, kind, box) in enumerate(
            zip(labels.images.tolist(), labels.classes.tolist(), labels.boxes.tolist(), strict=True), 1
        )
    ]  # fmt: skip
    categories = [{"id": at, "name": name} for at, name in enumerate(classes, 1)]
    file.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
