"""An interrupt is raised at once, whatever the threads that read pictures are waiting for."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from nbcurate.imaging.reading_threads import in_order, reading_threads
from nbcurate.store.uninterrupted import uninterrupted


@pytest.fixture(params=[True, False], ids=["waits end", "waits are gone on with"])
def interrupted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ctrl-C in a moment; also where a library listens to it that lets waits go on, as polars does."""
    signal.siginterrupt(signal.SIGINT, request.param)
    timer = threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    timer.start()
    started = time.monotonic()
    yield
    timer.join()
    signal.siginterrupt(signal.SIGINT, True)
    assert time.monotonic() - started < 10  # a generous guard: what is waited for takes 20 s


def test_pictures_that_are_being_read_are_not_waited_for(interrupted: None) -> None:
    over = threading.Event()
    with pytest.raises(KeyboardInterrupt), reading_threads(2) as pool:
        list(in_order(pool, over.wait, [20.0] * 4))
    over.set()


def test_a_commit_is_not_waited_for(interrupted: None) -> None:
    over = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        uninterrupted(lambda: over.wait(20))
    over.set()


def test_results_come_in_the_order_of_what_was_given_and_errors_as_they_are() -> None:
    with reading_threads(3) as pool:
        assert list(in_order(pool, lambda value: 6 // value, [1, 2, 3])) == [6, 3, 2]
    with pytest.raises(ZeroDivisionError), reading_threads(3) as pool:
        list(in_order(pool, lambda value: 6 // value, [1, 0, 3]))
