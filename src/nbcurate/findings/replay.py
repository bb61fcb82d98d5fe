"""Making a finding again from its recipe."""

from __future__ import annotations

import inspect
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..collection.vector_set import VectorSet
from .finding import Finding, given
from .recipe import Recipe, input_of

#: The methods of a data set that a recipe may name: those that make findings, and change no item.
FUNCTIONS = (
    "duplicates", "label_issues", "rare", "common", "edge_cases", "weak_spots", "split", "check_split", "clusters",
    "diverse", "balanced", "select_for_labelling", "curate",
)  # fmt: skip
_COMBINATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "or": operator.or_, "and": operator.and_, "minus": operator.sub,
}  # fmt: skip
_CUTS = ("head", "to_review")
_PARTS = ("safe",)  # of a finding, by name


def replay(dataset: VectorSet, recipe: Recipe) -> Any:
    """See :meth:`Dataset.replay`."""
    now = input_of(dataset.keys)
    inputs = [part["input"] for part in _parts(recipe) if isinstance(part.get("input"), Mapping)]
    others = [then for then in inputs if then.get("digest") != now["digest"]]
    if others:
        warnings.warn(
            f"This recipe was made on other items: on {others[0].get('items', 0):,}, and the data set has "
            f"{now['items']:,} now, so it may find others than it did. The recipe of a view is replayed on that view.",
            stacklevel=3,
        )
    return _made(dataset, recipe)


def _parts(recipe: Any) -> Iterator[Recipe]:
    """A recipe and those that it is made of.

    Raises
    ------
    ValueError
        If one of them is no recipe.
    """
    if not isinstance(recipe, Mapping) or not isinstance(recipe.get("function"), str):
        raise ValueError(f"This is no recipe, which is what finding.recipe gives: {recipe!r:.80}.")
    function, parts = recipe["function"], recipe.get("of", [])
    needed = 2 if function in _COMBINATIONS else 1 if function in (*_CUTS, *_PARTS) else 0
    if not needed and function != "given" and function not in FUNCTIONS:
        known = ", ".join([*FUNCTIONS, *_COMBINATIONS, *_CUTS, *_PARTS, "given"])
        raise ValueError(f"A recipe cannot name {function!r}: what makes findings is {known}.")
    if not isinstance(parts, list) or len(parts) != needed:
        raise ValueError(f"A recipe of {function!r} is made of {needed} others, under 'of'; got {parts!r:.80}.")
    if not isinstance(recipe.get("parameters", {}), Mapping):
        raise ValueError(f"The parameters of a recipe are a dict, got {recipe['parameters']!r:.80}.")
    yield dict(recipe)
    for part in parts:
        yield from _parts(part)


def _made(dataset: VectorSet, recipe: Recipe) -> Any:
    function, parameters = recipe["function"], dict(recipe.get("parameters", {}))
    parts = [_made(dataset, part) for part in recipe.get("of", [])]
    wrong = next((part for part in parts if not isinstance(part, Finding)), None)
    if wrong is not None:
        raise ValueError(f"A recipe of {function!r} is made of findings, not of a {type(wrong).__name__.lower()}.")
    if function in _COMBINATIONS:
        return _COMBINATIONS[function](*parts)
    if function == "given":
        return _given(dataset, parameters.get("ids", []))
    if function in _PARTS:
        if not hasattr(parts[0], function):
            raise ValueError(f"A recipe of {function!r} is made of a finding that has it, not of {parts[0].kind}.")
        return getattr(parts[0], function)
    method = getattr(parts[0] if parts else dataset, function)
    if not parts:
        _use_same_vectors(dataset, recipe, parameters)
    try:
        inspect.signature(method).bind(**parameters)
    except TypeError as error:
        raise ValueError(f"The parameters of this recipe do not fit {function!r}: {error}.") from None
    return method(**parameters)


def _use_same_vectors(dataset: VectorSet, recipe: Recipe, parameters: dict[str, Any]) -> None:
    """Where no encoder was named, name the one that was used: another may have been run since."""
    used = (recipe.get("embeddings") or {}).get("name")
    if "encoder" in parameters and parameters["encoder"] is None:
        parameters["encoder"] = used if used in {there.name for there in dataset.store.embeddings()} else None


def _given(dataset: VectorSet, ids: list[str]) -> Finding:
    there = [item_id for item_id in ids if item_id in dataset.store.items]
    if len(there) < len(ids):
        warnings.warn(
            f"{len(ids) - len(there):,} of {len(ids):,} ids that this recipe names have left the data set, and are "
            "passed over.",
            stacklevel=4,
        )
    return given(dataset, there)
