"""Which items an image is that a file of annotations names: tools have names of their own for it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..sources.annotations import ImageAnnotation
from ..store import Store

#: An image of the store: its root and its path; of an item without a picture, its id.
Place = tuple[int | None, str]


class AmbiguousImageError(ValueError):
    """A name that several images have; the message tells which."""


@dataclass(frozen=True, slots=True)
class FoundImage:
    """Rows of the items table: the items that are all of the image, and those that are boxes on it."""

    place: Place
    whole: list[int]
    boxes: list[int]


class AnnotatedImages:
    """The images of a store, by all that they may be called."""

    def __init__(self, store: Store) -> None:
        items = store.items
        rows = np.flatnonzero(items.shown)
        columns = (items.table.column(name).take(pa.array(rows)) for name in ("id", "root", "path", "given_name"))
        boxed = items.table.column("box").take(pa.array(rows)).is_valid().to_pylist()
        self._is_box: dict[int, bool] = dict(zip(rows.tolist(), boxed, strict=True))
        self._row_of_id: dict[str, int] = {}
        self._place_of_row: dict[int, Place] = {}
        self._rows: dict[Place, list[int]] = defaultdict(list)
        names: dict[str, set[Place]] = defaultdict(set)
        for row, item_id, root, path, given in zip(rows.tolist(), *(c.to_pylist() for c in columns), strict=True):
            place = (None if path is None else root, item_id if path is None else path)
            self._row_of_id[item_id] = row
            self._place_of_row[row] = place
            self._rows[place].append(row)
            names[place[1]].add(place)
            if not self._is_box[row]:
                names[item_id].add(place)
                names[given or item_id].add(place)
        self._names = names
        self._last: dict[str, set[str]] = defaultdict(set)
        self._spelled: dict[str, set[Place]] = defaultdict(set)
        for name, places in names.items():
            last = name.rpartition("/")[2]
            self._last[last].add(name)
            self._spelled[_letters(last)] |= places

    def find(self, image: ImageAnnotation) -> FoundImage | None:
        """The items that are meant; None where there are none.

        The id counts first. Else an item whose path or id is one of the names; then the one whose path ends like one of
        them, or the other way round; then one whose file name has the same letters and digits, for tools replace what
        else is in it.

        Raises
        ------
        AmbiguousImageError
            If several images are called so.
        """
        row = self._row_of_id.get(image.id) if image.id is not None else None
        if row is not None:
            place = self._place_of_row[row]
            of_image = self._found(place)
            if not self._is_box[row]:
                return FoundImage(place, [row], of_image.boxes)
            return FoundImage(place, [row], []) if image.boxes is None else of_image
        wanted = [*([image.id] if image.id else []), *image.names]
        for look in (self._exactly, self._by_end, self._by_letters):
            for name in wanted:
                places = look(unicodedata.normalize("NFC", name.replace("\\", "/"))) or look(name)
                if len(places) > 1:
                    known = ", ".join(repr(path) for _, path in sorted(places, key=str)[:3])
                    raise AmbiguousImageError(f"{name!r} may be any of {len(places)} images, such as {known}")
                if places:
                    return self._found(next(iter(places)))
        return None

    def _found(self, place: Place) -> FoundImage:
        rows = self._rows[place]
        return FoundImage(
            place, [row for row in rows if not self._is_box[row]], [row for row in rows if self._is_box[row]]
        )

    def _exactly(self, name: str) -> set[Place]:
        return self._names.get(name, set())

    def _by_end(self, name: str) -> set[Place]:
        """Images of which one name ends in all of the other, part by part; those with the most parts in common."""
        parts = [part for part in name.split("/") if part]
        best: set[Place] = set()
        most = 0
        for other in self._last.get(parts[-1], ()) if parts else ():
            theirs = [part for part in other.split("/") if part]
            common = min(len(parts), len(theirs))
            if parts[-common:] == theirs[-common:] and common >= most:
                best = (best if common == most else set()) | self._names[other]
                most = common
        return best

    def _by_letters(self, name: str) -> set[Place]:
        letters = _letters(name.rpartition("/")[2])
        return self._spelled.get(letters, set()) if letters else set()


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name)).casefold()
