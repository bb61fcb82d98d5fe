"""Which items a file of predictions means: by id, by the id of an image in a COCO file, by path or file name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..sources.coco_document import read_documents
from ..store import Store
from ..store.coco_columns import as_key

#: Of what name which key; None where it may be several items.
_Names = dict[str, int | None]
_EXAMPLES = 3


class UnknownNamesError(ValueError):
    """Predictions of which none is of an item of the data set."""


def item_keys(store: Store, names: Sequence[str], *, boxes: bool, ids_of_images: bool) -> NDArray[np.int64]:
    """Key of the item that each name means: int64 [names], -1 for none.

    Parameters
    ----------
    boxes : bool
        Whether these are names of whole images alone: predictions are boxes on them.
    ids_of_images : bool
        Whether a name is first of all the id of an image in the COCO file that the items came from.

    Raises
    ------
    UnknownNamesError
        If none means an item; the message names some of both sides.
    """
    items = store.items
    rows = np.flatnonzero(items.shown & ~items.are_boxes) if boxes else np.flatnonzero(items.shown)
    found: dict[str, int] = {}
    if ids_of_images:
        found = _of_documents(store, rows, names)
    left = [name for name in names if name not in found]
    if left:
        there = _Known(store, rows)
        found.update({name: key for name in left if (key := there.key_of(name)) is not None})
    if names and not found:
        ids = items.ids.take(pa.array(rows[:_EXAMPLES])).to_pylist()
        raise UnknownNamesError(
            f"None of the {len(names):,} items that have predictions is in this data set of {len(rows):,}: the "
            f"predictions are of {_listed(names)}, the items are {_listed(ids)}{_near(names[0], ids)}. Give "
            "predictions of these pictures, named by id, path or file name."
        )
    return np.fromiter((found.get(name, -1) for name in names), np.int64, len(names))


def coco_ids(store: Store) -> Iterator[dict[str, int]]:
    """Of each COCO file that items came from, the key of the item that each id of an image is."""
    items = store.items
    rows = np.flatnonzero(items.shown & ~items.are_boxes)
    table = items.table.select(["root", "path"]).take(pa.array(rows)).to_pydict()
    texts = store.roots
    places = zip(table["root"], table["path"], items.keys[rows].tolist(), strict=True)
    key_of = {(texts[root], path): key for root, path, key in places if path is not None}
    for document in read_documents(store).values():
        images = zip(document.says["images"], document.files, strict=True)
        named = ((as_key(image.get("id")), (file.root.text, file.path)) for image, file in images)
        yield {name: key_of[place] for name, place in named if place in key_of}


def _of_documents(store: Store, rows: NDArray[np.intp], names: Sequence[str]) -> dict[str, int]:
    """By the COCO file that knows most of the names; what it does not know by the others."""
    wanted, allowed = set(names), set(store.items.keys[rows].tolist())
    known = [{name: key for name, key in ids.items() if name in wanted and key in allowed} for ids in coco_ids(store)]
    found: dict[str, int] = {}
    for ids in sorted(known, key=len):
        found.update(ids)
    return found


class _Known:
    """All names of items, the surest first."""

    def __init__(self, store: Store, rows: NDArray[np.intp]) -> None:
        items = store.items
        table = items.table.select(["id", "given_name", "path"]).take(pa.array(rows)).to_pydict()
        keys = items.keys[rows].tolist()
        columns = [table["id"], table["given_name"], table["path"]]
        self._levels = [_unique(zip(column, keys, strict=True)) for column in columns]
        self._pairs = [(name, key) for column in columns for name, key in zip(column, keys, strict=True) if name]

    @cached_property
    def _without_ending(self) -> _Names:
        return _unique((name[: len(name) - len(_ending(name))], key) for name, key in self._pairs)

    @cached_property
    def _files(self) -> _Names:
        return _unique((name.rpartition("/")[2], key) for name, key in self._pairs)

    @cached_property
    def _stems(self) -> _Names:
        names = ((name.rpartition("/")[2], key) for name, key in self._pairs)
        return _unique((_stem(name[: len(name) - len(_ending(name))]), key) for name, key in names)

    def key_of(self, name: str) -> int | None:
        """The key of the item of that name; None where there is none, or it may be several."""
        for level in self._levels:
            if name in level:
                return level[name]
        parts = name.replace("\\", "/").split("/")
        for start in range(len(parts)):
            part = "/".join(parts[start:])
            for level in (*self._levels, self._without_ending):
                if part in level:
                    return level[part]
        file = parts[-1]
        stem = file[: len(file) - len(_ending(file))]
        for level, part in ((self._files, file), (self._stems, _stem(stem)), (self._stems, _stem(file))):
            if part in level:
                return level[part]
        return None


def _unique(pairs: Iterable[tuple[str | None, int]]) -> _Names:
    found: _Names = {}
    for name, key in pairs:
        if name is not None and found.setdefault(name, key) != key:
            found[name] = None
    return found


def _ending(name: str) -> str:
    """The ending of a file's name, with its dot; nothing of ``.hidden``."""
    file = name.rpartition("/")[2]
    stem, dot, ending = file.rpartition(".")
    return dot + ending if stem else ""


def _stem(name: str) -> str:
    """A file's name without its ending; a number without zeros before it: programs write 139 for 000000000139.jpg."""
    return str(int(name)) if name.isascii() and name.isdigit() else name


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = list(names)[:_EXAMPLES]
    return ", ".join(map(repr, shown)) + (", …" if len(names) > len(shown) else "")


def _near(name: str, ids: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, ids, n=1)
    return f" ({name!r} is like {near[0]!r})" if near else ""
