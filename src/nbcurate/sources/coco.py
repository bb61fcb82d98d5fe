"""COCO annotations as a source: an item an image, or an item an object on an image."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ..imaging.turning import Box, StoredSize, turn_box
from ..store import Store
from ..store.coco_columns import as_key
from ..store.export_mark import COCO_ENTRY
from ..store.json_text import to_json
from ..store.paths import MARK, decode_path, encode_path
from .annotated_pictures import AnnotatedPictures
from .box_probe import box_probe
from .coco_document import keep_document
from .coco_file import CocoAnnotation, CocoFile, parse_coco
from .coco_geometry import turned_images
from .coco_json import Annotations
from .coco_own import beside, label_of, own_columns, own_entry, split_of, tags_of
from .coco_problems import Problems
from .errors_of_annotations import forget_mended, with_errors
from .foreign_paths import as_written_here
from .one_at_a_time import one_at_a_time
from .path_trust import below_alone, leads_out, refused
from .reconcile import reconcile
from .record import Record
from .report import SourceReport
from .root import FolderRoot, Root, root_of
from .source import Source


@one_at_a_time
def add_coco_objects(
    store: Store,
    annotations: Annotations | AnnotatedPictures,
    images: str | os.PathLike[str],
    *,
    split: str | None = None,
    trust_paths: bool = False,
) -> SourceReport:
    """Bring ``store`` up to date with the annotated boxes: each is an item, its category the label.

    An item's id is ``<file name>#<annotation id>``. Boxes that are empty or lie outside of their image are unreadable;
    what reaches over an edge is left out. The columns ``area`` and ``crowd`` are those of the file, and ``annotation``
    is all that it says, as JSON: masks, keypoints, attributes, scores.

    Parameters
    ----------
    split : str, optional
        Of all items whose own the file does not tell.

    Raises
    ------
    ValueError
        If the file is no COCO annotation file; the message says what is missing.
    """
    given = _read(annotations, images, trust_paths)
    records: list[Record] = []
    entries: list[dict[str, Any]] = []
    names = _Names()
    for annotation in given.coco.annotations:
        entry = {"split": own_entry(annotation.image.given).get("split"), **own_entry(annotation.given)}
        name = entry.get("id")
        if not isinstance(name, str) or name in names.taken:
            name = names.of(annotation)
        names.taken.add(name)
        records.append(
            Record(
                name, given.paths[annotation.image.file_name], label=label_of(entry, annotation.label),
                split=split_of(entry) or split, tags=tags_of(entry), box=given.upright(annotation),
            )
        )  # fmt: skip
        entries.append(entry)
    found = given.coco.annotations
    columns = {
        "area": pa.array([annotation.area for annotation in found], pa.float64()),
        "crowd": pa.array([annotation.crowd for annotation in found], pa.bool_()),
        "annotation": pa.array([given.as_json(annotation) for annotation in found], pa.string()),
    }
    problems = [names.problem] if names.nameless else []
    own, told = beside(columns, own_columns(entries, given.coco.document))
    return _added(store, given, records, {**columns, **own}, [*problems, *told])


@one_at_a_time
def add_coco_images(
    store: Store,
    annotations: Annotations | AnnotatedPictures,
    images: str | os.PathLike[str],
    *,
    split: str | None = None,
    trust_paths: bool = False,
) -> SourceReport:
    """Bring ``store`` up to date with the annotated images.

    The columns ``objects`` (the category of each box), ``boxes`` (x, y, width, height of each, one after the other, in
    px) and ``annotations`` (all that the file says of each, as JSON) tell what is on an image. Its label is the
    category of its objects; a list of them where some image has several.

    Raises
    ------
    ValueError
        If the file is no COCO annotation file; the message says what is missing.
    """
    given = _read(annotations, images, trust_paths)
    on: dict[str, list[CocoAnnotation]] = defaultdict(list)
    for annotation in given.coco.annotations:
        on[annotation.image.file_name].append(annotation)
    image_of = {image.file_name: image for image in reversed(given.coco.images)}
    names = list(dict.fromkeys(image.file_name for image in given.coco.images))
    entries = [own_entry(image_of[name].given) for name in names]
    labels = _labels(given.coco, on, names)
    taken: set[str] = set()
    records: list[Record] = []
    for name, entry, label in zip(names, entries, labels, strict=True):
        item_id = entry.get("id")
        if not isinstance(item_id, str) or item_id in taken:
            item_id = name
        taken.add(item_id)
        records.append(
            Record(
                item_id,
                given.paths[name],
                label=label_of(entry, label),
                split=split_of(entry) or split,
                tags=tags_of(entry),
            )
        )
    columns = {
        "objects": pa.array([[one.label or "" for one in on[name]] for name in names], pa.list_(pa.string())),
        "boxes": pa.array(
            [[side for one in on[name] for side in given.upright(one)] for name in names], pa.list_(pa.float32())
        ),
        "annotations": pa.array([[given.as_json(one) for one in on[name]] for name in names], pa.list_(pa.string())),
    }
    own, told = beside(columns, own_columns(entries, given.coco.document))
    return _added(store, given, records, {**columns, **own}, told)


@dataclass(frozen=True, slots=True)
class _Given:
    """An annotation file beside its pictures.

    Attributes
    ----------
    paths : mapping
        Where each file name is found below the root.
    turned : mapping
        The images, by file name, whose boxes are those of the picture before it is turned.
    """

    annotations: Annotations | AnnotatedPictures
    coco: CocoFile
    root: Root
    paths: Mapping[str, str]
    turned: Mapping[str, StoredSize]
    problems: list[str]
    trust_paths: bool

    def upright(self, annotation: CocoAnnotation) -> Box:
        """The box in px of the upright picture."""
        stored = self.turned.get(annotation.image.file_name)
        return annotation.box if stored is None else turn_box(annotation.box, stored)

    def as_json(self, annotation: CocoAnnotation) -> str:
        """All that the file says of an object; of a turned picture with what its places are to be turned by."""
        given = {name: value for name, value in annotation.given.items() if name != COCO_ENTRY}
        stored = self.turned.get(annotation.image.file_name)
        if stored is not None:
            given[COCO_ENTRY] = {"stored": [stored.width, stored.height, stored.orientation]}
        return to_json(given)


def _read(annotations: Annotations | AnnotatedPictures, images: str | os.PathLike[str], trust_paths: bool) -> _Given:
    content = annotations.content if isinstance(annotations, AnnotatedPictures) else annotations
    coco, root = parse_coco(content), root_of(images)
    names = list(dict.fromkeys(image.file_name for image in coco.images))
    found: list[str | None] = [_path(root, name) for name in names]
    problems: list[str] = []
    if isinstance(root, FolderRoot):
        found, problems = as_written_here(root, found, "images")
        problems += _hint(root, names, found)
    paths = {name: path or _path(root, name) for name, path in zip(names, found, strict=True)}
    problems += [] if trust_paths else refused(root, list(paths.values()), "images")
    sizes = Problems()
    read = [image for image in coco.images if trust_paths or not leads_out(root, paths[image.file_name])]
    turned = turned_images(root, read, paths, sizes)
    return _Given(annotations, coco, root, paths, turned, [*coco.problems, *problems, *sizes.texts()], trust_paths)


def _path(root: Root, name: str) -> str:
    """The path of an image. A name that is no UTF-8 is percent-encoded in our exports, and in no others."""
    path = encode_path(name)
    if name.startswith(MARK) and isinstance(root, FolderRoot) and not os.path.lexists(root.file(path)):
        return encode_path(decode_path(name))
    return path


def _hint(root: FolderRoot, names: list[str], paths: list[str | None]) -> list[str]:
    """What to say where no picture is there, and would be if the folder were another."""
    if not names or any(path and os.path.lexists(root.path_of(path)) for path in paths):
        return []
    plain = PurePosixPath(names[0].replace("\\", "/")).name
    if plain != names[0] and os.path.lexists(root.path_of(encode_path(plain))):
        return [
            f"The file calls a picture {names[0]!r}, and {plain!r} is in {root.text}: give images= the folder above."
        ]
    return []


class _Names:
    """What annotations are called: by their ids, where these are of use."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.nameless = 0

    def of(self, annotation: CocoAnnotation) -> str:
        number = annotation.given.get("id")
        name = f"{annotation.image.file_name}#{as_key(number)}"
        if number is not None and name not in self.taken:
            return name
        self.nameless += 1  # ids are to be unique; where they are not, the order tells them apart
        return next(name for name in (f"{name}~{copy}" for copy in count(1)) if name not in self.taken)

    @property
    def problem(self) -> str:
        return (
            f"{self.nameless} annotations have no id, or that of another one: they are told apart by their order, and "
            "may be taken for others when the file has changed"
        )


def _labels(coco: CocoFile, on: Mapping[str, list[CocoAnnotation]], names: list[str]) -> list[str | list[str] | None]:
    """The label of each image: one class, or, where some image has several, a list of those on it."""
    classes = {name: list(dict.fromkeys(one.label for one in on[name] if one.label)) for name in names}
    if all(len(found) <= 1 for found in classes.values()):
        return [found[0] if (found := classes[name]) else None for name in names]
    nothing = set(coco.without)
    return [classes[name] if classes[name] or name in nothing else None for name in names]


def _added(
    store: Store, given: _Given, records: list[Record], columns: dict[str, pa.Array], problems: list[str]
) -> SourceReport:
    """Bring the store up to date with records, and keep what the file says beside them."""
    says = {"label"} | {name for name in ("split", "tags") if any(getattr(record, name) for record in records)}
    are_boxes = bool(records) and records[0].box is not None
    source = _source(given, frozenset(says), are_boxes)
    probe = box_probe(given.root)
    probe = probe if given.trust_paths else below_alone(given.root, probe)
    records, table, probe = with_errors(given.annotations, records, pa.table(columns), probe)
    report = reconcile(store, source, given.root, records, columns=table, probe=probe)
    forget_mended(store, report)
    keep_document(
        store,
        source.named(source.place or f"@{store.root_index(given.root.text)}"),
        given.coco.document,
        given.root,
        given.paths,
        given.coco.without if are_boxes or not records else [],
        whole=source.place is not None,
    )
    remarks = given.annotations.remarks if isinstance(given.annotations, AnnotatedPictures) else []
    told = [*given.problems, *problems, *remarks, *report.problems]
    return replace(report, skipped=given.coco.skipped, problems=told)


def _source(given: _Given, says: frozenset[str], are_boxes: bool) -> Source:
    """The source; one file is two, as its images and its boxes may be in one store."""
    if isinstance(given.annotations, AnnotatedPictures):
        file = given.annotations.file
        return Source("coco", encode_path(file.stem), f"{encode_path(file)}{'#objects' * are_boxes}", says, whole=True)
    if isinstance(given.annotations, Mapping):
        return Source("coco", encode_path(given.root.text.rstrip("/").rpartition("/")[2]), says=says)
    file = Path(given.annotations).expanduser().resolve()
    return Source("coco", encode_path(file.stem), f"{encode_path(file)}{'#objects' * are_boxes}", says, whole=True)
