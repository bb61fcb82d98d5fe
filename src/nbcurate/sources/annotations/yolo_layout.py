"""How a data set of ultralytics lies on disk: ``data.yaml``, its folders and lists of images, and their label files."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...imaging import EXTENSIONS
from ..given_file import read_given
from .annotation import AnnotationFileError

_SPLITS = ("train", "val", "test")
#: Much longer than any list of classes and folders.
_MOST_BYTES = 10 << 20
#: A list of ten million images, or a label file of as many objects.
_MOST_BYTES_OF_LINES = 1 << 30
#: What YAML calls nothing.
_NOTHING = ("", "~", "null", "Null", "NULL")
_IMAGES, _LABELS = "images", "labels"


@dataclass(frozen=True, slots=True)
class YoloLayout:
    """What ``data.yaml`` says, and what is found of it.

    Attributes
    ----------
    file : Path
        ``data.yaml``.
    root : Path
        The folder that the others are below.
    classes : mapping
        The name of each number.
    key_points : (int, int)
        How many an object has, and how many numbers each: x and y, and whether it is seen.
    images : mapping
        The split that each image is in, as it is named first. Splits may share a folder: in coco8.yaml and the like,
        train and val do.
    passed_over : Counter
        What was found and not used.
    """

    file: Path
    root: Path
    classes: Mapping[int, str]
    key_points: tuple[int, int]
    images: Mapping[Path, str]
    passed_over: Counter[str] = field(default_factory=Counter)

    def label_file(self, image: Path) -> Path | None:
        """``labels`` in the place of the last folder ``images``, there or beside ``data.yaml``; None if it has none."""
        parts = list(image.parts)
        if _IMAGES not in parts:
            places = [image]
        else:
            at = len(parts) - 1 - parts[::-1].index(_IMAGES)
            below = Path(_LABELS, *parts[at + 1 :])
            places = [Path(*parts[:at], below), self.file.parent / below]
        files = (place.with_name(f"{name}.txt") for place in places for name in (place.stem, place.name))
        return next((file for file in files if file.is_file()), None)


def read_layout(path: str | os.PathLike[str]) -> YoloLayout:
    """What ``data.yaml``, or the folder that it lies in, says; or Label Studio's, with ``classes.txt`` in its place.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it names no classes.
    """
    file = Path(path).expanduser()
    if file.is_dir():
        file = next(
            (place for name in ("data.yaml", "data.yml") if (place := file / name).is_file()), file / "data.yaml"
        )
    content = _read_yaml(file) if file.is_file() or not _class_list(file).is_file() else _as_yaml(_class_list(file))
    passed_over: Counter[str] = Counter()
    images: dict[Path, str] = {}
    for split in _SPLITS:
        for image in _images(file, content, split, passed_over):
            images.setdefault(Path(os.path.normpath(image)), split)
    return YoloLayout(
        file, _below(file, content), _classes(content, file), _key_points(content, file), images, passed_over
    )


def text_of(file: Path) -> str:
    """A list, or the lines of a label file, as text; what is none of it is replaced."""
    return read_given(file, _MOST_BYTES_OF_LINES).decode("utf-8-sig", "replace")


def images_of_labels(folder: Path) -> Iterator[Path]:
    """The images of label files, where the pictures are not there: each of them under a name without an ending."""
    images = folder.with_name(_IMAGES)
    yield from (images / file.relative_to(folder).with_suffix("") for file in sorted(folder.rglob("*.txt")))


def _read_yaml(file: Path) -> Mapping[str, Any]:
    import yaml

    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    try:
        content = yaml.load(
            read_given(file, _MOST_BYTES).decode("utf-8-sig"), yaml.BaseLoader
        )  # all is text: no, 007 and 1.10 are names
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise AnnotationFileError(f"{file} is no YAML file: {error}") from None
    return content if isinstance(content, dict) else {}


def _class_list(file: Path) -> Path:
    """The list of classes that Label Studio writes in the place of ``data.yaml``."""
    return file.with_name("classes.txt")


def _as_yaml(classes: Path) -> Mapping[str, Any]:
    """What ``data.yaml`` would say, of a folder with a list of classes."""
    names = text_of(classes).rstrip().split("\n")
    return {"names": [name.strip() for name in names], "train": _IMAGES}


def _key_points(content: Mapping[str, Any], file: Path) -> tuple[int, int]:
    """How many key points an object has, and how many numbers each."""
    shape = content.get("kpt_shape")
    if shape in (None, *_NOTHING):
        return 0, 2
    try:
        points, numbers = (int(side) for side in (shape if isinstance(shape, list) else ()))
    except (TypeError, ValueError):
        raise AnnotationFileError(f"{file}: kpt_shape is [number of key points, 2 or 3], got {shape!r}.") from None
    return points, numbers


def _classes(content: Mapping[str, Any], file: Path) -> dict[int, str]:
    names = content.get("names")
    numbered = enumerate(names) if isinstance(names, list) else names.items() if isinstance(names, dict) else ()
    classes: dict[int, str] = {}
    for number, name in numbered:
        with suppress(TypeError, ValueError):  # what is of a class without a number is told, line by line
            classes[int(number)] = str(name)
    if not classes:
        raise AnnotationFileError(f"{file} names no classes: names is a list of them, or a mapping of number to name.")
    return classes


def _images(file: Path, content: Mapping[str, Any], split: str, passed_over: Counter[str]) -> Iterator[Path]:
    """The images of a split: those in a folder or several, or in a list."""
    given = content.get(split)
    entries = given if isinstance(given, list) else [given]
    for entry in (one for one in entries if isinstance(one, str) and one not in _NOTHING):
        place = _place(file, content.get("path"), entry)
        if place is None:
            passed_over[f"{split}: {entry} is not there"] += 1
        elif not any(_is_below(folder, place) for folder in (_below(file, content), file.parent, file.parent.parent)):
            passed_over[f"{split}: {entry} leads out of the folder of the data set"] += 1
        elif place.is_dir():
            try:
                yield from sorted(image for image in place.rglob("*") if image.suffix.lower() in EXTENSIONS)
            except OSError as error:
                passed_over[f"{split}: {error}"] += 1
        else:
            try:
                lines = [line.strip() for line in text_of(place).split("\n")]
            except (OSError, ValueError) as error:
                passed_over[f"{split}: {error}"] += 1
                continue
            for image in (place.parent / line for line in lines if line):
                if any(_is_below(folder, image) for folder in (place.parent, file.parent, _below(file, content))):
                    yield image
                else:
                    passed_over[f"{split}: image outside of the folder of the list"] += 1


def _place(file: Path, root: Any, entry: str) -> Path | None:
    """Where a folder or list lies: below ``path``, or beside the file; Roboflow's ``../train`` is beside it, too."""
    below = _below(file, {"path": root})
    inside = entry.removeprefix("../")
    places = (below / entry, file.parent / entry, file.parent / inside)
    return next((place for place in places if place.exists()), None)


def _below(file: Path, content: Mapping[str, Any]) -> Path:
    """The folder that the others are below: ``path``, or that of the file."""
    root = content.get("path")
    return file.parent / root if isinstance(root, str) and root not in _NOTHING else file.parent


def _is_below(folder: Path, image: Path) -> bool:
    """Whether an image lies in a folder, links followed."""
    try:
        inside = os.path.realpath(folder)
        return os.path.commonpath([inside, os.path.realpath(image)]) == inside
    except (OSError, ValueError):
        return False
