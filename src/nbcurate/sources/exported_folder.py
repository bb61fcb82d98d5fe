"""A folder that an export wrote, as a source: what is in its table, and not only what its folders are called."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from ..store import Store
from ..store.export_mark import ITEMS_FILE, foreign_files, marked_format
from ..store.paths import encode_path
from .folder import add_folder
from .folder_rule import FolderRule
from .frame import as_frame
from .passed_over import plural
from .report import SourceReport
from .table import add_table


def is_exported_folder(folder: Path) -> bool:
    """Whether ``ds.export("folder")`` wrote a folder, and its table is still there."""
    return marked_format(folder) == "folder" and (folder / ITEMS_FILE).is_file()


def add_exported_folder(store: Store, folder: Path) -> list[SourceReport]:
    """Bring ``store`` up to date with the pictures in an exported folder, and all that its table says of them.

    Of pictures that have come to it since the folders tell the class, as everywhere: they are a source of their own,
    with a report of its own.
    """
    file = folder / ITEMS_FILE
    frame = as_frame(file, "")  # rows of it that are damaged cost themselves
    table = frame.rows
    if not frame.exported:
        raise ValueError(f"{file} is not as the export wrote it: delete it, and folder names count.")
    reports = [add_table(store, file, image=table.column_names[-1], root=folder)]
    if foreign_files(folder):
        named = {
            encode_path(os.path.normpath(path)) for path in table.column(table.num_columns - 1).to_pylist() if path
        }
        come = add_folder(store, folder, FolderRule("folder", None), but=named)
        told = f"{plural(len(come.keys), 'picture')} of {folder.name} came to it after the export: {ITEMS_FILE} tells "
        told += "nothing of them, so their labels and splits are what their folders are called."
        reports.append(replace(come, problems=[told, *come.problems]) if come.keys else come)
    return reports
