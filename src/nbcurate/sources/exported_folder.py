"""A folder that an export wrote, as a source: what is in its table, and not only what its folders are called."""

from __future__ import annotations

from pathlib import Path

from ..store import Store
from ..store.csv_text import read_csv_text
from ..store.export_mark import ITEMS_FILE, foreign_files, marked_format
from .report import SourceReport
from .table import add_table


def is_exported_folder(folder: Path) -> bool:
    """Whether a folder is just what ``ds.export("folder")`` wrote: no file has come to it since."""
    return marked_format(folder) == "folder" and (folder / ITEMS_FILE).is_file() and not foreign_files(folder)


def add_exported_folder(store: Store, folder: Path) -> SourceReport:
    """Bring ``store`` up to date with the pictures in an exported folder, and all that its table says of them."""
    table = read_csv_text(folder / ITEMS_FILE)
    if table is None:
        raise ValueError(f"{folder / ITEMS_FILE} is not as the export wrote it: delete it, and folder names count.")
    return add_table(store, folder / ITEMS_FILE, image=table.column_names[-1], root=folder)
