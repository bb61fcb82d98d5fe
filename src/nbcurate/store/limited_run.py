"""Running what a person may interrupt, and what may take too long or too much memory: a query in DuckDB."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..waiting import LOOK

T = TypeVar("T")

#: Seconds that a thread which was told to stop gets for it; then it is left to end by itself.
_GRACE = 0.3


class TooLongError(Exception):
    """Something took longer than it may."""


def on_a_thread(run: Callable[[], T], interrupt: Callable[[], object], seconds: float) -> T:
    """What ``run`` returns or raises, on a thread of its own, so that a Ctrl-C ends it.

    Parameters
    ----------
    run : callable
    interrupt : callable
        Makes ``run`` end soon.
    seconds : float
        How long it may take.

    Raises
    ------
    TooLongError
        If it took longer, and was interrupted.
    """
    found: list[T] = []
    raised: list[BaseException] = []
    done = threading.Event()

    def work() -> None:
        try:
            found.append(run())
        except BaseException as error:
            raised.append(error)
        finally:
            done.set()

    threading.Thread(target=work, name="nbcurate-query", daemon=True).start()
    try:
        in_time = _is_done(done, seconds)
    except BaseException:
        interrupt()
        done.wait(_GRACE)
        raise
    if not in_time:
        interrupt()
        done.wait(_GRACE)
        raise TooLongError
    if raised:
        raise raised[0]
    return found[0]


def _is_done(done: threading.Event, seconds: float) -> bool:
    """Whether it is done within so many seconds; an interrupt is raised at once (see waiting.py)."""
    end = time.monotonic() + seconds
    while not done.wait(min(LOOK, max(0.0, end - time.monotonic()))):
        if time.monotonic() >= end:
            return False
    return True


def in_a_process(script: Path, given: bytes, seconds: float) -> bytes | None:
    """What a script of ours writes to its output for what it is given as its input; None if it came to a bad end.

    Raises
    ------
    TooLongError
        If it took longer than ``seconds``, and was killed.
    """
    # It finds the packages that this process has, and none in the folder that it runs in.
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(
        [sys.executable, "-P", str(script)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=paths, start_new_session=True,
    )  # fmt: skip
    try:
        answer, _ = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TooLongError from None
    finally:  # also after a Ctrl-C
        if process.poll() is None:
            process.kill()
            process.communicate()
    return answer if process.returncode == 0 else None
