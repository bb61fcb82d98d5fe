"""Building a usearch graph, or going on with one, and choosing by measuring how it is searched."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..store.embeddings import Embeddings
from . import hnsw
from .approximate import SPARE
from .hnsw import Shape
from .hnsw_file import EXPANSIONS, Graph, Setting, keep_graph
from .recall import TARGET_RECALL, Find, Measured, Sample, draw_sample, is_certain, recall_of

if TYPE_CHECKING:
    from usearch.index import Index as UsearchIndex

_SHAPES = (Shape(32, 64), Shape(32, 128), Shape(64, 256))  # each costs about twice as much to build as the one before
_FIRST = 20_000  # vectors on which the shape is chosen
_KEEP_AFTER = 300.0  # seconds of building, of which a kernel that is killed shall not lose more


def build_graph(
    embeddings: Embeddings,
    keys: NDArray[np.uint64],
    vectors: NDArray[np.float32],
    *,
    rows: NDArray[np.intp] | None = None,
    begun: Graph | None = None,
    side_by_side: NDArray[np.intp] | None = None,
    before_each: Callable[[float], None] = lambda _: None,
) -> Graph:
    """Make a graph of vectors, or go on with one, beside the one that serves; the new one then takes its place.

    Parameters
    ----------
    keys, vectors : arrays [n], [n, d]
    rows : int array [m], optional
        Those that are to be in it; all by default.
    begun : Graph, optional
        One whose vectors are all among ``rows``, which is to grow; it stays on disk until the new one is there.
    side_by_side : int array, optional
        Rows in an order in which similar ones follow each other, as those of one cell do. Added in that order they find
        their neighbours in the processor's cache: that takes some 40 % less time.
    before_each : callable, optional
        Is told the share that is done, every second or so. What it raises ends the build; what was built before in five
        minutes or more is kept.

    Returns
    -------
    Graph
        With its recall, measured on rows of the data, and the expansion of the search that it takes.
    """
    began = time.process_time()
    rows = np.arange(len(keys)) if rows is None else rows
    if begun is None:
        first = np.sort(np.random.default_rng(0).permutation(rows)[:_FIRST])
        graph, shape = _begin(keys[first], vectors[first], lambda share: before_each(share * len(first) / len(rows)))
        missing = np.setdiff1d(rows, first, assume_unique=True)
    else:
        graph, shape = hnsw.load_graph(begun.path, embeddings.width, begun.shape), begun.shape
        missing = rows[~np.isin(keys[rows], begun.covered)]
    if side_by_side is not None:
        place = np.full(len(keys), len(side_by_side))
        place[side_by_side] = np.arange(len(side_by_side))
        missing = missing[np.argsort(place[missing], kind="stable")]
    there, kept_at = len(rows) - len(missing), time.monotonic()

    def between(count: int) -> None:
        nonlocal kept_at
        if count and time.monotonic() - kept_at > _KEEP_AFTER:
            covered = np.setdiff1d(keys[rows], keys[missing[count:]])
            keep_graph(embeddings, graph, Graph(Path(), covered, shape))
            kept_at = time.monotonic()
        embeddings.release_pages()
        before_each((there + count) / len(rows))

    hnsw.grow_graph(graph, keys, vectors, missing, before_each=between)
    sample = draw_sample(vectors, rows, before_each=lambda: before_each(1.0))
    embeddings.release_pages()
    return keep_graph(embeddings, graph, Graph(Path(), keys[rows], shape, _tuned(graph, keys, vectors, sample, began)))


def _begin(
    keys: NDArray[np.uint64], vectors: NDArray[np.float32], before_each: Callable[[float], None]
) -> tuple[UsearchIndex, Shape]:
    """A graph of the first vectors, of the least shape that does well on them, and that shape."""
    sample, order = draw_sample(vectors), np.random.default_rng(1).permutation(len(keys))
    graph, shape = hnsw.empty_graph(vectors.shape[1], _SHAPES[0]), _SHAPES[0]
    for shape in _SHAPES:
        graph = hnsw.empty_graph(vectors.shape[1], shape)
        hnsw.grow_graph(graph, keys, vectors, order, before_each=lambda count: before_each(count / len(keys)))
        graph.expansion_search = shape.expansion_add
        if recall_of(_finder(graph), keys, vectors, sample).mean() >= TARGET_RECALL:
            break
    return graph, shape


def _tuned(
    graph: UsearchIndex, keys: NDArray[np.uint64], vectors: NDArray[np.float32], sample: Sample, began: float
) -> Setting:
    """The least expansion of the search that meets the target, and what was measured with it on other rows."""
    chosen_by, measured_on = sample.halves()
    for expansion in EXPANSIONS:
        graph.expansion_search = expansion
        if is_certain(recall_of(_finder(graph), keys, vectors, chosen_by)):
            break
    hits = recall_of(_finder(graph), keys, vectors, measured_on)
    found: Any = graph.search(vectors[measured_on.rows], SPARE)
    compared = found.computed_distances / max(1, len(measured_on.rows))
    return Setting(graph.expansion_search, 0, Measured.of(hits, compared, time.process_time() - began))


def _finder(graph: UsearchIndex) -> Find:
    """Search through a graph in memory; the nearest are among the candidates, whatever their order."""
    return lambda queries, k: np.asarray(graph.search(queries, k + SPARE).keys, np.uint64)
