"""Hashes of large files, kept in the user's cache, so that a file is read once for as long as it stays as it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from pathlib import Path

from .cache import cache_folder

# A file that was written so shortly ago may be written again without its times telling it. In nanoseconds.
_UNSETTLED = 2_000_000_000


def file_digest(file: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal.

    It is read again when it is another file, or its size or one of its times has changed.
    """
    state = _state(file)
    note = cache_folder("digests") / f"{hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:32]}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(note.read_text(encoding="utf-8"))
        if kept["state"] == state:
            return str(kept["sha256"])
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if _state(file) == state and time.time_ns() - max(state[-2:]) > _UNSETTLED:
        with contextlib.suppress(OSError):
            _write(note, {"file": str(file), "state": state, "sha256": digest})
    return digest


def _state(file: Path) -> list[int]:
    """What changes when somebody writes a file, or puts another one in its place."""
    found = file.stat()
    return [found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _write(note: Path, content: dict[str, object]) -> None:
    note.parent.mkdir(parents=True, exist_ok=True)
    unfinished = note.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        unfinished.write_text(json.dumps(content), encoding="utf-8")
        os.replace(unfinished, note)
    finally:
        unfinished.unlink(missing_ok=True)
