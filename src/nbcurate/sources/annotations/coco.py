"""Annotations as COCO files have them, also as Roboflow writes them."""

from __future__ import annotations

import os
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...store.coco_columns import as_key
from ..coco_file import CocoAnnotation, CocoFile, CocoImage, parse_coco
from ..coco_own import own_entry
from ..given_file import open_given
from .annotation import AnnotationFile, BoxAnnotation, ImageAnnotation
from .files import read_json_files
from .names import possible_names

#: What Roboflow calls the file in the folder of each split.
ROBOFLOW_FILE = "_annotations.coco.json"


def read_coco_annotations(annotations: str | os.PathLike[str] | Mapping[str, Any]) -> AnnotationFile:
    """What a COCO file says of its images; of an image with no annotations, that nothing is on it.

    Parameters
    ----------
    annotations : path or mapping
        The JSON file, a ZIP archive of such files, a folder with Roboflow's, or the content of one.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no COCO annotations.
    """
    title, contents = _contents(annotations)
    files = [parse_coco(content) for content in contents]
    images = [image for file in files for image in _images(file)]
    passed_over = Counter(problem for file in files for problem in file.problems)
    return AnnotationFile(title, images, passed_over=passed_over)


def _contents(annotations: str | os.PathLike[str] | Mapping[str, Any]) -> tuple[str, list[Any]]:
    if isinstance(annotations, Mapping):
        return "the annotations", [dict(annotations)]
    path = Path(annotations).expanduser()
    if path.is_dir():
        return path.name, sorted(path.rglob(ROBOFLOW_FILE))
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    with open_given(path) as content:
        is_archive = zipfile.is_zipfile(content)
    return path.name, list(read_json_files(path).values()) if is_archive else [path]


def _images(coco: CocoFile) -> Iterator[ImageAnnotation]:
    """Each image of a file, once; where something on it cannot be used, what is known of it is not all."""
    on: dict[str, list[BoxAnnotation]] = defaultdict(list)
    for annotation in coco.annotations:
        on[annotation.image.file_name].append(_box(annotation))
    images = {image.file_name: image for image in reversed(coco.images)}
    without = set(coco.without)
    for name, image in reversed(images.items()):
        # What is on an image is not known where all that is said of it was skipped.
        complete = name in without or (bool(on[name]) and not coco.skipped)
        own = own_entry(image.given)
        item_id, boxes = own.get("id"), own.get("boxes")
        yield ImageAnnotation(
            _names_of(image), item_id if isinstance(item_id, str) else None, size=image.size, boxes=on[name],
            complete=complete, handed_out=[str(one) for one in boxes] if isinstance(boxes, list) else None,
        )  # fmt: skip


def _box(annotation: CocoAnnotation) -> BoxAnnotation:
    number, item_id = annotation.given.get("id"), own_entry(annotation.given).get("id")
    known = item_id if isinstance(item_id, str) else None if number is None else as_key(number)
    labels = [annotation.label] if annotation.label else []
    return BoxAnnotation(annotation.box, labels, known, annotation.area, annotation.crowd, given=annotation.given)


def _names_of(image: CocoImage) -> list[str]:
    extra = image.given.get("extra")
    return possible_names(image.file_name, extra.get("name") if isinstance(extra, Mapping) else None)
