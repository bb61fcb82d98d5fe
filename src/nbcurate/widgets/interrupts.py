"""Ctrl-C while a change is being made: it waits until the change is whole."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def unbroken() -> Iterator[None]:
    """What is within is done whole, or fails by itself: a Ctrl-C that comes meanwhile is raised at its end.

    For steps of some milliseconds that belong together, such as a value in the store and what a view knows of it; not
    for what computes. A second Ctrl-C does not wait, should the store be held by another thread. Only the main thread
    is ever interrupted, so elsewhere this does nothing.
    """
    handler = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
    if not callable(handler):
        yield
        return
    waiting: list[tuple[int, Any]] = []

    def note(number: int, frame: Any) -> None:
        if waiting:
            handler(*waiting.pop())
        waiting.append((number, frame))

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if waiting:
            handler(*waiting[0])
