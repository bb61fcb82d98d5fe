"""Predictions as ultralytics leaves them in the folder of a run: a text file a picture, or ``predictions.json``."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np

from ..given_file import read_given
from .coco_results import read_coco_results
from .given import GivenPredictions, PredictionFileError, numbered

_JSON = "predictions.json"
_MOST_BYTES = 1 << 30
_BOX, _BOX_AND_SCORE = 5, 6
#: Numbers of a line with an outline are the class, pairs and the score; without it, one less.
_FEWEST_OF_OUTLINE = 7


def read_ultralytics(folder: str | os.PathLike[str]) -> GivenPredictions:
    """What ``yolo predict`` or ``yolo val`` have written, with ``save_txt=True save_conf=True`` or ``save_json=True``.

    A line of ``labels/x.txt`` is an object on the picture ``x``: its class by number, x and y of the centre, width and
    height as shares of the picture's, and how sure the model is; or the points of an outline, of which the extent
    counts; or, of a model of whole pictures, how sure it is and the name of the class.

    Parameters
    ----------
    folder : path
        The folder of the run, or that of the text files.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    PredictionFileError
        If it holds no predictions.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise FileNotFoundError(f"There is no folder {place}.")
    labels = place / "labels" if (place / "labels").is_dir() else place
    files = sorted(labels.rglob("*.txt"))
    if not files and (place / _JSON).is_file():
        return read_coco_results(place / _JSON)
    if not files:
        raise PredictionFileError(
            f"{place} holds no labels/*.txt and no {_JSON}: run yolo with save_txt=True save_conf=True, or "
            "save_json=True."
        )
    lines = _Lines()
    for file in files:
        name = file.relative_to(labels).with_suffix("").as_posix()
        for line in read_given(file, _MOST_BYTES).decode("utf-8-sig", "replace").splitlines():
            if line.strip():
                lines.take(name, line)
    return lines.read(place)


class _Lines:
    """Lines of all files."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._classes: list[str] = []
        self._scores: list[float] = []
        self._boxes: list[tuple[float, float, float, float] | None] = []
        self._passed_over: Counter[str] = Counter()
        self._without_score = 0

    def take(self, name: str, line: str) -> None:
        """One line of the file of a picture."""
        words = line.split()
        try:
            label, box, score = _of_whole(line) if not _is_number(words[-1]) else _of_box([float(w) for w in words])
        except ValueError:
            self._passed_over[f"lines cannot be read, such as {line[:60]!r} of {name}.txt"] += 1
            return
        if score is None:
            self._without_score += 1
        self._names.append(name)
        self._classes.append(label)
        self._scores.append(1.0 if score is None else score)
        self._boxes.append(box)

    def read(self, place: Path) -> GivenPredictions:
        """All of them; those of whole pictures where there are no boxes."""
        boxed = np.array([box is not None for box in self._boxes], bool)
        if boxed.any() and not boxed.all():
            raise PredictionFileError(f"{place} holds lines of boxes and lines of whole pictures: give one kind.")
        problems = [f"{count:,} {words}" for words, count in self._passed_over.items()]
        if self._without_score:
            problems.append(
                f"{self._without_score:,} lines have no confidence, and count as sure: run yolo with save_conf=True"
            )
        names, items = numbered(self._names)
        classes, codes = numbered(self._classes)
        is_boxes = bool(boxed.any())
        return GivenPredictions(
            place.name, names, items, classes, codes.astype(np.int32), np.array(self._scores, np.float64),
            np.array(self._boxes, np.float64) if is_boxes else None,
            in_shares=is_boxes, classes_as="places" if is_boxes else "names", problems=problems,
        )  # fmt: skip


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _of_whole(line: str) -> tuple[str, None, float]:
    """``0.93 tabby cat``."""
    score, _, label = line.strip().partition(" ")
    if not label.strip():
        raise ValueError
    return label.strip(), None, float(score)


def _of_box(numbers: list[float]) -> tuple[str, tuple[float, float, float, float], float | None]:
    """Class, box as x, y, width, height, and score, if there is one."""
    if len(numbers) < _BOX or numbers[0] != int(numbers[0]):
        raise ValueError
    label = str(int(numbers[0]))
    if len(numbers) in (_BOX, _BOX_AND_SCORE):
        x, y, width, height = numbers[1:5]
        score = numbers[5] if len(numbers) == _BOX_AND_SCORE else None
        return label, (x - width / 2, y - height / 2, width, height), score
    if len(numbers) < _FEWEST_OF_OUTLINE:
        raise ValueError
    has_score = len(numbers) % 2 == 0
    corners = np.array(numbers[1 : len(numbers) - has_score]).reshape(-1, 2)
    (left, upper), (right, lower) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return label, (left, upper, right - left, lower - upper), numbers[-1] if has_score else None
