"""Files that can be made again: each says what it was made from, and is checked before it is opened.

A damaged index file does not fail on opening, it kills the kernel when it is searched; so nothing derived is
opened before its size and checksum were compared with its sidecar, and nothing is ever changed in place.
"""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What a derived file was made from and with: JSON-able; two that differ make the file stale.
Source = dict[str, Any]


def is_fresh(path: Path, source: Source) -> bool:
    """Whether ``path`` is there, was made from ``source`` and has not changed since (one read of the file)."""
    try:
        sidecar = json.loads(_sidecar(path).read_text(encoding="utf-8"))
        if sidecar["source"] != source or sidecar["size"] != path.stat().st_size:
            return False
        return sidecar["crc32"] == _checksum(path)
    except (OSError, ValueError, KeyError):
        return False


def write(path: Path, source: Source, write_to: Callable[[Path], None]) -> None:
    """Make ``path`` anew: ``write_to`` fills a temporary file, which then takes its place in one step.

    The old sidecar goes first: a crash in between leaves a file without a sidecar, which is stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    try:
        write_to(Path(temporary))
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        content = {"source": source, "size": os.path.getsize(temporary), "crc32": _checksum(Path(temporary))}
        _sidecar(path).unlink(missing_ok=True)
        os.replace(temporary, path)
        write_json(_sidecar(path), content)
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Replace a small JSON file in one step."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(1 << 22):
            value = zlib.crc32(block, value)
    return value
