"""Work done ahead by threads, in order, within bounds of memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any, Generic, Self, TypeVar

from ...imaging.reading_threads import reading_threads
from ...waiting import settled

Task = TypeVar("Task")
Result = TypeVar("Result")

_MOST_AHEAD = 512  # tasks; the limit for small results
_MEMORY = 256 * 2**20


class Prefetch(Generic[Task, Result]):
    """Applies a function to tasks in threads, ahead of whoever iterates; an iterator of (task, future) in order.

    Parameters
    ----------
    function : callable
    tasks : iterable
    threads : int
    weight : callable
        The size of a result in bytes.
    memory : int
        No task is started while the results that wait to be taken have more bytes than this. So what exists at most is
        that, and one result for each thread.
    """

    def __init__(
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        *,
        threads: int,
        weight: Callable[[Result], int],
        memory: int = _MEMORY,
    ) -> None:
        self._function, self._tasks, self._weight, self._memory = function, iter(tasks), weight, memory
        self._threads = threads
        self._left = ExitStack()
        self._pool = self._left.enter_context(reading_threads(threads, "nbcurate-decode"))
        self._waiting: deque[tuple[Task, Future[Result]]] = deque()
        self._guard = threading.Lock()
        self._running = 0
        self._held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        self._left.__exit__(*error)  # after an error or an interrupt nothing is waited for

    def __iter__(self) -> Iterator[tuple[Task, Future[Result]]]:
        self._start_more()
        while self._waiting:
            task, future = self._waiting.popleft()
            if settled(future).exception() is None:
                with self._guard:
                    self._held -= self._weight(future.result())
            self._start_more()
            yield task, future

    def _start_more(self) -> None:
        while len(self._waiting) < _MOST_AHEAD and self._has_room():
            try:
                task = next(self._tasks)
            except StopIteration:
                return
            self._waiting.append((task, self._pool.submit(self._run, task)))

    def _has_room(self) -> bool:
        """Whether a thread is, or is about to be, free, and the results that wait leave memory for one more."""
        with self._guard:
            if not self._waiting or (self._running < 2 * self._threads and self._held < self._memory):
                self._running += 1
                return True
            return False

    def _run(self, task: Task) -> Result:
        try:
            result = self._function(task)
            with self._guard:
                self._held += self._weight(result)
            return result
        finally:
            with self._guard:
                self._running -= 1
