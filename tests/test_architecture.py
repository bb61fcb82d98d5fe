"""Imports go one way, so that each part can be read, used and tested without those above it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "nbcurate"

#: What each part may import of ours. `curate` knows arrays only; nothing but `widgets` knows the notebook.
_BELOW = {"imaging", "store", "display", "arguments", "waiting", "plotting"}
_ROOMS = {"sources", "encoders", "search", "curate", "export"}
ALLOWED = {
    "arguments": set(),
    "waiting": set(),
    "plotting": set(),
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
    "__init__": {*_BELOW, *_ROOMS, "selection", "collection", "findings", "dataset", "widgets", "training"},
}
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


@pytest.mark.parametrize(
    "file", [f for f in FILES if part_of(f) != "widgets"], ids=lambda f: str(f.relative_to(SOURCE))
)
def test_only_the_widgets_know_the_notebook(file: Path) -> None:
    assert {name.split(".")[0] for name in imports(file)} & NOTEBOOK == set()


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_only_one_module_touches_lance(file: Path) -> None:
    if any(name.split(".")[0] == "lance" for name in imports(file)):
        assert file.relative_to(SOURCE) == Path("store/table.py")
