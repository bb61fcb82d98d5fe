"""The index of one set of embeddings: which kind serves it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from .approximate import rows_of
from .hnsw import Shape, empty_graph, grow_graph, load_graph
from .info import IndexInfo
from .live_index import LiveIndex, progress_bar
from .serving import Index, Wish

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

#: Vectors of so many bytes are all compared: that is as quick as an index, and nothing is ever missed.
EXACT_BYTES = 100 * 2**20
_OPENING = threading.Lock()


def open_index(
    embeddings: Embeddings,
    *,
    writable: bool = True,
    exact_bytes: int | None = None,
    graph: bool = True,
    present: NDArray[np.uint64] | None = None,
    wait: bool = False,
    bar: bool = False,
) -> Index:
    """The index over the distinct contents of ``embeddings``, as it is now.

    Exact while the vectors are few in bytes. Above, a usearch graph serves. It is built in the background when it is
    missing, damaged, or much was added since; cells, which are built in a tenth of the time, serve until it is there,
    and search is exact until these are.

    Parameters
    ----------
    writable : bool
        False where nothing may be written: then nothing is built.
    exact_bytes : int, optional
        :data:`EXACT_BYTES` by default.
    graph : bool
        False for cells alone.
    present : uint64 array, optional
        Ascending keys of the contents that items stand for; all by default.
    wait : bool
        Come back when all is built.
    bar : bool
        Show how far the background is.
    """
    wish = Wish(EXACT_BYTES if exact_bytes is None else exact_bytes, graph, present)
    live = _live(embeddings)
    return live.whole(wish) if wait and writable else live.current(wish, writable=writable, bar=bar)


def is_compared_whole(embeddings: Embeddings) -> bool:
    """Whether the vectors are so few that none of them needs an index."""
    return 4 * embeddings.width * len(embeddings) <= EXACT_BYTES


def usearch_view(
    embeddings: Embeddings, *, writable: bool = True, present: NDArray[np.uint64] | None = None
) -> UsearchIndex:
    """A view of the usearch graph of all contents of ``embeddings`` that are ``present``; built where it is missing.

    Raises
    ------
    PermissionError
        If none is there and nothing may be written.
    """
    live = _live(embeddings)
    with live.turn():
        graph = live.whole_graph(Wish(EXACT_BYTES, present=present), writable=writable)
        return graph.view(embeddings.width)


def usearch_copy(
    embeddings: Embeddings,
    wanted: NDArray[np.uint64],
    *,
    present: NDArray[np.uint64] | None = None,
    writable: bool = True,
) -> tuple[UsearchIndex, NDArray[np.uint64]]:
    """A usearch graph in memory of the contents ``wanted`` (ascending) and of no other, and the keys in it.

    Taken from the one of all contents that are ``present`` where they are most of it; made anew otherwise.
    """
    keys, vectors = embeddings.vectors(writable=writable)
    rows = rows_of(keys, wanted)
    if writable and 2 * len(rows) > len(keys):
        live = _live(embeddings)
        with live.turn():
            whole = live.whole_graph(Wish(EXACT_BYTES, present=present))
            graph = load_graph(whole.path, embeddings.width, whole.shape)
        others = np.setdiff1d(whole.covered, keys[rows])
        if len(others):
            graph.remove(others)
        if whole.alone is not None:
            graph.expansion_search = whole.alone.expansion_search
    else:
        graph = empty_graph(embeddings.width, Shape())
        with progress_bar() as bar:
            grow_graph(graph, keys, vectors, rows, before_each=lambda count: bar.update(count / len(rows) - bar.n))
    return graph, keys[rows]


def index_info(embeddings: Embeddings, index: Index) -> IndexInfo:
    """What may be said of ``index``, which :func:`open_index` gave, and of what is being built."""
    return _live(embeddings).info(index)


def _live(embeddings: Embeddings) -> LiveIndex:
    """The one index of these embeddings, whoever asks."""
    with _OPENING:
        live = embeddings.attached.get("index")
        if not isinstance(live, LiveIndex):
            live = embeddings.attached["index"] = LiveIndex(embeddings)
        return live
