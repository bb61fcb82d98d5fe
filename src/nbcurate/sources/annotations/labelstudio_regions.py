"""What one annotation of Label Studio says: its results, those of one region joined, as labels and boxes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .annotation import AnnotationFileError, BoxAnnotation, ImageAnnotation

#: A result of Label Studio: ``from_name``, ``type``, ``value``, and for a region its ``id``.
Result = Mapping[str, Any]

#: Members of a value that say where a region lies.
_PLACE = {"x", "y", "width", "height", "points", "rle", "rotation", "ellipse", "vertices"}
#: Members that hold its classes; ``choices`` may, too, where it has none of these.
_CLASSES = ("rectanglelabels", "polygonlabels", "labels")
#: What may be a box, so that not all of an image is known where one cannot be read.
_OBJECTS = {"rectanglelabels", "rectangle", "brushlabels", "ellipselabels"}


def questions(results: Sequence[Result]) -> list[str]:
    """Names of the controls that choices of the whole image come from, of one annotation."""
    alone = (of_one[0] for of_one in _joined(results) if not _is_region(of_one))
    return list(dict.fromkeys(_control(one) for one in alone if "choices" in one["value"]))


def read_results(
    image: ImageAnnotation,
    results: Sequence[Result],
    control: str | None,
    question: str | None,
    passed_over: Counter[str],
) -> ImageAnnotation:
    """An image with what the results of one annotation say of it.

    Parameters
    ----------
    control : str or None
        The control that is meant, where the user names one.
    question : str or None
        The one that choices of the whole image are taken of; None where there is but one.
    passed_over : Counter of str
        Is told what was passed over.

    Raises
    ------
    AnnotationFileError
        If a region has classes from several controls, and none is named.
    """
    labels: list[str] | None = None if results else []
    boxes: list[BoxAnnotation] = []
    size, complete = image.size, True
    for of_one in _joined(results):
        if control is not None and all(_control(one) != control for one in of_one):
            continue
        first = of_one[0]
        if not _is_region(of_one) and "choices" in first["value"]:
            if question is None or _control(first) == question:
                labels = [*(labels or []), *texts(first["value"]["choices"])]
            else:
                passed_over[f"answer to another question, {_control(first)!r}: control= takes it"] += 1
            continue
        place = next((one for one in of_one if _PLACE & set(one["value"])), first)
        classes = _classes(of_one, control, passed_over)
        found = None if any(_is_turned(one) for one in of_one) else _box(place, classes)
        if found is None:
            kinds = [str(one.get("type")) for one in of_one]
            passed_over[f"{kinds[0]}: only choices, upright boxes and the extent of polygons are read"] += 1
            complete = complete and not _OBJECTS & set(kinds)
            continue
        box, size = found
        boxes.append(box)
    labels = None if labels is None else list(dict.fromkeys(labels))
    return replace(image, size=size, labels=labels, boxes=boxes, complete=complete)


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none if it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """A text, or those of a list, without empty ones."""
    given = value if isinstance(value, list) else [value]
    return [one for one in given if isinstance(one, str) and one.strip()]


def _joined(results: Iterable[Result]) -> list[list[Result]]:
    """The results of each region: those of one id; those of one place, from several controls, where there are no ids.

    ``<Rectangle>`` with ``<Labels>``, and questions about a region, write a result each.
    """
    groups: dict[Any, list[Result]] = {}
    for at, result in enumerate(results):
        value = result.get("value")
        if not isinstance(value, Mapping):
            continue
        place = tuple(sorted((name, str(value[name])) for name in _PLACE & set(value)))
        known = result.get("id")
        name = known if isinstance(known, str) else place
        there = groups.get(name, [])
        same = bool(name) and all(_control(one) != _control(result) for one in there)
        groups.setdefault(name if same else at, []).append(result)
    parts = list(groups.values())
    return [part for group in parts for part in ([group] if _is_region(group) else [[one] for one in group])]


def _is_region(results: Sequence[Result]) -> bool:
    return any(_PLACE & set(one["value"]) for one in results)


def _is_turned(result: Result) -> bool:
    try:
        return bool(float(result["value"].get("rotation") or 0) % 360)
    except (TypeError, ValueError):
        return True


def _control(result: Result) -> str:
    return str(result.get("from_name") or "")


def _classes(results: Sequence[Result], control: str | None, passed_over: Counter[str]) -> list[str]:
    """The classes of a region: from its labels, else from its choices."""
    by_labels = {_control(one): found for one in results if (found := _labels(one["value"]))}
    by_choices = {_control(one): found for one in results if (found := texts(one["value"].get("choices")))}
    answers = by_choices if control in by_choices else by_labels or by_choices
    if control in answers:
        return answers[control]
    if len(answers) > 1:
        raise AnnotationFileError(
            f"Regions have classes from several controls: {', '.join(answers)}. Name the one that is meant: control="
        )
    if by_labels and by_choices:
        passed_over["choices of a region that has a label"] += 1
    return next(iter(answers.values()), [])


def _labels(value: Mapping[str, Any]) -> list[str]:
    return next((found for name in _CLASSES if (found := texts(value.get(name)))), [])


def _box(result: Result, labels: list[str]) -> tuple[BoxAnnotation, tuple[int, int]] | None:
    """The box of a region in px, and the size of the image that it was drawn on; None if it is none."""
    value = result["value"]
    try:
        width, height = int(result["original_width"]), int(result["original_height"])
        if "points" in value:
            xs, ys = zip(*((float(x), float(y)) for x, y in value["points"]), strict=True)
            percent = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        else:
            percent = tuple(float(value[side]) for side in ("x", "y", "width", "height"))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    x, y, across, down = percent
    if min(width, height) <= 0 or not all(map(math.isfinite, percent)):
        return None
    box = (x * width / 100, y * height / 100, across * width / 100, down * height / 100)
    name = result.get("id")
    found = BoxAnnotation(box, labels, name if isinstance(name, str) else None, outline="points" in value)
    return found, (width, height)
