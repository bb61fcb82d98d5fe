"""Threads that read pictures, which an interrupt does not wait for.

A thread that waits for a server, or is inside of a decoder, cannot be interrupted. So whoever is interrupted goes on at
once: what was not begun is dropped, what waits is told to stop, and what is being decoded ends unseen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from ..waiting import LOOK, result_of
from .errors import UnreachableFileError

_of_thread = threading.local()

Given = TypeVar("Given")
Result = TypeVar("Result")


class ReadingStoppedError(UnreachableFileError):
    """Nobody wants what was being read any more."""


@contextmanager
def reading_threads(count: int, name: str = "nbcurate-read") -> Generator[ThreadPoolExecutor]:
    """A pool of threads. Left by an error or an interrupt, its threads are stopped and not waited for."""
    stop = threading.Event()
    pool = ThreadPoolExecutor(count, name, initializer=_obey, initargs=(stop,))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def in_order(pool: Executor, function: Callable[[Given], Result], values: Iterable[Given]) -> Iterator[Result]:
    """As ``pool.map``, which cannot always be interrupted while it waits: see :mod:`nbcurate.waiting`."""
    for future in [pool.submit(function, value) for value in values]:
        yield result_of(future)


def wait_until(done: Callable[[float], bool], seconds: float) -> bool:
    """Wait until ``done``, at most so long; whether it is.

    Parameters
    ----------
    done : callable
        Waits for as many seconds as it is told, and returns whether it is done: ``threading.Event().wait``.

    Raises
    ------
    ReadingStoppedError
        On a thread of :func:`reading_threads` that is to stop.
    """
    stop: threading.Event | None = getattr(_of_thread, "stop", None)
    while True:
        if done(min(LOOK, seconds)):
            return True
        seconds -= LOOK
        if seconds <= 0:
            return False
        if stop is not None and stop.is_set():
            raise ReadingStoppedError("reading was stopped")


def _obey(stop: threading.Event) -> None:
    _of_thread.stop = stop
