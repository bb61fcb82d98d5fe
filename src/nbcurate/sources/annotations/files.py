"""Reading files of annotations, alone or in a ZIP archive, without being led to read too much."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import IO, Any

from ..coco_json import without_halves
from ..given_file import open_given
from .annotation import AnnotationFileError

#: COCO has 0.5 GB for a million boxes. What unpacks to more, or so much more than it takes, is no file of annotations.
MOST_BYTES = 4 << 30
_MOST_MEMBERS = 100_000
_BLOCK = 1 << 20


def read_files(path: str | os.PathLike[str], ending: str) -> dict[str, bytes]:
    """The content of a file, or of those files in a ZIP archive that have an ending; by name.

    Nothing is unpacked to disk, so names in an archive lead nowhere.

    Parameters
    ----------
    ending : str
        Such as ``".xml"``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AnnotationFileError
        If it is too large, a damaged or an encrypted archive, or one without such a file.
    """
    file = Path(path).expanduser()
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    with open_given(file) as content:
        if zipfile.is_zipfile(content):
            return _members(content, file, ending)
        content.seek(0)
        return {file.name: _read(content, MOST_BYTES, file)}


def _members(content: IO[bytes], file: Path, ending: str) -> dict[str, bytes]:
    """The files in an archive that have an ending, by name."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(content) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise AnnotationFileError(f"{file} holds {len(members):,} files; at most {_MOST_MEMBERS:,} are read.")
            for member in members:
                if member.is_dir() or not member.filename.lower().endswith(ending) or "__MACOSX" in member.filename:
                    continue
                left = MOST_BYTES - sum(map(len, found.values()))
                with archive.open(member) as stream:
                    found[member.filename] = _read(stream, left, file)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise AnnotationFileError(f"{file} cannot be read as a ZIP archive: {error}.") from None
    if not found:
        raise AnnotationFileError(f"{file} holds no file that ends in {ending}.")
    return found


def read_json_files(path: str | os.PathLike[str]) -> dict[str, Any]:
    """As :func:`read_files`, of JSON; by name.

    Raises
    ------
    AnnotationFileError
        If one is no JSON.
    """
    found: dict[str, Any] = {}
    for name, content in read_files(path, ".json").items():
        try:
            read = json.loads(content.decode("utf-8-sig"))
            found[name] = without_halves(read) if rb"\ud" in content.lower() else read
        except (ValueError, RecursionError) as error:
            raise AnnotationFileError(f"{name} is no JSON file: {error}.") from None
    return found


def _read(stream: IO[bytes], most: int, file: Path) -> bytes:
    """All of a stream; what an archive says of its size is not believed."""
    blocks: list[bytes] = []
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > most:
            raise AnnotationFileError(
                f"{file} holds more than {MOST_BYTES / 1e9:.0f} GB of annotations, and is not read."
            )
        blocks.append(block)
    return b"".join(blocks)
