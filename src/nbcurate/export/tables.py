"""Items as a table file."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..store.csv_text import write_csv_text
from .target import new_file


def write_csv(rows: pa.Table, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write the rows as CSV; the path that was written. ``from_table`` reads the same values and types from it.

    UTF-8, with a header; lists as JSON; text in quotes, with an apostrophe before what a spreadsheet would run as a
    formula: see :mod:`nbcurate.store.csv_text`. A column of bytes is left out, with a warning.
    """
    with new_file(to, overwrite=overwrite) as path, path.open("wb") as sink:
        told = write_csv_text(rows, sink)
    for name, words in told.items():
        warnings.warn(f"column {name!r} of the CSV {words}", stacklevel=3)
    return Path(to).expanduser()


def write_parquet(rows: pa.Table, to: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Write the rows as Parquet, with their types as they are; the path that was written."""
    with new_file(to, overwrite=overwrite) as path:
        pq.write_table(rows, path)
    return Path(to).expanduser()
