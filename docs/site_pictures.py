"""What the executed pages work on: real pictures, embedded once, and copied to the folder that a page runs in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

import nbcurate as nbc

IMAGES = Path(os.environ["NBCURATE_IMAGES"])
CUT_OUTS = Path(os.environ["NBCURATE_CUT_OUTS"])
PREPARED = Path(os.environ["NBCURATE_SITE"])


def photos() -> None:
    """``photos/``, and ``photos.nbc`` with vectors, neighbours, copies and groups, in the folder of the page."""
    store = PREPARED / "photos.nbc"
    if not store.exists():
        made = nbc.Dataset.from_folder(IMAGES, store=PREPARED / "making.nbc").embed()
        made.duplicates(), made.clusters(), made.project("pca")
        made.close()
        (PREPARED / "making.nbc").rename(store)
    shutil.copytree(store, "photos.nbc")
    try:
        Path("photos").symlink_to(IMAGES, target_is_directory=True)
    except OSError:  # Windows lets not everybody make links
        shutil.copytree(IMAGES, "photos")


def edited_copies() -> None:
    """Some pictures a second time in ``photos.nbc``: smaller, cropped, grey."""
    ds = nbc.Dataset.open("photos.nbc")
    Path("edited").mkdir()
    for number, item in enumerate(ds.ids[20:200:30]):
        picture = ds.image(item)
        width, height = picture.size
        smaller = picture.resize((width // 2, height // 2))
        cropped = picture.crop((width // 8, height // 8, width, height))
        (smaller, cropped, picture.convert("L"))[number % 3].save(f"edited/{number}.jpg", quality=60)
    ds.close()
    nbc.Dataset.from_folder("edited", label=None, store="photos.nbc").embed().close()


def cars() -> None:
    """``cars/``, a detection set in the form of ultralytics, and ``predicted/``, what a model says of it.

    Cut-outs on photographs. Some labels are wrong on purpose: doubled, of the wrong class, missing. Predictions are
    near the true boxes.
    """
    rng = np.random.default_rng(0)
    kinds = [
        folder for folder in sorted(CUT_OUTS.iterdir()) if folder.is_dir() and len(list(folder.rglob("*.png"))) > 20
    ][:4]
    files = [sorted(folder.rglob("*.png")) for folder in kinds]
    grounds = sorted(file for file in IMAGES.rglob("*.*") if file.suffix in (".webp", ".jpg", ".png"))
    for folder in ("cars/images", "cars/labels", "predicted"):
        Path(folder).mkdir(parents=True)
    for number in range(48):
        canvas = Image.open(grounds[number % len(grounds)]).convert("RGB").resize((480, 360))
        labels, predictions = [], []
        for column in range(rng.integers(1, 4)):
            kind = int(rng.choice(4, p=[0.45, 0.3, 0.15, 0.1]))
            cut_out = Image.open(files[kind][rng.integers(len(files[kind]))]).convert("RGBA")
            cut_out.thumbnail((150, 200))
            left, top = 10 + 156 * column, int(rng.integers(10, 140))
            canvas.paste(cut_out, (left, top), cut_out)
            box = np.array([left + cut_out.width / 2, top + cut_out.height / 2, cut_out.width, cut_out.height])
            labels += _labelled(rng, kind, box)
            if rng.random() < 0.9:
                near = box + rng.normal(0, 4, 4)
                said = kind if rng.random() < 0.9 else int(rng.integers(4))
                predictions.append(f"{_line(said, near)} {rng.beta(8, 2):.3f}")
        canvas.save(f"cars/images/{number:02}.jpg", quality=90)
        Path(f"cars/labels/{number:02}.txt").write_text("\n".join(labels))
        Path(f"predicted/{number:02}.txt").write_text("\n".join(predictions))
    names = [folder.name for folder in kinds]
    Path("cars/data.yaml").write_text(f"path: .\ntrain: images\nnames: {names}\n")


def _labelled(rng: np.random.Generator, kind: int, box: np.ndarray) -> list[str]:
    """The lines that a labeller writes for a box: one in eight is wrong."""
    match rng.integers(24):
        case 0:
            return [_line(kind, box), _line(kind, box + 2)]
        case 1:
            return [_line((kind + 1) % 4, box)]
        case 2:
            return []
        case _:
            return [_line(kind, box)]


def _line(kind: int, box: np.ndarray) -> str:
    return f"{kind} " + " ".join(f"{value:.5f}" for value in box / [480, 360, 480, 360])
