"""Open a file without waiting for ever: a pipe that is called like a picture has no end, and a socket no bytes."""

from __future__ import annotations

import os
import stat
from typing import IO

from .errors import UnreadableImageError

_KINDS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def open_regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """The bytes of a file.

    Raises
    ------
    UnreadableImageError
        If it is a folder, a pipe, a socket or a device, or a link to one.
    OSError
        If it is gone or may not be read.
    """
    try:
        return open(path, "rb", opener=_open_at_once)
    except IsADirectoryError:
        raise UnreadableImageError("a folder, not a file") from None
    except UnreadableImageError:  # which is a ValueError, too: what it says is what it is
        raise
    except ValueError:  # a zero in its name
        raise UnreadableImageError("no file can be called so") from None


def special_kind(mode: int) -> str | None:
    """What something is that is no regular file, by its ``st_mode``: a folder, pipe, socket or device."""
    return next((name for is_kind, name in _KINDS if is_kind(mode)), None)


def _open_at_once(path: str, flags: int) -> int:
    # Opening a pipe waits for somebody to write to it, unless it is told not to.
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise UnreadableImageError(f"a {special_kind(mode) or 'special file'}, not a file")
    return descriptor
