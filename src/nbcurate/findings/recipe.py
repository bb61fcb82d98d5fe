"""The recipe of a finding: what made it, so that one line makes it again."""

from __future__ import annotations

import hashlib
import reprlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..store.embeddings import Embeddings
from ..store.items import Keys
from ..version import __version__

if TYPE_CHECKING:
    from ..collection.item_set import ItemSet

#: JSON-able: what made a finding.
Recipe = dict[str, Any]

_OPERATORS = {"or": "|", "and": "&", "minus": "-"}
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlist = _SHORT.maxdict = 3


def make_recipe(
    function: str, parameters: Mapping[str, Any], keys: Keys, embeddings: Embeddings | None = None
) -> Recipe:
    """What is recorded of a call of ``Dataset.<function>(**parameters)``.

    Parameters
    ----------
    function : str
        Name of the method.
    parameters : mapping
        All its arguments, as JSON or as arrays and lists of ids, which become lists. A ``seed`` is among them.
    keys : uint64 array [n]
        The items that were looked at.
    embeddings : Embeddings, optional
        The vectors that were used.

    Returns
    -------
    dict
        JSON-able: ``function``, ``parameters``, ``embeddings`` (name, key, what made them), ``input`` (number of items
        and a BLAKE2b digest of their keys), ``version``.
    """
    return {
        "function": function,
        "parameters": {name: _plain(value) for name, value in parameters.items()},
        "embeddings": None
        if embeddings is None
        else {"name": embeddings.name, "key": embeddings.encoder_key, "made_by": embeddings.recipe},
        "input": input_of(keys),
        "version": __version__,
    }


def input_of(keys: Keys) -> dict[str, Any]:
    """Which items were looked at: ``items``, their number, and ``digest``, of their keys."""
    digest = hashlib.blake2b(np.ascontiguousarray(keys).tobytes(), digest_size=16).hexdigest()
    return {"items": len(keys), "digest": digest}


def of_view(recipe: Recipe, items: ItemSet) -> Recipe:
    """The recipe of what was found in a view: with ``where``, the conditions that make the view, first to last."""
    conditions = items.conditions
    made_here = bool(conditions) and "input" in recipe and "where" not in recipe
    return {**recipe, "where": conditions} if made_here else recipe


def of_parts(function: str, parts: Sequence[Recipe], **parameters: Any) -> Recipe:
    """The recipe of what is made of other findings: of their union, or the first of one."""
    return {"function": function, "parameters": parameters, "of": list(parts)}


def recipe_in_words(recipe: Recipe) -> str:
    """The call that a recipe records, as one would write it; long lists are shortened."""
    function, parameters = recipe.get("function"), recipe.get("parameters", {})
    parts = [recipe_in_words(part) for part in recipe.get("of", [])]
    parts += [_condition_in_words(condition) for condition in recipe.get("where", [])]
    if function in _OPERATORS:
        return f"({f' {_OPERATORS[function]} '.join(parts)})"
    if function == "given":
        return f"[{len(parameters.get('ids', [])):,} ids]"
    given = ", ".join(f"{name}={_SHORT.repr(value)}" for name, value in parameters.items() if value is not None)
    return ".".join([*parts, f"{function}({given})"])


def _condition_in_words(condition: str | Mapping[str, Any]) -> str:
    if isinstance(condition, str):
        return f"where({_SHORT.repr(condition)})"
    return f"where([{len(condition.get('ids', [])):,} ids])"


def _plain(value: Any) -> Any:
    """``value`` as JSON has it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return value
    return [_plain(part) for part in value]
