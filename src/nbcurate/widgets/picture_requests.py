"""Answers to what is asked about pictures: thumbnails, large ones, facts, and the boxes that are drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from ..curate.class_labels import in_words
from ..imaging import UnreadableImageError
from ..store import Store
from ..store.items import Keys
from .answers import Answer, Methods, Part, known_keys, whole
from .frames import cut
from .pictures import Pictures
from .protocol import Request, RequestError

# Keeps a part below a frame, also of pictures that do not compress and names of the longest, and the first ones early.
_THUMBNAILS_A_PART = {192: 24, 384: 6}
_OBJECTS_A_PART = 16
#: Characters of an id or path: under a picture, and where one looks at the item.
_SHORT_NAME, _LONG_NAME = 1_024, 16_384
#: Of an image with more objects the first are drawn; longer names are cut.
_MAX_OBJECTS, _MAX_NAME = 100, 64
_FACTS = ["width", "height", "format", "bytes", "split"]


class PictureRequests:
    """``thumbnails``, ``preview``, ``whole``, ``details`` and ``objects`` of ``docs/wire.md``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pictures = Pictures(store)
        self.methods: Methods = {
            "thumbnails": self._thumbnails,
            "preview": self._preview,
            "whole": self._whole,
            "details": self._details,
            "objects": self._objects,
        }

    def _thumbnails(self, request: Request) -> Answer:
        size, keys = request.params["size"], known_keys(self._store.items, request.keys[0])
        step = _THUMBNAILS_A_PART[size]
        starts = range(0, max(1, len(keys)), step)
        return [partial(self._thumbnails_part, keys[start : start + step], size) for start in starts]

    def _thumbnails_part(self, keys: Keys, size: int) -> Part:
        return {"items": self._names(keys, _SHORT_NAME)}, self._pictures.thumbnails(keys, size)

    def _preview(self, request: Request) -> Answer:
        key = int(self._key(request)[0])
        try:
            jpeg, width, height = self._pictures.preview(key, request.params["size"])
        except UnreadableImageError as error:
            raise _not_shown(error) from error
        return whole({"key": key, "width": width, "height": height}, jpeg)

    def _whole(self, request: Request) -> Answer:
        keys = self._key(request)
        try:
            jpeg, width, height, box = self._pictures.whole(int(keys[0]), request.params["size"])
        except UnreadableImageError as error:
            raise _not_shown(error) from error
        except ValueError as error:
            raise RequestError("bad-request", str(error)) from error
        row = self._rows(keys, "label", *self._there("annotation"))[0]
        drawn = {**_drawn(in_words(row["label"]) or "", box), **_masks([row.get("annotation")], width, height)}
        return whole({"key": int(keys[0]), "width": width, "height": height, **drawn}, jpeg)

    def _details(self, request: Request) -> Answer:
        keys = self._key(request)
        items = self._store.items
        from ..sources.reader import originals

        original = next(originals(self._store, keys))
        properties = self._rows(keys, *_FACTS)[0]
        properties["copy_of"] = items.copies_of(items.rows_of_keys(keys))[0]
        facts = {
            "path": cut(original.place.encode("utf-8", "backslashreplace").decode(), _LONG_NAME),
            "is_box": original.box is not None,
            "properties": {
                name: cut(value, _LONG_NAME) if isinstance(value, str) else value for name, value in properties.items()
            },
        }
        return whole({**self._names(keys, _LONG_NAME)[0], **facts})

    def _objects(self, request: Request) -> Answer:
        keys = known_keys(self._store.items, request.keys[0])
        if not has_objects(self._store):
            return whole({"items": []})
        starts = range(0, max(1, len(keys)), _OBJECTS_A_PART)
        return [partial(self._objects_part, keys[start : start + _OBJECTS_A_PART]) for start in starts]

    def _objects_part(self, keys: Keys) -> Part:
        drawn = []
        for row in self._rows(keys, "key", "width", "height", "objects", "boxes", *self._there("annotations")):
            names, boxes, said = row.pop("objects") or [], row.pop("boxes") or [], row.pop("annotations", None) or []
            if names and len(boxes) == 4 * len(names) and row["width"] and row["height"]:
                few = [str(name or "")[:_MAX_NAME] for name in names[:_MAX_OBJECTS]]
                numbers = np.nan_to_num(np.asarray(boxes[: 4 * len(few)], np.float64)).round(1)
                masks = _masks(said[: len(few)], row["width"], row["height"]) if len(said) == len(names) else {}
                drawn.append({**row, "names": few, "boxes": numbers.tolist(), **masks})
        return {"items": drawn}, []

    def _there(self, *columns: str) -> list[str]:
        """Those of these columns that the data set has."""
        return [name for name in columns if name in self._store.items.table.column_names]

    def _key(self, request: Request) -> Keys:
        return known_keys(self._store.items, np.array([request.params["key"]], np.uint64))

    def _names(self, keys: Keys, longest: int) -> list[dict[str, Any]]:
        """What items are called: ``key``, ``id``, ``label`` (as a person reads it), ``status``."""
        rows = self._rows(keys, "key", "id", "label", "status")
        words = [in_words(row["label"]) for row in rows]
        return [
            {**row, "id": cut(row["id"], longest), "label": label and cut(label)}
            for row, label in zip(rows, words, strict=True)
        ]

    def _rows(self, keys: Keys, *columns: str) -> list[dict[str, Any]]:
        items = self._store.items
        return items.table.select(list(columns)).take(pa.array(items.rows_of_keys(keys))).to_pylist()


def has_objects(store: Store) -> bool:
    """Whether the items say what is where on them, in the columns ``objects`` and ``boxes``."""
    types = {field.name: field.type for field in store.items.table.schema}
    return all(name in types and pa.types.is_list(types[name]) for name in ("objects", "boxes"))


def _masks(annotations: Sequence[str | None], width: int, height: int) -> dict[str, Any]:
    """The outlines of each object, where there are any."""
    if not any(annotations):
        return {}
    from .drawn_masks import masks_of

    masks = masks_of(annotations, width, height)
    return {"masks": masks} if any(masks) else {}


def _drawn(name: str, box: tuple[float, ...]) -> dict[str, Any]:
    return {"names": [name[:_MAX_NAME]], "boxes": list(box)}


def _not_shown(error: UnreadableImageError) -> RequestError:
    return RequestError("internal", f"This picture cannot be shown: {error}.")
