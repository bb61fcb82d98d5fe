"""What is labelled on the images of a data set, as arrays: objects with their classes, boxes, areas, and names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
from numpy.typing import NDArray

from ..collection.item_set import ItemSet
from ..collection.prediction_classes import category_names
from ..collection.prediction_items import coco_ids
from ..curate.detection import Objects
from ..store.coco_columns import as_key, hold_objects
from ..store.items import Keys

#: Of an annotation as JSON, what judging needs.
_SAID = pa.schema(
    [
        pa.field("id", pa.int64()),
        pa.field("area", pa.float64()),
        pa.field("iscrowd", pa.int64()),
        pa.field("bbox", pa.list_(pa.float64())),
    ]
)


@dataclass(frozen=True, eq=False)
class ObjectTruth:
    """The objects on the images of a data set: m objects on n images.

    Attributes
    ----------
    keys : uint64 array [n]
        Of the images of which it is known what is on them, in the order in which COCO numbers them.
    classes : list of str
        In the order of the COCO file's categories; others behind them.
    objects : Objects
        By image, in the order in which they stand there; ``images`` is the place among ``keys``.
    places : int32 array [m]
        Which of the objects of its image each is, from 0.
    """

    keys: Keys
    classes: list[str]
    objects: Objects
    places: NDArray[np.int32]
    _numbers: NDArray[np.object_]
    _items: ItemSet

    def __len__(self) -> int:
        return len(self.objects)

    @cached_property
    def by_key(self) -> tuple[Keys, NDArray[np.intp]]:
        """The keys, ascending, and where each is among :attr:`keys`."""
        order = np.argsort(self.keys)
        return self.keys[order], order

    def images_at(self, keys: Keys) -> NDArray[np.int64]:
        """Place of each key among :attr:`keys`; -1 for those of other images."""
        in_order, order = self.by_key
        if not len(in_order):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(in_order, keys).clip(max=len(in_order) - 1)
        return np.where(in_order[at] == keys, order[at], -1).astype(np.int64)

    def ids_of(self, rows: NDArray[np.integer]) -> NDArray[np.object_]:
        """What these objects are called: ``<id of the image>#<id of the annotation>``."""
        images = self.image_ids(self.objects.images[rows])
        numbers = self._numbers[rows]
        places = self.places[rows]
        named = [
            f"{image}#{place + 1 if number is None else as_key(number)}"
            for image, number, place in zip(images, numbers, places.tolist(), strict=True)
        ]
        return np.array(named, object)

    def image_ids(self, images: NDArray[np.integer]) -> NDArray[np.object_]:
        """Ids of the images at these places of :attr:`keys`."""
        different, inverse = np.unique(images, return_inverse=True)
        return np.array([*self._items.store.items.ids_of_keys(self.keys[different]), None], object)[:-1][inverse]


def read_truth(items: ItemSet) -> ObjectTruth:
    """What is labelled on the images of a data set or a view of one.

    Raises
    ------
    ValueError
        If nothing is known of objects on them; the message says what to do.
    """
    store = items.store
    table = store.items
    if not hold_objects(table.table.schema):
        raise ValueError(
            f"Nothing is known of the objects on these {len(items):,} images, so no prediction of boxes can be right "
            "or wrong: labels come with from_coco, from_yolo, from_voc, or ds.merge_annotations. What a model predicts "
            "can be kept and seen without them."
        )
    rows = table.rows_of_keys(items.keys)
    names, boxes = (table.table.column(name).take(pa.array(rows)) for name in ("objects", "boxes"))
    sizes = pc.list_value_length(names)  # pyright: ignore[reportAttributeAccessIssue]
    whole = pc.fill_null(pc.equal(pc.multiply(sizes, 4), pc.list_value_length(boxes)), False)  # pyright: ignore[reportAttributeAccessIssue]
    keep = np.flatnonzero(np.asarray(whole))
    keep = keep[_coco_order(items, items.keys[keep])]
    names, boxes = names.take(pa.array(keep)), boxes.take(pa.array(keep))
    counts = np.asarray(pc.list_value_length(names))  # pyright: ignore[reportAttributeAccessIssue]
    images = np.repeat(np.arange(len(keep)), counts)
    places = np.arange(len(images)) - np.repeat(np.cumsum(counts) - counts, counts)
    flat = pc.list_flatten(names)  # pyright: ignore[reportAttributeAccessIssue]
    classes, codes = _classes(items, flat)
    held = np.asarray(pc.list_flatten(boxes).cast(pa.float32()), np.float32).reshape(-1, 4)  # pyright: ignore[reportAttributeAccessIssue]
    said = _said(items, rows[keep], counts)
    exact = np.where(said.boxes.astype(np.float32) == held, said.boxes, held.astype(np.float64))
    area = np.where(np.isfinite(said.areas), said.areas, exact[:, 2] * exact[:, 3])
    objects = Objects(images, codes.astype(np.int64), exact, area, said.crowd | (codes < 0))
    return ObjectTruth(items.keys[keep], classes, objects, places.astype(np.int32), said.numbers, items)


def _coco_order(items: ItemSet, keys: Keys) -> NDArray[np.intp]:
    """The order of images by their numbers in the COCO files that they came from; others behind, as they came in."""
    number: dict[int, tuple[int, int | str]] = {}
    for at, ids in enumerate(coco_ids(items.store)):
        number.update({key: (at, int(name) if name.lstrip("-").isdigit() else name) for name, key in ids.items()})
    if not number:
        return np.arange(len(keys))
    known = [(number.get(key, (len(number), key)), at) for at, key in enumerate(keys.tolist())]
    try:
        return np.array([at for _, at in sorted(known)], np.intp)
    except TypeError:  # ids that are numbers, and others that are text
        return np.arange(len(keys))


def _classes(items: ItemSet, flat: pa.Array) -> tuple[list[str], NDArray[np.int32]]:
    """The classes in the order of the categories, and which of them each object is, -1 for none.

    Categories that nothing is of are among them: what is predicted to be one is wrong.
    """
    encoded = pc.fill_null(flat, "").dictionary_encode()  # pyright: ignore[reportAttributeAccessIssue]
    there = encoded.dictionary.to_pylist()
    named = dict.fromkeys(category_names(items.store).values())
    classes = [*named, *sorted(set(there) - set(named) - {""})]
    code = {name: at for at, name in enumerate(classes)}
    translate = np.array([*(code.get(name, -1) for name in there), -1], np.int32)
    return classes, translate[np.asarray(encoded.indices)]


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What annotations say of objects: NaN and None where they say nothing."""

    numbers: NDArray[np.object_]
    areas: NDArray[np.float64]
    crowd: NDArray[np.bool_]
    boxes: NDArray[np.float64]


def _said(items: ItemSet, rows: NDArray[np.intp], counts: NDArray[np.integer]) -> _Said:
    n = int(counts.sum())
    nothing = _Said(np.full(n, None, object), np.full(n, np.nan), np.zeros(n, bool), np.full((n, 4), np.nan))
    table = items.store.items.table
    if "annotations" not in table.column_names or not n:
        return nothing
    lists = table.column("annotations").take(pa.array(rows))
    fits = np.asarray(pc.fill_null(pc.list_value_length(lists), -1)) == counts  # pyright: ignore[reportAttributeAccessIssue]
    texts = pc.fill_null(pc.list_flatten(lists.filter(pa.array(fits))), "{}")  # pyright: ignore[reportAttributeAccessIssue]
    at = np.flatnonzero(np.repeat(fits, counts))
    if not len(at):
        return nothing
    read = _parsed(texts)
    nothing.numbers[at] = read["id"]
    nothing.areas[at], nothing.crowd[at], nothing.boxes[at] = read["area"], read["iscrowd"], read["bbox"]
    return nothing


def _parsed(texts: pa.Array) -> dict[str, Any]:
    """``id``, ``area``, ``iscrowd`` and ``bbox`` of annotations as JSON."""
    longest = int(pc.max(pc.binary_length(texts)).as_py() or 0)  # pyright: ignore[reportAttributeAccessIssue]
    joined = pa.py_buffer("\n".join(texts.to_pylist()).encode())
    options = pj.ParseOptions(explicit_schema=_SAID, unexpected_field_behavior="ignore")
    try:
        found = pj.read_json(joined, pj.ReadOptions(block_size=max(8 << 20, 2 * longest)), options)
    except pa.ArrowException:  # a number is a text there, or a box no list: JSON may say anything
        return _parsed_one_by_one(texts)
    if len(found) != len(texts):
        return _parsed_one_by_one(texts)
    boxes = found.column("bbox").combine_chunks()
    whole = np.asarray(pc.fill_null(pc.equal(pc.list_value_length(boxes), 4), False))  # pyright: ignore[reportAttributeAccessIssue]
    sides = np.full((len(texts), 4), np.nan)
    sides[whole] = np.asarray(pc.list_flatten(boxes.filter(pa.array(whole))), np.float64).reshape(-1, 4)  # pyright: ignore[reportAttributeAccessIssue]
    return {
        "id": np.array([*found.column("id").to_pylist(), None], object)[:-1],
        "area": np.asarray(pc.fill_null(found.column("area"), np.nan), np.float64),  # pyright: ignore[reportAttributeAccessIssue]
        "iscrowd": np.asarray(pc.fill_null(found.column("iscrowd"), 0)) != 0,  # pyright: ignore[reportAttributeAccessIssue]
        "bbox": sides,
    }


def _parsed_one_by_one(texts: pa.Array) -> dict[str, Any]:
    given = [json.loads(text) for text in texts.to_pylist()]
    return {
        "id": [one.get("id") for one in given],
        "area": np.array([_number(one.get("area")) for one in given], np.float64),
        "iscrowd": np.array([bool(one.get("iscrowd")) for one in given], bool),
        "bbox": np.array([_box(one.get("bbox")) for one in given], np.float64).reshape(-1, 4),
    }


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _box(value: Any) -> list[float]:
    sides = [_number(side) for side in value] if isinstance(value, list) else []
    return sides if len(sides) == 4 else [float("nan")] * 4
