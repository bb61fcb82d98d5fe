"""Annotations as Label Studio writes them: its JSON and JSON-MIN exports."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .annotation import AnnotationFile, AnnotationFileError, BoxAnnotation, ImageAnnotation
from .files import read_json_files

#: What our own tasks carry along; see nbcurate.export.labelstudio.
ID, GIVEN, COLUMN = "nbcurate_id", "nbcurate_label", "nbcurate_column"
#: Label Studio puts eight digits before the name of a file that is uploaded.
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(?=.)")
#: Members of a task in JSON-MIN that are no answers.
_FACTS = {
    "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "image", ID, GIVEN,
    COLUMN,
}  # fmt: skip
#: What a control for classes is mostly called; tried where several members of a task could be one.
_USUAL = ("label", "labels", "choice", "choices", "class", "classes", "category", "categories")


def read_labelstudio(path: str | os.PathLike[str], *, control: str | None = None) -> AnnotationFile:
    """What a Label Studio export says of its tasks.

    ``choices`` are labels of the image. Boxes (``rectanglelabels``) come in percent, and are given in px; polygons are
    read by their extent; brush strokes, key points and texts are counted and passed over. Of several annotations of a
    task the one that is marked as ground truth counts; where there is none and they differ, the file contradicts
    itself. Tasks without an annotation, and cancelled annotations, say nothing.

    Parameters
    ----------
    control : str, optional
        Name of the control (``from_name``) whose answers are meant, where a task has several.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it is no export of Label Studio in JSON or JSON-MIN, or it is not clear which answers are meant.
    """
    tasks = [task for content in read_json_files(path).values() for task in _tasks(content, path)]
    passed_over: Counter[str] = Counter()
    conflicts: list[str] = []
    if any("annotations" in task or "completions" in task for task in tasks):
        images = list(_of_full(tasks, control, conflicts, passed_over))
    else:
        images = list(_of_min(tasks, control, conflicts, passed_over))
    if not any(image.boxes for image in images):  # nobody drew boxes: this is about labels
        images = [replace(image, boxes=None) for image in images]
    return AnnotationFile(Path(path).name, images, conflicts, passed_over)


def _tasks(content: Any, path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    tasks = [content] if isinstance(content, dict) and ("data" in content or "image" in content) else content
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise AnnotationFileError(f"{path} holds no tasks of Label Studio: export them as JSON or JSON-MIN.")
    return tasks


def _of_full(
    tasks: Sequence[dict[str, Any]], control: str | None, conflicts: list[str], passed_over: Counter[str]
) -> Iterator[ImageAnnotation]:
    for task in tasks:
        data = task.get("data")
        image = _named(data if isinstance(data, dict) else {}, task.get("file_upload"))
        given = _dicts(task.get("annotations") or task.get("completions"))
        answers = [one for one in given if not one.get("was_cancelled")]
        answers = [one for one in answers if one.get("ground_truth")] or answers
        if not answers:
            passed_over["task without an annotation"] += 1
            continue
        read: list[ImageAnnotation] = []
        for number, answer in enumerate(answers):
            found = _of_regions(image, _dicts(answer.get("result")), control, passed_over if not number else Counter())
            read.append(found)
        yield from _agreed(read, conflicts)


def _agreed(read: Sequence[ImageAnnotation], conflicts: list[str]) -> Iterator[ImageAnnotation]:
    """What all annotators say; nothing, and a conflict, where they differ."""
    first = read[0]
    if any(_said(other) != _said(first) for other in read[1:]):
        said = " and ".join(dict.fromkeys(_in_words(one) for one in read))
        conflicts.append(f"{first.name!r}: its annotations differ: {said}; mark one as ground truth")
    else:
        yield first


def _said(image: ImageAnnotation) -> tuple[Any, ...]:
    """What is said, without the names that a tool gives to boxes."""
    boxes = None if image.boxes is None else sorted((box.box, sorted(box.labels)) for box in image.boxes)
    return None if image.labels is None else sorted(image.labels), boxes


def _in_words(image: ImageAnnotation) -> str:
    boxes = f"{len(image.boxes)} boxes" if image.boxes else ""
    return (
        " and ".join(part for part in (str(image.labels) if image.labels is not None else "", boxes) if part) or "none"
    )


def _of_regions(
    image: ImageAnnotation, regions: Sequence[dict[str, Any]], control: str | None, passed_over: Counter[str]
) -> ImageAnnotation:
    """What the answers of one annotation say."""
    labels: list[str] | None = None if regions else []
    boxes: list[BoxAnnotation] = []
    size = image.size
    complete = True
    for region in regions:
        if control is not None and region.get("from_name") != control:
            continue
        kind, value = region.get("type"), region.get("value")
        if not isinstance(value, dict):
            continue
        if "choices" in value and not {"x", "points"} & set(value):
            labels = [*(labels or []), *_texts(value.get("choices"))]
            continue
        found, of = _box(region, value)
        if found is None:
            passed_over[f"{kind}: only choices, upright boxes and the extent of polygons are read"] += 1
            complete = complete and kind not in ("rectanglelabels", "rectangle", "brushlabels", "ellipselabels")
            continue
        size = of
        boxes.append(found)
    labels = None if labels is None else list(dict.fromkeys(labels))
    return replace(image, size=size, labels=labels, boxes=boxes, complete=complete)


def _box(region: Mapping[str, Any], value: Mapping[str, Any]) -> tuple[BoxAnnotation | None, tuple[int, int] | None]:
    """The box of a region in px, and the size of the image that it was drawn on."""
    try:
        width, height = int(region["original_width"]), int(region["original_height"])
        if "points" in value:
            xs, ys = zip(*((float(x), float(y)) for x, y in value["points"]), strict=True)
            percent = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        else:
            percent = tuple(float(value[side]) for side in ("x", "y", "width", "height"))
        if float(value.get("rotation") or 0) % 360:
            return None, None
    except (KeyError, TypeError, ValueError):
        return None, None
    labels = _texts(value.get("rectanglelabels") or value.get("polygonlabels") or value.get("labels"))
    x, y, across, down = percent
    box = (x * width / 100, y * height / 100, across * width / 100, down * height / 100)
    name = region.get("id")
    found = BoxAnnotation(box, labels, name if isinstance(name, str) else None, outline="points" in value)
    return found, (width, height)


def _of_min(
    tasks: Sequence[dict[str, Any]], control: str | None, conflicts: list[str], passed_over: Counter[str]
) -> Iterator[ImageAnnotation]:
    """Of tasks in JSON-MIN, one for each annotation, whose answers stand beside the data."""
    controls = [control] if control is not None else _controls(tasks)
    by_task: dict[str, list[ImageAnnotation]] = {}
    for number, task in enumerate(tasks):
        image = _named(task, None)
        if not any(name in task for name in controls):
            passed_over["task without an annotation"] += 1
            continue
        regions = [region for name in controls for region in _regions(task.get(name))]
        by_task.setdefault(str(task.get("id", f"task {number}")), []).append(
            _of_regions(image, regions, None, passed_over)
        )
    for read in by_task.values():
        yield from _agreed(read, conflicts)


def _regions(answer: Any) -> list[dict[str, Any]]:
    """An answer of JSON-MIN as the regions that JSON has: a class, several under ``choices``, or a list of boxes."""
    if isinstance(answer, dict):
        answer = answer.get("choices")
    boxes, choices = _dicts(answer), _texts(answer)
    said = [{"type": "choices", "value": {"choices": choices}}] if choices else []
    return [*said, *({**one, "type": "rectanglelabels", "value": one} for one in boxes)]


def _controls(tasks: Sequence[dict[str, Any]]) -> list[str]:
    """Which members of the tasks hold answers."""
    sure: dict[str, None] = {}
    texts: dict[str, None] = {}
    for task in tasks:
        for name, value in task.items():
            if name in _FACTS:
                continue
            regions = isinstance(value, list) and any(
                isinstance(one, dict) and "original_width" in one for one in value
            )
            if regions or (isinstance(value, dict) and "choices" in value):
                sure[name] = None
            elif isinstance(value, str) and not _names_of(value)[1:]:
                texts[name] = None
    if sure:
        return list(sure)
    usual = [name for name in _USUAL if name in texts]
    if len(texts) > 1 and len(usual) != 1:
        raise AnnotationFileError(
            f"Several members of the tasks may be the answers: {', '.join(texts)}. Name the one that is meant: control="
        )
    return usual if len(texts) > 1 else list(texts)


def _named(data: Mapping[str, Any], upload: Any) -> ImageAnnotation:
    """What a task is about."""
    image = data.get("image")
    if not isinstance(image, str):
        image = next((value for value in data.values() if isinstance(value, str) and _names_of(value)[1:]), "")
    names = [*_names_of(image), *(_names_of(upload) if isinstance(upload, str) else [])]
    item_id, given, column = data.get(ID), data.get(GIVEN), data.get(COLUMN)
    return ImageAnnotation(
        list(dict.fromkeys(name for name in names if name)),
        item_id if isinstance(item_id, str) else None,
        given=given if isinstance(given, str | list) else None,
        column=column if isinstance(column, str) else "label",
    )


def _names_of(place: str) -> list[str]:
    """What the image behind a URL or path may be called; one name alone where it looks like no place."""
    parts = urlsplit(place) if "://" in place or place.startswith("/") else None
    if parts is None:
        return [place, *([_UPLOADED.sub("", place)] if _UPLOADED.match(place) else [])]
    local = parse_qs(parts.query).get("d")
    path = local[0] if local else unquote(parts.path)
    folder, _, name = path.rpartition("/")
    uploaded = _UPLOADED.sub("", name) if "/upload/" in f"{folder}/" else name
    plain = [path] if uploaded == name else [uploaded]
    return [place, *plain]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
