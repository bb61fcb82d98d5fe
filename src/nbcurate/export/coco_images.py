"""The images of an annotation file: each once, under the name by which it is found in one folder."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from ..imaging import UnreadableImageError
from ..imaging.turning import stored_size
from ..store.coco_columns import as_key
from .names import Names
from .pictures import Original, whole_name


class Document(Protocol):
    """What an annotation file says beside its annotations."""

    @property
    def says(self) -> Mapping[str, Any]:
        """``images``, ``categories``, and what else is in it."""
        ...

    @property
    def files(self) -> Sequence[Original]:
        """The file of each image."""
        ...


class Images:
    """Entries of the images that items lie on.

    Parameters
    ----------
    documents : mapping
        Of each source that was an annotation file what that says beside the annotations.
    name_of : callable
        The file name of a picture, by its place; see :func:`names_in_place` and :func:`names_of_copies`.
    """

    def __init__(self, documents: Mapping[str, Document], name_of: Callable[[str], str]) -> None:
        self._name_of = name_of
        #: By place, what the sources say of the image there; one may list it twice.
        self._given: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for source, document in documents.items():
            for image, file in zip(document.says["images"], document.files, strict=True):
                self._given.setdefault(file.place, []).append((source, image))
        self._entries: dict[tuple[str, str], dict[str, Any]] = {}
        self._first_at: dict[str, tuple[str, tuple[str, str]]] = {}

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All of them; their ids are still to be given."""
        return list(self._entries.values())

    def source_of(self, row: Mapping[str, Any], place: str) -> str:
        """The annotation file that tells of an item: that which it came from, or else one that lists its picture."""
        sources = [source for source, _ in self._given.get(place, ())]
        return row["given_by"] if row["given_by"] in sources or not sources else sources[0]

    def of(self, row: Mapping[str, Any], file: Original, place: str, given_id: Any = None) -> dict[str, Any]:
        """The image at a place that an item is or lies on; ``given_id`` is that which its annotation names."""
        source = self.source_of(row, place)
        listed = [image for of, image in self._given.get(place, ()) if of == source]
        same = [image for image in listed if given_id is not None and as_key(image.get("id")) == as_key(given_id)]
        return self._entry(source, place, next(iter([*same, *listed]), None), lambda: _size(row, file))

    def add(self, source: str, place: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """An image that no item lies on."""
        return self._entry(source, place, given, dict)

    def has(self, place: str) -> bool:
        """Whether there is an entry for the file at a place."""
        return place in self._first_at

    def _entry(
        self, source: str, place: str, given: Mapping[str, Any] | None, size: Callable[[], dict[str, int]]
    ) -> dict[str, Any]:
        key = (place, f"{source} {as_key(given.get('id'))}" if given else "")
        first = self._first_at.setdefault(place, (source, key))
        if first[0] != source or not given:  # another source, or none that knows images, has it already
            key = first[1]
        entry = self._entries.get(key)
        if entry is None:
            entry = {"file_name": self._name_of(place), **{k: v for k, v in (given or {}).items() if k != "file_name"}}
            if "width" not in entry or "height" not in entry:
                entry |= size()
            self._entries[key] = {name: entry[name] for name in ("id", "file_name") if name in entry} | entry
        return self._entries[key]


def names_in_place(files: Sequence[Original]) -> dict[str, str]:
    """The file name of each picture, by its place: its path below the folder that all of them come from."""
    found = {file.place: file.path for file in files if file.place}
    roots = {file.root.text for file in files if file.place}
    if len(roots) <= 1:
        return found
    if all(os.path.isabs(place) for place in found):
        above = os.path.commonpath([os.path.dirname(place) for place in found])
        warnings.warn(
            f"The pictures lie in {len(roots)} folders: the file names are those below {above}, which is to be images= "
            "where the file is read.",
            stacklevel=4,
        )
        return {place: os.path.relpath(place, above) for place in found}
    warnings.warn(f"The pictures lie in {len(roots)} places: the file names are whole paths and URLs.", stacklevel=4)
    return {place: place for place in found}


def names_of_copies(files: Sequence[Original], formats: Sequence[str | None]) -> dict[str, str]:
    """A file name for a copy of each picture, by its place, none of them twice."""
    names = Names()
    found: dict[str, str] = {}
    for file, format in zip(files, formats, strict=True):
        if file.place and file.place not in found:
            found[file.place] = str(names.file(PurePosixPath(), whole_name(file, format)))
    return found


def _size(row: Mapping[str, Any], file: Original) -> dict[str, int]:
    """Width and height of the whole upright image, px; neither if it cannot be read any more."""
    if row.get("box") is None and row.get("width") and row.get("height"):
        return {"width": int(row["width"]), "height": int(row["height"])}
    try:
        with file.open() as stream:
            stored = stored_size(stream)
    except (OSError, UnreadableImageError):
        return {}
    return dict(zip(("width", "height"), stored.upright, strict=True)) if stored else {}
