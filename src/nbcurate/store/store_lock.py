"""The lock of a store: held over whatever reads, decides and writes, so that two threads do not undo each other's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Any, TypeVar

from .uninterrupted import run

T = TypeVar("T")


class StoreLock:
    """One thread at a time, which may take it again.

    What is written under it by :meth:`finish` goes on to its end when its caller is interrupted. Whoever takes the lock
    next waits for that, and sees either all of it or nothing.

    Examples
    --------
    >>> with store.guard:
    ...     tags = read_tags()
    ...     store.guard.finish(lambda: write_tags([*tags, "night"]))
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._under_way: Future[Any] | None = None

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            if self._under_way is not None and not self._under_way.cancel():  # it has begun
                wait([self._under_way])
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def finish(self, work: Callable[[], T]) -> T:
        """What ``work()`` returns, which must not take this lock itself. The caller holds it."""
        future: Future[T] = Future()
        self._under_way = future
        run(work, future)
        return future.result()
