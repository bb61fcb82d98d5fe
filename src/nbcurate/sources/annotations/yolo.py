"""Annotations as ultralytics has them (YOLO): ``data.yaml``, and a text file of boxes for each image."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...imaging import EXTENSIONS, UnreadableImageError, open_regular
from ...imaging.turning import stored_size
from ...store.paths import encode_path
from ..given_file import read_given
from .annotation import AnnotationFile, AnnotationFileError, Box, BoxAnnotation, ImageAnnotation
from .names import possible_names

_SPLITS = ("train", "val", "test")
#: Much longer than any list of classes and folders.
_MOST_BYTES = 10 << 20
#: A list of ten million images, or a label file of as many objects.
_MOST_BYTES_OF_LINES = 1 << 30
#: What YAML calls nothing.
_NOTHING = ("", "~", "null", "Null", "NULL")
_IMAGES, _LABELS = "images", "labels"


@dataclass(frozen=True, slots=True)
class _Form:
    """How lines are read: classes by number, and how many numbers of key points; where ``data.yaml`` lies."""

    classes: Mapping[int, str]
    key_points: int
    beside: Path


def read_yolo(path: str | os.PathLike[str]) -> AnnotationFile:
    """What a data set of ultralytics says of its images.

    For ``images/…/x.jpg`` there is ``labels/…/x.txt``, a line an object: its class, and x and y of the centre, width
    and height as shares of the picture's; or the points of an outline, which is read by its extent. Key points after a
    box (``kpt_shape``) are passed over. An image without such a file has nothing on it. The pictures may be missing, as
    where CVAT or Label Studio write labels alone: images are known by the list of their names, or the label files.

    Parameters
    ----------
    path : path
        ``data.yaml``, or the folder that it lies in; or Label Studio's, with ``classes.txt`` in its place.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or a folder that it names is not there.
    AnnotationFileError
        If it names no classes or no folders of images.
    """
    file = Path(path).expanduser()
    if file.is_dir():
        file = next(
            (place for name in ("data.yaml", "data.yml") if (place := file / name).is_file()), file / "data.yaml"
        )
    content = _read_yaml(file) if file.is_file() or not _class_list(file).is_file() else _as_yaml(_class_list(file))
    form = _Form(_classes(content, file), _key_points(content, file), file.parent)
    passed_over: Counter[str] = Counter()
    # Splits may share a folder: in coco8.yaml and the like, train and val do.
    named = (image for split in _SPLITS for image in _images(file, content, split, passed_over))
    images = list({os.path.normpath(image): image for image in named}.values())
    images = images or list(_by_labels(file.parent / _LABELS))
    labelled = sum(_label_file(image, form.beside) is not None for image in images)
    if not labelled:
        raise AnnotationFileError(
            f"{file} names {len(images):,} images and no labels: train, val or test is a folder 'images', and 'labels' "
            "lies beside it."
        )
    said = [_said(image, form, passed_over) for image in images]
    without = [image.name for image in images if _label_file(image, form.beside) is None]
    words = f"{len(without):,} images have no label file, so that nothing is on them"
    return AnnotationFile(
        file.name, said, passed_over=passed_over, notes=[f"{words}, such as {without[0]!r}"] if without else []
    )


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
    names = _text(classes).rstrip().split("\n")
    return {"names": [name.strip() for name in names], "train": _IMAGES}


def _by_labels(folder: Path) -> Iterator[Path]:
    """The images of label files, where the pictures are not there: each of them under a name without an ending."""
    images = folder.with_name(_IMAGES)
    yield from (images / file.relative_to(folder).with_suffix("") for file in sorted(folder.rglob("*.txt")))


def _key_points(content: Mapping[str, Any], file: Path) -> int:
    """How many numbers of a line are those of key points."""
    shape = content.get("kpt_shape")
    if shape in (None, *_NOTHING):
        return 0
    try:
        points, numbers = (int(side) for side in (shape if isinstance(shape, list) else ()))
    except (TypeError, ValueError):
        raise AnnotationFileError(f"{file}: kpt_shape is [number of key points, 2 or 3], got {shape!r}.") from None
    return points * numbers


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
                lines = [line.strip() for line in _text(place).split("\n")]
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


def _label_file(image: Path, beside: Path) -> Path | None:
    """``labels`` in the place of the last folder ``images``, there or beside ``data.yaml``; None if there is none."""
    parts = list(image.parts)
    if _IMAGES not in parts:
        places = [image]
    else:
        at = len(parts) - 1 - parts[::-1].index(_IMAGES)
        below = Path(_LABELS, *parts[at + 1 :])
        places = [Path(*parts[:at], below), beside / below]
    files = (place.with_name(f"{name}.txt") for place in places for name in (place.stem, place.name))
    return next((file for file in files if file.is_file()), None)


def _names(image: Path) -> list[str]:
    """What an image may be called; where its ending is not known, with each that there is."""
    if image.suffix.lower() in EXTENSIONS:
        return possible_names(encode_path(image))
    names = [possible_names(f"{encode_path(image)}{ending}") for ending in sorted(EXTENSIONS)]
    return [name for alike in zip(*names, strict=False) for name in alike]


def _said(image: Path, form: _Form, passed_over: Counter[str]) -> ImageAnnotation:
    names = _names(image)
    labels = _label_file(image, form.beside)
    if labels is None:
        return ImageAnnotation(names, boxes=[])
    stored = None
    if image.is_file():
        try:
            with open_regular(image) as stream:
                stored = stored_size(stream)
        except (OSError, UnreadableImageError):
            stored = None
        if stored is None:
            passed_over["image that cannot be read"] += 1
            return ImageAnnotation(names)
    size = stored.upright if stored else (1, 1)
    boxes: list[BoxAnnotation] = []
    try:
        lines = [line for line in _text(labels).split("\n") if line.strip()]
    except (OSError, ValueError):
        passed_over["label file that cannot be read"] += 1
        return ImageAnnotation(names)
    for line in lines:
        found = _object(line.split(), form, size)
        boxes += [found] if found else []
    if lost := len(lines) - len(boxes):
        passed_over["line that is no object of a known class"] += lost
    known = stored.upright if stored else None
    return ImageAnnotation(names, size=known, boxes=boxes, complete=not lost, in_shares=stored is None)


def _text(file: Path) -> str:
    """A list, or the lines of a label file, as text; what is none of it is replaced."""
    return read_given(file, _MOST_BYTES_OF_LINES).decode("utf-8-sig", "replace")


def _object(parts: list[str], form: _Form, size: tuple[int, int]) -> BoxAnnotation | None:
    try:
        label, numbers = form.classes[int(float(parts[0]))], [float(part) for part in parts[1:]]
    except (KeyError, ValueError, OverflowError):
        return None
    of_box = len(numbers) - form.key_points
    if of_box in (4, 5):  # the last is how sure a model is
        x, y, width, height = numbers[:4]
        shares = (x - width / 2, y - height / 2, width, height)
    elif not form.key_points and len(numbers) >= 6 and len(numbers) % 2 == 0:
        xs, ys = numbers[::2], numbers[1::2]
        shares = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    else:
        return None
    return BoxAnnotation(_in_px(shares, size), [label] if label.strip() else [], outline=of_box > 5)


def _in_px(shares: Box, size: tuple[int, int]) -> Box:
    (x, y, width, height), (across, down) = shares, size
    return x * across, y * down, width * across, height * down
