"""Waiting for threads, so that an interrupt is heard.

Libraries that listen to Ctrl-C themselves, as polars does from its import on, have the system go on with a wait that an
interrupt met: without a limit, Python would hear of it when the wait is over. So everybody here waits in short pieces.
"""

from __future__ import annotations

from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")

#: How long a piece is, in seconds.
LOOK = 0.1


def settled(future: Future[Result]) -> Future[Result]:
    """The future when it is done; an interrupt is raised between two pieces of the wait."""
    while not future.done():
        wait([future], LOOK)
    return future


def result_of(future: Future[Result]) -> Result:
    """What a future brings, waited for as :func:`settled` waits."""
    return settled(future).result()
