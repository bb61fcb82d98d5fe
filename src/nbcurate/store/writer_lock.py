"""One writer a store: a lock that a killed process gives back by itself, with the name of who holds it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

_LOCK, _WHO = "writer.lock", "writer.json"


class StoreLockedError(RuntimeError):
    """Another process is writing this store."""


class WriterLock:
    """Exclusive right to write the store in ``folder``.

    The lock itself is the operating system's, so it ends with the process that holds it, however that ends.
    ``writer.json`` beside it only says who that is.

    Raises
    ------
    StoreLockedError
        If another process holds it; the message names that process.
    PermissionError
        If the file that is locked cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = os.getpid()
        self._lock = FileLock(folder / _LOCK, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StoreLockedError(
                f"{folder} is open for writing in {self._holder()}. Open it here with "
                f"nbcurate.Dataset.open({str(folder)!r}, read_only=True), or close it there first: "
                "`ds.close()`, or shut that kernel down."
            ) from None
        except OSError as error:
            raise PermissionError(
                f"{folder / _LOCK} cannot be locked ({error.strerror or error}): open the data set with "
                "read_only=True, or see who may write that file; if it is a folder, take it away."
            ) from error
        try:
            with contextlib.suppress(OSError):  # it only says who that is
                self._tell()
        except BaseException:  # an interrupt: nobody would have it to give back
            self.release()
            raise

    def _tell(self) -> None:
        who = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "program": " ".join(sys.argv)[:200],
        }
        (self._folder / _WHO).write_text(json.dumps(who), encoding="utf-8")

    def release(self) -> None:
        """Give the right back; a process that was forked from the one that has it has nothing to give."""
        if self._lock.is_locked and os.getpid() == self._process:
            with contextlib.suppress(OSError):
                (self._folder / _WHO).unlink()
            self._lock.release()

    def _holder(self) -> str:
        try:
            who = json.loads((self._folder / _WHO).read_text(encoding="utf-8"))
            return f"process {who['pid']} on {who['host']} (since {who['since']}: {who['program']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"
