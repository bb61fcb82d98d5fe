"""Which items an image is that a file of annotations names: tools have names of their own for it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import pyarrow as pa

from ..sources.annotations import ImageAnnotation
from ..store import Store

#: An image of the store: its root and its path; of an item without a picture, its id.
Place = tuple[int | None, str]


class AmbiguousImageError(ValueError):
    """A name that several images have; the message tells which."""


class Known(IntEnum):
    """By what an image is known, the surest first."""

    BY_NAME = 0
    BY_END = 1
    BY_LETTERS = 2


@dataclass(frozen=True, slots=True)
class FoundImage:
    """An image that a file names, with the rows of its items.

    Attributes
    ----------
    place : Place
    whole, boxes : list of int
        Rows of the items table: the items that are all of the image, and those that are boxes on it.
    known : Known
    shared : int
        How many parts of its path it is known by, where it is known by the end of it.
    above : tuple of str
        Folders that the file names above these, and that it does not lie in here.
    """

    place: Place
    whole: list[int]
    boxes: list[int]
    known: Known = Known.BY_NAME
    shared: int = 0
    above: tuple[str, ...] = ()


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
        self._roots = store.roots
        self._with_folders = {root for root, path in self._rows if "/" in path}
        self._last: dict[str, set[str]] = defaultdict(set)
        self._spelled: dict[str, set[Place]] = defaultdict(set)
        for name, places in names.items():
            last = name.rpartition("/")[2]
            self._last[last].add(name)
            self._spelled[_letters(last)] |= places

    def by_name(self, image: ImageAnnotation) -> FoundImage | None:
        """The items of that id; else those of which the path or id is one of the names. None where there are none.

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
        return self._first(image, Known.BY_NAME)

    def by_likeness(self, image: ImageAnnotation) -> FoundImage | None:
        """The items whose path ends like one of the names, or the other way round; else those of the same letters.

        Tools put folders before a name, leave them out, and replace what is no letter or digit.

        Raises
        ------
        AmbiguousImageError
            If several images are called so.
        """
        return self._first(image, Known.BY_END) or self._first(image, Known.BY_LETTERS)

    def is_flat(self, root: int | None) -> bool:
        """Whether the images below a root lie in no folders, so that these tell none of them from another."""
        return root not in self._with_folders

    def _first(self, image: ImageAnnotation, known: Known) -> FoundImage | None:
        look = {Known.BY_NAME: self._exactly, Known.BY_END: self._by_end, Known.BY_LETTERS: self._by_letters}[known]
        for name in [*([image.id] if image.id else []), *image.names]:
            plain = unicodedata.normalize("NFC", name.replace("\\", "/"))
            places = look(plain) or look(name)
            if len(places) > 1:
                listed = ", ".join(repr(path) for _, path in sorted(places, key=str)[:3])
                raise AmbiguousImageError(f"{name!r} may be any of {len(places)} images, such as {listed}")
            if places:
                place = next(iter(places))
                found = replace(self._found(place), known=known)
                return self._with_end(found, _parts(plain)) if known == Known.BY_END else found
        return None

    def _with_end(self, found: FoundImage, parts: list[str]) -> FoundImage:
        """An image that is known by the end of a name, with what of that name is known and what is not."""
        root, path = found.place
        ends = (_parts(name) for name in self._last[parts[-1]] if found.place in self._names[name])
        shared = max((len(end) for end in ends if end == parts[-len(end) :]), default=len(parts))
        lies_in = [*(_parts(self._roots[root]) if root is not None else []), *_parts(path)]
        above = () if lies_in[-len(parts) :] == parts else tuple(parts[:-shared])
        return replace(found, shared=shared, above=above)

    def _found(self, place: Place) -> FoundImage:
        rows = self._rows[place]
        return FoundImage(
            place, [row for row in rows if not self._is_box[row]], [row for row in rows if self._is_box[row]]
        )

    def _exactly(self, name: str) -> set[Place]:
        return self._names.get(name, set())

    def _by_end(self, name: str) -> set[Place]:
        """Images of which one name ends in all of the other, part by part; those with the most parts in common."""
        parts = _parts(name)
        best: set[Place] = set()
        most = 0
        for other in self._last.get(parts[-1], ()) if parts else ():
            theirs = _parts(other)
            common = min(len(parts), len(theirs))
            if parts[-common:] == theirs[-common:] and common >= most:
                best = (best if common == most else set()) | self._names[other]
                most = common
        return best

    def _by_letters(self, name: str) -> set[Place]:
        letters = _letters(name.rpartition("/")[2])
        return self._spelled.get(letters, set()) if letters else set()


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part]


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name)).casefold()
