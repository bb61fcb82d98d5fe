"""Files that can be made again: each says what it was made from, and is checked before it is opened.

A damaged index file does not fail on opening, it kills the kernel when it is searched; so nothing derived is opened
before its size and checksum were compared with its sidecar, and nothing that another may have mapped is ever changed.

Reading 1.5 GB for a checksum takes seconds, and is needed once, not at every opening: a file that was read whole and
found good is remembered by its inode, size and times, with the checksums of a few blocks of it. While these stay the
same, only those blocks are read again. Whatever writes to a file, replaces it or copies it changes its times or its
inode, and it is read whole again. Small files always are.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .checked_file import as_json, members_of
from .process_lock import ProcessLock

#: What a derived file was made from and with: JSON-able; two that differ make the file stale.
Source = dict[str, Any]

_READ_WHOLE = 32 * 2**20  # up to so many bytes the whole file is read at every check
_SAMPLED_BLOCKS, _SAMPLED_BYTES = 64, 65_536
_CHUNK = 1 << 22
_WRITING = ProcessLock()  # a rebuild in the background writes beside the kernel's own thread


def is_fresh(path: Path, source: Source) -> bool:
    """Whether ``path`` is there, was made from ``source`` and is whole."""
    return source_of(path) == source


def source_of(path: Path) -> Source | None:
    """What ``path`` was made from; None if it is not there or not whole."""
    sidecar = _read_json(_sidecar(path))
    try:
        if sidecar is None or not path.is_file() or path.stat().st_size < sidecar["size"]:
            return None
        return sidecar["source"] if _is_whole(path, sidecar["size"], sidecar["crc32"]) else None
    except (OSError, KeyError, TypeError):
        return None


def size_of(path: Path) -> int:
    """How many bytes of ``path`` count, by its sidecar; 0 if it has none."""
    sidecar = _read_json(_sidecar(path))
    return int(sidecar["size"]) if sidecar is not None else 0


def write(path: Path, source: Source, write_to: Callable[[Path], None]) -> None:
    """Make ``path`` anew: ``write_to`` fills a temporary file, which then takes its place in one step.

    The old sidecar goes first: a crash in between leaves a file without a sidecar, which is stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _WRITING:
        descriptor, temporary = _temporary(path)
    os.close(descriptor)
    try:
        write_to(Path(temporary))
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        size = os.path.getsize(temporary)
        content = {"source": source, "size": size, "crc32": _checksum(Path(temporary), size)}
        _remove(_sidecar(path))
        _make_way(path)
        os.replace(temporary, path)
        write_json(_sidecar(path), content)
        _remember(path, size)
    finally:
        Path(temporary).unlink(missing_ok=True)


def extend(path: Path, source: Source, more: bytes) -> None:
    """Add bytes to the end of a whole file, which was then made from ``source``.

    What was there is not touched, so whoever has it mapped reads on. The bytes count only when the sidecar says so: a
    crash before that leaves the old file, with a tail that is ignored.
    """
    sidecar = _read_json(_sidecar(path))
    if sidecar is None:
        raise FileNotFoundError(f"{path} has no sidecar: write it first.")
    size = sidecar["size"]
    with _WRITING, path.open("r+b") as file:
        file.truncate(size)  # what a crash has left
        file.seek(size)
        file.write(more)
        file.flush()
        os.fsync(file.fileno())
        content = {"source": source, "size": size + len(more), "crc32": zlib.crc32(more, sidecar["crc32"])}
        write_json(_sidecar(path), content)
    _remember(path, size + len(more))


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a small JSON file in one step."""
    with _WRITING:
        descriptor, temporary = _temporary(path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(as_json(content))
                file.flush()
                os.fsync(file.fileno())
            _make_way(path)
            os.replace(temporary, path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _temporary(path: Path) -> tuple[int, str]:
    """A new file beside ``path``; those that a kernel left that was killed here are gone."""
    for left in path.parent.glob(f".{path.name}.????????"):
        left.unlink(missing_ok=True)
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")


def sweep(folder: Path) -> None:
    """Remove what a killed kernel left below ``folder``; nobody writes there now."""
    for left in folder.rglob(".*.????????"):
        if left.is_file():
            left.unlink(missing_ok=True)


def _make_way(path: Path) -> None:
    """Remove a folder that lies where a file is to be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)


def _remove(path: Path) -> None:
    _make_way(path)
    path.unlink(missing_ok=True)


def _is_whole(path: Path, size: int, crc32: int) -> bool:
    if size > _READ_WHOLE:
        seen = _read_json(_seen(path)) or {}
        if seen.get("identity") == _identity(path) and seen.get("size") == size:
            return seen.get("samples") == _sampled(path, size)
    if _checksum(path, size) != crc32:
        return False
    if size > _READ_WHOLE:
        _remember(path, size)
    return True


def _remember(path: Path, size: int) -> None:
    """Note that the first ``size`` bytes of the file as it lies there were read and found good."""
    try:
        write_json(_seen(path), {"identity": _identity(path), "size": size, "samples": _sampled(path, size)})
    except OSError:  # a store on a medium that cannot be written is read whole each time
        return


def _identity(path: Path) -> list[int]:
    """What changes when a file is written to, replaced or copied."""
    stat = path.stat()
    return [stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _sampled(path: Path, size: int) -> int:
    """Checksum of blocks spread evenly over the first ``size`` bytes, the first and the last among them."""
    value = 0
    starts = np.linspace(0, max(size - _SAMPLED_BYTES, 0), _SAMPLED_BLOCKS).astype(int).tolist()
    with path.open("rb") as file:
        for start in starts:
            file.seek(start)
            value = zlib.crc32(file.read(min(_SAMPLED_BYTES, size - start)), value)
    return value


def _checksum(path: Path, size: int) -> int:
    """Checksum of the first ``size`` bytes."""
    value = 0
    with path.open("rb") as file:
        while size > 0 and (block := file.read(min(_CHUNK, size))):
            value = zlib.crc32(block, value)
            size -= len(block)
    return value


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        return members_of(path.read_bytes())
    except (OSError, ValueError):
        return None


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _seen(path: Path) -> Path:
    return path.with_name(path.name + ".seen")
