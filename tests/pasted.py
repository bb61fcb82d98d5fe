"""A detection set in a few lines: stamps pasted on plain pictures, with the boxes that are known by that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

CLASSES = ("animals/birds", "food/fruit", "vehicles")


def pasted(stamps: Path, folder: Path, *, n: int = 12, most: int = 4, seed: int = 0) -> dict[str, Any]:
    """Write ``n`` pictures of up to ``most`` objects, and ``instances.json`` beside them; what is in that.

    Every fourth picture has nothing on it.
    """
    rng = np.random.default_rng(seed)
    files = {name: sorted((stamps / name).rglob("*.png"))[:12] for name in CLASSES}
    (folder / "images").mkdir(parents=True)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number in range(n):
        canvas = Image.new("RGB", (320, 240), tuple(rng.integers(90, 250, 3).tolist()))
        for place in range(0 if number % 4 == 3 else 1 + number % most):
            kind = int(rng.integers(len(CLASSES)))
            stamp = Image.open(files[CLASSES[kind]][int(rng.integers(len(files[CLASSES[kind]])))]).convert("RGBA")
            stamp = stamp.crop(stamp.getchannel("A").getbbox())
            stamp.thumbnail((int(rng.integers(40, 78)),) * 2)
            x, y = 80 * place + int(rng.integers(0, 80 - stamp.width)), int(rng.integers(0, 240 - stamp.height))
            canvas.paste(stamp, (x, y), stamp)
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": number, "category_id": kind + 1, "iscrowd": 0,
                    "bbox": [x, y, stamp.width, stamp.height], "area": stamp.width * stamp.height,
                }
            )  # fmt: skip
        name = f"{number:03}.png"
        canvas.save(folder / "images" / name)
        images.append({"id": number, "file_name": name, "width": 320, "height": 240})
    names = [name.rpartition("/")[2] for name in CLASSES]
    categories = [{"id": number, "name": name} for number, name in enumerate(names, 1)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "instances.json").write_text(json.dumps(content))
    return content
