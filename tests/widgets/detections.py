"""Pictures with known boxes, and predictions that are right, shifted, confused, doubled, made up and left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

import nbcurate as nbc

KINDS = ("animals", "food", "vehicles")
WIDTH, HEIGHT = 320, 240
#: Upper left corners of the objects on a picture, and the size that each is pasted with.
PLACES, SIDE = ((12, 20), (118, 96), (222, 30)), 84


def make_pictures(stamps: Path, folder: Path, pictures: int = 12) -> Path:
    """Pictures with three stamps each on grey, and the COCO file of what is where; the file."""
    (folder / "pictures").mkdir(parents=True)
    files = {kind: sorted((stamps / kind).rglob("*.png")) for kind in KINDS}
    annotations: list[dict[str, Any]] = []
    for at in range(pictures):
        canvas = Image.new("RGB", (WIDTH, HEIGHT), (150 + 5 * at % 80, 170, 185))
        for place, (x, y) in enumerate(PLACES):
            kind = (at + place * (at % 4)) % len(KINDS)
            stamp = Image.open(files[KINDS[kind]][(7 * at + place) % len(files[KINDS[kind]])]).convert("RGBA")
            stamp = stamp.resize((SIDE, SIDE))
            canvas.paste(stamp, (x, y), stamp)
            number = len(annotations) + 1
            annotations.append(
                {"id": number, "image_id": at + 1, "category_id": kind + 1, "bbox": [x, y, SIDE, SIDE], "area": SIDE**2}
            )
        canvas.save(folder / "pictures" / f"{at:02}.jpg", quality=90)
    content = {
        "images": [
            {"id": at + 1, "file_name": f"{at:02}.jpg", "width": WIDTH, "height": HEIGHT} for at in range(pictures)
        ],
        "categories": [{"id": at + 1, "name": kind} for at, kind in enumerate(KINDS)],
        "annotations": annotations,
    }
    (folder / "instances.json").write_text(json.dumps(content))
    return folder / "instances.json"


def predictions_for(file: Path, seed: int = 0) -> pd.DataFrame:
    """What a middling model would say of them, as a table for ``ds.add_predictions``; always the same."""
    content = json.loads(file.read_text())
    names = {image["id"]: image["file_name"] for image in content["images"]}
    rng = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    for at, one in enumerate(content["annotations"]):
        x, y, width, height = one["bbox"]
        image, kind, sure = names[one["image_id"]], KINDS[one["category_id"] - 1], 0.55 + 0.4 * rng.random()
        jitter = rng.integers(-4, 5, 2).tolist()
        what = at % 9
        if what == 3:
            continue  # missed
        if what == 5:
            kind = KINDS[one["category_id"] % len(KINDS)]  # confused
        shift = SIDE * 0.45 if what == 7 else 0  # badly placed
        rows.append((image, kind, round(sure, 3), x + jitter[0] + shift, y + jitter[1], width, height))
        if what == 1:  # doubled
            rows.append((image, kind, round(sure - 0.3, 3), x + 9, y + 7, width, height))
        if what == 2:  # made up
            rows.append((image, KINDS[0], 0.31, 150, 8, 60, 60))
    return pd.DataFrame(rows, columns=["image", "label", "score", "x", "y", "width", "height"])


def detection_set(stamps: Path, folder: Path, *, objects: bool = False, pictures: int = 12) -> nbc.Dataset:
    """A data set of these pictures, or of the objects on them, with the predictions ``yolo8``."""
    file = make_pictures(stamps, folder, pictures)
    ds = nbc.Dataset.from_coco(file, images=folder / "pictures", objects=objects, store=folder / "set.nbc")
    return ds.add_predictions("yolo8", predictions_for(file))
