"""Items as a folder of their pictures."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ..store.csv_text import write_csv_text
from ..store.export_mark import FILE_COLUMN, ITEMS_FILE, MARK
from .names import Names
from .pictures import Original, Pictures, require_pictures
from .target import new_folder

#: The column that tells, of a picture that was cut out of another, the box that it was there.
CUT_FROM = "cut_from"


def copy_images(
    rows: pa.Table, files: Sequence[Original], to: str | os.PathLike[str], *, by_split: bool, overwrite: bool = False
) -> Path:
    """Copy the pictures to ``to/<split>/<label>/<file name>``, with a table of all that is known beside them.

    Files are copied byte for byte; of an item that is a box on a picture, what is inside it is kept as PNG. Names are
    made such that every system takes them: ``a/b`` becomes ``a%2Fb``. Where two files have one name, the later gets a
    number. ``items.csv`` has the labels, splits and tags as they are, and under ``file`` where each picture went:
    ``from_folder`` reads them there. An item without a label, or with several, lies outside of the class folders.

    Parameters
    ----------
    rows : pyarrow.Table
        One row an item, with the columns ``id``, ``label`` and ``split``.
    files : sequence of Original
        That of each row.
    by_split : bool
        Put the items that have a split into a folder of that name.

    Raises
    ------
    FileExistsError
        See :func:`nbcurate.export.target.new_folder`.
    ValueError
        If no item has a picture.
    """
    require_pictures(files, "folder")
    items = rows.select([name for name in ("id", "label", "split", "format") if name in rows.column_names])
    pictures = Pictures(items.to_pylist(), files)
    names = Names([ITEMS_FILE, MARK])
    went: list[str | None] = []
    with new_folder(to, "folder", overwrite=overwrite) as folder:
        for row, name, data in pictures:
            path = names.file(_place(row, names, by_split), name) if data is not None else None
            if path is not None and data is not None:
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            went.append(None if path is None else str(path))
        with (folder / ITEMS_FILE).open("wb") as sink:
            table = _with_boxes_told(rows)
            told = write_csv_text(table.append_column(_free(table), pa.array(went, pa.string())), sink)
    pictures.warn_of_missing(stacklevel=3)
    for name, words in told.items():
        warnings.warn(f"column {name!r} of {ITEMS_FILE} {words}", stacklevel=3)
    return Path(to).expanduser()


def _with_boxes_told(rows: pa.Table) -> pa.Table:
    """The rows, with where each box was cut out: what is in the folder are pictures of their own."""
    if "box" not in rows.column_names or rows["box"].null_count == len(rows):
        return rows
    return rows.rename_columns([CUT_FROM if name == "box" else name for name in rows.column_names])


def _free(rows: pa.Table) -> str:
    """What the last column of the table is called, which tells where each picture went."""
    name = FILE_COLUMN
    while name in rows.column_names:
        name = f"{name}_"
    return name


def _place(row: dict[str, Any], names: Names, by_split: bool) -> PurePosixPath:
    """The folder of an item."""
    place = PurePosixPath()
    if by_split and row["split"]:
        place = names.folder(place, row["split"])
    label = row["label"]
    return names.folder(place, label) if isinstance(label, str) and label else place
