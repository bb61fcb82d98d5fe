"""Open a file without waiting for ever: a pipe that is called like a picture has no end, and a socket no bytes."""

from __future__ import annotations

import os
import stat
from functools import cache
from typing import IO

from .errors import UnreadableImageError

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)
#: Opening a pipe waits for somebody to write to it, and a terminal may become that of the process, unless told not to.
_AT_ONCE = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY"))
#: Where the kernel shows itself as files: some of them have no end, or wait for what it has to say (/proc/kmsg).
_OF_THE_KERNEL = ("/proc", "/sys")


class NoRegularFileError(UnreadableImageError):
    """What is no file with an end: a folder, a pipe, a socket, a device, or a link to one; the message says which."""


def open_regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """The bytes of a file.

    What is no regular file is not even opened, as some devices do something then; what becomes one in between is found
    out before it is read.

    Raises
    ------
    NoRegularFileError
        If it is a folder, a pipe, a socket or a device, a link to one, or a file in which the kernel shows itself.
    UnreadableImageError
        If no file can be called so.
    OSError
        If it is gone or may not be read.
    """
    try:
        _require_regular(os.stat(path))
        return open(path, "rb", opener=_open_at_once)
    except IsADirectoryError:
        raise NoRegularFileError("a folder, not a file") from None
    except UnreadableImageError:  # which is a ValueError, too: what it says is what it is
        raise
    except ValueError:  # a zero in its name
        raise UnreadableImageError("no file can be called so") from None


def why_not_regular(path: str | os.PathLike[str]) -> str | None:
    """Why what is at a place can not be read or replaced as a file, in words; None for a file, and for nothing."""
    try:
        _require_regular(os.stat(path))
    except NoRegularFileError as error:
        return str(error)
    except (OSError, ValueError):  # whoever opens it is told
        return None
    return None


def special_kind(mode: int) -> str | None:
    """What something is that is no regular file, by its ``st_mode``: a folder, pipe, socket or device."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), None)


def _open_at_once(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | _AT_ONCE)
    try:
        _require_regular(os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_regular(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise NoRegularFileError(f"a {special_kind(facts.st_mode) or 'special file'}, not a file")
    if facts.st_dev in _kernel_devices():
        raise NoRegularFileError("a file of the operating system's own, which may have no end")


@cache
def _kernel_devices() -> frozenset[int]:
    """By which numbers the system knows the places in :data:`_OF_THE_KERNEL`, where they are places of their own."""
    if os.name != "posix":
        return frozenset()
    devices = set()
    for place in _OF_THE_KERNEL:
        try:
            devices.add(os.stat(place).st_dev)
        except OSError:
            continue
    return frozenset(devices - {os.stat("/").st_dev})
