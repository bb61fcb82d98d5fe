"""The k-nearest-neighbour graph of a set of vectors, by blocked matrix products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from .cells import Cells, fit_cells

if TYPE_CHECKING:
    from torch import Tensor

#: Up to so many rows every pair is compared.
EXACT_LIMIT = 20_000
TARGET_RECALL = 0.99
_SAMPLE = 500  # rows whose true neighbours are found exactly, to set the probes and to measure what came out
_BLOCK_BYTES = 128 * 2**20


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


def build_graph(
    vectors: NDArray[np.float32],
    k: int = 15,
    *,
    target_recall: float = TARGET_RECALL,
    exact_limit: int = EXACT_LIMIT,
    device: str = "cpu",
    seed: int = 0,
) -> Graph:
    """The ``k`` nearest rows of every row.

    Exact up to ``exact_limit`` rows. Above, the rows are divided into cells and each row is compared with those in the
    cells nearest to it: an inverted file turned around, so that each cell is one matrix product. As many cells are
    probed as hold ``target_recall`` of the true neighbours of a sample. Nothing of size n × n is held.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised, distinct rows; may be memory-mapped.
    device : str
        Where torch multiplies: ``"cpu"`` or ``"cuda"``.

    References
    ----------
    Jégou, Douze and Schmid (2011), "Product quantization for nearest neighbor search": the inverted file.
    """
    n = len(vectors)
    everything = np.arange(n)
    if n <= exact_limit:
        return Graph(*_exact_neighbours(vectors, everything, k, device, progress=True), recall=1.0)
    sample = np.sort(np.random.default_rng(seed).choice(n, min(_SAMPLE, n), replace=False))
    truth, _ = _exact_neighbours(vectors, sample, k, device)
    cells = fit_cells(vectors, seed=seed)
    probes = _probes_for(vectors, cells, sample, truth, target_recall)
    if probes > len(cells.centres) // 2:
        return Graph(*_exact_neighbours(vectors, everything, k, device, progress=True), recall=1.0)
    rows, similarity = _cell_neighbours(vectors, cells, probes, k, device)
    short = np.flatnonzero(rows[:, -1] < 0)  # small cells around it hold fewer than k
    rows[short], similarity[short] = _exact_neighbours(vectors, short, k, device)
    found = (truth[:, :, None] == rows[sample][:, None, :]).any(axis=2)
    return Graph(rows, similarity, recall=float(found.mean()))


def _exact_neighbours(
    vectors: NDArray[np.float32], rows: NDArray[np.intp], k: int, device: str, *, progress: bool = False
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Neighbours of some rows among all: row numbers and similarities ``[len(rows), k]``."""
    everything = _tensor(vectors, device)
    neighbours = np.full((len(rows), k), -1, np.int32)
    similarity = np.full((len(rows), k), -np.inf, np.float32)
    width = min(k, len(vectors) - 1)
    block = max(1, _BLOCK_BYTES // (4 * len(vectors)))
    for start in tqdm(range(0, len(rows), block), desc="neighbours", unit="block", disable=not progress):
        part = rows[start : start + block]
        scores = _tensor(vectors[part], device) @ everything.T
        scores[np.arange(len(part)), part] = -np.inf
        best, found = scores.topk(width)
        neighbours[start : start + block, :width] = found.cpu().numpy()
        similarity[start : start + block, :width] = best.cpu().numpy()
    return neighbours, similarity.clip(max=1.0)


def _cell_neighbours(
    vectors: NDArray[np.float32], cells: Cells, probes: int, k: int, device: str
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Neighbours of all rows among those in their ``probes`` nearest cells."""
    import torch

    n = len(vectors)
    rows = torch.full((n, k), -1, dtype=torch.int32)
    similarity = torch.full((n, k), -torch.inf)
    queries, starts = _rows_by_probed_cell(vectors, cells, probes, device)
    for cell in tqdm(range(len(cells.centres)), desc="neighbours", unit="cell"):
        members = cells.rows[cells.starts[cell] : cells.starts[cell + 1]]
        asking = queries[starts[cell] : starts[cell + 1]]
        if not len(members):
            continue
        inside = _tensor(vectors[members], device)
        labels = torch.from_numpy(members.astype(np.int32))
        block = max(1, _BLOCK_BYTES // (4 * len(members)))
        for start in range(0, len(asking), block):
            part = asking[start : start + block]
            scores = (_tensor(vectors[part], device) @ inside.T).cpu()
            scores[torch.from_numpy(part)[:, None] == labels[None, :]] = -torch.inf
            best, at = scores.topk(min(k, len(members)))
            known = torch.from_numpy(part)
            both = torch.cat([similarity[known], best], dim=1)
            names = torch.cat([rows[known], labels[at]], dim=1)
            similarity[known], order = both.topk(k)
            rows[known] = names.gather(1, order)
    rows[similarity == -torch.inf] = -1
    return rows.numpy(), similarity.numpy().clip(max=1.0)


def _rows_by_probed_cell(
    vectors: NDArray[np.float32], cells: Cells, probes: int, device: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that probe each cell, cell by cell, and where each cell's begin."""
    centres = _tensor(cells.centres, device)
    n, block = len(vectors), max(1, _BLOCK_BYTES // (4 * len(cells.centres)))
    probed = np.empty((n, probes), np.int32)
    for start in range(0, n, block):
        scores = _tensor(vectors[start : start + block], device) @ centres.T
        probed[start : start + block] = scores.topk(probes, sorted=False).indices.cpu().numpy()
    order = np.argsort(probed.ravel(), kind="stable")
    counts = np.bincount(probed.ravel(), minlength=len(cells.centres))
    return order // probes, np.concatenate([[0], np.cumsum(counts)])


def _probes_for(
    vectors: NDArray[np.float32],
    cells: Cells,
    sample: NDArray[np.intp],
    truth: NDArray[np.int32],
    target_recall: float,
) -> int:
    """How many cells must be probed so that this share of the true neighbours of the sample lies in them."""
    cell_of_row = np.empty(len(vectors), np.int32)
    cell_of_row[cells.rows] = np.repeat(np.arange(len(cells.centres)), np.diff(cells.starts))
    order = np.argsort(-(vectors[sample] @ cells.centres.T), axis=1)
    rank_of_cell = np.argsort(order, axis=1)
    ranks = np.take_along_axis(rank_of_cell, cell_of_row[truth], axis=1)
    return int(np.quantile(ranks, target_recall, method="higher")) + 1


def _tensor(array: NDArray[np.float32], device: str) -> Tensor:
    """``array`` as a tensor on the device; one that may not be written (a mapped file) is not written."""
    import warnings

    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array).to(device)
