"""Items in the form of Pascal VOC: an XML file a picture, the pictures, and a list of those of each split."""

from __future__ import annotations

import os
import warnings
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from ..store.coco_columns import FLAGS
from .coco_content import CocoItems
from .drawn_pictures import DrawnObject, class_numbers, copy_pictures, drawn_pictures, what_was_lost
from .pictures import require_pictures
from .target import new_folder

_IMAGES, _ANNOTATIONS, _LISTS = "JPEGImages", "Annotations", "ImageSets/Main"
#: What VOC's own files always say of an object, and others may.
_ALWAYS = ("truncated", "difficult")


def write_voc(
    items: CocoItems, to: str | os.PathLike[str], *, classes: Sequence[str] | None = None, overwrite: bool = False
) -> Path:
    """Write ``Annotations/<name>.xml``, ``JPEGImages/<name>`` and ``ImageSets/Main/<split>.txt``.

    A box is written from ``xmin = x`` to ``xmax = x + width``, in px, with its decimals if it has any. The columns
    ``difficult``, ``truncated``, ``occluded`` and ``pose`` go along. Outlines have no place in this format.

    Parameters
    ----------
    classes : sequence of str, optional
        Those that are written; all by default.

    Raises
    ------
    FileExistsError
        See :func:`nbcurate.export.target.new_folder`.
    ValueError
        If no item has a picture.

    Warns
    -----
    UserWarning
        Of what did not go along, counted by reason.
    """
    require_pictures([*items.files, *(empty.file for empty in items.empty)], "voc")
    pictures = drawn_pictures(items)
    splits = [picture.split for picture in pictures]
    for picture in pictures:
        picture.split = None  # the pictures of all splits lie in one folder, and lists tell them apart
    numbers = class_numbers(items, pictures, classes)
    left_out: Counter[str] = Counter()
    lists: dict[str, list[str]] = defaultdict(list)
    split_of = {picture.file.place: split for picture, split in zip(pictures, splits, strict=True)}
    written = 0
    with new_folder(to, "voc", overwrite=overwrite) as folder:
        (folder / _ANNOTATIONS).mkdir()
        stems: set[str] = set()
        for picture, path, size in copy_pictures(pictures, folder, _IMAGES):
            objects = []
            for one in picture.objects:
                if one.label is None:
                    left_out["they have no label"] += 1
                elif one.label in numbers:
                    objects.append(one)
            stem = _free(path.stem, stems)
            tree = _tree(path, size, objects)
            ElementTree.indent(tree)
            ElementTree.ElementTree(tree).write(folder / _ANNOTATIONS / f"{stem}.xml", encoding="utf-8")
            lists[split_of[picture.file.place] or ""].append(stem)
            written += 1
        for split, names in lists.items():
            if split:
                (folder / _LISTS).mkdir(parents=True, exist_ok=True)
                (folder / _LISTS / f"{split}.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    for text in what_was_lost(pictures, written, left_out, to):
        warnings.warn(text, stacklevel=3)
    return Path(to).expanduser()


def _free(stem: str, taken: set[str]) -> str:
    """A name for the XML file of a picture: two pictures may differ in their ending alone."""
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    taken.add(name)
    return name


def _tree(path: PurePosixPath, size: tuple[int, int], objects: Sequence[DrawnObject]) -> ElementTree.Element:
    tree = ElementTree.Element("annotation")
    _say(tree, "folder", _IMAGES)
    _say(tree, "filename", str(path))
    sizes = ElementTree.SubElement(tree, "size")
    for name, value in (("width", size[0]), ("height", size[1]), ("depth", 3)):
        _say(sizes, name, value)
    _say(tree, "segmented", 0)
    for one in objects:
        element = ElementTree.SubElement(tree, "object")
        _say(element, "name", one.label)
        _say(element, "pose", one.said.get("pose") or "Unspecified")
        for flag in FLAGS:
            if flag != "pose" and (flag in _ALWAYS or one.said.get(flag) is not None):
                _say(element, flag, int(bool(one.said.get(flag))))
        x, y, width, height = one.box
        corners = ElementTree.SubElement(element, "bndbox")
        for name, side in (("xmin", x), ("ymin", y), ("xmax", x + width), ("ymax", y + height)):
            _say(corners, name, f"{side:.10g}")
    return tree


def _say(parent: ElementTree.Element, name: str, value: Any) -> None:
    ElementTree.SubElement(parent, name).text = str(value)
