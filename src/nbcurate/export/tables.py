"""Items as a table file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_csv(frame: pd.DataFrame, to: str | os.PathLike[str]) -> Path:
    """Write the rows as CSV (UTF-8, with a header); the path that was written."""
    path = _with_parent(to)
    frame.to_csv(path, index=False)
    return path


def write_parquet(frame: pd.DataFrame, to: str | os.PathLike[str]) -> Path:
    """Write the rows as Parquet; the path that was written."""
    path = _with_parent(to)
    frame.to_parquet(path, index=False)
    return path


def _with_parent(to: str | os.PathLike[str]) -> Path:
    path = Path(to).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
