"""By what nbcurate knows again what it has exported: a mark in a folder, a description, an entry in an annotation file.

It lies below ``export``, which writes them, and ``sources``, which reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

#: The file that tells that nbcurate wrote the folder it lies in, and what.
MARK = ".nbcurate-export"
_LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
#: The table of the items in an exported folder, and its column of their files.
ITEMS_FILE, FILE_COLUMN = "items.csv", "file"
#: What a Hugging Face data set says of itself that an export wrote.
DESCRIPTION = "Exported by nbcurate."
#: The part of it that holds the items without a split, beside others that have one.
UNASSIGNED = "unassigned"
#: The member of a COCO file, of its images and of its annotations that holds what COCO has no place for.
COCO_ENTRY = "nbcurate"


def part_name(split: str | None) -> str:
    """What ``datasets`` can call the part of a split; splits may share one, so their own names are kept beside."""
    return re.sub(r"\W+", "_", split) if split else UNASSIGNED


def write_mark(folder: Path, format: str) -> None:
    """Note in a finished export which files in it are ours."""
    mark = {"format": format, "files": sorted(files_below(folder))}
    (folder / MARK).write_text(json.dumps(mark, ensure_ascii=True, indent=1), encoding="utf-8")


def marked_format(folder: Path) -> str | None:
    """The format in which nbcurate exported this folder; None of a folder that it did not write."""
    mark = _read(folder)
    return None if mark is None else str(mark["format"])


def foreign_files(folder: Path) -> list[str]:
    """What lies in a folder and was not written by an export: all of it where there is no mark.

    What an operating system leaves in every folder that is looked at does not count.
    """
    mark = _read(folder)
    ours = {MARK, *mark["files"]} if mark is not None else set()
    return sorted(path for path in {*files_below(folder)} - ours if PurePosixPath(path).name not in _LEFT_BY_SYSTEMS)


def files_below(folder: Path) -> Iterable[str]:
    """Paths of the files and links below a folder, relative to it."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _read(folder: Path) -> dict[str, list[str]] | None:
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark if isinstance(mark, dict) and isinstance(mark.get("files"), list) and "format" in mark else None
