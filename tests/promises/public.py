"""The public methods, listed by looking at them: whatever a person can call on what the library gives them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import nbcurate as nbc

from .fault import FailingDisk, Fault, read_log
from .operations import OPERATIONS
from .readings import READINGS
from .world import World

#: The rooms whose objects people are given; what lies under them is reached through these alone.
_GIVEN = tuple(
    f"nbcurate.{room}"
    for room in (
        "dataset",
        "findings",
        "collection",
        "selection",
        "widgets",
        "search.result",
        "search.knn_graph",
        "training.heads.head",
    )
)
_WRITING = {operation.of for operation in OPERATIONS.values()}
_METHODS = (FunctionType, classmethod, staticmethod)
#: Public, and not looked into: what they give is a room below, which people reach through the methods above it.
_BELOW = ("Dataset.store", "View.session")
#: Operators that are methods under another name.
_OPERATORS = ("__delitem__", "__setitem__", "__getitem__")


@dataclass
class Census:
    """What was called, and what of it wrote.

    Attributes
    ----------
    seen : set of str
        All public names.
    unknown : set of str
        Those that take arguments and are neither among the operations nor among the readings.
    wrote : dict of str
        The files that a name changed which is not among the operations, but for those that can be made again.
    derived : set of str
        The names that made files that can be made again, and are neither among the operations nor the readings.
    raised : dict of str
        What came of those that could not be called.
    """

    seen: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    wrote: dict[str, list[str]] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)
    raised: dict[str, str] = field(default_factory=dict)


def census(folder: str, library: str, log: str) -> Census:
    """Call everything public that does not write, on everything that it gives; as a job of the zygote."""
    world = World(Path(folder))
    assert len(world.ds)
    caller = _Caller(world, FailingDisk(Path(library), world.folder, Path(log)), Path(log))
    for thing in _first_things(world):
        caller.look_at(thing)
    return caller.census


def _first_things(world: World) -> Iterator[Any]:
    yield world.ds
    yield world.ds[world.ds.ids[0]]
    yield nbc.SimilarityGrid(world.ds)
    yield nbc.ClassBalance(world.ds)
    yield nbc.EmbeddingMap(world.ds, method="pca")
    yield nbc.ClusterBrowser(world.ds)
    yield nbc.FindingsPanel(world.ds, world.ds.rare(n=3))
    yield nbc.ReportView(world.ds, world.ds.ids[:3])
    yield nbc.Scatter(world.ds, "width", "bytes")
    yield nbc.PrecisionRecall(world.ds, "model")
    yield nbc.ConfusionMatrix(world.ds, world.ds.labels)
    yield nbc.Curator(world.ds)
    yield nbc.fit_head(world.ds)


class _Caller:
    """Calls the members of objects, and those of what these return."""

    def __init__(self, world: World, disk: FailingDisk, log: Path) -> None:
        self.census = Census()
        self._world = world
        self._disk = disk
        self._log = log
        self._read = 0

    def look_at(self, thing: Any) -> None:
        """Call what is public of an object of ours, and has not been called yet."""
        if isinstance(thing, list | tuple):
            for part in thing[:1]:
                self.look_at(part)
        if not type(thing).__module__.startswith(_GIVEN):
            return
        for member, name, call in _calls(thing):
            if name in self.census.seen:
                continue
            self.census.seen.add(name)
            if name in READINGS or name not in _WRITING:
                given = self._call(name, member, thing, call)
                self.look_at(None if name in _BELOW else given)

    def _call(self, name: str, member: Any, thing: Any, call: Callable[[], Any]) -> Any:
        known = READINGS.get(name)
        if known is None and callable(member) and _wants_arguments(member, thing):
            self.census.unknown.add(name)
            return None
        result = None
        try:
            with self._disk.failing(Fault.COUNT, 0):
                result = known.do(self._world) if known is not None else call()
        except Exception as error:
            self.census.raised[name] = f"{type(error).__name__}: {error}"
        self._note(name, known is not None)
        return result

    def _note(self, name: str, known: bool) -> None:
        """Put down which files were changed."""
        changes = read_log(self._log)[self._read :]
        self._read += len(changes)
        ours = [change for change in changes if change.inside]
        lasting = [change.path for change in ours if "/derived" not in change.path]
        if lasting:
            self.census.wrote[name] = sorted(set(lasting))
        elif ours and not known:
            self.census.derived.add(name)


def _calls(thing: Any) -> Iterator[tuple[Any, str, Callable[[], Any]]]:
    """Each public member of an object that is of ours, its name, and how it is called without arguments."""
    for name, member in inspect.getmembers_static(type(thing)):
        if name.startswith("_") and name not in _OPERATORS:
            continue
        owner = next((c for c in type(thing).__mro__ if name in vars(c)), object)
        if owner.__module__.startswith(_GIVEN):
            yield member, f"{_label(owner)}.{name}", _caller(thing, name, called=isinstance(member, _METHODS))


def _caller(thing: Any, name: str, *, called: bool) -> Callable[[], Any]:
    return lambda: getattr(thing, name)() if called else getattr(thing, name)


def _label(owner: type) -> str:
    """The class as people know it: the links of ``Dataset`` go by its name."""
    return "Dataset" if issubclass(nbc.Dataset, owner) else owner.__name__


def _wants_arguments(member: Any, thing: Any) -> bool:
    if not isinstance(member, _METHODS):
        return False
    bound = member.__get__(thing, type(thing))
    required = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    parameters = inspect.signature(bound).parameters.values()
    return any(p.default is p.empty and p.kind in required for p in parameters)
