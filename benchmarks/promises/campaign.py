"""The cases of the long run, one kind after the other."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.promises.attack import Attack, Verdict
from tests.promises.damages import cases, damaged, undamaged
from tests.promises.edit_machine import EditMachine
from tests.promises.fault import Fault
from tests.promises.hostile_messages import attack as send_messages
from tests.promises.interrupts import interrupted
from tests.promises.operations import OPERATIONS
from tests.promises.plan import DISKS, places
from tests.promises.readings import CALLS
from tests.promises.together import CROWDS, crowd, pair, pairs

#: So many messages are a case of the run: a session is made anew for each.
_MESSAGES = 2_000
#: And so many edits: each series of them begins with a new data set.
_SERIES, _LENGTH = 5, 50


@dataclass(frozen=True)
class Kind:
    """One kind of fault that is made.

    Attributes
    ----------
    name : str
        As the table calls it.
    goal : int
        How many cases a long run has.
    make : callable
        The cases, without end or until there are no others: a verdict and how many cases it stands for.
    """

    name: str
    goal: int
    make: Callable[[Attack], Iterator[tuple[Verdict, int]]]


def _stopped(faults: tuple[Fault, ...]) -> Callable[[Attack], Iterator[tuple[Verdict, int]]]:
    """Every distinct change of every operation, each with every fault, in the order of chance."""

    def make(attack: Attack) -> Iterator[tuple[Verdict, int]]:
        there: list[tuple[str, Fault, int]] = []
        for name, operation in OPERATIONS.items():
            try:
                there += [(name, fault, at) for fault in faults for at in places(attack, operation, fault)]
            except AssertionError as error:  # it is wrong although nothing disturbs it
                yield Verdict(name, [str(error)]), 1
        random.Random(0).shuffle(there)
        for name, fault, at in there:
            yield attack.stopped(OPERATIONS[name], fault, at), 1

    return make


def _damages(attack: Attack) -> Iterator[tuple[Verdict, int]]:
    whole = undamaged(attack)
    for case in itertools.chain.from_iterable(cases(attack, seed) for seed in itertools.count()):
        yield damaged(attack, whole, *case), 1


def _interrupts(attack: Attack) -> Iterator[tuple[Verdict, int]]:
    """Half of them at changes, half at times of chance, in what reads, too."""
    rng = random.Random(0)
    while True:
        operation = rng.choice(list(CALLS.values()))
        there = places(attack, operation, Fault.INTERRUPT)
        if there and rng.random() < 0.5:
            yield interrupted(attack, operation, rng.choice(there)), 1
        else:
            yield interrupted(attack, operation, 0, rng.uniform(0, 0.2)), 1


def _threads(attack: Attack) -> Iterator[tuple[Verdict, int]]:
    for name in CROWDS:
        yield crowd(attack, name), 1
    for names in pairs():
        yield pair(attack, *names), 1


def _messages(attack: Attack) -> Iterator[tuple[Verdict, int]]:
    for seed in itertools.count():
        yield Verdict(f"messages, seed {seed}", send_messages(_MESSAGES, seed)), _MESSAGES


def _edits(attack: Attack) -> Iterator[tuple[Verdict, int]]:
    """Edits in any order, beside the model; the steps are what is counted."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    steps = settings(
        max_examples=_SERIES,
        stateful_step_count=_LENGTH,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        database=None,
    )
    while True:
        try:
            run_state_machine_as_test(EditMachine, settings=steps)
            yield Verdict("edits", []), _SERIES * _LENGTH
        except Exception as error:
            notes = getattr(error, "__notes__", [])
            yield Verdict("edits in any order", [f"{type(error).__name__}: {error}", *notes]), _SERIES * _LENGTH


KINDS = (
    Kind("kills", 1_000, _stopped((Fault.KILL, Fault.TORN))),
    Kind("full and broken disks", 500, _stopped(DISKS)),
    Kind("damaged files", 1_000, _damages),
    Kind("hostile messages", 100_000, _messages),
    Kind("interrupts", 500, _interrupts),
    Kind("threads", 50, _threads),
    Kind("edits in any order", 2_000, _edits),
)
