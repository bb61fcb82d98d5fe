"""A file on its way here, within limits, and what goes wrong on it in words."""

from __future__ import annotations

import io
import socket
import tempfile
import time
from dataclasses import dataclass, field
from typing import IO

from ..imaging import UnreachableFileError, reason_of
from .network import network

#: Bytes of a file that are held in memory; a larger one lies in a temporary file.
_IN_MEMORY = 16 << 20


class TooLargeError(UnreachableFileError):
    """A file has more bytes than are read."""


class TooSlowError(UnreachableFileError):
    """A file does not come within the time that it may take."""


@dataclass
class Download:
    """A file that is being read. What takes too long, or is too large, ends at the next piece of it that comes."""

    started: float = field(default_factory=time.monotonic)
    size: int = 0
    content: IO[bytes] = field(default_factory=io.BytesIO)
    abandoned: bool = False

    def begin(self) -> None:
        """Before each attempt: what another one brought is dropped."""
        self.size, self.content = 0, io.BytesIO()

    def announce(self, size: int) -> None:
        """Take note of the size that the server tells.

        Raises
        ------
        TooLargeError
        """
        if size > network.largest:
            raise TooLargeError(f"the file is too large: {_in_mb(size)}; nbcurate.network.largest is the limit")

    def add(self, piece: bytes) -> None:
        """Take a piece of the file.

        Raises
        ------
        TooLargeError, TooSlowError
        """
        self.size += len(piece)
        if self.size > network.largest:
            limit = _in_mb(network.largest)
            raise TooLargeError(f"the file is too large, or has no end: more than {limit}, nbcurate.network.largest")
        self.require_time()
        if self.size > _IN_MEMORY and isinstance(self.content, io.BytesIO):
            kept = self.content
            self.content = tempfile.TemporaryFile()  # noqa: SIM115
            self.content.write(kept.getbuffer())
        self.content.write(piece)

    @property
    def left(self) -> float:
        """Seconds that it may still take."""
        return network.allowed(self.size) - (time.monotonic() - self.started)

    def require_time(self) -> None:
        """Refuse to go on where it takes too long, or nobody waits any more."""
        if self.abandoned or self.left <= 0:
            raise self.too_slow()

    def too_slow(self) -> TooSlowError:
        """The error that says how much came in which time."""
        seconds = time.monotonic() - self.started
        came = f"{self.size:,} bytes came" if self.size else "nothing came"
        return TooSlowError(f"time-out: {came} in {seconds:.0f} s; nbcurate.network.total is the limit")


def words_of(error: BaseException) -> str:
    """What happened on the way to a file, in words for a person."""
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return "the name of the server was not found"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused: no server answers there"
        if isinstance(cause, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
            return "connection reset: the server ended it before the file was there"
        if isinstance(cause, TimeoutError):
            return "time-out: the server does not answer"
    return reason_of(error) if isinstance(error, Exception) else str(error)


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error, what it came of, and what that came of."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        inner = getattr(error, "reason", None)  # urllib3 keeps it there
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return found


def _in_mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
