"""Data sets of boxes read from YOLO, VOC and COCO files, beside globox, and a loop over the pictures.

    python benchmarks/objects/importing.py [pictures]

nbcurate finds and hashes every picture, checks that it opens, measures its size, judges every line of the labels, and
commits all of that to a store that is there afterwards. globox reads the labels alone (and of YOLO the sizes of the
pictures), into objects in memory. The loop opens every picture with Pillow and asks pycocotools what is on it, as
`torchvision.datasets.CocoDetection` does.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from pycocotools.coco import COCO

import nbcurate as nbc

sys.path.insert(0, str(Path(__file__).parent.parent))
from measure import Cost, measured

from benchmarks.objects.pasted import pasted

PICTURES = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 400
ROUNDS = 3


def main() -> None:
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = pasted(folder / "coco", PICTURES, 0)
        file, pictures = folder / "coco" / "instances.json", folder / "coco" / "images"
        source = nbc.Dataset.from_coco(file, images=pictures, objects=False, store=folder / "source.nbc")
        source.export("yolo", to=folder / "yolo")
        source.export("voc", to=folder / "voc")
        source.close()
        ways = {"COCO, `from_coco`": lambda store: nbc.Dataset.from_coco(file, images=pictures, store=store)}
        ways["YOLO, `from_yolo`"] = lambda store: nbc.Dataset.from_yolo(folder / "yolo", store=store)
        ways["VOC, `from_voc`"] = lambda store: nbc.Dataset.from_voc(folder / "voc", store=store)
        boxes = len(made.labels)
        print(f"{PICTURES:,} pictures, {boxes:,} boxes; the best of {ROUNDS} rounds\n")
        print("| read by | pictures/s of CPU | boxes/s of CPU | wall s |\n| --- | ---: | ---: | ---: |")
        costs: dict[str, list[Cost]] = {}
        for round_ in range(ROUNDS):
            for at, (way, read) in enumerate(ways.items()):
                with measured() as cost:
                    ds = read(folder / f"{round_}-{at}.nbc")
                assert len(ds) == boxes, f"{way}: {len(ds)} of {boxes} boxes"
                ds.close()
                costs.setdefault(way, []).append(cost)
            for way, look in others(folder, file, pictures).items():
                with measured() as cost:
                    look()
                costs.setdefault(way, []).append(cost)
        for way, rounds in costs.items():
            cpu, wall = min(one.cpu for one in rounds), min(one.wall for one in rounds)
            print(f"| {way} | {PICTURES / cpu:,.0f} | {boxes / cpu:,.0f} | {wall:.2f} |", flush=True)


def others(folder: Path, file: Path, pictures: Path) -> dict[str, Callable[[], object]]:
    """What one would read the same files with; globox where it is installed."""

    def loop() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            there = COCO(str(file))
        for number, about in there.imgs.items():
            Image.open(pictures / about["file_name"]).convert("RGB")
            there.loadAnns(there.getAnnIds(imgIds=[number]))

    ways: dict[str, Callable[[], object]] = {"COCO, pycocotools and Pillow: gone through once": loop}
    try:
        from globox import AnnotationSet  # pyright: ignore[reportMissingImports]
    except ImportError:
        print("(globox is not installed)\n")
        return ways
    labels = next((folder / "yolo").rglob("labels"))
    images = next((folder / "yolo").rglob("images"))
    ways["COCO, globox: labels alone"] = lambda: AnnotationSet.from_coco(file)
    ways["YOLO, globox: labels and sizes"] = lambda: AnnotationSet.from_yolo_v5(
        labels, image_folder=images, recursive=True
    )
    ways["VOC, globox: labels alone"] = lambda: AnnotationSet.from_pascal_voc(
        next((folder / "voc").rglob("Annotations")), recursive=True
    )
    return ways


if __name__ == "__main__":
    main()
