"""Data sets of ultralytics (YOLO) as a source: pictures, and boxes, outlines or key points on them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..imaging import open_regular, reason_of
from ..imaging.reading_threads import in_order, reading_threads
from ..imaging.turning import stored_size
from ..store.paths import encode_path
from .annotated_pictures import AnnotatedPictures, annotation, categories, picture, what_is_wrong
from .annotations.annotation import AnnotationFileError
from .annotations.yolo_layout import YoloLayout, read_layout, text_of
from .annotations.yolo_lines import YoloLine, read_line

_THREADS = 8  # reading waits for the disk or the network more than for a core


@dataclass(slots=True)
class _Labelled:
    """What the label file of a picture says, line by line: what is an object, and why the others are none."""

    objects: dict[int, YoloLine] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    unreadable: str | None = None


def read_yolo_data(path: str | os.PathLike[str]) -> tuple[AnnotatedPictures, Path]:
    """The pictures of ``data.yaml`` and what is on them, and the folder that the pictures' names begin at.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it names no classes, or no pictures that are there.
    """
    layout = read_layout(path)
    if not layout.images:
        there = ", ".join(layout.passed_over) or "it has no entry train, val or test"
        raise AnnotationFileError(f"{layout.file} names no pictures: {there}.")
    root = _root(layout)
    names = {image: encode_path(image.relative_to(root)) for image in layout.images}
    with reading_threads(_THREADS) as pool:
        found = list(in_order(pool, lambda image: _labelled(image, layout), list(names)))
    number_of = {label: number for number, label in sorted(layout.classes.items(), reverse=True)}
    annotations: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for at, ((image, name), labelled) in enumerate(zip(names.items(), found, strict=True), 1):
        beside = _shown(layout.label_file(image), root)
        if labelled.unreadable is not None:
            errors[beside] = labelled.unreadable
        errors |= {f"{name}#{number}": f"{beside}, line {number}: {why}" for number, why in labelled.errors.items()}
        for number, line in labelled.objects.items():
            if labelled.size is None:
                continue
            entry = _entry(at, number, number_of[line.label] + 1, line, labelled.size, layout.key_points[1])
            if why := what_is_wrong(line.box(labelled.size), labelled.size):
                errors[f"{name}#{number}"] = f"{beside}, line {number}: {why}"
            else:
                annotations.append(entry)
    errors |= {_shown(file, root): "no picture of this name lies beside it" for file in _orphans(layout)}
    content = {
        "images": [picture(at, name, layout.images[image]) for at, (image, name) in enumerate(names.items(), 1)],
        "annotations": annotations,
        "categories": categories(layout.classes),
    }
    return AnnotatedPictures(layout.file.resolve(), content, errors, _remarks(layout, names)), root


def _root(layout: YoloLayout) -> Path:
    """The folder of the data set, or, where pictures lie elsewhere, the one that all lie below."""
    folder = layout.root.resolve()
    if all(image.is_relative_to(layout.root) for image in layout.images):
        return layout.root if layout.root == folder else Path(os.path.normpath(layout.root))
    return Path(os.path.commonpath([image.parent for image in layout.images]))


def _labelled(image: Path, layout: YoloLayout) -> _Labelled:
    labels = layout.label_file(image)
    if labels is None:
        return _Labelled()
    try:
        lines = text_of(labels).split("\n")
    except (OSError, ValueError) as error:
        return _Labelled(unreadable=f"the label file cannot be read: {reason_of(error)}")
    found = _Labelled()
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.objects[number] = read_line(line, layout)
            except ValueError as error:
                found.errors[number] = str(error)
    if found.objects:
        try:
            with open_regular(image) as stream:
                stored = stored_size(stream)
            found.size = stored.upright if stored else None
        except Exception as error:  # the picture itself becomes an item that cannot be read, with the reason
            found.errors |= dict.fromkeys(found.objects, f"its picture cannot be read: {reason_of(error)}")
    return found


def _entry(
    picture_number: int, number: int, category: int, line: YoloLine, size: tuple[int, int], each: int
) -> dict[str, Any]:
    across, down = size
    outline = [side * (down if at % 2 else across) for at, side in enumerate(line.outline)]
    return annotation(
        picture_number,
        number,
        category,
        line.box(size),
        outline=outline,
        key_points=_in_px(line.key_points, each, size),
    )


def _in_px(key_points: tuple[float, ...], each: int, size: tuple[int, int]) -> list[float]:
    """Key points as COCO has them: x, y, visibility; where none is told, those that are not 0 are visible."""
    marks: list[float] = []
    for at in range(0, len(key_points), each):
        x, y, *seen = key_points[at : at + each]
        marks += [x * size[0], y * size[1], seen[0] if seen else 2 * float(x > 0 or y > 0)]
    return marks


def _orphans(layout: YoloLayout) -> list[Path]:
    """Label files beside which no picture lies."""
    used = {file for image in layout.images if (file := layout.label_file(image)) is not None}
    folders = {file.parent for file in used}
    alone = (file for folder in sorted(folders) for file in sorted(folder.glob("*.txt")) if file not in used)
    return [file for file in alone if file.name != "classes.txt"]


def _shown(file: Path | None, root: Path) -> str:
    if file is None:
        return ""
    return os.path.relpath(file, root)


def _remarks(layout: YoloLayout, names: dict[Path, str]) -> list[str]:
    told = [f"{count:,} × {what}" for what, count in layout.passed_over.items()]
    without = [name for image, name in names.items() if layout.label_file(image) is None]
    if without:
        told.append(
            f"{len(without):,} of {len(names):,} pictures have no label file, such as {without[0]!r}: they are taken "
            "to have nothing on them."
        )
    return told
