"""Vectors of the boxes on pictures, beside those of the pictures, in one run; and where the time goes.

    python benchmarks/objects/crops.py [pictures] [side]

Both go through `embed` of a new store with everything that it does: decoding, thumbnails, properties, the model, the
commit. Beside it the parts alone on the same pictures and crops, one thread: decoding each picture once, the thumbnail
and the properties of each crop, the model with its preprocessing on crops that are ready. The loop is what one would
write: for each box open the picture, cut it out, encode in batches. `side` is the longer one of the pictures, px:
photographs of 4,000 are decoded smaller where whole pictures are embedded, and at full size for small boxes on them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

import nbcurate as nbc
from nbcurate.encoders import load_encoder
from nbcurate.imaging import decode_image, make_thumbnail, measure_image, reduce_image

sys.path.insert(0, str(Path(__file__).parent.parent))
from measure import Cost, measured

from benchmarks.objects.pasted import PastedSet, pasted
from benchmarks.objects.planted import SIDES

_GIVEN = [int(one) for one in sys.argv[1:] if one.isdigit()]
PICTURES, SIDE = (_GIVEN + [150, 1600][len(_GIVEN) :])[:2]
MODEL, BATCH = "efficientnet-lite0", 32


def main() -> None:
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = pasted(folder / "set", PICTURES, 0)
        scale = _enlarged(made)
        boxes, files = made.labels.boxes * scale, [made.folder / "images" / one for one in made.names]
        ds = nbc.Dataset.from_coco(
            made.folder / "instances.json", images=made.folder / "images", objects=False, store=folder / "set.nbc"
        )
        encoder = load_encoder(MODEL)
        encoder.encode_images([Image.new("RGB", (64, 64))] * BATCH)  # what is loaded once is not timed
        objects = ds.objects
        with measured() as whole:
            ds.embed(encoder)
        with measured() as cut:
            objects.embed(encoder)
        crops: list[Image.Image] = []
        with measured() as decoding:
            pictures = [decode_image(file) for file in files]
        for image, box in zip(made.labels.images.tolist(), boxes, strict=True):
            crops.append(pictures[image].crop(_corners(box)))
        with measured() as small:
            for crop in crops:
                reduced = reduce_image(crop)
                make_thumbnail(reduced)
                measure_image(reduced)
        with measured() as model:
            encoder.encode_images(crops)
        with measured() as of_pictures:
            encoder.encode_images(pictures)
        with measured() as loop:
            for start in range(0, len(boxes), BATCH):
                part = zip(
                    made.labels.images[start : start + BATCH].tolist(), boxes[start : start + BATCH], strict=True
                )
                encoder.encode_images([decode_image(files[image]).crop(_corners(box)) for image, box in part])
        ds.close()
    print(f"{PICTURES:,} pictures of {SIDE} px with {len(boxes):,} boxes, {MODEL}\n")
    print("| | items | items/s of CPU | items/s | CPU ms an item |\n| --- | ---: | ---: | ---: | ---: |")
    rows: dict[str, tuple[Cost, int]] = {
        "`ds.embed`: pictures": (whole, len(files)),
        "`ds.objects.embed`: crops": (cut, len(boxes)),
        "a loop: open, cut out, encode": (loop, len(boxes)),
        "alone: decoding of pictures": (decoding, len(files)),
        "alone: model on pictures that are ready": (of_pictures, len(files)),
        "alone: model on crops that are ready": (model, len(boxes)),
        "alone: thumbnail and properties of crops": (small, len(boxes)),
    }
    for way, (cost, count) in rows.items():
        print(
            f"| {way} | {count:,} | {count / cost.cpu:,.1f} | {count / cost.wall:,.1f} | {1e3 * cost.cpu / count:.1f} |"
        )
    rest = cut.cpu - model.cpu - small.cpu - decoding.cpu
    print(
        f"\nOf the CPU time of crops {model.cpu / cut.cpu:.0%} is the model, {decoding.cpu / cut.cpu:.0%} decoding, "
        f"{small.cpu / cut.cpu:.0%} thumbnails and properties, {rest / cut.cpu:.0%} the rest (queues, commit)."
    )


def _enlarged(made: PastedSet) -> float:
    """Write the pictures and their labels again, so many times as large; how many times."""
    scale = SIDE / max(SIDES)
    for name in made.names:
        with Image.open(made.folder / "images" / name) as image:
            larger = image.resize((round(SIDES[0] * scale), round(SIDES[1] * scale)), Image.Resampling.BICUBIC)
        larger.save(made.folder / "images" / name, "JPEG", quality=88)
    content = json.loads((made.folder / "instances.json").read_text())
    for image in content["images"]:
        image["width"], image["height"] = (round(side * scale) for side in SIDES)
    for one in content["annotations"]:
        one["bbox"] = [side * scale for side in one["bbox"]]
        one["area"] *= scale**2
    (made.folder / "instances.json").write_text(json.dumps(content))
    return scale


def _corners(box: np.ndarray) -> tuple[int, int, int, int]:
    x, y, width, height = box.tolist()
    return int(x), int(y), max(int(x + width), int(x) + 1), max(int(y + height), int(y) + 1)


if __name__ == "__main__":
    main()
