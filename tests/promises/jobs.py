"""What runs in a fork of the zygote: an operation on a failing disk, and what another process finds afterwards."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from .fault import FailingDisk, Fault
from .readings import CALLS
from .state import State, as_shown, is_no_store, leftovers, observe, observed
from .world import World


@dataclass
class Done:
    """An operation, as the process that did it tells.

    Attributes
    ----------
    changes : int
        How many changes of files it took.
    raised : str
        Class and text of what it raised; empty if nothing.
    seen : State
        What its data set shows then.
    """

    changes: int
    raised: str
    seen: State


@dataclass
class Found:
    """What another process finds afterwards.

    Attributes
    ----------
    reading, writing : State
        Opened for reading, before anybody mends it; then for writing.
    again : str
        What doing the operation once more raised.
    after : State
        What is there then.
    undone : State
        And when the last edit is taken back.
    leftovers : list of str
        Files under temporary names that are there in the end, when more was written.
    """

    reading: State
    writing: State
    again: str
    after: State
    undone: State
    leftovers: list[str]

    def as_shown(self, before: State) -> Found:
        """The same without rows that nobody ever saw; see :func:`tests.promises.state.as_shown`."""
        names = ("reading", "writing", "after", "undone")
        return replace(self, **{name: as_shown(getattr(self, name), before) for name in names})


def arrange(folder: str, name: str) -> State:
    """Let happen to the pictures what has happened before the operation; the state before it."""
    world, operation = World(Path(folder)), CALLS[name]
    operation.meanwhile(world)
    operation.before(world)
    if "ds" in world.__dict__:
        world.ds.close()
    return observe(World(world.folder))


def do(folder: str, name: str, library: str, log: str, fault: int, at: int) -> Done:
    """Do an operation on a disk that fails at a change."""
    world, operation = World(Path(folder)), CALLS[name]
    operation.before(world)
    disk = FailingDisk(Path(library), world.folder, Path(log))
    raised = ""
    try:
        with disk.failing(Fault(fault), at):
            operation.do(world)
    except (Exception, KeyboardInterrupt) as error:
        raised = f"{type(error).__name__}: {error}"
    return Done(disk.changes, raised, _seen(world))


def _seen(world: World) -> State:
    """What the process itself shows; nothing where the data set was never made."""
    try:
        return observed(World(world.folder).ds)  # one folder is one store in a process
    except FileNotFoundError as error:
        if is_no_store(error):
            return {}
        raise


def recover(folder: str, name: str) -> Found:
    """Open what an operation has left, do it once more, and take the last edit back."""
    world, operation = World(Path(folder)), CALLS[name]
    _later(world.folder)
    reading, writing = observe(world, read_only=True), observe(world)
    again = ""
    try:
        operation.before(world)
        operation.do(world)
        World(world.folder).ds.close()
    except Exception as error:
        again = f"{type(error).__name__}: {error}"
        with contextlib.suppress(Exception):  # it may be what cannot be opened
            World(world.folder).ds.close()
    after, undone = observe(World(world.folder)), _undone(World(world.folder))
    return Found(reading, writing, again, after, undone, _left_at_last(World(world.folder)))


def _later(folder: Path, seconds: float = 60.0) -> None:
    """Let time pass: what an export leaves that was killed as it began is taken for one that runs for a second."""
    for part in folder.rglob("*.part"):
        os.utime(part, (part.stat().st_atime - seconds, part.stat().st_mtime - seconds))


def _left_at_last(world: World) -> list[str]:
    """The temporary files that are there when each small file was written once more, which sweeps them."""
    with contextlib.suppress(Exception):  # what cannot be opened is told already
        world.ds.selection.set(world.ds.ids[:1])
        world.ds.selection.clear()
        world.ds.save_slice("swept")
        world.ds.store.keep_setting("swept", True)
        world.ds.close()
    return leftovers(world.folder)


def _undone(world: World) -> State:
    try:
        state = observed(world.ds) if world.ds.undo_edit() else {}
        world.ds.close()
    except Exception as error:
        return {} if is_no_store(error) else {"CANNOT BE UNDONE": f"{type(error).__name__}: {error}"}
    return state
