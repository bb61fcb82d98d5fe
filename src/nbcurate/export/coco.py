"""Items as COCO annotations."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from ..imaging import UnreadableImageError, probe_stream

if TYPE_CHECKING:
    import pandas as pd


class ImageFile(Protocol):
    """The file of an item, wherever it lies; ``path`` is how it is to be written."""

    @property
    def path(self) -> str: ...

    def open(self) -> IO[bytes]: ...


def write_coco(frame: pd.DataFrame, files: Iterable[ImageFile], to: str | os.PathLike[str]) -> Path:
    """Write the rows as one COCO annotation file; the path that was written.

    An item that is a box becomes an annotation on its image. An image with the columns ``objects`` and ``boxes`` gets
    those as annotations; one with a label alone gets an annotation that covers it.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an item, as ``Dataset.to_pandas`` gives it.
    files : iterable of ImageFile
        That of each row. Of an item that is a box it is opened, to see how large the whole image is.
    """
    images: dict[str, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    categories: dict[str, int] = {}
    for row, file in zip(frame.to_dict("records"), files, strict=True):
        image = images.get(file.path)
        if image is None:
            image = {"id": len(images) + 1, "file_name": file.path, **_size(row, file)}
            images[file.path] = image
        for label, box in _objects(row):
            category = categories.setdefault(label, len(categories) + 1)
            known = {"id": len(annotations) + 1, "image_id": image["id"], "category_id": category}
            annotations.append({**known, "bbox": box, "area": box[2] * box[3], "iscrowd": 0})
    content = {
        "images": list(images.values()),
        "annotations": annotations,
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
    }
    path = Path(to).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _size(row: dict[str, Any], file: ImageFile) -> dict[str, int]:
    """Width and height of the whole image, in px; neither if it cannot be read any more."""
    if row.get("box") is None:
        return {"width": int(row["width"]), "height": int(row["height"])}
    try:
        with file.open() as stream:
            seen = probe_stream(stream)
    except UnreadableImageError:
        return {}
    return {"width": seen.width, "height": seen.height} if seen.width and seen.height else {}


def _objects(row: dict[str, Any]) -> list[tuple[str, list[float]]]:
    """Category and box (x, y, width, height) of each object of an item."""
    if row.get("box") is not None:
        return [(row["label"] or "object", [float(side) for side in row["box"]])]
    boxes = row.get("boxes")
    if boxes is not None:
        flat = [float(side) for side in boxes]
        return [(name, flat[4 * at : 4 * at + 4]) for at, name in enumerate(row["objects"])]
    if isinstance(row["label"], str):
        return [(row["label"], [0.0, 0.0, float(row["width"]), float(row["height"])])]
    return []
