"""A process that is killed, or finds no room, at any change of a file costs what it had not committed, and no more."""

from __future__ import annotations

import pytest

from .attack import Attack
from .fault import Fault
from .operations import OPERATIONS
from .plan import DEATHS, DISKS, a_few
from .state import disagreements, mixed

#: Every second operation is killed here, of the others half find no room, and half are interrupted in
#: ``test_interrupts.py``; the benchmark does all to all of them.
_NAMES = list(OPERATIONS)


@pytest.mark.parametrize("name", _NAMES[::2])
def test_killed_at_a_change(attack: Attack, name: str) -> None:
    ((fault, at),) = a_few(attack, OPERATIONS[name], DEATHS, 1)
    verdict = attack.stopped(OPERATIONS[name], fault, at)
    assert not verdict.wrong, str(verdict)


@pytest.mark.parametrize("name", _NAMES[1::4])
def test_a_disk_that_fails_at_a_change(attack: Attack, name: str) -> None:
    ((fault, at),) = a_few(attack, OPERATIONS[name], DISKS, 1)
    verdict = attack.stopped(OPERATIONS[name], fault, at)
    assert not verdict.wrong, str(verdict)


def test_the_attack_itself_sees_a_process_that_lies(attack: Attack) -> None:
    """A kill that the operation outlives, and a state that is neither before nor after, are told."""
    operation = OPERATIONS["Dataset.tag"]
    reference = attack.reference(operation)
    before, after = reference.before, reference.after
    torn = {**before, "edit 99": [("cat/00.png", "tags", "null", '["x"]')]}
    assert disagreements(torn)
    assert mixed({**before, "kept": ["another"]}, before, after) == ["kept: ['another']"]
    assert attack.do(operation, Fault.KILL, 10**6).ok, "a kill beyond the last change is none"
