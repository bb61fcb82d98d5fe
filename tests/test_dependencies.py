"""What is imported is declared: always there, or in an extra that the error message names."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]

#: What comes with a package that is declared.
_BY_ANOTHER = {"torchvision": "timm"}


def names(requirements: list[str]) -> set[str]:
    """Names of distributions, as pip compares them."""
    return {re.split(r"[\[<>=!~; ]", one)[0].lower().replace("_", "-") for one in requirements}


ALWAYS = names(PROJECT["dependencies"])
DECLARED = ALWAYS.union(*map(names, EXTRAS.values()))


def imported(nodes: Callable[[ast.Module], Iterable[ast.AST]] = ast.walk) -> dict[str, set[Path]]:
    """Distributions of others by the files that import them; ``nodes`` says which parts of a file are looked at."""
    found: dict[str, set[Path]] = defaultdict(set)
    owners = packages_distributions()
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in nodes(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                modules = [node.module]
            else:
                continue
            for top in {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - {"nbcurate"}:
                candidates = sorted(names(owners.get(top, [top])), key=lambda one: one not in DECLARED)
                found[_BY_ANOTHER.get(candidates[0], candidates[0])].add(file.relative_to(ROOT))
    return found


def test_every_import_is_declared() -> None:
    assert {name: files for name, files in imported().items() if name not in DECLARED} == {}


def test_what_only_an_extra_brings_is_imported_where_a_message_can_name_it() -> None:
    at_the_top = imported(lambda module: module.body)
    assert {name: files for name, files in at_the_top.items() if name in DECLARED - ALWAYS} == {}


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_an_extra_that_a_message_names_is_there(extra: str) -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py"))
    named = set(re.findall(r"nbcurate\[([\w,-]+)\]", text))
    assert named <= set(EXTRAS), "messages name extras that there are"
    if extra not in ("laptop", "lab", "timm"):  # a bundle, a program, and what `weights` brings
        assert extra in named, f"whoever lacks {extra} is told so"


def test_the_bundle_for_a_laptop_brings_a_notebook_weights_a_map_and_plots() -> None:
    (bundle,) = EXTRAS["laptop"]
    parts = bundle.removeprefix("nbcurate[").removesuffix("]").split(",")
    assert {"lab", "weights", "map", "plot"} <= set(parts) <= set(EXTRAS)
