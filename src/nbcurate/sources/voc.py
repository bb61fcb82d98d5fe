"""Data sets in the form of Pascal VOC as a source: an XML file a picture, and lists of the pictures of each split."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from ..imaging import EXTENSIONS, reason_of
from ..imaging.reading_threads import in_order, reading_threads
from ..imaging.turning import Box
from ..store.coco_columns import FLAGS
from ..store.paths import encode_path
from .annotated_pictures import AnnotatedPictures, annotation, categories, picture, what_is_wrong
from .annotations.annotation import AnnotationFileError
from .annotations.xml_tree import read_xml
from .given_file import read_given

_THREADS = 8
#: Much longer than any list of the objects on a picture.
_MOST_BYTES = 64 << 20
_SPLITS = ("train", "val", "test")


@dataclass(slots=True)
class _File:
    """What an XML file says of its picture."""

    stem: str
    picture_name: str | None = None
    size: tuple[int, int] | None = None
    objects: dict[int, tuple[str, Box, dict[str, Any]]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    unreadable: str | None = None


def read_voc_data(
    path: str | os.PathLike[str], images: str | os.PathLike[str] | None = None
) -> tuple[AnnotatedPictures, Path]:
    """The pictures of a folder of XML files and what is on them, and the folder that the pictures' names begin at.

    A box is from ``xmin`` to ``xmax``, as most programs write them: of the 1 from which VOC's own counted its px
    nothing is taken off. Pictures that a list of ``ImageSets/Main`` names and no file describes have nothing on them.

    Parameters
    ----------
    path : path
        The folder ``Annotations``, or the one that it lies in.
    images : path, optional
        Where the pictures lie: ``JPEGImages`` or ``images`` beside the annotations, or the annotations' own folder, by
        default.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    AnnotationFileError
        If there is no XML file in it.
    """
    folder = Path(path).expanduser()
    if (folder / "Annotations").is_dir():
        folder = folder / "Annotations"
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}: give the one that holds the XML files, Annotations.")
    files = sorted(folder.rglob("*.xml"))
    if not files:
        raise AnnotationFileError(f"{folder} holds no XML file: give the folder Annotations of a VOC data set.")
    root = _pictures(folder, images)
    with reading_threads(_THREADS) as pool:
        found = list(in_order(pool, lambda file: _read(file, folder), files))
    there = {encode_path(file.relative_to(root)): file for file in _files(root)}
    by_stem = {Path(name).with_suffix("").as_posix(): name for name in reversed(there)}
    splits = _splits(folder)
    classes = sorted({label for one in found for label, _, _ in one.objects.values()})
    numbers = {label: number for number, label in enumerate(classes)}
    pictures: dict[str, dict[str, Any]] = {}
    annotations: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for one, file in zip(found, files, strict=True):
        name = _name(one, there, by_stem)
        beside = os.path.relpath(file, folder.parent)
        if one.unreadable is not None:
            errors[beside] = one.unreadable
        elif name is None:
            errors[beside] = f"its picture, {one.picture_name or one.stem}, is not in {root}"
        if name is None:
            continue
        entry = pictures.setdefault(name, picture(len(pictures) + 1, name, splits.get(one.stem)))
        errors |= {f"{name}#{number}": f"{beside}, object {number}: {why}" for number, why in one.errors.items()}
        for number, (label, box, said) in one.objects.items():
            if why := what_is_wrong(box, one.size or (1 << 30, 1 << 30)):
                errors[f"{name}#{number}"] = f"{beside}, object {number}: {why}"
            else:
                annotations.append(annotation(entry["id"], number, numbers[label] + 1, box, columns=said))
    for stem in splits:
        if (name := by_stem.get(stem)) is not None:
            pictures.setdefault(name, picture(len(pictures) + 1, name, splits[stem]))
    content = {
        "images": list(pictures.values()),
        "annotations": annotations,
        "categories": categories(dict(enumerate(classes))),
    }
    return AnnotatedPictures(folder.resolve(), content, errors, _remarks(root, there, pictures)), root


def _pictures(folder: Path, images: str | os.PathLike[str] | None) -> Path:
    if images is not None:
        given = Path(images).expanduser()
        beside = folder.parent / given
        root = given if given.is_dir() or not beside.is_dir() else beside
        if not root.is_dir():
            raise FileNotFoundError(f"images={os.fspath(images)!r} is no folder: give the one that holds the pictures.")
        return root
    names = ("JPEGImages", "images", "Images")
    return next((place for name in names if (place := folder.parent / name).is_dir()), folder)


def _files(root: Path) -> Iterator[Path]:
    return (file for file in sorted(root.rglob("*")) if file.suffix.lower() in EXTENSIONS and file.is_file())


def _name(one: _File, there: dict[str, Path], by_stem: dict[str, str]) -> str | None:
    """The picture that an XML file is of: the one that it names, or else the one of its own name."""
    named = encode_path(one.picture_name) if one.picture_name else ""
    last = named.replace("\\", "/").rpartition("/")[2]
    known = (name for name in (named, last) if name in there)
    return next(known, None) or by_stem.get(one.stem) or by_stem.get(Path(last).stem if last else "")


def _splits(folder: Path) -> dict[str, str]:
    """The split of each picture, by its name without an ending: what the lists train, val and test say."""
    found: dict[str, str] = {}
    for split in _SPLITS:
        for place in (folder.parent / "ImageSets" / "Main", folder.parent / "ImageSets", folder.parent):
            file = place / f"{split}.txt"
            if file.is_file():
                lines = read_given(file, _MOST_BYTES).decode("utf-8-sig", "replace").split("\n")
                for name in filter(None, (line.strip() for line in lines)):
                    found.setdefault(encode_path(name), split)
                break
    return found


def _read(file: Path, folder: Path) -> _File:
    one = _File(encode_path(file.relative_to(folder).with_suffix("")))
    try:
        tree = read_xml(read_given(file, _MOST_BYTES), file.name)
    except (OSError, ValueError) as error:
        one.unreadable = reason_of(error)
        return one
    if tree.tag != "annotation":
        one.unreadable = f"it is no annotation of VOC: it begins with <{tree.tag}>"
        return one
    one.picture_name = (tree.findtext("filename") or "").strip() or None
    sides = [_number(tree.findtext(f"size/{side}")) for side in ("width", "height")]
    one.size = (int(sides[0]), int(sides[1])) if sides[0] and sides[1] else None
    for number, element in enumerate(tree.iterfind("object"), 1):
        try:
            one.objects[number] = _object(element)
        except ValueError as error:
            one.errors[number] = str(error)
    return one


def _object(element: Element) -> tuple[str, Box, dict[str, Any]]:
    """Class, box and flags of an object.

    Raises
    ------
    ValueError
        If it has none.
    """
    label = (element.findtext("name") or "").strip()
    if not label:
        raise ValueError("it has no name")
    corners = [_number(element.findtext(f"bndbox/{side}")) for side in ("xmin", "ymin", "xmax", "ymax")]
    left, top, right, bottom = corners
    if left is None or top is None or right is None or bottom is None:
        raise ValueError("its bndbox has no xmin, ymin, xmax, ymax that are numbers")
    texts = {name: (element.findtext(name) or "").strip() for name in FLAGS}
    said = {name: text if name == "pose" else bool(_number(text)) for name, text in texts.items() if text}
    return label, (left, top, right - left, bottom - top), said


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


def _remarks(root: Path, there: dict[str, Path], pictures: dict[str, Any]) -> list[str]:
    others = [name for name in there if name not in pictures]
    if not others:
        return []
    return [
        f"{len(others):,} pictures in {root} are named by no XML file and no list, such as {others[0]!r}: they are "
        "left out."
    ]
