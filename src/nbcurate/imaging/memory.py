"""The memory that decoding may take: one budget for all threads, so that large pictures wait for one another.

A picture of 169 megapixels, which is below Pillow's limit, takes from 0.7 to 2 GB while it is decoded; a folder of them
would take that for each thread.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache

from .reading_threads import wait_until

#: Bytes that pictures under decoding may take together. One that needs more is decoded alone.
BUDGET = 1 << 30
_MUCH = 1 << 27  # bytes after which the C library is asked to return what was freed
_LOOK = 0.5  # seconds after which those that wait look whether they are to stop


class Budget:
    """An amount that threads take from and give back, each waiting until those that came before it have theirs.

    Parameters
    ----------
    total : int
    """

    def __init__(self, total: int) -> None:
        self._total = self._left = total
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()
        self._of_thread = threading.local()

    @contextmanager
    def taking(self, amount: int) -> Generator[None]:
        """Within it, ``amount`` is taken; of more than there ever is, all. Inside of :meth:`kept`, until that ends."""
        scope: list[int] | None = getattr(self._of_thread, "scope", None)
        if scope is not None:
            self._give(scope)  # two at once in one thread could wait for each other
        taken = min(amount, self._total)
        self._take(taken)
        if scope is not None:
            scope.append(taken)
            yield
            return
        try:
            yield
        finally:
            self._give([taken])

    @contextmanager
    def kept(self) -> Generator[None]:
        """What a thread takes within it, it has until its end: a decoded picture is there until it was used."""
        if getattr(self._of_thread, "scope", None) is not None:
            yield
            return
        scope: list[int] = []
        self._of_thread.scope = scope
        try:
            yield
        finally:
            self._of_thread.scope = None
            self._give(scope)

    def _take(self, amount: int) -> None:
        mine = object()
        with self._changed:
            self._waiting.append(mine)
            try:
                while not (self._waiting[0] is mine and self._left >= amount):
                    wait_until(self._changed.wait, _LOOK)
                self._left -= amount
            finally:
                self._waiting.remove(mine)
                self._changed.notify_all()

    def _give(self, amounts: list[int]) -> None:
        if amounts:
            with self._changed:
                given = sum(amounts)
                self._left += given
                amounts.clear()
                self._changed.notify_all()
            if given >= _MUCH:
                _give_back_to_system()


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library
        return None


def _give_back_to_system() -> None:
    """Have the C library return what was freed: it keeps the blocks of pictures, for each thread, and they add up."""
    trim = _trim()
    if trim is not None:
        trim(0)


#: That of this process.
decoding = Budget(BUDGET)
