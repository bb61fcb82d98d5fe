"""Work that an interrupt does not stop half-way: it goes on to its end while its caller is told of the interrupt.

Python gives Ctrl-C to the main thread alone. Work that runs on another one is never cut in two by it; the main thread
only waits, and can be interrupted at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

from ..waiting import result_of

T = TypeVar("T")


def uninterrupted(work: Callable[[], T]) -> T:
    """What ``work()`` returns. An interrupt while it runs is raised at once, and ``work`` goes on to its end."""
    future: Future[T] = Future()
    run(work, future)
    return result_of(future)


def run(work: Callable[[], T], future: Future[T]) -> None:
    """Do ``work`` where no interrupt comes: on a thread of its own, or here, if this is not the main thread.

    ``future`` can be cancelled until it begins: an interrupt may come before.
    """
    if threading.current_thread() is threading.main_thread():
        with suppress(RuntimeError):  # no thread can be started: the program ends
            threading.Thread(target=_do, args=(work, future), name="nbcurate-store").start()
            return
    _do(work, future)


def _do(work: Callable[[], T], future: Future[T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
