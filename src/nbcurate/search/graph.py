"""The k-nearest-neighbour graph of a set of vectors, by blocked matrix products."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store.import_whole import import_whole
from .cell_sweep import Part
from .neighbours import EQUAL, merge_best, nearest_rows, tensor
from .sweep_plan import SweepPlan, plan_sweep

#: Up to so many rows every pair is compared.
EXACT_LIMIT = 20_000
#: A million rows cost a quarter more for .99; what is missed differs from what is found in the last places.
TARGET_RECALL = 0.985
_SAMPLE = 500  # rows whose true neighbours are found exactly, to set the reach; as many again measure what came out
_BLOCK_BYTES = 48 * 2**20
_SLAB_ROWS, _SLAB_PAIRS = 65_536, 2**25  # what one thread works on; all threads' pairs of row and cell


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Neighbours of every row.

    Attributes
    ----------
    rows : int32 array [n, k]
        Nearest first, without the row itself; -1 where there are fewer than k others.
    similarity : float32 array [n, k]
        Cosine, descending; -inf where there is none.
    recall : float
        Share of the true neighbours that were found, measured on a sample; 1.0 for an exact graph.
    """

    rows: NDArray[np.int32]
    similarity: NDArray[np.float32]
    recall: float

    def first(self, k: int) -> Graph:
        """The graph of the ``k`` nearest, from this one of more."""
        return Graph(self.rows[:, :k], self.similarity[:, :k], self.recall)


class Checkpoint(Protocol):
    """Keeps finished parts of a graph, so that one that was interrupted goes on there."""

    def load(self, first: int, last: int) -> Part | None: ...

    def save(self, first: int, part: Part) -> None: ...


def build_graph(
    vectors: NDArray[np.float32],
    k: int = 15,
    *,
    target_recall: float = TARGET_RECALL,
    exact_limit: int = EXACT_LIMIT,
    device: str = "cpu",
    seed: int = 0,
    checkpoint: Checkpoint | None = None,
) -> Graph:
    """The ``k`` nearest rows of every row.

    Exact up to ``exact_limit`` rows. Above, the rows are divided into cells and each row is compared with those in the
    cells near it: an inverted file turned around, so that the rows that look into a cell are one matrix product. The
    products are those of 8-bit codes, where these tell neighbours apart; the best by them are ordered by the vectors.
    The reach is as long as it takes to meet ``target_recall`` of the true neighbours of a sample. Nothing of size
    n × n is held.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised, distinct rows; may be memory-mapped.
    device : str
        Where torch multiplies: ``"cpu"`` or ``"cuda"``.
    checkpoint : Checkpoint, optional
        Takes and gives back the finished parts of an approximate graph.

    References
    ----------
    Jégou, Douze and Schmid (2011), "Product quantization for nearest neighbor search": the inverted file.
    """
    n = len(vectors)
    if n <= exact_limit:
        return Graph(*nearest_rows(vectors, np.arange(n), k, device=device, progress=True), recall=1.0)
    sample = np.random.default_rng(seed).choice(n, min(2 * _SAMPLE, n), replace=False)
    half = len(sample) // 2
    with _one_core():
        truth, wanted = nearest_rows(vectors, sample, k, device=device)
        plan = plan_sweep(vectors, sample[:half], truth[:half], target_recall, device=device, seed=seed)
    if plan.compared > n / 2:
        return Graph(*nearest_rows(vectors, np.arange(n), k, device=device, progress=True), recall=1.0)
    rows, similarity = _all_neighbours(plan, n, k, device, checkpoint)
    found = similarity[sample[half:]] >= wanted[half:, -1:] - EQUAL
    return Graph(rows, similarity, recall=float(found.mean()))


def _all_neighbours(plan: SweepPlan, n: int, k: int, device: str, checkpoint: Checkpoint | None) -> Part:
    """Neighbours of all rows, in parts on all cores; those that ``checkpoint`` has are not looked for again."""
    threads = (os.cpu_count() or 1) if device == "cpu" else 1
    slab = int(max(1, min(_SLAB_ROWS, np.ceil(n / threads), _SLAB_PAIRS / plan.probes / threads)))
    rows, similarity = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    stop = threading.Event()

    def find(first: int) -> None:
        last = min(first + slab, n)
        part = checkpoint.load(first, last) if checkpoint else None
        if part is None:
            part = plan.sweep.neighbours(first, last, k, stop)
            if checkpoint:
                checkpoint.save(first, part)
        rows[first:last], similarity[first:last] = part

    with _one_core_each(threads) as pool, tqdm(total=n, desc="neighbours", unit="row", delay=2) as bar:
        futures = {pool.submit(find, first): min(slab, n - first) for first in range(0, n, slab)}
        try:
            for future in as_completed(futures):
                future.result()
                bar.update(futures[future])
        except BaseException:  # Ctrl-C, too, must not wait for what is under way
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return rows, similarity


@contextmanager
def _one_core() -> Iterator[None]:
    """Torch multiplies with one core in this thread.

    Its own threads wait for one another at the end of every small product, at full power: on a busy machine that cost
    more than the products did (18 CPU seconds for 100,000 rows, where this costs 7).
    """
    import_whole("torch")
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _one_core_each(threads: int) -> Iterator[ThreadPoolExecutor]:
    """Threads in each of which torch multiplies with one core."""
    import_whole("torch")
    import torch

    with _one_core(), ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        yield pool


def extend_graph(vectors: NDArray[np.float32], graph: Graph, *, device: str = "cpu") -> Graph:
    """The graph of all ``vectors`` from that of the first of them.

    The rows that came since are compared with all, so their neighbours are exact, and the others lose none that the
    new rows could have given them: the recall does not fall.

    Parameters
    ----------
    vectors : float32 array [n, d]
        Rows of ``graph`` first, then the new ones.
    """
    import_whole("torch")
    import torch

    old, n, k = len(graph.rows), len(vectors), graph.rows.shape[1]
    rows, similarity = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
    rows[:old], similarity[:old] = graph.rows, graph.similarity
    rows[old:], similarity[old:] = nearest_rows(vectors, np.arange(old, n), k, device=device)
    added = tensor(vectors[old:], device)
    names = torch.arange(old, n, device=device)
    block = max(1, _BLOCK_BYTES // (4 * len(added)))
    for start in range(0, old, block):
        part = slice(start, min(start + block, old))
        best, known = tensor(similarity[part], device), tensor(rows[part].astype(np.int64), device)
        merge_best(best, known, tensor(vectors[part], device) @ added.T, names)
        rows[part], similarity[part] = known.cpu().numpy(), best.clamp(max=1.0).cpu().numpy()
    return Graph(rows, similarity, graph.recall)
