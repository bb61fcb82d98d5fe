"""Files at URLs: read whole, within the time and the size that :data:`nbcurate.network` allows.

Every driver has other ways to wait for ever: a name that is looked up, a connection, a byte. So a file is read on a
thread of its own, which is left behind where it takes too long; it ends by the time-outs of its driver, or with the
process.
"""

from __future__ import annotations

import os
import threading
from typing import IO, Any

from ..imaging import UnreachableFileError, open_regular
from ..imaging.reading_threads import wait_until
from .download import Download, words_of

_BLOCK = 1 << 16
_HTTP = ("http://", "https://")
#: Protocols of fsspec that are files of this machine.
_LOCAL = ("file", "local")


def open_remote(url: str) -> IO[bytes]:
    """A file at a URL that fsspec has a driver for, as a file that can be sought in.

    Raises
    ------
    UnreachableFileError
        With what happened, for a person: there is no such file, no such name, the connection was refused or reset, it
        takes too long, it is too large.
    """
    local = _local_path(url)
    if local is not None:
        return open_regular(local)
    download = Download()
    ended = threading.Event()
    failures: list[Exception] = []

    def read() -> None:
        try:
            _read(url, download)
        except Exception as error:  # each driver has errors of its own
            failures.append(error)
        finally:
            ended.set()

    threading.Thread(target=read, name="nbcurate-download", daemon=True).start()
    try:
        while not wait_until(ended.wait, max(0.1, download.left)):
            if download.left <= 0:
                raise download.too_slow()
    except BaseException:
        download.abandoned = True
        raise
    if failures:
        error = failures[0]
        raise error if isinstance(error, UnreachableFileError) else UnreachableFileError(words_of(error)) from error
    download.content.seek(0)
    return download.content


def _read(url: str, download: Download) -> None:
    if url.lower().startswith(_HTTP):
        from .http_file import read_http

        read_http(url, download)
        return
    import fsspec

    if url.partition("://")[0] not in fsspec.available_protocols():
        raise UnreachableFileError(f"fsspec has no driver for {url.partition('://')[0]}://")
    opened: Any = fsspec.open(url, "rb")
    with opened as file:
        size = getattr(file, "size", None)
        if isinstance(size, int):
            download.announce(size)
        while piece := file.read(_BLOCK):
            download.add(piece)


def _local_path(url: str) -> str | None:
    """The file of this machine that a URL is, which is opened like any other; None for one elsewhere."""
    protocol, _, rest = url.partition("://")
    return os.path.join(os.sep, rest.removeprefix("localhost")) if protocol.lower() in _LOCAL else None
