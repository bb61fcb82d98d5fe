"""Files that a user hands over as tables and annotations: opened without waiting, refused where they have no end."""

from __future__ import annotations

import os
from typing import IO

from ..imaging import NoRegularFileError, UnreadableImageError, open_regular

_BLOCK = 1 << 20


def open_given(path: str | os.PathLike[str]) -> IO[bytes]:
    """The bytes of a file.

    Raises
    ------
    FileNotFoundError, PermissionError
        If it is not there, or may not be read.
    ValueError
        If it is a pipe, a socket, a device, a folder, or a link to one; the message names it and says which.
    """
    try:
        return open_regular(path)
    except NoRegularFileError as error:
        raise ValueError(f"{os.fspath(path)} is {error}.") from None
    except UnreadableImageError as error:
        raise ValueError(f"{os.fspath(path)!r}: {error}.") from None


def read_given(path: str | os.PathLike[str], most: int | None = None) -> bytes:
    """All of a file, as :func:`open_given` opens it.

    Parameters
    ----------
    most : int, optional
        Bytes that are read at most: a file that grows while it is read has an end then, too.

    Raises
    ------
    ValueError
        If it has more.
    """
    blocks: list[bytes] = []
    size = 0
    with open_given(path) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            if most is not None and size > most:
                raise ValueError(f"{os.fspath(path)} has more than {most / 1e6:,.0f} MB.")
            blocks.append(block)
    return b"".join(blocks)
