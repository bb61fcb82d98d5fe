"""Items as a data set of ultralytics (YOLO): ``data.yaml``, pictures, and a text file of the objects on each."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..imaging.masks import Polygon
from ..imaging.turning import Box
from .coco_content import CocoItems
from .drawn_pictures import DrawnObject, class_numbers, clipped, copy_pictures, drawn_pictures, what_was_lost
from .pictures import require_pictures
from .target import new_folder

_IMAGES, _LABELS = "images", "labels"


def write_yolo(
    items: CocoItems, to: str | os.PathLike[str], *, classes: Sequence[str] | None = None, overwrite: bool = False
) -> Path:
    """Write pictures to ``images/<split>/`` and what is on them to ``labels/<split>/``, with ``data.yaml`` beside them.

    A line is the number of the class, then x and y of the centre, width and height as shares of the picture's; or the
    outline, where every object has one of a single piece. A picture that nothing is on has an empty file. Boxes are cut
    off at the edge of their picture, as ultralytics refuses pictures of which one is not. Crowds are left out.

    Parameters
    ----------
    classes : sequence of str, optional
        Those that are written, in the order of their numbers; all by default, as the annotation files count them.

    Raises
    ------
    FileExistsError
        See :func:`nbcurate.export.target.new_folder`.
    ValueError
        If no item has a picture.

    Warns
    -----
    UserWarning
        Of what did not go along, counted by reason.
    """
    require_pictures([*items.files, *(empty.file for empty in items.empty)], "yolo")
    pictures = drawn_pictures(items)
    numbers = class_numbers(items, pictures, classes)
    outlined = _are_outlined([one for picture in pictures for one in picture.objects if not one.crowd])
    left_out: Counter[str] = Counter()
    written = 0
    splits: Counter[str] = Counter()
    with new_folder(to, "yolo", overwrite=overwrite) as folder:
        for picture, path, size in copy_pictures(pictures, folder, _IMAGES):
            lines: list[str] = []
            for one in picture.objects:
                why = _why_not(one, numbers, size, asked_for=classes is not None)
                if why is None:
                    lines.append(_line(one, numbers[one.label or ""], size, outlined))
                elif why:
                    left_out[why] += 1
            file = folder / _LABELS / path.with_suffix(".txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
            written += 1
            splits[picture.split or ""] += 1
        (folder / "data.yaml").write_text(_yaml(list(numbers), splits), encoding="utf-8")
    for text in [*what_was_lost(pictures, written, left_out, to), *_of_splits(splits)]:
        warnings.warn(text, stacklevel=3)
    return Path(to).expanduser()


def _why_not(one: DrawnObject, numbers: dict[str, int], size: tuple[int, int], *, asked_for: bool) -> str | None:
    """Why an object is not written; None where it is, and nothing to be told where its class was not asked for."""
    if one.crowd:
        return "crowds have no place in this format"
    if not one.label:
        return "they have no label"
    if one.label not in numbers:
        return "" if asked_for else "their class has no number"
    return None if clipped(one.box, size) else "their box is not on the picture"


def _are_outlined(objects: Sequence[DrawnObject]) -> bool:
    """Whether every object has an outline of one piece: ultralytics reads either outlines or boxes."""
    return bool(objects) and all(len(one.outlines) == 1 for one in objects)


def _line(one: DrawnObject, number: int, size: tuple[int, int], outlined: bool) -> str:
    box = clipped(one.box, size)
    shares = _of_outline(one.outlines[0], size) if outlined else _of_box(box or one.box, size)
    return f"{number} {' '.join(f'{share:.8g}' for share in shares)}"


def _of_box(box: Box, size: tuple[int, int]) -> list[float]:
    (x, y, width, height), (across, down) = box, size
    return [(x + width / 2) / across, (y + height / 2) / down, width / across, height / down]


def _of_outline(outline: Polygon, size: tuple[int, int]) -> list[float]:
    return [min(max(side / size[at % 2], 0.0), 1.0) for at, side in enumerate(outline)]


def _yaml(names: list[str], splits: Counter[str]) -> str:
    """What ultralytics trains by: the folders of the splits; ``train`` and ``val`` have to be there."""
    import yaml

    parts = {split: f"{_IMAGES}/{split}" for split in splits if split}
    named = {"train": parts.get("train"), "val": parts.get("val"), **parts}
    others = next((place for place in parts.values()), _IMAGES)
    whole: dict[str, Any] = {name: place or (_IMAGES if not parts else others) for name, place in named.items()}
    # Without "path" ultralytics looks beside this file; "." would be the folder that it is started in.
    content = {**whole, "names": dict(enumerate(names))}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def _of_splits(splits: Counter[str]) -> list[str]:
    if splits["train"] and splits["val"]:
        return []
    return [
        "ultralytics needs pictures to train on and others to validate with, and these have no split 'train' and 'val' "
        "both: data.yaml names the same folder for either. ds.split(train=0.8, val=0.2) makes them."
    ]
