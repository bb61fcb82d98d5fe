"""Paths that were written on another system: with back-slashes, drive letters, or accents composed another way."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PureWindowsPath

from ..store.paths import encode_path
from .root import FolderRoot

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")
#: So many of the paths that are not there are tried with each number of folders left out at their beginning.
_TRIED = 200


def as_written_here(
    root: FolderRoot, paths: Sequence[str | None], argument: str = "root"
) -> tuple[list[str | None], list[str]]:
    """Paths below a folder as the files there are called, and what to say of those that were written otherwise.

    A path whose file is there stays as it is. Of the others back-slashes are read as slashes, accents are composed and
    decomposed (NFC, NFD); and of absolute ones, such as ``C:\\\\data\\\\cats\\\\1.jpg``, the first folders are left
    out: as many for all, so that no two folders become one.
    """
    lost = [at for at, path in enumerate(paths) if path is not None and not os.path.lexists(root.file(path))]
    found = list(paths)
    texts = [(at, str(paths[at])) for at in lost]
    skip = _skipped(root, [text for _, text in texts[:_TRIED] if _is_absolute(text)])
    read = 0
    for at, text in texts:
        there = _there(root, _parts(text)[skip if _is_absolute(text) else 0 :])
        if there is not None:
            found[at], read = there, read + 1
    problems = []
    if read:
        problems.append(
            f"{read:,} paths were written on another system: {texts[0][1]!r} is read as a file below {root.text}."
        )
    missing = [text for at, text in texts if found[at] == text and (_is_absolute(text) or "\\" in text)]
    if missing:
        problems.append(
            f"{len(missing):,} paths are those of another computer, such as {missing[0]!r}, and nothing below "
            f"{root.text} is called so: give {argument}= the folder that holds the images here."
        )
    return found, problems


def _skipped(root: FolderRoot, paths: Sequence[str]) -> int:
    """How many parts at the beginning of absolute paths to leave out so that the most files are there; the fewest."""
    if not paths:
        return 0
    parts = [_parts(path) for path in paths]
    counts = [sum(_there(root, part[skip:]) is not None for part in parts) for skip in range(max(map(len, parts)))]
    return counts.index(max(counts))


def _there(root: FolderRoot, parts: Sequence[str]) -> str | None:
    if not parts:
        return None
    plain = "/".join(parts)
    for path in (plain, unicodedata.normalize("NFC", plain), unicodedata.normalize("NFD", plain)):
        if os.path.lexists(root.file(encode_path(path))):
            return encode_path(path)
    return None


def _parts(path: str) -> tuple[str, ...]:
    """The folders and the file of a path, without a drive and the parts that lead out of the folder."""
    parts = PureWindowsPath(path).parts
    return tuple(part for part in parts if not _DRIVE.match(part) and part not in ("/", "\\", "..", "."))


def _is_absolute(path: str) -> bool:
    """Whether a path began at the root of its system; what is relative to our root leads out of it then."""
    return bool(_DRIVE.match(path)) or path.startswith(("/", "../"))
