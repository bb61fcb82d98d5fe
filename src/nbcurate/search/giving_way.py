"""Work behind the user's back that gives way: at low priority, and not at all while a cell computes."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress

_NICENESS = 10
_LOOK = 0.1  # seconds
_BUSY = 0.2  # share of a core that the main thread gets while it computes, on a busy machine too; waiting takes none


class Stopped(Exception):
    """The work was told to end."""


class GivingWay:
    """Between two pieces of work on a thread of its own: waits while the main thread computes.

    A notebook runs its cells on the main thread, and what they compute is what somebody waits for.

    Parameters
    ----------
    stop : threading.Event
        Once it is set, the work ends.
    """

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._clock = _clock_of(threading.main_thread())
        self._before = self._times()

    def lower_priority(self) -> None:
        """Let the system run this thread, and those that it starts, when nothing else wants to; where it can."""
        with suppress(AttributeError, OSError):  # it knows a priority of threads on Linux alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)

    def wait(self) -> None:
        """Return when the main thread does not compute.

        Raises
        ------
        Stopped
            If the work is to end.
        """
        while not self._stop.is_set() and self._is_computing():
            self._stop.wait(_LOOK)
        if self._stop.is_set():
            raise Stopped

    def _is_computing(self) -> bool:
        """Whether it did since the last look."""
        before, self._before = self._before, self._times()
        return self._before[1] - before[1] > _BUSY * (self._before[0] - before[0])

    def _times(self) -> tuple[float, float]:
        """The time, and the CPU time of the main thread, in seconds."""
        return time.monotonic(), 0.0 if self._clock is None else time.clock_gettime(self._clock)


def _clock_of(thread: threading.Thread) -> int | None:
    """The clock of the CPU time of a thread; None where the system has none."""
    if thread is threading.current_thread() or thread.ident is None or not hasattr(time, "pthread_getcpuclockid"):
        return None
    return time.pthread_getcpuclockid(thread.ident)
