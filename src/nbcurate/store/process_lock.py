"""A lock that is free in a process that was forked: the thread that held it has stayed in the other one."""

from __future__ import annotations

import os
import threading
import weakref
from types import TracebackType

from ..waiting import LOOK


class ProcessLock:
    """One thread of this process at a time, which may take it again. Used in a ``with`` statement."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        _ALL.add(self)

    def __enter__(self) -> None:
        while not self._lock.acquire(timeout=LOOK):  # in pieces, so that an interrupt is heard
            pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def free(self) -> None:
        """Be held by nobody."""
        self._lock = threading.RLock()


_ALL: weakref.WeakSet[ProcessLock] = weakref.WeakSet()


def _free_all() -> None:
    for lock in list(_ALL):
        lock.free()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_free_all)
