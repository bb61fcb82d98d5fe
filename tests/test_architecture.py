"""Imports go one way, so that each part can be read, used and tested without those above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "nbcurate"

#: What each part may import of ours. `curate` knows arrays only; nothing but `widgets` knows the notebook.
_BELOW = {"imaging", "store", "display", "arguments", "waiting", "plotting", "version"}
_ROOMS = {"sources", "encoders", "search", "curate", "export"}
ALLOWED = {
    "arguments": set(),
    "waiting": set(),
    "plotting": set(),
    "version": set(),
    "imaging": {"waiting"},
    "store": {"waiting"},
    "display": {"imaging", "store", "arguments", "waiting"},
    "curate": set(),
    "selection": {"store", "display"},
    "sources": _BELOW,
    "encoders": _BELOW,
    "search": _BELOW,
    "export": _BELOW,
    "collection": {*_BELOW, *_ROOMS, "selection"},
    "findings": {*_BELOW, *_ROOMS, "selection", "collection", "__init__"},
    "dataset": {*_BELOW, *_ROOMS, "selection", "collection", "findings"},
    "widgets": {*_BELOW, *_ROOMS, "selection", "collection", "findings", "dataset"},
    "training": {*_BELOW, *_ROOMS, "selection", "collection", "findings", "dataset", "widgets"},
    "results": {*_BELOW, *_ROOMS, "collection", "findings", "dataset", "widgets"},
    "__init__": {*_BELOW, *_ROOMS, "selection", "collection", "findings", "dataset", "widgets", "training"},
}
#: The rooms within encoders/, the lowest first: each may import those before it, and beside them what an encoder is.
ENCODERS = ["loading", "network", "running"]
NOTEBOOK = {"IPython", "ipywidgets", "anywidget", "traitlets", "ipykernel", "comm", "jupyter_client"}

FILES = sorted(SOURCE.rglob("*.py"))


def part_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(file: Path) -> set[str]:
    """Names of the modules that a file imports, absolute: ``nbcurate.store.table``."""
    package = ["nbcurate", *file.relative_to(SOURCE).parent.parts]
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_imports_go_one_way(file: Path) -> None:
    part = part_of(file)
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("nbcurate.")} - {part}
    modules = {p.stem for p in SOURCE.iterdir()}
    assert ours & modules <= ALLOWED[part]


@pytest.mark.parametrize("room", ENCODERS)
def test_what_loads_knows_no_network_and_a_network_not_what_runs_it(room: str) -> None:
    below = ENCODERS[: ENCODERS.index(room)]
    found = {
        name.split(".")[2]
        for file in (SOURCE / "encoders" / room).glob("*.py")
        for name in imports(file)
        if name.startswith("nbcurate.encoders.")
    }
    assert found - {room} <= {*below, "encoder", "errors"}


@pytest.mark.parametrize(
    "file", [f for f in FILES if part_of(f) != "widgets"], ids=lambda f: str(f.relative_to(SOURCE))
)
def test_only_the_widgets_know_the_notebook(file: Path) -> None:
    assert {name.split(".")[0] for name in imports(file)} & NOTEBOOK == set()


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_only_one_module_touches_lance(file: Path) -> None:
    if any(name.split(".")[0] == "lance" for name in imports(file)):
        assert file.relative_to(SOURCE) == Path("store/table.py")


# -- circles ---------------------------------------------------------------------------------------------------------

MODULES = {
    ".".join(["nbcurate", *file.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__"): file
    for file in FILES
}


def modules_of(file: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in it, for types alone too."""
    return {name if name in MODULES else name.rpartition(".")[0] for name in imports(file)} & MODULES.keys()


def circle_of(module: str, way: tuple[str, ...], done: set[str]) -> tuple[str, ...]:
    """A way from a module back to itself, empty if there is none."""
    if module in way:
        return (*way[way.index(module) :], module)
    if module in done:
        return ()
    for other in sorted(modules_of(MODULES[module]) - {module}):
        if found := circle_of(other, (*way, module), done):
            return found
    done.add(module)
    return ()


def test_no_module_imports_itself_by_whatever_way_round() -> None:
    done: set[str] = set()
    assert next((circle for module in sorted(MODULES) if (circle := circle_of(module, (), done))), ()) == ()


# -- the class that people hold --------------------------------------------------------------------------------------

#: What the parts of Dataset may stand on. What a part needs of another it takes from the functions behind that one.
CORES = {"VectorSet", "SourcedSet", "CompanionSet", "CuratedSet"}


def test_each_part_of_a_data_set_stands_on_the_core_alone() -> None:
    from nbcurate import Dataset
    from nbcurate.display.shown import Shown

    for part in Dataset.__bases__:
        assert part is Shown or {base.__name__ for base in part.__bases__} <= CORES, part


def test_a_method_of_a_data_set_is_in_one_file() -> None:
    from nbcurate import Dataset
    from nbcurate.display.shown import Shown

    homes: dict[str, set[str]] = {}
    for part in Dataset.__mro__:
        if part.__module__.startswith("nbcurate.") and part is not Shown:
            for name in vars(part):
                if not name.startswith("__"):
                    homes.setdefault(name, set()).add(part.__module__)
    twice = {name: modules for name, modules in homes.items() if len(modules) > 1}
    assert twice == {}
