"""What is public: the names of the package, the types of what its methods return, and their members."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import nbcurate
from nbcurate import results


def public_objects() -> dict[str, Any]:
    """Every public class, function and value, by the name under which people import it."""
    ours = {name: getattr(nbcurate, name) for name in nbcurate.__all__}
    return {**ours, **{f"results.{name}": getattr(results, name) for name in results.__all__}}


def public_classes() -> dict[str, type]:
    return {name: found for name, found in public_objects().items() if inspect.isclass(found)}


def members(found: type) -> dict[str, Any]:
    """What our own classes give it under names without an underscore, as it stands in the class."""
    own = [base for base in found.__mro__ if base.__module__.startswith("nbcurate.")]
    names = {name for base in own for name in vars(base) if not name.startswith("_")}
    return {name: inspect.getattr_static(found, name) for name in sorted(names)}


def function_of(member: Any) -> Any:
    """The function behind a method, a class method or a property; None where it is none of these."""
    if isinstance(member, classmethod | staticmethod):
        return member.__func__
    if isinstance(member, property):
        return member.fget
    if not inspect.isfunction(member) and hasattr(member, "func"):  # a cached property
        return member.func
    return member if inspect.isfunction(member) else None


def is_attribute(member: Any) -> bool:
    """Whether it is read without being called."""
    return not inspect.isfunction(member) and not isinstance(member, classmethod | staticmethod)


def public_functions() -> Iterator[tuple[str, Any, bool]]:
    """Name, function, and whether it is read as an attribute: of every function, method and property."""
    for name, found in public_objects().items():
        if inspect.isfunction(found):
            yield name, found, False
        elif inspect.isclass(found):
            for member, value in members(found).items():
                function = function_of(value)
                if function is not None:
                    yield f"{name}.{member}", function, is_attribute(value)
