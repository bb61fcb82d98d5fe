"""Operations that are stopped at their n-th change of a file, and the judgement of what is left."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from .fault import Fault, build, read_log
from .judgement import judge
from .operation import Operation
from .reference import Reference
from .state import State, as_shown, disagreements
from .world import World
from .zygote import Outcome, Zygote

#: How much is told of a case that went wrong.
_SHOWN = 5


@dataclass
class Attack:
    """A zygote, prepared worlds, and the folder where every case lies. Use it as a context manager."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="nbcurate-promises-")).resolve())
    zygote: Zygote = field(default_factory=Zygote)
    _references: dict[str, Reference] = field(default_factory=dict)
    _before: dict[tuple[Any, ...], State] = field(default_factory=dict)

    def __enter__(self) -> Attack:
        return self

    def __exit__(self, *_: object) -> None:
        self.zygote.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def library(self) -> Path:
        """The compiled ``fail_at.c``."""
        return build(self.folder)

    @property
    def case(self) -> Path:
        """Where every case lies: always the same folder, as paths are part of what is compared."""
        return self.folder / "case"

    def run(self, job: str, *arguments: Any, patience: float = 60.0) -> Outcome:
        """Run a job; see :meth:`Zygote.run`."""
        return self.zygote.run(job, *arguments, patience=patience)

    def must(self, job: str, *arguments: Any) -> Any:
        """What a job returns that nothing disturbs.

        Raises
        ------
        AssertionError
            If it fails all the same.
        """
        outcome = self.run(job, *arguments)
        assert outcome.ok, f"{job}{arguments} {outcome.ended}"
        return outcome.value

    def fresh(self, world: str) -> World:
        """A new copy of a world, as the only case."""
        template = self.folder / "worlds" / world
        shutil.rmtree(self.case, ignore_errors=True)
        if not template.exists():
            self.must("world:prepare", str(self.case), world)
            shutil.copytree(self.case, template)
        else:
            shutil.copytree(template, self.case)
        return World(self.case)

    def arranged(self, operation: Operation) -> State:
        """Let the case be the world just before an operation; its state."""
        place = (operation.world, operation.before, operation.meanwhile)
        template = self.folder / "worlds" / f"{operation.world} {abs(hash(place))}"
        if place not in self._before:
            self.fresh(operation.world)
            self._before[place] = self.must("jobs:arrange", str(self.case), operation.name)
            shutil.copytree(self.case, template)
        shutil.rmtree(self.case, ignore_errors=True)
        shutil.copytree(template, self.case)
        return self._before[place]

    def do(self, operation: Operation, fault: Fault = Fault.COUNT, at: int = 0) -> Outcome:
        """Do an operation in the case's folder; its value is a :class:`tests.promises.jobs.Done`."""
        log = self.folder / "changes.log"
        return self.run("jobs:do", str(self.case), operation.name, str(self.library), str(log), int(fault), at)

    def recover(self, operation: Operation) -> Outcome:
        """What another process finds there; its value is a :class:`tests.promises.jobs.Found`."""
        return self.run("jobs:recover", str(self.case), operation.name)

    def reference(self, operation: Operation) -> Reference:
        """How an operation, or what reads, goes when nothing disturbs it."""
        if operation.name not in self._references:
            self._references[operation.name] = self._undisturbed(operation)
        return self._references[operation.name]

    def _undisturbed(self, operation: Operation) -> Reference:
        before = self.arranged(operation)
        done = self.do(operation)
        assert done.ok, f"{operation.name} {done.ended}"
        assert not done.value.raised, f"{operation.name} raised {done.value.raised}"
        changes = read_log(self.folder / "changes.log")
        found = self.must("jobs:recover", str(self.case), operation.name)
        assert not (wrong := disagreements(found.writing)), f"{operation.name}, undisturbed: {wrong}"
        found = found.as_shown(before)
        return Reference(before, found.writing, as_shown(done.value.seen, before), found, changes)

    def stopped(self, operation: Operation, fault: Fault, at: int) -> Verdict:
        """Do an operation with a fault at a change, and judge what is left."""
        reference = self.reference(operation)
        self.arranged(operation)
        done = self.do(operation, fault, at)
        after = self.recover(operation)
        case = f"python -m tests.promises {operation.name!r} {fault.name.lower()} {at}"
        return Verdict(case, judge(operation, reference, fault, done, after))


@dataclass(frozen=True)
class Verdict:
    """One case, and what is wrong with it: nothing, if the promises were kept.

    Attributes
    ----------
    case : str
        What was done: the command that does it again, where there is one.
    wrong : list of str
    """

    case: str
    wrong: list[str]

    def __str__(self) -> str:
        more = [f"… and {len(self.wrong) - _SHOWN} more"] if len(self.wrong) > _SHOWN else []
        return "\n    ".join([self.case, *self.wrong[:_SHOWN], *more])
