"""Ground truth that the benchmarks make themselves from real photographs: what was planted is known.

Everything follows from a seed. Settings were chosen on ``DEVELOPMENT_SEEDS``; the tables are made with ``FINAL_SEEDS``.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

DEVELOPMENT_SEEDS = (0, 1, 2)
FINAL_SEEDS = (100, 101, 102)
_ROOT = Path(__file__).parents[2]
_EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp"}


# -- the photographs -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Photographs:
    """A folder of labelled pictures.

    Attributes
    ----------
    folder : Path
        With a folder a class.
    ids : list of str
        Paths below it, sorted.
    labels : str array [n]
    source : str array [n]
        Who sent the picture, or else its folder and the first word of its name, which variants of one picture share.
    """

    folder: Path
    ids: list[str]
    labels: NDArray[np.str_]
    source: NDArray[np.str_]


def photographs() -> Photographs:
    """The labelled folder named by ``NBCURATE_PHOTOS``, or the stamps of ``make pictures``.

    A ``metadata.csv`` in the folder with the columns ``file_name`` and ``sender_id`` tells which pictures are of one
    sender: such may be shots of one thing, which nobody can call wrong to report nor wrong to leave.
    """
    folder = Path(os.environ.get("NBCURATE_PHOTOS", _ROOT / ".demo" / "stamps"))
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in _EXTENSIONS)
    if not files:
        raise SystemExit(f"There are no pictures in {folder}: set NBCURATE_PHOTOS, or run `make pictures`.")
    ids = [f.relative_to(folder).as_posix() for f in files]
    sender: dict[str, str] = {}
    if (folder / "metadata.csv").exists():
        with (folder / "metadata.csv").open() as table:
            sender = {row["file_name"]: row["sender_id"] for row in csv.DictReader(table) if row.get("sender_id")}
    source = [sender.get(i, f"{Path(i).parent}/{re.split('[-_ 0-9]', Path(i).stem)[0]}") for i in ids]
    return Photographs(folder, ids, np.array([i.split("/")[0] for i in ids]), np.array(source))


def embedded(pictures: Photographs, encoder: str = "efficientnet-lite0") -> NDArray[np.float32]:
    """Vectors of all the pictures [n, d], from a store beside the temporary files that is made once."""
    import nbcurate as nbc

    name = f"nbcurate-{pictures.folder.resolve().as_posix().strip('/').replace('/', '-')}.nbc"
    store = os.environ.get("NBCURATE_PHOTOS_STORE", str(Path(tempfile.gettempdir()) / name))
    dataset = nbc.Dataset.from_folder(pictures.folder, store=store).embed(encoder)
    row = {item: at for at, item in enumerate(dataset.ids)}
    vectors = dataset.embeddings(encoder)[[row[item] for item in pictures.ids]]
    dataset.close()  # so that another benchmark may run beside this one
    return vectors


# -- copies ----------------------------------------------------------------------------------------------------------

Edit = Callable[[Image.Image, np.random.Generator], Image.Image]


def _reencode(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(rng.integers(30, 75)))
    return Image.open(buffer).convert("RGB")


def _resize(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    scale = rng.uniform(0.4, 0.8) if rng.random() < 0.7 else rng.uniform(1.2, 1.8)
    return image.resize((max(8, round(image.width * scale)), max(8, round(image.height * scale))))


def _crop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    wide, high = (round(side * rng.uniform(0.7, 0.95)) for side in image.size)
    left, top = int(rng.integers(0, image.width - wide + 1)), int(rng.integers(0, image.height - high + 1))
    return image.crop((left, top, left + wide, top + high))


def _brightness(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    factor = rng.uniform(0.6, 0.85) if rng.random() < 0.5 else rng.uniform(1.15, 1.4)
    return ImageEnhance.Brightness(image).enhance(factor)


def _flip(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageOps.mirror(image)


def _overlay(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A caption bar or a logo on up to an eighth of the picture."""
    out = image.copy()
    draw = ImageDraw.Draw(out)
    if rng.random() < 0.5:
        bar = round(image.height * rng.uniform(0.06, 0.12))
        top = image.height - bar if rng.random() < 0.5 else 0
        draw.rectangle((0, top, image.width, top + bar), fill=tuple(rng.integers(0, 256, 3).tolist()))
        draw.text((5, top + bar // 4), "Lorem ipsum dolor sit amet", fill=(255, 255, 255))
    else:
        side = round(min(image.size) * rng.uniform(0.2, 0.33))
        left, top = int(rng.integers(0, image.width - side)), int(rng.integers(0, image.height - side))
        draw.ellipse((left, top, left + side, top + side), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return out


EDITS: dict[str, Edit] = {
    "re-encode": _reencode,
    "resize": _resize,
    "crop": _crop,
    "brightness": _brightness,
    "flip": _flip,
    "overlay": _overlay,
}


@dataclass(frozen=True)
class Copies:
    """A folder of photographs with planted copies.

    Attributes
    ----------
    folder : Path
    original : dict of str
        For each planted file the id of the photograph that it was made from.
    edit : dict of str
        For each planted file the name of its edit.
    source : dict of str
        For each file, see :class:`Photographs`.
    """

    folder: Path
    original: dict[str, str]
    edit: dict[str, str]
    source: dict[str, str]

    def truth(self) -> set[frozenset[str]]:
        """All pairs of one photograph and its copies."""
        families: dict[str, list[str]] = {}
        for copy, original in self.original.items():
            families.setdefault(original, [original]).append(copy)
        return {frozenset((a, b)) for f in families.values() for i, a in enumerate(f) for b in f[i + 1 :]}

    def is_natural(self, a: str, b: str) -> bool:
        """Whether two files come from different photographs of one source, about which nothing is known."""
        return self.original.get(a, a) != self.original.get(b, b) and self.source[a] == self.source[b]


def plant_copies(pictures: Photographs, to: Path, seed: int, n: int = 600, per_edit: int = 25) -> Copies:
    """``n`` photographs and ``per_edit`` copies by each of the edits, in a new folder.

    Every copy is of another photograph, but for one in four, which shares it with the copy before it.
    """
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(len(pictures.ids), min(n, len(pictures.ids)), replace=False))
    original, edit, source = {}, {}, {}
    for at in chosen:
        item = pictures.ids[at]
        (to / item).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pictures.folder / item, to / item)
        source[item] = str(pictures.source[at])
    names = rng.permutation(np.repeat(list(EDITS), per_edit))
    bases = rng.permutation([pictures.ids[at] for at in chosen])[: len(names)].tolist()
    for at, name in enumerate(names.tolist()):
        base = bases[at - 1 if at % 4 == 3 else at % len(bases)]
        with Image.open(pictures.folder / base) as file:
            image = _on_white(file)
        planted = f"{Path(base).parent.as_posix()}/{Path(base).stem}_{at}.jpg"
        EDITS[name](image, rng).save(to / planted, "JPEG", quality=88)
        original[planted], edit[planted], source[planted] = base, name, source[base]
    return Copies(to, original, edit, source)


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


# -- labels and rare groups ------------------------------------------------------------------------------------------


def flip_labels(
    vectors: NDArray[np.float32], truth: NDArray[np.integer], rate: float, kind: str, seed: int
) -> tuple[NDArray[np.integer], NDArray[np.bool_]]:
    """Labels of which a share is wrong, and which those are.

    ``kind``: ``"uniform"``, to any other class; ``"similar"``, to the class whose mean vector is nearest.
    """
    rng = np.random.default_rng(seed)
    n_classes = int(truth.max()) + 1
    flipped = rng.random(len(truth)) < rate
    codes = truth.copy()
    if kind == "uniform":
        codes[flipped] = (truth[flipped] + rng.integers(1, n_classes, int(flipped.sum()))) % n_classes
    else:
        means = np.stack([vectors[truth == c].mean(axis=0) for c in range(n_classes)])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        alike = means @ means.T
        np.fill_diagonal(alike, -np.inf)
        codes[flipped] = alike.argmax(axis=1)[truth[flipped]]
    return codes, flipped


def plant_rare(
    vectors: NDArray[np.float32], labels: NDArray[np.str_], size: int, seed: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.bool_]]]:
    """For each class: the rows without it but for a tight group of ``size`` of its pictures, and which those are."""
    rng = np.random.default_rng(seed)
    for name in np.unique(labels):
        inside = np.flatnonzero(labels == name)
        if len(inside) < 3 * size:
            continue
        centre = rng.choice(inside)
        group = inside[np.argsort(-(vectors[inside] @ vectors[centre]))[:size]]
        rows = np.sort(np.concatenate([np.flatnonzero(labels != name), group]))
        yield rows, np.isin(rows, group)
