"""Ctrl-C anywhere is a KeyboardInterrupt, and the same process goes on."""

from __future__ import annotations

import random

import pytest

from .attack import Attack
from .fault import Fault
from .interrupts import interrupted
from .operations import OPERATIONS
from .plan import a_few
from .readings import READINGS


@pytest.mark.parametrize("name", list(OPERATIONS)[3::4])
def test_at_a_change(attack: Attack, name: str) -> None:
    ((_, at),) = a_few(attack, OPERATIONS[name], (Fault.INTERRUPT,), 1)
    verdict = interrupted(attack, OPERATIONS[name], at)
    assert not verdict.wrong, str(verdict)


@pytest.mark.parametrize("name", ["Dataset.duplicates", "Dataset.where"])
def test_while_something_is_read(attack: Attack, name: str) -> None:
    verdict = interrupted(attack, READINGS[name], at=0, delay=random.Random(name).uniform(0, 0.05))
    assert not verdict.wrong, str(verdict)
