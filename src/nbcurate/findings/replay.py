"""Making a finding again from its recipe."""

from __future__ import annotations

import inspect
import operator
import warnings
from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from ..collection.vector_set import VectorSet
from .finding import Finding, given
from .recipe import Recipe, input_of

#: The methods of a data set that a recipe may name: those that make findings, and change no item.
FUNCTIONS = (
    "duplicates", "label_issues", "rare", "common", "edge_cases", "weak_spots", "evaluate", "tag_by_words",
    "odd_boxes", "box_issues", "split",
    "check_split", "clusters", "diverse", "balanced", "select_for_labelling", "curate",
)  # fmt: skip
_COMBINATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "or": operator.or_, "and": operator.and_, "minus": operator.sub,
}  # fmt: skip
_CUTS = ("head", "to_review")
_PARTS = ("safe",)  # of a finding, by name


def replay(dataset: VectorSet, recipe: Recipe) -> Any:
    """See :meth:`Dataset.replay`."""
    for _ in _parts(recipe):  # all is checked before any of it is run
        pass
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
    require_conditions(recipe.get("where", []))
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
    if not parts:
        dataset = _where_it_was_made(dataset, recipe)
        _use_same_vectors(dataset, recipe, parameters)
    method = getattr(parts[0] if parts else dataset, function)
    try:
        inspect.signature(method).bind(**parameters)
    except TypeError as error:
        raise ValueError(f"The parameters of this recipe do not fit {function!r}: {error}.") from None
    return method(**parameters)


def require_conditions(conditions: Any) -> list[str | dict[str, list[str]]]:
    """What made a view, first to last, if these are such conditions: SQL, or ``{"ids": [...]}``.

    Raises
    ------
    ValueError
        If they are not.
    """
    if not isinstance(conditions, list):
        raise ValueError(f"The conditions of a view are a list, got {conditions!r:.80}.")
    for made in conditions:
        ids = made.get("ids") if isinstance(made, dict) and set(made) == {"ids"} else None
        if not isinstance(made, str) and not (isinstance(ids, list) and all(isinstance(one, str) for one in ids)):
            raise ValueError(f'A condition of a view is an SQL expression or {{"ids": [...]}}, got {made!r:.80}.')
    return conditions


def view_again(dataset: VectorSet, conditions: list[str | dict[str, list[str]]]) -> VectorSet:
    """The view that these conditions make, one after the other. Ids that are not there are passed over, and told.

    Raises
    ------
    ExpressionError
        If an expression cannot be evaluated here, because a column is missing.
    """
    for made in conditions:
        dataset = dataset.where(made if isinstance(made, str) else _those_in(set(dataset.ids), made["ids"]))
    return dataset


def _where_it_was_made(dataset: VectorSet, recipe: Recipe) -> VectorSet:
    """The items that a recipe's function looked at; a warning where they are others than then."""
    then, conditions = recipe.get("input"), recipe.get("where", [])
    known = isinstance(then, Mapping)
    if known and input_of(dataset.keys)["digest"] == then.get("digest"):
        return dataset  # the very view
    dataset = view_again(dataset, conditions)
    now = input_of(dataset.keys)
    if known and now["digest"] != then.get("digest"):
        warnings.warn(
            f"This recipe was made on other items: on {then.get('items', 0):,}, and "
            f"{'the view that it makes' if conditions else 'the data set'} has {now['items']:,} now, so it may find "
            "others than it did.",
            stacklevel=5,
        )
    return dataset


def _use_same_vectors(dataset: VectorSet, recipe: Recipe, parameters: dict[str, Any]) -> None:
    """Where no encoder was named, name the one that was used: another may have been run since."""
    used = (recipe.get("embeddings") or {}).get("name")
    if "encoder" in parameters and parameters["encoder"] is None:
        parameters["encoder"] = used if used in {there.name for there in dataset.store.embeddings()} else None


def _given(dataset: VectorSet, ids: list[str]) -> Finding:
    return given(dataset, _those_in(dataset.store.items, ids))


def _those_in(items: Container[str], ids: list[str]) -> list[str]:
    """The ids that are there; how many are not is told."""
    there = [item_id for item_id in ids if item_id in items]
    if len(there) < len(ids):
        warnings.warn(
            f"{len(ids) - len(there):,} of {len(ids):,} ids that this recipe names have left the data set, and are "
            "passed over.",
            stacklevel=5,
        )
    return there
