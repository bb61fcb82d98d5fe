"""The index of one set of embeddings: which kind serves it."""

from __future__ import annotations

import threading

from ..store.embeddings import Embeddings
from .info import IndexInfo
from .live_index import Index, LiveIndex

#: Up to so many distinct images every vector is compared: a few milliseconds, and nothing is ever missed.
EXACT_LIMIT = 100_000
_OPENING = threading.Lock()


def open_index(
    embeddings: Embeddings, *, writable: bool = True, exact_limit: int | None = None, wait: bool = False
) -> Index:
    """The index over the distinct contents of ``embeddings``, as it is now.

    Exact up to ``exact_limit`` (:data:`EXACT_LIMIT`). Above, the saved cells serve. They are built in the background
    when they are missing, damaged, or much was added since; search is exact, or through the old ones, until the new are
    there; ``wait=True`` waits for them instead. Where nothing may be written (``writable=False``) none are built.
    """
    limit = EXACT_LIMIT if exact_limit is None else exact_limit
    return _live(embeddings).current(writable=writable, exact_limit=limit, wait=wait)


def index_info(embeddings: Embeddings, *, writable: bool = True) -> IndexInfo:
    """What serves the searches of ``embeddings``, and how well."""
    return _live(embeddings).info(open_index(embeddings, writable=writable))


def _live(embeddings: Embeddings) -> LiveIndex:
    """The one index of these embeddings, whoever asks."""
    with _OPENING:
        if "index" not in embeddings.attached:
            embeddings.attached["index"] = LiveIndex(embeddings)
        return embeddings.attached["index"]
