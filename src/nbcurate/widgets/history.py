"""Undo over everything that is done in the views: marks, labels, tags, clusters, reviews."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..dataset import Dataset
from ..selection import Selection
from .interrupts import unbroken

_log = logging.getLogger(__name__)

#: How to take one change back, and how to make it again.
Step = tuple[Callable[[], object], Callable[[], object]]

_STEPS = 500


class History:
    """The changes of a session, newest last, whatever they changed. Thread-safe.

    The selection keeps a history of its own, for Python; a change of it is one step of this one, too, so that ctrl+Z
    takes back what was done last and not what was selected last.
    """

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._done: deque[list[Step]] = deque(maxlen=_STEPS)
        self._undone: list[list[Step]] = []
        self._together: list[Step] | None = None
        self._stepping: int | None = None
        self._guard = threading.RLock()
        selection.observe(self._notice)

    @property
    def can_undo(self) -> bool:
        return bool(self._done) or self._selection.can_undo

    @property
    def can_redo(self) -> bool:
        return bool(self._undone) or (not self._done and self._selection.can_redo)

    def record(self, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        """Remember a change that was just made."""
        # Without the lock: an observer of the selection holds the selection's, and undo takes the two the other way.
        if self._together is not None:
            self._together.append((undo, redo))
        else:
            self._done.append([(undo, redo)])
            self._undone.clear()

    def edit(self, dataset: Dataset, change: Callable[[], object]) -> None:
        """Make a change of labels or tags, and remember it; what changes nothing is nothing to take back."""
        edits = dataset.store.edits
        before = len(edits)
        try:
            change()
        finally:  # one that failed when it was made already is taken back by who had it made
            if len(edits) > before:
                self.record(dataset.undo_edit, change)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is recorded within is taken back in one step; all of it at once, if something within fails."""
        with unbroken(), self._guard:
            self._together = steps = []
            try:
                yield
            except BaseException:
                self._together = None
                self._take_back(steps)
                raise
            self._together = None
            if steps:
                self._done.append(steps)
                self._undone.clear()

    def undo(self) -> bool:
        """Take the last change back. False when there is none."""
        with unbroken(), self._guard:
            if not self._done:
                return self._alone(self._selection.undo)
            steps = self._done.pop()
            self._undone.append(steps)
            made = [(redo, undo) for undo, redo in reversed(steps)]
            try:
                self._make(made)
            except BaseException:
                self._done.append(self._undone.pop())
                raise
            return True

    def redo(self) -> bool:
        """Make the change again that was taken back last. False when there is none."""
        with unbroken(), self._guard:
            if not self._undone:
                return self._alone(self._selection.redo)
            steps = self._undone.pop()
            self._done.append(steps)
            try:
                self._make(steps)
            except BaseException:
                self._undone.append(self._done.pop())
                raise
            return True

    def close(self) -> None:
        """Watch the selection no longer."""
        self._selection.unobserve(self._notice)

    def _make(self, steps: list[Step]) -> None:
        """Carry out the second half of each step: all of them, or, where one fails, none."""
        made: list[Step] = []
        try:
            for step in steps:
                self._alone(step[1])
                made.append(step)
        except BaseException:
            self._take_back(made)
            raise

    def _take_back(self, steps: list[Step]) -> None:
        """Undo what was done of something that failed; what cannot be undone either is told in the log."""
        for undo, _ in reversed(steps):
            try:
                self._alone(undo)
            except Exception:
                _log.exception("nbcurate: a change that failed could not be taken back whole")

    def _alone(self, step: Callable[[], Any]) -> Any:
        """Carry out a step without recording what it changes."""
        self._stepping = threading.get_ident()
        try:
            return step()
        finally:
            self._stepping = None

    def _notice(self, _: object) -> None:
        if self._stepping == threading.get_ident():
            return
        step = (self._selection.undo, self._selection.redo)
        if not self._selection.can_redo:
            self.record(*step)
        elif self._done and self._done[-1] == [step]:
            self._done.pop()  # only after an undo can something be redone: this one was taken back in Python
