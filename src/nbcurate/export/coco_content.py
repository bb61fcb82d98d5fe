"""The content of one COCO annotation file."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from ..store.coco_columns import annotating, own_columns
from ..store.export_mark import COCO_ENTRY
from ..store.json_values import to_json_values
from .coco_annotations import Annotated, annotations_of
from .coco_categories import NO_LABEL, Categories
from .coco_extras import extras_of, implied_label, types_of
from .coco_images import Document, Images
from .coco_numbers import number_entries
from .pictures import Original

#: Stands for the split of a file that holds the items of all splits.
EVERYTHING = "*"
#: Members of a file that are made here, and not passed on.
_OURS = {"images", "annotations", "categories", COCO_ENTRY}


@dataclass(frozen=True, slots=True)
class EmptyImage:
    """An image that no item lies on: the source that lists it, what that says of it, and its picture."""

    source: str
    given: Mapping[str, Any]
    file: Original


@dataclass(frozen=True, slots=True)
class CocoItems:
    """Items on their way into annotation files.

    Attributes
    ----------
    rows : pyarrow.Table
        One row an item.
    files : sequence of Original
        That of each row. It is opened where nothing else tells how large the image is.
    own : sequence of str
        The columns that the user has added.
    documents : mapping
        Of each source that was a COCO file what it says beside its annotations.
    empty : sequence of EmptyImage
        Images that are to be written, too, with nothing on them.
    on_picture : mapping
        By place of a picture, how many items of the whole data set are boxes on it.
    classes : sequence of str
        All classes of the data set, in the order of their numbers: those that no annotation file numbers are numbered
        in this order, whatever items are written.
    only : sequence of str, optional
        The classes that are written; all by default.
    """

    rows: pa.Table
    files: Sequence[Original]
    own: Sequence[str]
    documents: Mapping[str, Document]
    empty: Sequence[EmptyImage] = ()
    on_picture: Mapping[str, int] = field(default_factory=dict)
    classes: Sequence[str] = ()
    only: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class _Owner:
    """An item, the values of its own columns, the entry of the file that is about it, and its annotations' labels."""

    row: dict[str, Any]
    own: dict[str, Any]
    entry: dict[str, Any]
    labels: list[str | None]
    is_box: bool


class CocoContent:
    """Makes the content of annotation files.

    Parameters
    ----------
    items : CocoItems
    rows : list of dict
        Those of ``items``.
    names : mapping
        The file name of each picture, by its place.
    """

    def __init__(self, items: CocoItems, rows: Sequence[dict[str, Any]], names: Mapping[str, str]) -> None:
        self._items = items
        self._rows = rows
        self._names = names
        self._own = own_columns(items.own, items.rows) if items.documents else list(items.own)
        self._own_values = {name: to_json_values(items.rows[name]) for name in self._own}
        everything = Images(items.documents, str)
        self._places = [file.place for file in items.files]
        self._sources = [everything.source_of(row, place) for row, place in zip(rows, self._places, strict=True)]
        found = map(annotations_of, annotating(items.rows).to_pylist())
        self._found = [list(filter(self._is_asked_for, annotations)) for annotations in found]
        self._categories = Categories(self._numbering_documents())
        self._categories.add(items.classes, but=_names_in(items.documents))
        for at, found in enumerate(self._found):
            for annotation in found:
                self._category(at, annotation)
        self._categories.numbered()

    def _is_asked_for(self, annotation: Annotated) -> bool:
        return self._items.only is None or annotation.label in self._items.only

    def of(self, chosen: Sequence[int], split: str | None) -> dict[str, Any]:
        """The file with some of the rows, which are those of a split, or of all, and with the images without items.

        Its categories are those of all rows: in each part of a data set a number means the same class.
        """
        empty = [image for image in self._items.empty if split in (EVERYTHING, _split_of(image))]
        documents = self._documents_of(chosen, empty)
        images = Images(documents, lambda place: self._names.get(place, place))
        annotations: list[dict[str, Any]] = []
        owners: list[_Owner] = []
        boxes: dict[str, tuple[dict[str, Any], list[str]]] = {}
        for at in chosen:
            row, file = self._rows[at], self._items.files[at]
            found = self._found[at]
            is_box = row.get("box") is not None
            if is_box and not found:  # of a class that is not asked for: its image is there all the same
                images.of(row, file, self._places[at], None)
                continue
            image = images.of(row, file, self._places[at], found[0].entry.get("image_id") if is_box else None)
            if is_box:
                boxes.setdefault(self._places[at], (image, []))[1].append(row["id"])
            for annotation in found:
                category = self._category(at, annotation)
                annotations.append({**annotation.entry, "image_id": image, "category_id": category})
            labels = [annotation.label for annotation in found]
            own = {name: values[at] for name, values in self._own_values.items()}
            owners.append(_Owner(row, own, annotations[-1] if is_box else image, labels, is_box))
        for nothing in empty:
            if not images.has(nothing.file.place):
                images.add(nothing.source, nothing.file.place, nothing.given)
        for place, (image, ids) in boxes.items():
            _note_boxes(image, ids, all_of_them=len(ids) >= self._items.on_picture.get(place, 0))
        _warn_of_unlabelled(annotations)
        categories = [
            one for one in self._categories.numbered() if self._items.only is None or one["name"] in self._items.only
        ]
        return self._finished(images.entries, categories, annotations, owners, documents)

    def _numbering_documents(self) -> dict[str, Document]:
        """The annotation files whose categories are in the file: all of them, where an item comes from none of them."""
        if not set(self._sources) <= self._items.documents.keys():
            return dict(self._items.documents)
        return self._documents_of(range(len(self._rows)), self._items.empty)

    def _documents_of(self, chosen: Iterable[int], empty: Iterable[EmptyImage]) -> dict[str, Document]:
        """What the sources of these rows and images say beside their annotations."""
        sources = {*(self._sources[row] for row in chosen), *(image.source for image in empty)}
        return {name: document for name, document in self._items.documents.items() if name in sources}

    def _category(self, row: int, annotation: Annotated) -> dict[str, Any]:
        return self._categories.of(annotation.label, self._sources[row], annotation.given_category)

    def _finished(
        self,
        images: list[dict[str, Any]],
        categories: list[dict[str, Any]],
        annotations: list[dict[str, Any]],
        owners: Sequence[_Owner],
        documents: Mapping[str, Document],
    ) -> dict[str, Any]:
        """The file of these entries, which still refer to each other as objects."""
        number_entries(images)
        number_entries(annotations)
        file_of = {id(annotation): annotation["image_id"]["file_name"] for annotation in annotations}
        for annotation in annotations:
            for member in ("image_id", "category_id"):
                annotation[member] = annotation[member]["id"]
        lists = any(not owner.is_box and len(set(owner.labels)) > 1 for owner in owners)
        for owner in owners:
            entry = owner.entry
            if owner.is_box:
                implied = {"id": f"{file_of[id(entry)]}#{entry['id']}", "label": owner.labels[0]}
            else:
                implied = {"id": entry["file_name"], "label": implied_label(owner.labels, lists=lists)}
            entry.pop(COCO_ENTRY, None)
            if extras := extras_of(owner.row, owner.own, implied):
                entry[COCO_ENTRY] = extras
        types = types_of(self._items.rows, self._own)
        return {
            **_passed_on(documents),
            "images": images,
            "annotations": annotations,
            "categories": categories,
            **({COCO_ENTRY: {"types": types}} if types else {}),
        }


def _names_in(documents: Mapping[str, Document]) -> set[str]:
    """The names of all categories of annotation files."""
    return {str(entry.get("name")) for document in documents.values() for entry in document.says["categories"]}


def _note_boxes(image: dict[str, Any], ids: list[str], *, all_of_them: bool) -> None:
    """Note which boxes of an image are in the file, where these are not all: others stay where it is merged."""
    noted = {name: value for name, value in image.pop(COCO_ENTRY, {}).items() if name != "boxes"}
    noted |= {} if all_of_them else {"boxes": ids}
    if noted:
        image[COCO_ENTRY] = noted


def _split_of(image: EmptyImage) -> str | None:
    return image.given.get(COCO_ENTRY, {}).get("split")


def _passed_on(documents: Mapping[str, Document]) -> dict[str, Any]:
    """``info``, ``licenses`` and what else the sources say of the whole; the first of them where they differ."""
    found: dict[str, Any] = {}
    for document in documents.values():
        for name, value in document.says.items():
            if name not in _OURS:
                found.setdefault(name, value)
    return found


def _warn_of_unlabelled(annotations: Sequence[Mapping[str, Any]]) -> None:
    count = sum(COCO_ENTRY in annotation["category_id"] for annotation in annotations)
    if not count:
        return
    warnings.warn(
        f"{count:,} boxes have no label: their category in the file is {NO_LABEL!r}, as COCO has none without. "
        "from_coco reads them as boxes without a label.",
        stacklevel=5,
    )
