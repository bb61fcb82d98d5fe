"""Splits of images and of the objects on them: an object is in the part that its image is in."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa

from ..store import Store
from ..store.edits import Change
from ..store.objects import image_ids


def carry_splits(source: Store, target: Store) -> None:
    """Give items of ``target`` the split that the image, or else all objects on it, have in ``source``.

    What has none there keeps its own. It is an edit, and is noted as one.
    """
    told = _splits(source)
    items = target.items
    rows = np.flatnonzero(items.shown)
    names = _images(target, rows)
    before = items.table.column("split").take(pa.array(rows)).to_pylist()
    changed = [
        (row, old, told[name])
        for row, old, name in zip(rows.tolist(), before, names, strict=True)
        if name in told and told[name] != old
    ]
    keys = items.keys[np.array([row for row, _, _ in changed], np.intp)]
    target.edit([Change("split", keys, [old for _, old, _ in changed], [new for _, _, new in changed])])


def _splits(store: Store) -> dict[str, str]:
    """By image, the split that all that is known of it has."""
    rows = np.flatnonzero(store.items.shown)
    splits = store.items.table.column("split").take(pa.array(rows)).to_pylist()
    found: dict[str, set[str | None]] = defaultdict(set)
    for name, split in zip(_images(store, rows), splits, strict=True):
        found[name].add(split)
    return {name: split for name, (split, *others) in found.items() if split is not None and not others}


def _images(store: Store, rows: np.ndarray) -> list[str]:
    items = store.items
    if not items.are_boxes.any():
        return items.ids.take(pa.array(rows)).to_pylist()
    return image_ids(items, rows).to_pylist()
