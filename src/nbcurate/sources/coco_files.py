"""Several COCO annotation files as one source each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .coco_json import Annotations


def by_split(annotations: Any, split: str | None) -> list[tuple[str | None, Annotations]]:
    """What was given as annotations, as files with the split of each.

    Raises
    ------
    TypeError
        If it is neither a file, nor the content of one, nor several files.
    """
    if isinstance(annotations, str | os.PathLike):
        return [(split, annotations)]
    if isinstance(annotations, Mapping):
        paths = {name: file for name, file in annotations.items() if isinstance(file, str | os.PathLike)}
        if paths and len(paths) == len(annotations):
            return [(str(name), file) for name, file in paths.items()]
        return [(split, dict(annotations))]
    if isinstance(annotations, list | tuple) and all(isinstance(file, str | os.PathLike) for file in annotations):
        return [(split, file) for file in annotations]
    raise TypeError(
        "annotations: expected a COCO file, what is in one, a list of files, or {'train': file, 'val': file}, got "
        f"{type(annotations).__name__}."
    )
