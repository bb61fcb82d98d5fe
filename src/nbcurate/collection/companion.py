"""Images and the objects on them: two stores of one data set, each made of the other when asked for, kept in step."""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from ..sources.image_objects import holds_objects, take_objects
from ..sources.object_images import take_images, write_objects
from ..sources.tiles import add_tiles
from ..store import Store
from ..store.companion import (
    IMAGES,
    OBJECTS,
    has_companion,
    is_companion,
    is_of_tiles,
    open_companion,
    tiles_folder,
)
from ..store.items import Keys
from .splits_in_step import carry_splits

#: Under which the companion notes how both were when they said the same.
_IN_STEP = "in_step"


def is_of_objects(store: Store) -> bool:
    """Whether the items of a store are objects on images: all of them are boxes, or that is what it was made for."""
    items = store.items
    shown = items.are_boxes[items.shown]
    return bool(len(shown) and shown.all()) or (not len(shown) and store.path.name == OBJECTS)


def objects_store(images: Store) -> Store:
    """The store of the objects on the images of a store.

    Raises
    ------
    ValueError
        If nothing is said of what is on the images.
    """
    if not holds_objects(images) and not is_companion(images):
        raise ValueError(
            f"Nothing is known of objects on the images of {images.path}: they come with from_coco, from_yolo, "
            "from_voc, or as the columns objects (class names) and boxes (x, y, width, height in px)."
        )
    objects = open_companion(images, OBJECTS)
    _keep_in_step(images, objects)
    return objects


def images_store(objects: Store) -> Store:
    """The store of the images that the objects, or tiles, of a store are on."""
    if is_of_tiles(objects):
        return Store.open(objects.path.parent, read_only=objects.read_only)
    images = open_companion(objects, IMAGES)
    _keep_in_step(images, objects)
    return images


def tiles_store(images: Store, keys: Keys, size: int, overlap: float) -> Store:
    """The store of the tiles of images, with those of these keys."""
    tiles = open_companion(images, tiles_folder(size, overlap))
    if not tiles.read_only:
        add_tiles(images, tiles, keys, size, overlap)
        tiles.announce()
    return tiles


def keep_in_step(store: Store) -> None:
    """Have a store that is opened read what was changed in its companion, if it has one, when it is first read."""
    if has_companion(store) and not store.read_only:
        store.before_reading(lambda: (images_store if is_of_objects(store) else objects_store)(store))


def _keep_in_step(images: Store, objects: Store) -> None:
    """Let both say the same now, and whenever one of them is read after the other has changed."""
    companion = images if is_companion(images) else objects
    if companion.read_only:
        return
    lock = _LOCKS.setdefault(companion, threading.Lock())
    if not lock.acquire(blocking=False):
        return  # another thread is at it, and may wait for what this one holds
    try:
        if companion not in _TOLD:
            _TOLD.add(companion)
            for store, other in ((images, objects), (objects, images)):
                store.listen(partial(_tell, weakref.ref(other), weakref.ref(images), weakref.ref(objects)))
        _bring_together(images, objects, companion)
    finally:
        lock.release()


_LOCKS: weakref.WeakKeyDictionary[Store, threading.Lock] = weakref.WeakKeyDictionary()
_TOLD: weakref.WeakSet[Store] = weakref.WeakSet()


def _tell(other: weakref.ref[Store], images: weakref.ref[Store], objects: weakref.ref[Store]) -> None:
    """Have the other store look, before it is read, at what has changed in this one."""
    here, of_images, of_objects = other(), images(), objects()
    if here is not None and of_images is not None and of_objects is not None:
        here.before_reading(lambda: _keep_in_step(of_images, of_objects))


def _bring_together(images: Store, objects: Store, companion: Store) -> None:
    """What has changed on one side since both said the same goes over to the other.

    Where both have, boxes and splits go from the images to the objects first.
    """
    before = companion.setting(_IN_STEP) or {}
    versions = [images.version, objects.version]
    if before.get("versions") == versions:
        return
    stamps, seen = _stamps(images, objects), before.get("stamps", {})
    if stamps != seen:
        new_images = not seen and companion is images
        if stamps["images"] != seen.get("images") and not new_images:
            take_objects(images, objects)
            carry_splits(images, objects)
        if new_images:
            take_images(objects, images)
        elif stamps["objects"] != seen.get("objects") and seen:
            write_objects(objects, images)
        carry_splits(objects, images)
        stamps = _stamps(images, objects)
    versions = [images.version, objects.version]
    companion.keep_setting(_IN_STEP, {"versions": versions, "stamps": stamps})


def _stamps(images: Store, objects: Store) -> dict[str, str]:
    return {
        "images": _stamp(images, ("id", "path", "split", "objects", "boxes", "annotations")),
        "objects": _stamp(objects, ("id", "path", "split", "label", "box", "annotation")),
    }


def _stamp(store: Store, names: Sequence[str]) -> str:
    """A digest of these columns of the items that are shown."""
    items = store.items
    rows = pa.array(np.flatnonzero(items.shown))
    table = items.table.select([name for name in names if name in items.table.column_names]).take(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()
