"""Which changes an attack fails at: all distinct ones, or a few of each operation, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .attack import Attack
from .fault import Fault, distinct_places
from .operation import Operation

#: What a full or broken disk may do.
DISKS = (Fault.FULL, Fault.BROKEN, Fault.FULL_ONCE, Fault.BROKEN_ONCE, Fault.SHORT, Fault.FULL_UNTIL_FREED)
#: How a process may die.
DEATHS = (Fault.KILL, Fault.KILL, Fault.TORN)


def places(attack: Attack, operation: Operation, fault: Fault) -> list[int]:
    """The changes at which a fault makes a difference."""
    changes = attack.reference(operation).changes
    writes = {change.number for change in changes if change.writes}
    distinct = distinct_places(changes)
    return [at for at in distinct if at in writes] if fault.only_at_writes else distinct


def a_few(attack: Attack, operation: Operation, faults: tuple[Fault, ...], n: int) -> Iterator[tuple[Fault, int]]:
    """``n`` faults at changes spread over an operation; another choice for each operation, and always the same."""
    rng = random.Random(f"{operation.name} {faults}")
    for part in range(n):
        fault = rng.choice(faults)
        there = places(attack, operation, fault) or places(attack, operation, Fault.KILL)
        step = len(there) / n
        yield fault, there[int(step * part + rng.uniform(0, step))]
