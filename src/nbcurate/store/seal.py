"""The checksum of a table's newest list of what it holds: one bit that turns in it gives columns other values.

The table format checks nothing when it opens a table. The list of a version (its manifest) never changes once it is
written, so its checksum is kept with the table. It is written after the commit: a list that is newer than the
checksum is one whose writer was killed in between, and is taken as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from pathlib import Path

_FILE = "newest.json"
_NEWEST = 2**64 - 1  # lists are named by how many versions may follow, so that the newest comes first


def seal(table: Path, version: int) -> None:
    """Keep the checksum of the list of a version. Where that fails the version counts all the same."""
    manifest = _manifest(table, version)
    temporary = table / f".{_FILE}.{os.getpid()}-{threading.get_ident()}"
    with contextlib.suppress(OSError):
        try:
            temporary.write_text(json.dumps({"list": manifest.name, "blake2b": _checksum(manifest)}), encoding="utf-8")
            os.replace(temporary, table / _FILE)
        finally:
            temporary.unlink(missing_ok=True)


def broken_list(table: Path) -> Path | None:
    """The newest list of a table, if it is not the one that was written; None if all is well, or nothing is known."""
    manifest, known = _kept(table)
    try:
        return manifest if manifest is not None and _checksum(manifest) != known else None
    except OSError:  # another version is the newest
        return None


def lost_list(table: Path) -> Path | None:
    """The newest list that was written of a table, if it is gone and none has come since; else None."""
    manifest, _ = _kept(table)
    if manifest is None or manifest.exists():
        return None
    newer = any(other.name < manifest.name for other in manifest.parent.glob("*.manifest"))
    return None if newer else manifest  # the writer tidies up, but what it wrote last it keeps


def _kept(table: Path) -> tuple[Path | None, str]:
    """The newest list as it was noted, and its checksum; None where that is not known."""
    try:
        kept = json.loads((table / _FILE).read_text(encoding="utf-8"))
        return table / "_versions" / str(kept["list"]), str(kept["blake2b"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""


def _checksum(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()


def _manifest(table: Path, version: int) -> Path:
    return table / "_versions" / f"{_NEWEST - version}.manifest"
