"""Ctrl-C at any moment is a KeyboardInterrupt, soon, and the same process goes on as if nothing had been."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from pathlib import Path

from .attack import Attack, Verdict
from .fault import FailingDisk, Fault, Moment
from .judgement import one_or_none
from .operation import Operation
from .readings import CALLS
from .reference import Reference
from .state import State, as_shown, differences, disagreements, files_of, is_no_store, observe, observed
from .world import World

#: What was promised, in seconds; and how long it may be where the process did not work for so long, as the machine is
#: busy with others.
PROMISED, ALLOWED = 0.5, 5.0
#: A case that took too long is made again so often: what another program did to the machine does not come twice.
_REPEATS = 2


@dataclass
class Interrupted:
    """An operation that was interrupted.

    Attributes
    ----------
    raised : str
        Class and text of what came out; empty if it was done before.
    seconds, worked : float
        From the signal to that; and how long all threads together worked meanwhile.
    seen : State
        What the process shows then.
    again, after : str, State
        What came of doing it once more in that process, and what it shows then.
    """

    raised: str
    seconds: float
    worked: float
    seen: State
    again: str
    after: State

    @property
    def late(self) -> bool:
        """Whether it came later than was promised."""
        return self.seconds > ALLOWED or min(self.seconds, self.worked) > PROMISED


def interrupt(folder: str, name: str, library: str, at: int, delay: float) -> Interrupted:
    """Do an operation and send SIGINT at a change, or where that is 0 after a delay; then do it again. As a job."""
    world, operation = World(Path(folder)), CALLS[name]
    operation.before(world)
    disk = FailingDisk(Path(library), world.folder)
    sent: list[Moment] = []

    def send() -> None:
        sent.append(Moment.now())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(delay, send)
    raised = ""
    try:
        if not at:
            timer.start()
        with disk.failing(Fault.INTERRUPT if at else Fault.COUNT, at):
            operation.do(world)
        if not at:
            timer.cancel()
            timer.join()
    except BaseException as error:
        raised = f"{type(error).__name__}: {error}"
    ended = Moment.now()
    began = disk.when or (sent[0] if sent else ended)
    seconds, worked = (ended.clock - began.clock, ended.work - began.work) if raised else (0.0, 0.0)
    again, seen = "", _shown(world)
    try:
        operation.do(world)
    except Exception as error:
        again = f"{type(error).__name__}: {error}"
    return Interrupted(raised, seconds, worked, seen, again, _shown(world))


def _shown(world: World) -> State:
    """What the process shows, and the files; of a data set that was never made the files alone."""
    try:
        return files_of(world) | observed(World(world.folder).ds)
    except FileNotFoundError as error:
        if is_no_store(error):
            return files_of(world)
        raise


def interrupted(attack: Attack, operation: Operation, at: int, delay: float = 0.0) -> Verdict:
    """Interrupt an operation, and judge what comes out and what is left."""
    reference = attack.reference(operation)
    for _ in range(1 + _REPEATS):
        attack.arranged(operation)
        done = attack.run("interrupts:interrupt", str(attack.case), operation.name, str(attack.library), at, delay)
        if not (done.ok and done.value.late):
            break
    case = f"{operation.name}, Ctrl-C " + (f"at change {at}" if at else f"after {delay:.3f} s")
    if not done.ok:
        return Verdict(case, [f"the process {done.ended}"])
    state = attack.must("interrupts:look", str(attack.case))
    return Verdict(case, _judge(operation, reference, done.value, state))


def look(folder: str) -> State:
    """The state that another process finds, as a job."""
    return observe(World(Path(folder)))


def _judge(operation: Operation, reference: Reference, done: Interrupted, state: State) -> list[str]:
    wrong = []
    if done.raised and not done.raised.startswith("KeyboardInterrupt"):
        wrong.append(f"Ctrl-C came out as {done.raised[:300]}")
    if done.late:
        wrong.append(f"it took {done.seconds:.2f} s, and {done.worked:.2f} s of work")
    wrong += one_or_none(operation, reference, "in the same process", _committed(done.seen, reference))
    if not differences(_committed(done.seen, reference), _committed(reference.after, reference)):
        return wrong + disagreements(state)  # it was done already, and twice is something else
    if done.again:
        return [*wrong, f"done again in the same process it raised {done.again[:300]}"]
    pair = (_committed(found, reference) for found in (state, reference.after))
    return wrong + [f"done again in the same process: {text}" for text in differences(*pair)]


def _committed(state: State, reference: Reference) -> State:
    """A state without what waits in memory to be committed with more of its kind, and what nobody ever saw."""
    waiting = ("thumbnail ", "measured ")
    shown = as_shown(state, reference.before)
    return {name: v for name, v in shown.items() if not name.startswith(waiting) or name in reference.before}
