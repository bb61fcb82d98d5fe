"""The recipe of a finding: what made it, so that one line makes it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..store.embeddings import Embeddings
from ..store.items import Keys


def make_recipe(
    function: str, parameters: Mapping[str, Any], keys: Keys, embeddings: Embeddings | None = None
) -> dict[str, Any]:
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
    from .. import __version__

    digest = hashlib.blake2b(np.ascontiguousarray(keys).tobytes(), digest_size=16).hexdigest()
    return {
        "function": function,
        "parameters": {name: _plain(value) for name, value in parameters.items()},
        "embeddings": None
        if embeddings is None
        else {"name": embeddings.name, "key": embeddings.encoder_key, "made_by": embeddings.recipe},
        "input": {"items": len(keys), "digest": digest},
        "version": __version__,
    }


def _plain(value: Any) -> Any:
    """``value`` as JSON has it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return value
    return [_plain(part) for part in value]
