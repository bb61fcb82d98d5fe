"""A usearch index with the ids of its keys, for a search without us."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from .target import new_folder

if TYPE_CHECKING:
    from usearch.index import Index

INDEX, ITEMS, ABOUT = "index.usearch", "items.parquet", "about.json"


def write_usearch(
    index: Index, items: pa.Table, about: dict[str, Any], to: str | os.PathLike[str], *, overwrite: bool = False
) -> Path:
    """Write a folder with ``index.usearch``, ``items.parquet`` and ``about.json``; the path that was written.

    Parameters
    ----------
    index : usearch.index.Index
    items : Table
        ``key`` and ``id``: a row an item; exact copies have the same key.
    about : dict
        What the vectors are, as JSON has it.
    """
    with new_folder(to, "usearch", overwrite=overwrite) as folder:
        index.save(str(folder / INDEX))
        pq.write_table(items, folder / ITEMS)
        (folder / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Path(to).expanduser()
