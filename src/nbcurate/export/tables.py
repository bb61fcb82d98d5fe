"""Items as a table file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def write_csv(frame: pd.DataFrame, to: str | os.PathLike[str]) -> Path:
    """Write the rows as CSV (UTF-8, with a header; a list of tags or numbers as JSON); the path that was written."""
    path = _with_parent(to)
    lists_as_json(frame).to_csv(path, index=False)
    return path


def write_parquet(frame: pd.DataFrame, to: str | os.PathLike[str]) -> Path:
    """Write the rows as Parquet; the path that was written."""
    path = _with_parent(to)
    frame.to_parquet(path, index=False)
    return path


def lists_as_json(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with every list as a JSON text, such as ``["blurry", "night"]``."""
    objects = [name for name in frame.columns if frame[name].dtype == object]
    return frame.assign(**{name: frame[name].map(_list_as_json) for name in objects})


def _list_as_json(value: object) -> object:
    if not isinstance(value, list | tuple | np.ndarray):
        return value
    return json.dumps(np.asarray(value).tolist(), ensure_ascii=False)


def _with_parent(to: str | os.PathLike[str]) -> Path:
    path = Path(to).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
