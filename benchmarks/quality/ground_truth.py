"""Ground truth that the benchmarks make themselves from real photographs: what was planted is known.

Everything follows from a seed. Settings were chosen on ``DEVELOPMENT_SEEDS``; the tables are made with ``FINAL_SEEDS``.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from edits import EDITS
from numpy.typing import NDArray
from PIL import Image, ImageOps

DEVELOPMENT_SEEDS = (0, 1, 2)
FINAL_SEEDS = (2301, 2302, 2303)
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
    sender.
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
        """The pairs of a photograph and its copy."""
        return {frozenset(pair) for pair in self.original.items()}

    def of_one_source(self, pair: frozenset[str]) -> bool:
        """Whether two files come from one source: one sender, or variants of one picture by their names."""
        return len({self.source[item] for item in pair}) == 1


def plant_copies(pictures: Photographs, to: Path, seed: int, n: int | None = None, per_edit: int = 40) -> Copies:
    """``n`` photographs (all by default) and ``per_edit`` copies by each of the edits, in a new or an older folder.

    Every copy is of another photograph, so of small sets there are fewer by each edit. A file that is there twice is
    taken once, and pictures are put on white, so that all tools see the same where they are transparent.
    """
    rng = np.random.default_rng(seed)
    distinct = _without_twins(pictures)
    bases = [pictures.ids[at] for at in rng.permutation(distinct)[:n]]
    source = dict(zip(pictures.ids, pictures.source.tolist(), strict=True))
    for item in bases:
        (to / item).parent.mkdir(parents=True, exist_ok=True)
        _put_on_white(pictures.folder / item, to / item)
    original, edit = {}, {}
    names = rng.permutation(np.repeat(list(EDITS), min(per_edit, len(bases) // len(EDITS))))
    for at, (base, name) in enumerate(zip(bases, names.tolist(), strict=False)):
        with Image.open(to / base) as file:
            image = EDITS[name](ImageOps.exif_transpose(file).convert("RGB"), rng)
        planted = f"{Path(base).parent.as_posix()}/{Path(base).stem}_{at}.jpg"
        image.save(to / planted, "JPEG", quality=88)
        original[planted], edit[planted], source[planted] = base, name, source[base]
    kept = {item: source[item] for item in [*bases, *original]}
    return Copies(to, original, edit, kept)


def _without_twins(pictures: Photographs) -> NDArray[np.intp]:
    """The first of each content."""
    contents = [hashlib.sha256((pictures.folder / item).read_bytes()).hexdigest() for item in pictures.ids]
    return np.unique(contents, return_index=True)[1]


def _put_on_white(file: Path, to: Path) -> None:
    """Copy a picture; what is transparent or drawn from a palette becomes RGB."""
    with Image.open(file) as image:
        if image.mode in ("RGB", "L") and not image.has_transparency_data:
            shutil.copyfile(file, to)
            return
        rgba = image.convert("RGBA")
    Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB").save(to)


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
