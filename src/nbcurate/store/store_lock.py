"""The lock of a store: held over whatever reads, decides and writes, so that two threads do not undo each other's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from ..waiting import result_of, settled
from .process_lock import ProcessLock
from .uninterrupted import run

T = TypeVar("T")


class StoreLock(ProcessLock):
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
        super().__init__()
        self._under_way: Future[Any] | None = None

    def __enter__(self) -> None:
        super().__enter__()
        try:
            if self._under_way is not None and not self._under_way.cancel():  # it has begun
                settled(self._under_way)
        except BaseException:
            self._lock.release()
            raise

    def free(self) -> None:
        """Be held by nobody: what is under way is so in the process that this one was forked from."""
        super().free()
        self._under_way = None

    def finish(self, work: Callable[[], T]) -> T:
        """What ``work()`` returns, which must not take this lock itself. The caller holds it."""
        future: Future[T] = Future()
        self._under_way = future
        run(work, future)
        try:
            return result_of(future)
        finally:
            if future.done():
                self._under_way = None
