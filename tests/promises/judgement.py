"""Whether what a stopped operation has left is as promised."""

from __future__ import annotations

from .fault import Fault
from .jobs import Done, Found
from .operation import Operation
from .reference import Reference
from .state import State, as_shown, differences, disagreements, mixed
from .zygote import Outcome

#: What no message to a person holds: the names and paths of other people's programs.
_FOREIGN_WORDS = ("LanceError", "lance", "ArrowInvalid", "/rust/", "object_store", "panicked")
#: What a process may hold that waits to be committed, and what is not of the data set.
_BESIDE = ("thumbnail ", "measured ", "file ")


def judge(operation: Operation, reference: Reference, fault: Fault, done: Outcome, then: Outcome) -> list[str]:
    """What is wrong; empty if all promises were kept.

    Parameters
    ----------
    done : Outcome
        Of the operation: a :class:`~tests.promises.jobs.Done`, or how its process ended.
    then : Outcome
        Of the process that came after it: a :class:`~tests.promises.jobs.Found`.
    """
    wrong = _ending(fault, done)
    if not then.ok:
        return [*wrong, f"what it left cannot be opened: {then.ended}"]
    found: Found = then.value.as_shown(reference.before)
    wrong += one_or_none(operation, reference, "opened for reading", found.reading)
    wrong += one_or_none(operation, reference, "opened", found.writing)
    if done.ok:
        wrong += _acknowledged(reference, done.value, found)
    return wrong + _done_again(operation, reference, found)


def _ending(fault: Fault, done: Outcome) -> list[str]:
    """How the process that did it may end."""
    if done.hung or done.error:
        return [f"the process {done.ended}"]
    if done.signal:
        return [] if fault in (Fault.KILL, Fault.TORN) and done.signal == 9 else [f"the process {done.ended}"]
    raised = done.value.raised
    if fault is Fault.INTERRUPT and raised and not raised.startswith("KeyboardInterrupt"):
        return [f"Ctrl-C came out as {raised[:300]}"]
    foreign = [word for word in _FOREIGN_WORDS if word in raised.replace(".lance", "")]
    return [f"the error speaks of {foreign}: {raised[:300]}"] if foreign else []


def one_or_none(operation: Operation, reference: Reference, how: str, state: State) -> list[str]:
    """Whether a state is that before or that after; of what is committed bit by bit, every bit of it."""
    wrong = [f"{how}: {text}" for text in disagreements(state)]
    if "CANNOT BE OPENED" in state or state in (reference.before, reference.after):
        return wrong
    if operation.resumes:
        return wrong + [f"{how}, neither before nor after: {text}" for text in mixed(state, *_ends(reference))]
    to_before, to_after = (differences(state, end) for end in _ends(reference))
    nearer, name = (to_before, "before") if len(to_before) <= len(to_after) else (to_after, "after")
    return wrong + [f"{how}, not as {name}: {text}" for text in nearer]


def _ends(reference: Reference) -> tuple[State, State]:
    return reference.before, reference.after


def _acknowledged(reference: Reference, done: Done, found: Found) -> list[str]:
    """What the process said that it did is there, and what it shows is what is on disk."""
    wrong = []
    if not done.raised:
        wrong += [f"it was acknowledged, but: {text}" for text in differences(found.writing, reference.after)]
    if done.seen:
        seen = as_shown(done.seen, reference.before)
        pairs = ({n: v for n, v in s.items() if not n.startswith(_BESIDE)} for s in (seen, found.writing))
        wrong += [f"the process shows what is not on disk: {text}" for text in differences(*pairs)]
    return wrong


def _done_again(operation: Operation, reference: Reference, found: Found) -> list[str]:
    """Done once more it comes to its end, and can be taken back as if nothing had been."""
    if "CANNOT BE OPENED" in found.writing:
        return []
    complete = found.writing == reference.after
    if found.again and not (complete and reference.found.again):
        return [f"done again it raised {found.again[:300]}"]
    expected = reference.found.after if complete else reference.after
    wrong = [f"done again: {text}" for text in _missing(found.after, expected, reference)]
    if complete or reference.found.after == reference.after:
        wrong += [f"undone: {text}" for text in _missing(found.undone, reference.found.undone, reference)]
    taken = complete and bool(found.again)  # the next export that may go there sweeps what lies beside it
    return wrong + ([] if taken else [f"left behind: {name}" for name in found.leftovers])


def _missing(state: State, expected: State, reference: Reference) -> list[str]:
    """What is not as expected. Thumbnails are made when they are looked at: those that were there stay."""
    made = {n for n in expected if n.startswith("thumbnail ") and n not in state and n not in reference.before}
    return differences(state, {name: value for name, value in expected.items() if name not in made})
