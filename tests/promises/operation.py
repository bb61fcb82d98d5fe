"""What an operation of the attack is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .world import World

Call = Callable[[World], object]


def opened(world: World) -> None:
    """What is done before changes are counted: the data set is opened."""
    assert len(world.ds)


def nothing(world: World) -> None:
    """The operation opens the data set by itself; or the pictures are as they were."""


@dataclass(frozen=True)
class Operation:
    """One operation on a world.

    Attributes
    ----------
    name : str
        As :mod:`tests.promises.public` names it, perhaps with words that tell two calls apart: ``"Dataset.tag: new"``.
    do : callable
        Does it.
    before : callable
        What is made ready in the process that does it, before changes are counted.
    world : str
        Which of :data:`tests.promises.world.WORLDS` it is done in.
    meanwhile : callable
        What has happened to the pictures before it, once.
    resumes : bool
        Whether it is committed bit by bit: what was committed when it is stopped stays, and it goes on from there.
    """

    name: str
    do: Call
    before: Call = opened
    world: str = "curated"
    meanwhile: Call = nothing
    resumes: bool = False

    @property
    def of(self) -> str:
        """The public name that is called."""
        return self.name.partition(":")[0]
