"""The images that the objects of a store are on, as items of another, and what is on each, as its columns."""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..store import Store
from ..store.coco_columns import IMAGE_COLUMNS
from ..store.objects import image_ids
from .coco_document import copy_document, read_documents
from .coco_own import own_entry, split_of
from .reconcile import reconcile
from .record import Record
from .root import open_root
from .source import Source

#: Where an image lies: a root of its store, as text, and the path below it.
Place = tuple[str, str]


def take_images(objects: Store, images: Store) -> None:
    """Bring a store of images up to date with the objects of another: an item for each image that one is on.

    Those that an annotation file names, and on which nothing is, are items, too.
    """
    with images.intake:
        classes, several = _classes(objects)
        for (root, given_by), names in _images(objects).items():
            source = _image_source(given_by)
            place = open_root(root)
            records = [
                Record(name, path, label=classes.get((root, path), [] if several else None), split=split)
                for path, (name, split) in names.items()
            ]
            reconcile(images, source, place, records)
            copy_document(objects, given_by or "", images, source.named(source.place or ""))
    write_objects(objects, images)


def write_objects(objects: Store, images: Store) -> None:
    """Let the columns of the images say what is on them: ``objects``, ``boxes`` and ``annotations``."""
    items, whole = objects.items, images.items
    of_place = {place: row for row, place in zip(*_places(images, ~whole.are_boxes), strict=True)}
    rows, places = _places(objects, items.are_boxes)
    on = np.array([of_place.get(place, -1) for place in places], np.intp)
    order = np.argsort(on[on >= 0], kind="stable")
    chosen, on = np.asarray(rows, np.intp)[on >= 0][order], on[on >= 0][order]
    known = np.array(sorted(of_place.values()), np.intp)
    ends = np.searchsorted(on, known, side="right")
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    table = items.table.select(["label", "box"]).take(pa.array(chosen))
    boxes = pa.concat_arrays([chunk.flatten() for chunk in table.column("box").chunks] or [pa.array([], pa.float32())])
    texts = _texts(objects, chosen)
    lists = zip(IMAGE_COLUMNS, (_one_each(table.column("label")), boxes, texts), (1, 4, 1), strict=True)
    columns = {
        name: pa.ListArray.from_arrays(pa.array(offsets * width, pa.int32()), values) for name, values, width in lists
    }
    images.set_columns(pa.table({"key": pa.array(whole.keys[known], pa.uint64()), **columns}))


def _image_source(given_by: str | None) -> Source:
    place = (given_by or "objects").partition(":")[2] or "objects"
    return Source("coco", "images", place.removesuffix("#objects"), frozenset({"label", "split"}))


def _images(objects: Store) -> dict[tuple[str, str | None], dict[str, tuple[str, str | None]]]:
    """By root and source, the id and split of each image by its path: first those of files, in their order."""
    items = objects.items
    found: dict[tuple[str, str | None], dict[str, tuple[str, str | None]]] = defaultdict(dict)
    for given_by, document in read_documents(objects).items():
        for given, file in zip(document.says["images"], document.files, strict=True):
            found[file.root.text, given_by].setdefault(file.path, (given["file_name"], split_of(own_entry(given))))
    rows = np.flatnonzero(items.shown & items.are_boxes)
    table = items.table.select(["root", "path", "given_by"]).take(pa.array(rows)).to_pydict()
    names = image_ids(items, rows).to_pylist()
    texts = objects.roots
    for root, path, given_by, name in zip(table["root"], table["path"], table["given_by"], names, strict=True):
        found[texts[root], given_by].setdefault(path, (name, None))
    return found


def _places(store: Store, which: NDArray[np.bool_]) -> tuple[list[int], list[Place]]:
    """The shown rows among these that have a picture, and where each lies."""
    items = store.items
    rows = np.flatnonzero(items.shown & which)
    table = items.table.select(["root", "path"]).take(pa.array(rows)).to_pydict()
    texts = store.roots
    kept = [
        (row, (texts[root], path))
        for row, root, path in zip(rows.tolist(), table["root"], table["path"], strict=True)
        if path is not None
    ]
    return [row for row, _ in kept], [place for _, place in kept]


def _classes(objects: Store) -> tuple[dict[Place, str | list[str]], bool]:
    """The label of each image, and whether some image has several: then they are lists."""
    rows, places = _places(objects, objects.items.are_boxes)
    labels = _one_each(objects.items.table.column("label").take(pa.array(rows, pa.int64()))).to_pylist()
    found: dict[Place, list[str]] = defaultdict(list)
    for place, label in zip(places, labels, strict=True):
        if label and label not in found[place]:
            found[place].append(label)
    several = any(len(classes) > 1 for classes in found.values())
    return {place: classes if several else classes[0] for place, classes in found.items() if classes}, several


def _one_each(labels: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The label of each object, the first where it has several; "" for none, as in ``objects`` of COCO files."""
    flat = labels.combine_chunks() if isinstance(labels, pa.ChunkedArray) else labels
    if pa.types.is_list(flat.type):
        flat = pa.array([next(iter(one or []), None) for one in flat.to_pylist()], pa.string())
    return flat.cast(pa.string()).fill_null("")


def _texts(objects: Store, rows: NDArray[np.intp]) -> pa.Array:
    """What the source says of each object, as JSON; its number at least, by which it is known again."""
    table = objects.items.table
    here = pa.array(rows)
    names = table.column("given_name").take(here).to_pylist()
    if "annotation" in table.column_names:
        texts = table.column("annotation").take(here).to_pylist()
    else:
        texts = [None] * len(rows)
    said = [
        text or json.dumps({"id": (name or "").rpartition("#")[2]}) for text, name in zip(texts, names, strict=True)
    ]
    return pa.array(said, pa.string())
