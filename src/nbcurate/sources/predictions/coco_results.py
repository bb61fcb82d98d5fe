"""Detections as COCO has them: a list of ``{image_id, category_id, bbox, score}``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...imaging.masks import decode_runs, polygons_of
from ...store.coco_columns import as_key
from ..given_file import read_given
from .given import GivenPredictions, PredictionFileError, numbered

_GZIP = b"\x1f\x8b"


def read_coco_results(results: str | os.PathLike[str] | Sequence[Mapping[str, Any]]) -> GivenPredictions:
    """What a results file says, as ``pycocotools.coco.COCO.loadRes`` reads it, and as ultralytics writes it.

    A result with a mask and no box has the box around that mask. One without either is a class of the whole image, if
    all are.

    Parameters
    ----------
    results : path or list of dict
        Each with ``image_id``, ``category_id``, ``bbox`` (x, y, width, height in px) and ``score``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    PredictionFileError
        If it is no such list; the message says what is missing.
    """
    if isinstance(results, str | os.PathLike):
        path = Path(results).expanduser()
        title, content = path.name, _parsed(path)
    else:
        title, content = "the list", list(results)
    if isinstance(content, Mapping) and isinstance(content.get("annotations"), list):
        content = content["annotations"]  # a whole COCO file whose annotations have scores
    if not isinstance(content, list):
        raise PredictionFileError(
            f"{title} holds no list of results: COCO's are [{{image_id, category_id, bbox, score}}, …]."
        )
    _require_scores(content, title)
    whole = bool(content) and not any(
        "bbox" in one or "segmentation" in one for one in content if isinstance(one, Mapping)
    )
    names: list[str] = []
    classes: list[str] = []
    scores: list[float] = []
    boxes: list[Sequence[float]] = []
    left_out: list[Any] = []
    for one in content:
        try:
            box = (0.0, 0.0, 0.0, 0.0) if whole else _box(one)
            row = as_key(one["image_id"]), as_key(one["category_id"]), float(one["score"])
        except (KeyError, TypeError, ValueError):
            left_out.append(one)
            continue
        names.append(row[0])
        classes.append(row[1])
        scores.append(row[2])
        boxes.append(box)
    different, items = numbered(names)
    categories, codes = numbered(classes)
    problems = [f"{len(left_out):,} results cannot be read, such as {_shown(left_out[0])}"] if left_out else []
    return GivenPredictions(
        title, different, items, categories, codes.astype(np.int32), np.array(scores, np.float64),
        None if whole else np.array(boxes, np.float64).reshape(-1, 4),
        classes_as="categories", names_as="images", problems=problems,
    )  # fmt: skip


def _parsed(path: Path) -> Any:
    data = read_given(path)
    if data[:2] == _GZIP:
        import gzip

        data = gzip.decompress(data)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PredictionFileError(f"{path} is no JSON file: {error}") from None


def _require_scores(content: list[Any], title: str) -> None:
    """Refuse what is a list of other things: annotations without scores above all."""
    if content and not any(isinstance(one, Mapping) and "score" in one for one in content):
        has = ", ".join(map(str, content[0])) if isinstance(content[0], Mapping) else type(content[0]).__name__
        raise PredictionFileError(
            f"{title}: none of its {len(content):,} entries has a score (the first has {has}): predictions are "
            "{image_id, category_id, bbox, score}. Annotations are read by Dataset.from_coco."
        )


def _box(one: Mapping[str, Any]) -> Sequence[float]:
    given = one.get("bbox")
    if given is None:
        return _around(one["segmentation"])
    x, y, width, height = given
    return float(x), float(y), float(width), float(height)


def _around(segmentation: Any) -> Sequence[float]:
    """The box around a mask."""
    if isinstance(segmentation, Mapping):
        rows, columns = np.nonzero(decode_runs(dict(segmentation)))
        if not len(rows):
            raise ValueError("an empty mask")
        left, upper = float(columns.min()), float(rows.min())
        return left, upper, float(columns.max()) + 1 - left, float(rows.max()) + 1 - upper
    corners = np.concatenate([np.reshape(line, (-1, 2)) for line in polygons_of(segmentation)])
    (left, upper), (right, lower) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return left, upper, right - left, lower - upper


def _shown(example: Any) -> str:
    return f"{example!r:.120}"
