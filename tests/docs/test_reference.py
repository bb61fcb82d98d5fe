"""The reference has everything public, and each docstring says what goes in, what comes out, and what goes wrong."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import traitlets
from numpydoc.docscrape import ClassDoc, FunctionDoc, NumpyDocString

from nbcurate import curate

from .public_names import members, public_classes, public_functions, public_objects

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
FUNCTIONS = {name: (function, attribute) for name, function, attribute in public_functions()}
CALLED = {name: function for name, (function, attribute) in FUNCTIONS.items() if not attribute}

#: How the docstrings name what an array holds.
_DTYPE = re.compile(r"\b(float32|float64|int32|int64|uint8|uint64|int|bool|str|object)\b")
_SHAPE = re.compile(r"\[[\w, …+.()]+\]|``\[|of shape \(")


@cache
def documented() -> tuple[set[str], set[str], set[str]]:
    """What the pages name in directives: things by themselves, classes with their own members, and with all."""
    alone, own, whole, module = set(), set(), set(), ""
    for page in REFERENCE.glob("*.md"):
        for line in page.read_text().splitlines():
            if found := re.match(r"\.\. currentmodule:: nbcurate\.?(\w*)", line):
                module = f"{found[1]}." if found[1] else ""
            elif found := re.match(r"\.\. auto(?!module)\w+:: ([\w.]+)", line):
                alone.add(name := module + found[1])
            elif line.strip() == ":members:":
                own.add(name)
            elif line.strip().startswith(":inherited-members:"):
                whole.add(name)
    return alone, own, whole


@pytest.mark.parametrize("name", public_objects())
def test_it_is_on_a_page(name: str) -> None:
    assert name in documented()[0]


@pytest.mark.parametrize("name", public_classes())
def test_its_members_are_on_a_page(name: str) -> None:
    alone, own, whole = documented()
    found = public_classes()[name]
    above = set(found.__mro__[1:-1])
    kin = [other for key, other in public_classes().items() if key in whole and above & set(other.__mro__)]
    shown = {member for other in kin for member in members(other)}
    shown |= set(members(found)) if name in whole else set(vars(found)) if name in own else set()
    assert {f"{name}.{member}" for member in members(found).keys() - shown} <= alone


def test_no_page_has_what_is_not_public() -> None:
    found = public_objects()
    known = {*found, *(f"{name}.{member}" for name, cls in public_classes().items() for member in members(cls))}
    assert documented()[0] - known == {"Dataset.__getitem__"}


def test_every_algorithm_is_on_a_page() -> None:
    listed = re.findall(r"^\.\. automodule:: nbcurate\.curate\.(\w+)", (REFERENCE / "curate.md").read_text(), re.M)
    assert sorted(listed) == sorted(module.name for module in pkgutil.iter_modules(curate.__path__))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_has_a_docstring(name: str) -> None:
    assert doc_of(name).strip()


@pytest.mark.parametrize("name", CALLED)
def test_each_parameter_is_named_with_its_type(name: str) -> None:
    typed = typed_parameters(FunctionDoc(CALLED[name], doc=doc_of(name)))
    assert [name for name in parameters(CALLED[name]) if name not in typed] == []


@pytest.mark.parametrize("name", [name for name, found in public_classes().items() if not issubclass(found, Exception)])
def test_what_a_class_is_made_of_is_named_with_its_type(name: str) -> None:
    found = public_classes()[name]
    document = NumpyDocString(inspect.getdoc(found) or "")
    typed = typed_parameters(document)
    if name.startswith("results.") or name in (
        "Adapter",
        "Dataset",
        "Encoder",
        "Finding",
        "Head",
        "Selection",
        "TunedEncoder",
    ):
        return  # made by our functions, not by people
    assert [name for name in parameters(found.__init__) if name not in typed] == []


def returns_an_array(name: str) -> bool:
    returned = str(FUNCTIONS[name][0].__annotations__.get("return", ""))
    return bool(re.match(r"(NDArray|np\.ndarray|Keys|pa\.Array|sp\.)", returned)) and "Callable" not in returned


@pytest.mark.parametrize("name", filter(returns_an_array, FUNCTIONS))
def test_arrays_have_a_type_and_a_shape(name: str) -> None:
    assert _DTYPE.search(doc_of(name))
    assert _SHAPE.search(doc_of(name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_it_raises_is_named(name: str) -> None:
    function, _ = FUNCTIONS[name]
    assert sorted(raised(function) - set(re.findall(r"\w+Error\b", doc_of(name)))) == []


@pytest.mark.parametrize("name", [n for n, c in public_classes().items() if issubclass(c, traitlets.HasTraits)])
def test_each_option_of_a_view_says_what_it_is(name: str) -> None:
    found = public_classes()[name]
    typed = typed_parameters(ClassDoc(found, doc=inspect.getdoc(found)))
    commented = comments(found)
    traits = [n for n, value in members(found).items() if isinstance(value, traitlets.TraitType)]
    assert [n for n in traits if n not in typed and n not in commented] == []


def doc_of(name: str) -> str:
    """The docstring that people read: of a method that has none of its own, that of the class below it."""
    owner, _, member = name.rpartition(".")
    if owner in public_classes():
        return inspect.getdoc(getattr(public_classes()[owner], member)) or inspect.getdoc(FUNCTIONS[name][0]) or ""
    return inspect.getdoc(FUNCTIONS[name][0]) or ""


def parameters(function: Any) -> list[str]:
    """Names of what people may give, those of ``**`` excepted."""
    given = inspect.signature(function).parameters.values()
    return [p.name for p in given if p.name not in ("self", "cls") and p.kind is not p.VAR_KEYWORD]


def typed_parameters(document: Any) -> set[str]:
    """Names with a type in the sections of parameters."""
    sections = [*document["Parameters"], *document["Other Parameters"], *document["Attributes"]]
    return {name.strip().lstrip("*") for entry in sections if entry.type for name in entry.name.split(",")}


def raised(function: Any) -> set[str]:
    """Names of the exceptions in its own ``raise`` statements."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    thrown = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    named = [node.func if isinstance(node, ast.Call) else node for node in thrown]
    names = {node.id for node in named if isinstance(node, ast.Name) and node.id[0].isupper()}
    return names - {"NotImplementedError"}  # of what those below it fill in


def comments(found: type) -> set[str]:
    """Names of attributes that a ``#:`` comment stands over."""
    sources = [inspect.getsource(base) for base in found.__mro__ if base.__module__.startswith("nbcurate.")]
    return {name for source in sources for name in re.findall(r"^\s*#: .*\n\s*(\w+) =", source, re.M)}
