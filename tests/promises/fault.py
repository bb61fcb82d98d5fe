"""A disk that fails, and a process that dies, at an exact change of a file: what ``fail_at.c`` does, for Python."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("fail_at.c")
#: What is another number in every run: of files of Lance's, of temporary ones, of processes.
_CHANCE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[01]{16,}[0-9a-f]*|\.tmp\w+|\d{15,}|(?<=-)\d{8,}|(?<=\.)[a-z0-9_]{8}\b"
)


class Fault(IntEnum):
    """What happens at the n-th change; the order is that of ``enum fault`` in ``fail_at.c``."""

    COUNT = 0  #: nothing
    KILL = 1  #: the process is killed before it
    TORN = 2  #: the process is killed when half of a write is done
    SHORT = 3  #: half of a write is done, and said to be
    FULL = 4  #: the disk is full from then on
    FULL_ONCE = 5  #: this one change finds no room
    FULL_UNTIL_FREED = 6  #: the disk is full until something is deleted
    BROKEN = 7  #: every change is an input/output error from then on
    BROKEN_ONCE = 8  #: this one is
    INTERRUPT = 9  #: Ctrl-C

    @property
    def only_at_writes(self) -> bool:
        """Whether it is the same as another fault but where bytes are written."""
        return self in (Fault.TORN, Fault.SHORT)


@dataclass(frozen=True)
class Change:
    """One change of a file: the system call and the path."""

    number: int
    call: str
    path: str
    inside: bool

    @property
    def writes(self) -> bool:
        return "write" in self.call

    @property
    def place(self) -> tuple[str, str]:
        """What it is, whatever numbers the files have in this run."""
        return self.call, _CHANCE.sub("*", self.path)


def missing() -> str | None:
    """Why no fault can be made here; None if it can."""
    if not sys.platform.startswith("linux"):
        return "system calls are trapped with seccomp, which Linux alone has"
    return None if shutil.which("cc") else "there is no C compiler (cc)"


def build(folder: Path) -> Path:
    """Compile the library into a folder; its path."""
    library = folder / "fail_at.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True)
    return library


class Moment(NamedTuple):
    """A time, in seconds of ``time.monotonic()``, and the work of all threads until then (``time.process_time()``)."""

    clock: float
    work: float

    @classmethod
    def now(cls) -> Moment:
        return cls(time.monotonic(), time.process_time())


class FailingDisk:
    """The changes of this process below one folder, counted; and what happens at one of them.

    Parameters
    ----------
    library : Path
        What :func:`build` made.
    folder : Path
        What is watched, without symbolic links.
    log : Path, optional
        File to list the changes in, outside of the folder.
    """

    def __init__(self, library: Path, folder: Path, log: Path | None = None) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.fail_at_arm.argtypes = [ctypes.c_int, ctypes.c_long]
        for function in (self._library.fail_at_disarm, self._library.fail_at_when, self._library.fail_at_worked):
            function.restype = ctypes.c_long
        self.changes = 0
        descriptor = -1 if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        if error := self._library.fail_at_watch(os.fsencode(folder.resolve()), descriptor):
            raise OSError(-error, f"system calls cannot be trapped here: {os.strerror(-error)}")

    @property
    def when(self) -> Moment | None:
        """When the fault was; None if it was not."""
        if not (nanoseconds := self._library.fail_at_when()):
            return None
        return Moment(nanoseconds / 1e9, self._library.fail_at_worked() / 1e9)

    @contextmanager
    def failing(self, fault: Fault, at: int) -> Iterator[None]:
        """Do ``fault`` at the change of that number, from 1, while the block runs; then the disk is sound again."""
        self._library.fail_at_arm(int(fault), at)
        try:
            yield
        finally:
            self.changes = self._library.fail_at_disarm()


def read_log(log: Path) -> list[Change]:
    """The changes in a log: those in the watched folder numbered from 1, others with the number 0."""
    changes: list[Change] = []
    inside = 0
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        call, _, path = line.partition(" ")
        inside += not call.startswith("!")
        changes.append(Change(0 if call.startswith("!") else inside, call.lstrip("!"), path, not call.startswith("!")))
    return changes


def distinct_places(changes: list[Change]) -> list[int]:
    """Numbers of changes that are no repetition: of a row of equal ones the first, the middle and the last."""
    rows: list[list[int]] = []
    before = None
    for change in changes:
        if not change.inside:
            continue
        if change.place != before:
            rows.append([])
        rows[-1].append(change.number)
        before = change.place
    return sorted({number for row in rows for number in (row[0], row[len(row) // 2], row[-1])})
