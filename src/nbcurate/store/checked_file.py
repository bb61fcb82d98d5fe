"""Small files that hold what people did: written in one step, checked when they are read, with a copy beside.

A byte that has changed on a disk does not fail by itself: a selection then names other items. So each of these files
holds its length and a checksum of itself, as a member of the JSON or of the metadata of the Parquet, which any other
program passes over. Beside it lies a copy, written after it, that serves where it is damaged: the same, or, where a
process was killed in between, what it held before.

A file without a checksum, of an older version of ours, is read as it is. So is JSON of another length than it says:
what is cut off or torn is no JSON, so somebody has written it anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import stat
import uuid
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from .process_lock import ProcessLock

T = TypeVar("T")

#: What the checksum is written behind, and the name of the member that holds both.
_SEAL, _DIGITS = b"nbcurate-blake2b:", 28  # 12 of the length, 16 of the checksum
_MEMBER = "checksum"
_UNSEALED = (_SEAL + b"0" * _DIGITS).decode()
_COPY, _ASIDE = ".copy", ".before"
#: What reading what is no such file raises.
_NO_SUCH_CONTENT = (OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError, pa.ArrowException)
_WRITING = ProcessLock()  # what another thread is writing is not swept


class DamagedFileError(ValueError):
    """A file of the store that cannot be used, nor its copy. The message names it and says what to do."""


def copy_of(path: Path) -> Path:
    """Where the copy of a file lies."""
    return path.with_name(path.name + _COPY)


def is_there(path: Path) -> bool:
    """Whether the file was ever written: it or its copy lies there."""
    return os.path.lexists(path) or copy_of(path).exists()


def written(folder: Path, ending: str) -> list[Path]:
    """The files of an ending that were ever written in a folder, sorted: where only the copy is left, too."""
    copies = (path.with_name(path.name.removesuffix(_COPY)) for path in folder.glob(f"*{ending}{_COPY}"))
    return sorted({*folder.glob(f"*{ending}"), *copies})


def is_sound(path: Path) -> bool:
    """Whether the file and its copy are there, each with its checksum, and say the same."""
    try:
        data = _bytes_of(path)
        return _is_sealed(data) and _bytes_of(copy_of(path)) == data
    except (OSError, ValueError):
        return False


def read_json(path: Path, check: Callable[[dict[str, Any]], object] = dict) -> dict[str, Any] | None:
    """The members of a JSON file; None if it was never written.

    Parameters
    ----------
    path : Path
    check : callable
        Of the members: raises ValueError, KeyError or TypeError where they are not what they should be.

    Raises
    ------
    DamagedFileError
        If neither the file nor its copy can be used.

    Warns
    -----
    UserWarning
        If the copy is used.
    """

    def parse(data: bytes) -> dict[str, Any]:
        members = members_of(data)
        check(members)
        return members

    return _read(path, parse)


def write_json(path: Path, members: Mapping[str, Any]) -> None:
    """Replace a JSON file, an object with these members, in one step; then its copy."""
    _write(path, as_json(members), members_of)


def read_parquet(path: Path, schema: pa.Schema | None = None) -> pa.Table | None:
    """The rows of a Parquet file; None if it was never written. Errors and warnings are those of :func:`read_json`.

    Parameters
    ----------
    path : Path
    schema : pyarrow.Schema, optional
        What the columns have to be.
    """

    def parse(data: bytes) -> pa.Table:
        table = _rows(data)
        if schema is None:
            return table
        if table.column_names != schema.names:
            raise ValueError("its columns are those of another file")
        return table.cast(schema)

    return _read(path, parse)


def write_parquet(path: Path, table: pa.Table, **options: Any) -> None:
    """Replace a Parquet file in one step; then its copy. ``options`` are those of ``pyarrow.parquet.write_table``."""
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({_MEMBER: _UNSEALED}), sink, **options)
    _write(path, _sealed(sink.getvalue()), _rows)


def as_json(members: Mapping[str, Any]) -> bytes:
    """A JSON object with these members and the checksum of it all."""
    return _sealed(json.dumps({**members, _MEMBER: _UNSEALED}, indent=1).encode())


def members_of(data: bytes) -> dict[str, Any]:
    """The members of a JSON object.

    Raises
    ------
    ValueError
        If it is none, or its checksum is that of something else.
    """
    members = json.loads(data)
    if not isinstance(members, dict):
        raise ValueError("it is no JSON object")
    if _length_in(data) == len(data):
        _require_whole(data)
    members.pop(_MEMBER, None)
    return members


def _read(path: Path, parse: Callable[[bytes], T]) -> T | None:
    if not is_there(path):
        return None
    try:
        return _parsed(path, parse)
    except _NO_SUCH_CONTENT as error:
        reason = _in_words(error)
    try:
        content = _parsed(copy_of(path), parse)
    except _NO_SUCH_CONTENT:
        raise DamagedFileError(f"{path} cannot be used ({reason}), and there is no whole copy of it.") from None
    warnings.warn(
        f"{path} cannot be used ({reason}): its copy, {copy_of(path).name}, is used instead, which may be as it was "
        "before the last change.",
        stacklevel=4,
    )
    return content


def _bytes_of(path: Path) -> bytes:
    """What a file holds; a pipe or a device, which may keep its reader waiting for ever, is none."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no file")
        return file.read()


def _parsed(path: Path, parse: Callable[[bytes], T]) -> T:
    return parse(_bytes_of(path))


def _rows(data: bytes) -> pa.Table:
    _require_whole(data)
    return pq.read_table(pa.BufferReader(data)).replace_schema_metadata(None)


def _require_whole(data: bytes) -> None:
    """Raise a ValueError where there is a checksum, and it is that of something else."""
    if _SEAL in data and not _is_sealed(data):
        raise ValueError("its checksum is that of something else")


def _is_sealed(data: bytes) -> bool:
    return _SEAL in data and _sealed(data) == data


def _length_in(data: bytes) -> int | None:
    """What a file says of its own length; None if it says nothing."""
    digits = data[data.rfind(_SEAL) + len(_SEAL) :][: _DIGITS - 16] if _SEAL in data else b""
    return int(digits) if digits.isdigit() else None


def _sealed(data: bytes) -> bytes:
    """The bytes with their own length and checksum in their place: a text of a user's that looks so stands before."""
    start = data.rfind(_SEAL) + len(_SEAL)
    before, after = data[:start], data[start + _DIGITS :]
    checksum = hashlib.blake2b(before + after, digest_size=8).hexdigest()
    return before + f"{len(data):012}{checksum}".encode() + after


def _write(path: Path, data: bytes, parse: Callable[[bytes], object]) -> None:
    with _WRITING:
        _sweep(path)
        _keep_damaged(path, parse)
        _replace(path, data, durable=True)
        with contextlib.suppress(OSError):  # a full disk: what counts is written
            _replace(copy_of(path), data, durable=False)


def _replace(path: Path, data: bytes, *, durable: bool) -> None:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:12]}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if path.is_dir() and not path.is_symlink():
            put_aside(path)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _sweep(path: Path) -> None:
    """Remove what a process left that was killed while it wrote this file."""
    for name in (path.name, copy_of(path).name):
        for left in path.parent.glob(f".{name}.{'[0-9a-f]' * 12}"):
            left.unlink(missing_ok=True)


def _keep_damaged(path: Path, parse: Callable[[bytes], object]) -> None:
    """Keep what lies there under another name, where it cannot be read: it may be all that is left of something."""
    try:
        data = _bytes_of(path)
        if not _is_sealed(data):  # which takes less time than reading what it holds
            parse(data)
    except FileNotFoundError:
        return
    except _NO_SUCH_CONTENT:
        put_aside(path)


def put_aside(path: Path) -> Path:
    """Move what lies there, file or folder, to another name beside it, which is returned."""
    aside, number = path.with_name(path.name + _ASIDE), 2
    while os.path.lexists(aside):
        aside, number = path.with_name(f"{path.name}{_ASIDE}-{number}"), number + 1
    os.replace(path, aside)
    return aside


def _in_words(error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is gone"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, pa.ArrowException):
        return "it is no whole Parquet file"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "it is no whole JSON"
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
