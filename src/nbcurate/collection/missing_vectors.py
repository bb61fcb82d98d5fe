"""What is said where items have, or get, no vector, or where no model is at hand that makes such vectors."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from ..store import Store
from ..store.embeddings import Embeddings


def require_vectors(known: NDArray[np.bool_], embeddings: Embeddings) -> None:
    """Raise a ValueError that says what to run, where not every item has a vector."""
    if not known.all():
        raise ValueError(
            f"{int((~known).sum()):,} of {len(known):,} items have no vector of {embeddings.name!r} yet: "
            f"run ds.embed({embeddings.name!r})."
        )


def warn_where_partial(having: NDArray[np.bool_], embeddings: Embeddings) -> None:
    """Say how far vectors are, and what completes them, where some items that could have one have none yet."""
    if not having.all():
        warnings.warn(
            f"{int(having.sum()):,} of {len(having):,} items have a vector of {embeddings.name!r} yet, and the others "
            f"are not found by it: ds.embed({embeddings.name!r}) goes on where it stopped.",
            stacklevel=4,
        )


def warn_of_unreadable(store: Store, unreadable: list[str]) -> None:
    """Say how many items got no vector as they could not be read, and what helps where a folder is gone."""
    if unreadable:
        from ..sources.relocate import lost_folders

        lost = lost_folders(store)
        hint = f" The folder {lost[0]} is gone: where it has moved, ds.reroot(new) tells." if lost else ""
        warnings.warn(f"{len(unreadable)} items could not be read: ds.errors lists them.{hint}", stacklevel=3)


def require_model(embeddings: Embeddings) -> None:
    """Raise a ValueError that says what to search with, where these vectors come from no model with a name."""
    name, recipe = embeddings.name, embeddings.recipe
    if recipe.get("given"):
        raise ValueError(
            f"The vectors {name!r} were given, and no model is known that makes such: search by id or by a vector, or "
            "embed the pictures with a model."
        )
    if "function" in recipe:
        raise ValueError(
            f"The vectors {name!r} were made by a function of yours, {recipe['function']}, which this kernel has not "
            f"run yet: ds.embed({name}) with that function, or search by id or by a vector."
        )
