"""The usearch index of some items as it is exported: nothing else in it, and nothing of the store's own files."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ..search import usearch_copy
from ..store import Store
from ..store.items import Keys

if TYPE_CHECKING:
    from usearch.index import Index


def index_of_items(store: Store, keys: Keys, encoder: str | None) -> tuple[Index, pa.Table, dict[str, Any]]:
    """An index of the vectors of items, the table of its keys and their ids, and what the vectors are.

    Raises
    ------
    ValueError
        If nothing was embedded, or none of the items.

    Warns
    -----
    UserWarning
        If some of the items have no vector: they are left out.
    """
    embeddings = store.embeddings_named(encoder)
    items = store.items
    contents = items.contents[items.rows_of_keys(keys)]
    index, there = usearch_copy(
        embeddings, np.unique(contents), present=items.contents_present, writable=not store.read_only
    )
    having = np.isin(contents, there)
    if not having.any():
        raise ValueError(f"None of the {len(keys):,} items has a vector of {embeddings.name!r}: run ds.embed first.")
    if not having.all():
        warnings.warn(
            f"{int((~having).sum()):,} of {len(keys):,} items have no vector of {embeddings.name!r} and are not in the "
            "index: ds.embed makes it.",
            stacklevel=4,
        )
    table = pa.table({"key": contents[having], "id": items.ids_of_keys(keys[having])})
    about = {"encoder": embeddings.name, "width": embeddings.width, "vectors": len(there), "metric": "cos"}
    return index, table, {**about, "made_by": embeddings.recipe}
