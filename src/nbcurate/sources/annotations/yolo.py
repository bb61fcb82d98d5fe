"""Annotations as ultralytics has them (YOLO): ``data.yaml``, and a text file of boxes for each image."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ...imaging import EXTENSIONS, UnreadableImageError, open_regular
from ...imaging.turning import stored_size
from ...store.paths import encode_path
from .annotation import AnnotationFile, AnnotationFileError, BoxAnnotation, ImageAnnotation
from .names import possible_names
from .yolo_layout import YoloLayout, images_of_labels, read_layout, text_of
from .yolo_lines import YoloLine, read_line


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
    layout = read_layout(path)
    images = list(layout.images) or list(images_of_labels(layout.file.parent / "labels"))
    labelled = sum(layout.label_file(image) is not None for image in images)
    if not labelled:
        raise AnnotationFileError(
            f"{layout.file} names {len(images):,} images and no labels: train, val or test is a folder 'images', and "
            "'labels' lies beside it."
        )
    said = [_said(image, layout) for image in images]
    without = [image.name for image in images if layout.label_file(image) is None]
    words = f"{len(without):,} images have no label file, so that nothing is on them"
    notes = [f"{words}, such as {without[0]!r}"] if without else []
    return AnnotationFile(layout.file.name, said, passed_over=layout.passed_over, notes=notes)


def _names(image: Path) -> list[str]:
    """What an image may be called; where its ending is not known, with each that there is."""
    if image.suffix.lower() in EXTENSIONS:
        return possible_names(encode_path(image))
    names = [possible_names(f"{encode_path(image)}{ending}") for ending in sorted(EXTENSIONS)]
    return [name for alike in zip(*names, strict=False) for name in alike]


def _said(image: Path, layout: YoloLayout) -> ImageAnnotation:
    names = _names(image)
    labels = layout.label_file(image)
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
            layout.passed_over["image that cannot be read"] += 1
            return ImageAnnotation(names)
    size = stored.upright if stored else (1, 1)
    boxes: list[BoxAnnotation] = []
    try:
        lines = [line for line in text_of(labels).split("\n") if line.strip()]
    except (OSError, ValueError):
        layout.passed_over["label file that cannot be read"] += 1
        return ImageAnnotation(names)
    for line in lines:
        with suppress(ValueError):
            boxes.append(_object(read_line(line, layout), size))
    if lost := len(lines) - len(boxes):
        layout.passed_over["line that is no object of a known class"] += lost
    known = stored.upright if stored else None
    return ImageAnnotation(names, size=known, boxes=boxes, complete=not lost, in_shares=stored is None)


def _object(line: YoloLine, size: tuple[int, int]) -> BoxAnnotation:
    labels = [line.label] if line.label.strip() else []
    return BoxAnnotation(line.box(size), labels, outline=bool(line.outline))
