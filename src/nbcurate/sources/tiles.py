"""Large pictures as tiles: each an item that is a part of its picture, cut out when it is looked at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ..imaging import Probe
from ..imaging.turning import Box
from ..store import Store
from ..store.items import Keys
from .box_probe import box_probe
from .reconcile import reconcile
from .record import Record
from .root import open_root
from .source import Source

_COLUMNS = ("id", "root", "path", "split", "label", "content_hash", "width", "height", "format", "mode", "bytes")


def tile_boxes(width: int, height: int, size: int, overlap: float) -> list[Box]:
    """The tiles of a picture, row by row: as few as overlap by that share at least, spread evenly over it."""
    across, down = (_starts(side, size, overlap) for side in (width, height))
    return [(x, y, float(min(size, width)), float(min(size, height))) for y in down for x in across]


def add_tiles(images: Store, tiles: Store, keys: Keys, size: int, overlap: float) -> None:
    """Bring a store of tiles up to date with images of another. No picture is read."""
    items = images.items
    rows = items.rows_of_keys(keys)
    groups: dict[int, list[Record]] = defaultdict(list)
    probes: dict[tuple[int, str], Probe] = {}
    for row in items.table.select(list(_COLUMNS)).take(pa.array(rows)).to_pylist():
        if row["path"] is None or not row["width"] or not row["height"]:
            continue
        facts = {name: row[name] for name in ("content_hash", "width", "height", "format", "mode")}
        probes[row["root"], row["path"]] = replace(Probe(**facts), bytes=row["bytes"] or 0)
        for box in tile_boxes(row["width"], row["height"], size, overlap):
            name = f"{row['id']}#{box[0]:g},{box[1]:g}"
            groups[row["root"]].append(Record(name, row["path"], label=row["label"], split=row["split"], box=box))
    with tiles.intake:
        for root, records in groups.items():
            place = open_root(images.roots[root])
            source = Source("coco", "tiles", f"tiles/{root}", frozenset({"label", "split"}))
            look = box_probe(place, lambda path, root=root: probes[root, path or ""])
            reconcile(tiles, source, place, records, probe=look)


def _starts(side: int, size: int, overlap: float) -> list[float]:
    """Where tiles begin along a side: the first at its beginning, the last at its end."""
    if side <= size:
        return [0.0]
    count = int(np.ceil((side - size) / (size * (1 - overlap)))) + 1
    return [float(round(start)) for start in np.linspace(0, side - size, count)]
