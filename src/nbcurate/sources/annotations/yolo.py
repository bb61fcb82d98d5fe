"""Annotations as ultralytics has them (YOLO): ``data.yaml``, and a text file of boxes beside each image."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...imaging import EXTENSIONS
from ...imaging.turning import stored_size
from ...store.paths import encode_path
from .annotation import AnnotationFile, AnnotationFileError, Box, BoxAnnotation, ImageAnnotation
from .names import possible_names

_SPLITS = ("train", "val", "test")
#: Much longer than any list of classes and folders.
_MOST_BYTES = 10 << 20


def read_yolo(path: str | os.PathLike[str]) -> AnnotationFile:
    """What a data set of ultralytics says of its images.

    For ``images/…/x.jpg`` there is ``labels/…/x.txt``, a line an object: its class, and x and y of the centre, width
    and height as shares of the picture's; or the points of an outline, which is read by its extent. An image without
    such a file has nothing on it.

    Parameters
    ----------
    path : path
        ``data.yaml``, or the folder that it lies in.

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
    content = _read_yaml(file)
    classes = _classes(content, file)
    passed_over: Counter[str] = Counter()
    # Splits may share a folder: in coco8.yaml and the like, train and val do.
    named = (image for split in _SPLITS for image in _images(file, content, split, passed_over))
    images = list({os.path.normpath(image): image for image in named}.values())
    labelled = sum(_label_file(image).is_file() for image in images)
    if not labelled:
        raise AnnotationFileError(
            f"{file} names {len(images):,} images and no labels: train, val or test is a folder 'images', and 'labels' "
            "lies beside it."
        )
    said = [_said(image, classes, passed_over) for image in images]
    return AnnotationFile(file.name, said, passed_over=passed_over)


def _read_yaml(file: Path) -> Mapping[str, Any]:
    import yaml

    if not file.is_file():
        raise FileNotFoundError(f"There is no file {file}.")
    if file.stat().st_size > _MOST_BYTES:
        raise AnnotationFileError(f"{file} is too large for a list of classes and folders.")
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise AnnotationFileError(f"{file} is no YAML file: {error}") from None
    return content if isinstance(content, dict) else {}


def _classes(content: Mapping[str, Any], file: Path) -> dict[int, str]:
    names = content.get("names")
    numbered = enumerate(names) if isinstance(names, list) else names.items() if isinstance(names, dict) else ()
    try:
        classes = {int(number): str(name) for number, name in numbered}
    except (TypeError, ValueError):
        classes = {}
    if not classes:
        raise AnnotationFileError(f"{file} names no classes: names is a list of them, or a mapping of number to name.")
    return classes


def _images(file: Path, content: Mapping[str, Any], split: str, passed_over: Counter[str]) -> Iterator[Path]:
    """The images of a split: those in a folder or several, or in a list."""
    given = content.get(split)
    for entry in given if isinstance(given, list) else [given] if isinstance(given, str) else []:
        place = _place(file, content.get("path"), str(entry))
        if place is None:
            passed_over[f"{split}: {entry} is not there"] += 1
        elif place.is_dir():
            yield from sorted(image for image in place.rglob("*") if image.suffix.lower() in EXTENSIONS)
        else:
            lines = place.read_text(encoding="utf-8-sig").split("\n")
            yield from (place.parent / line.strip() for line in lines if line.strip())


def _place(file: Path, root: Any, entry: str) -> Path | None:
    """Where a folder or list lies: below ``path``, or beside the file; Roboflow's ``../train`` is beside it, too."""
    below = file.parent / root if isinstance(root, str) else file.parent
    inside = entry.removeprefix("../")
    places = (below / entry, file.parent / entry, file.parent / inside)
    return next((place for place in places if place.exists()), None)


def _label_file(image: Path) -> Path:
    """``labels`` in the place of the last folder ``images``."""
    parts = list(image.parts)
    at = len(parts) - 1 - parts[::-1].index("images") if "images" in parts else None
    if at is not None:
        parts[at] = "labels"
    return Path(*parts).with_suffix(".txt")


def _said(image: Path, classes: Mapping[int, str], passed_over: Counter[str]) -> ImageAnnotation:
    names = possible_names(encode_path(image))
    labels = _label_file(image)
    if not labels.is_file():
        return ImageAnnotation(names, boxes=[])
    try:
        with image.open("rb") as stream:
            stored = stored_size(stream)
    except OSError:
        stored = None
    if stored is None:
        passed_over["image that cannot be read"] += 1
        return ImageAnnotation(names)
    boxes: list[BoxAnnotation] = []
    lines = [line for line in labels.read_text(encoding="utf-8-sig", errors="replace").split("\n") if line.strip()]
    for line in lines:
        found = _object(line.split(), classes, stored.upright)
        boxes += [found] if found else []
    if lost := len(lines) - len(boxes):
        passed_over["line that is no object of a known class"] += lost
    return ImageAnnotation(names, size=stored.upright, boxes=boxes, complete=not lost)


def _object(parts: list[str], classes: Mapping[int, str], size: tuple[int, int]) -> BoxAnnotation | None:
    try:
        label, numbers = classes[int(float(parts[0]))], [float(part) for part in parts[1:]]
    except (KeyError, ValueError, OverflowError):
        return None
    if len(numbers) in (4, 5):  # the fifth is how sure a model is
        x, y, width, height = numbers[:4]
        shares = (x - width / 2, y - height / 2, width, height)
    elif len(numbers) >= 6 and len(numbers) % 2 == 0:
        xs, ys = numbers[::2], numbers[1::2]
        shares = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    else:
        return None
    return BoxAnnotation(_in_px(shares, size), [label], outline=len(numbers) > 5)


def _in_px(shares: Box, size: tuple[int, int]) -> Box:
    (x, y, width, height), (across, down) = shares, size
    return x * across, y * down, width * across, height * down
