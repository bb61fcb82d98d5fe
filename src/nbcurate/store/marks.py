"""The marks of a selection on disk: what is kept and rejected, in the order in which it was marked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .items import Keys


def save_marks(path: Path, kept: Keys, rejected: Keys) -> None:
    """Write the marks in one step."""
    is_kept = np.arange(len(kept) + len(rejected)) < len(kept)
    table = pa.table({"key": np.concatenate([kept, rejected]), "kept": is_kept})
    temporary = path.with_name(f".{path.name}")
    encoding: Any = {"key": "DELTA_BINARY_PACKED"}
    # Differences of keys take next to nothing; a dictionary of a million different ones takes long to make.
    pq.write_table(table, temporary, use_dictionary=False, column_encoding=encoding)
    os.replace(temporary, path)


def load_marks(path: Path) -> tuple[Keys, Keys]:
    """Kept and rejected keys, as they were saved last; none where nothing was."""
    try:
        table = pq.read_table(path)
    except (FileNotFoundError, pa.ArrowInvalid):
        return np.empty(0, np.uint64), np.empty(0, np.uint64)
    keys, kept = table.column("key").to_numpy(), np.asarray(table.column("kept"), bool)
    return keys[kept], keys[~kept]
