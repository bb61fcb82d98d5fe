"""Answers to what is asked about pictures: thumbnails, large ones, facts, and the boxes that are drawn on them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..curate.class_labels import in_words
from ..imaging import UnreadableImageError
from ..store import Store
from ..store.items import Keys
from .answers import Answer, Methods, Part, known_keys, whole
from .drawn_labels import has_objects, labels_on, masks_on, name_of, rows_of, there
from .frames import cut
from .pictures import Pictures
from .protocol import Request, RequestError

# Keeps a part below a frame, also of pictures that do not compress and names of the longest, and the first ones early.
_THUMBNAILS_A_PART = {192: 24, 384: 6}
_OBJECTS_A_PART = 16
#: Characters of an id or path: under a picture, and where one looks at the item.
_SHORT_NAME, _LONG_NAME = 1_024, 16_384
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
        row = rows_of(self._store, keys, "label", *there(self._store, "annotation"))[0]
        drawn = {
            "names": [name_of(in_words(row["label"]))],
            "boxes": list(box),
            **masks_on([row.get("annotation")], width, height),
        }
        return whole({"key": int(keys[0]), "width": width, "height": height, **drawn}, jpeg)

    def _details(self, request: Request) -> Answer:
        keys = self._key(request)
        items = self._store.items
        from ..sources.reader import originals

        original = next(originals(self._store, keys))
        properties = rows_of(self._store, keys, *_FACTS)[0]
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
        return {"items": labels_on(self._store, keys)}, []

    def _key(self, request: Request) -> Keys:
        return known_keys(self._store.items, np.array([request.params["key"]], np.uint64))

    def _names(self, keys: Keys, longest: int) -> list[dict[str, Any]]:
        """What items are called: ``key``, ``id``, ``label`` (as a person reads it), ``status``."""
        rows = rows_of(self._store, keys, "key", "id", "label", "status")
        words = [in_words(row["label"]) for row in rows]
        return [
            {**row, "id": cut(row["id"], longest), "label": label and cut(label)}
            for row, label in zip(rows, words, strict=True)
        ]


def _not_shown(error: UnreadableImageError) -> RequestError:
    return RequestError("internal", f"This picture cannot be shown: {error}.")
