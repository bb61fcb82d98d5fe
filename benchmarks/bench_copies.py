"""Copies among photographs of 640 px: CPU per picture as their number grows, beside imagededup's perceptual hash.

    python benchmarks/bench_copies.py [n n ...]

Of each picture of ``NBCURATE_PHOTOS`` (the stamps by default) there is the whole and its four quarters, each enlarged
to 640 px, a third of the quarters mirrored: whatever their number, four fifths of the pictures are a part of another
one. So what is measured does not change with ``n``, and far more has to be looked at closely than in a folder of
photographs. Embedding is not counted, nor is the graph of neighbours.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from measure import Cost, measured
from PIL import Image, ImageOps

import nbcurate as nbc
from nbcurate.encoders.loading.torchvision_repair import repair_torchvision

_ROOT = Path(__file__).parents[1]
_SIDE, _PARTS = 640, 5
_MIRRORED = 1 / 3


def main() -> None:
    """Print a row for each number of pictures and each tool."""
    folder = Path(os.environ.get("NBCURATE_PHOTOS", _ROOT / ".demo" / "stamps"))
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
    sizes = [int(word) for word in sys.argv[1:]] or [500, 1_000, 2_000]
    print("| pictures | | CPU ms a picture | wall ms | 100,000 at this slope | MB |")
    print("| ---: | --- | ---: | ---: | ---: | ---: |")
    for n in sizes:
        if n > _PARTS * len(files):
            raise SystemExit(f"{folder} has {len(files)} pictures: enough for {_PARTS * len(files)}, not for {n}.")
        with tempfile.TemporaryDirectory() as work:
            pictures = make_pictures(files, n, Path(work) / "pictures")
            ds = nbc.Dataset.from_folder(pictures, store=Path(work) / "pictures.nbc").embed()
            ds.knn_graph()
            tell(n, "nbcurate", lambda ds=ds: ds.duplicates())
            tell(n, "nbcurate again", lambda ds=ds: ds.duplicates())
            tell(n, "imagededup, perceptual hash", lambda pictures=pictures: with_imagededup(pictures))


def tell(n: int, name: str, run: Callable[[], object]) -> None:
    """Run it once, and print what it cost, with the processes that it starts."""
    before = os.times()
    with measured() as cost:
        run()
    cost.cpu += sum(os.times()[2:4]) - sum(before[2:4])
    print(f"| {n:,} | {name} | {per_picture(cost, n)} | {cost.peak_mb:,.0f} |", flush=True)


def per_picture(cost: Cost, n: int) -> str:
    """CPU and wall milliseconds a picture, and the CPU minutes of 100,000."""
    return f"{1e3 * cost.cpu / n:.1f} | {1e3 * cost.wall / n:.1f} | {cost.cpu / n * 1e5 / 60:.1f} CPU min"


def with_imagededup(pictures: Path) -> object:
    """All pairs that its default calls copies; mirrored and cropped ones are none to it."""
    repair_torchvision()  # which it imports
    from imagededup.methods import PHash  # pyright: ignore[reportMissingImports]

    return PHash(verbose=False).find_duplicates(image_dir=pictures, recursive=True, num_enc_workers=0)


def make_pictures(files: list[Path], n: int, to: Path) -> Path:
    """``n`` pictures of 640 px: of each file the whole and its quarters."""
    to.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(n):
        at, part = divmod(number, _PARTS)
        with Image.open(files[at]) as file:
            rgba = ImageOps.exif_transpose(file).convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
        if part:
            across, down = image.width // 2, image.height // 2
            left, top = (part - 1) % 2 * across, (part - 1) // 2 * down
            image = image.crop((left, top, left + across, top + down))
            image = ImageOps.mirror(image) if rng.random() < _MIRRORED else image
        ImageOps.contain(image, (_SIDE, _SIDE)).save(to / f"{at:05d}_{part}.jpg", quality=85)
    return to


if __name__ == "__main__":
    main()
