"""Work that can wait for an idle moment."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from types import MethodType

_QUIET = 0.5  # seconds
_LOOK = 0.05  # seconds between two looks at whether the program ends


class Upkeep:
    """Calls a method of an object, on a thread of its own, when nothing has happened for a while.

    Parameters
    ----------
    work : bound method
        Held weakly: an object that is of no use any more is not kept for it.
    quiet : float
        Seconds without a call of :meth:`soon` that count as idle.
    """

    def __init__(self, work: Callable[[], None], quiet: float = _QUIET) -> None:
        assert isinstance(work, MethodType)
        self._work = weakref.WeakMethod(work)
        self._quiet = quiet
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._due = 0.0

    def soon(self) -> None:
        """Something has happened: work when it is quiet again."""
        with self._guard:
            self._due = time.monotonic() + self._quiet
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nbcurate-store-upkeep")
                self._thread.start()

    def _run(self) -> None:
        while time.monotonic() < self._due:
            time.sleep(_LOOK)
            if not threading.main_thread().is_alive() or self._work() is None:
                return  # the program ends, or nobody needs it: it is done the next time
        with self._guard:
            self._thread = None
        work = self._work()
        if work is not None:
            work()
