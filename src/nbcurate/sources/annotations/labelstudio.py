"""Annotations as Label Studio writes them: its JSON and JSON-MIN exports."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .annotation import AnnotationFile, AnnotationFileError, ImageAnnotation
from .files import read_json_files
from .labelstudio_regions import dicts, questions, read_results, texts
from .names import without_upload_mark

#: What our own tasks carry along; see nbcurate.export.labelstudio.
ID, GIVEN, COLUMN, BOXES = "nbcurate_id", "nbcurate_label", "nbcurate_column", "nbcurate_boxes"
#: The control that they ask by.
CONTROL = "label"
#: Members of a task in JSON-MIN that are no answers.
_FACTS = {
    "id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "image", ID, GIVEN,
    COLUMN, BOXES,
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
        Name of the control (``from_name``) whose answers are meant, where a task has several: those to several
        questions are never mixed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it is no export of Label Studio in JSON or JSON-MIN, or it is not clear which answers are meant.
    """
    passed_over: Counter[str] = Counter()
    tasks = [task for content in read_json_files(path).values() for task in _tasks(content, path, passed_over)]
    conflicts: list[str] = []
    if any("annotations" in task or "completions" in task for task in tasks):
        images = list(_of_full(tasks, control, conflicts, passed_over))
    else:
        images = list(_of_min(tasks, control, conflicts, passed_over))
    if not any(image.boxes for image in images):  # nobody drew boxes: this is about labels
        images = [replace(image, boxes=None) for image in images]
    return AnnotationFile(Path(path).name, images, conflicts, passed_over)


def _tasks(content: Any, path: str | os.PathLike[str], passed_over: Counter[str]) -> list[dict[str, Any]]:
    tasks = [content] if isinstance(content, dict) and ("data" in content or "image" in content) else content
    found = dicts(tasks)
    if not isinstance(tasks, list) or (tasks and not found):
        raise AnnotationFileError(f"{path} holds no tasks of Label Studio: export them as JSON or JSON-MIN.")
    if others := len(tasks) - len(found):
        passed_over["task that is no object"] += others
    return found


def _of_full(
    tasks: Sequence[dict[str, Any]], control: str | None, conflicts: list[str], passed_over: Counter[str]
) -> Iterator[ImageAnnotation]:
    answers_of = [_answers(task) for task in tasks]
    results = [dicts(answer.get("result")) for answers in answers_of for answer in answers]
    question = _question(results, control, tasks=[_data(task) for task in tasks])
    for task, answers in zip(tasks, answers_of, strict=True):
        image = _named(_data(task), task.get("file_upload"))
        if not answers:
            passed_over["task without an annotation"] += 1
            continue
        read: list[ImageAnnotation] = []
        for number, answer in enumerate(answers):
            told = Counter() if number else passed_over
            found = read_results(image, dicts(answer.get("result")), control, question, told)
            read.append(_about_labels(found, _data(task)))
        yield from _agreed(read, conflicts)


def _data(task: Mapping[str, Any]) -> Mapping[str, Any]:
    data = task.get("data")
    return data if isinstance(data, dict) else {}


def _answers(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The annotations of a task that count."""
    given = dicts(task.get("annotations") or task.get("completions"))
    answers = [one for one in given if not one.get("was_cancelled")]
    return [one for one in answers if one.get("ground_truth")] or answers


def _question(
    annotations: Sequence[Sequence[dict[str, Any]]], control: str | None, tasks: Sequence[Mapping[str, Any]]
) -> str | None:
    """The control that labels of images are taken of, where there are several: that of our own tasks, if it is there.

    Raises
    ------
    AnnotationFileError
        If it is not clear which is meant, or there is none of the name that the user gives.
    """
    there = {str(one.get("from_name")): None for results in annotations for one in results}
    if there and control is not None and control not in there:
        raise AnnotationFileError(f"control={control!r}: the answers are those of {', '.join(there)}.")
    names = list(dict.fromkeys(name for results in annotations for name in questions(results)))
    if control is not None or len(names) < 2:
        return control
    if CONTROL in names and any(ID in data for data in tasks):
        return CONTROL
    raise AnnotationFileError(
        f"The tasks have several questions: {', '.join(names)}. Name the one whose answers are the labels: control="
    )


def _about_labels(image: ImageAnnotation, data: Mapping[str, Any]) -> ImageAnnotation:
    """An image as one of our tasks is meant that asks for its label: where nobody drew a box, none was asked for."""
    return replace(image, boxes=None) if GIVEN in data and not image.boxes else image


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


def _of_min(
    tasks: Sequence[dict[str, Any]], control: str | None, conflicts: list[str], passed_over: Counter[str]
) -> Iterator[ImageAnnotation]:
    """Of tasks in JSON-MIN, one for each annotation, whose answers stand beside the data."""
    controls = [control] if control is not None else _controls(tasks)
    regions_of = [[region for name in controls for region in _regions(name, task.get(name))] for task in tasks]
    question = _question(regions_of, control, tasks)
    by_task: dict[str, list[ImageAnnotation]] = {}
    for number, (task, regions) in enumerate(zip(tasks, regions_of, strict=True)):
        image = _named(task, None)
        if not any(name in task for name in controls):
            passed_over["task without an annotation"] += 1
            continue
        found = read_results(image, regions, None, question, passed_over)
        by_task.setdefault(str(task.get("id", f"task {number}")), []).append(_about_labels(found, task))
    for read in by_task.values():
        yield from _agreed(read, conflicts)


def _regions(control: str, answer: Any) -> list[dict[str, Any]]:
    """An answer of JSON-MIN as the regions that JSON has: a class, several under ``choices``, or a list of boxes."""
    if isinstance(answer, dict):
        answer = answer.get("choices")
    boxes, choices = dicts(answer), texts(answer)
    said = [{"type": "choices", "value": {"choices": choices}}] if choices else []
    regions = ({**one, "type": "rectanglelabels", "value": one} for one in boxes)
    return [{**one, "from_name": control} for one in (*said, *regions)]


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
        handed_out=[str(one) for one in boxes] if isinstance(boxes := data.get(BOXES), list) else None,
    )


def _names_of(place: str) -> list[str]:
    """What the image behind a URL or path may be called; one name alone where it looks like no place."""
    parts = urlsplit(place) if "://" in place or place.startswith("/") else None
    if parts is None:
        return list(dict.fromkeys([place, without_upload_mark(place)]))
    local = parse_qs(parts.query).get("d")
    path = local[0] if local else unquote(parts.path)
    folder, _, name = path.rpartition("/")
    uploaded = without_upload_mark(name) if "/upload/" in f"{folder}/" else name
    plain = [path] if uploaded == name else [uploaded]
    return [place, *plain]
