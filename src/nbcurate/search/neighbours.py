"""True neighbours of some rows, by comparing them with all: the yardstick of whatever is approximate."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..store.import_whole import import_whole

if TYPE_CHECKING:
    from torch import Tensor

#: Cosines that differ by less are equal, but for rounding: of rows that are all but equal any will do.
EQUAL = 1e-6
_QUERIES, _BLOCK_BYTES = 4_096, 64 * 2**20


def nearest_rows(
    vectors: NDArray[np.float32],
    rows: NDArray[np.intp],
    k: int,
    *,
    among: NDArray[np.bool_] | None = None,
    device: str = "cpu",
    progress: bool = False,
    before_each: Callable[[], object] = lambda: None,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The ``k`` rows nearest to each of ``rows``, itself left out.

    Parameters
    ----------
    vectors : float32 array [n, d]
        L2-normalised; may be memory-mapped, and is read in blocks.
    among : bool array [n], optional
        Rows that may be neighbours; all by default.
    before_each : callable, optional
        Is called between two pieces of the work; what it raises ends it.

    Returns
    -------
    rows : int32 array [m, k]
        Nearest first; -1 where there are fewer than k others.
    similarity : float32 array [m, k]
        Cosine, descending; -inf where there is none.
    """
    import_whole("torch")
    import torch

    neighbours = np.full((len(rows), k), -1, np.int32)
    similarity = np.full((len(rows), k), -np.inf, np.float32)
    width = min(k, len(vectors) - 1)
    starts = range(0, len(rows), _QUERIES)
    for first in tqdm(starts, desc="neighbours", unit="block", delay=2, disable=not progress) if width > 0 else ():
        asking = torch.from_numpy(rows[first : first + _QUERIES]).to(device)
        queries = tensor(vectors[rows[first : first + _QUERIES]], device)
        best = torch.full((len(asking), width), -torch.inf, device=device)
        names = torch.full((len(asking), width), -1, dtype=torch.int64, device=device)
        block = max(1024, _BLOCK_BYTES // (4 * len(asking)))
        for start in range(0, len(vectors), block):
            before_each()
            scores = queries @ tensor(vectors[start : start + block], device).T
            if among is not None:
                scores[:, torch.from_numpy(~among[start : start + block]).to(device)] = -torch.inf
            own = torch.nonzero((asking >= start) & (asking < start + scores.shape[1]))[:, 0]
            scores[own, asking[own] - start] = -torch.inf
            merge_best(best, names, scores, start)
        names[best == -torch.inf] = -1
        neighbours[first : first + _QUERIES, :width] = names.cpu().numpy()
        similarity[first : first + _QUERIES, :width] = best.clamp(max=1.0).cpu().numpy()
    return neighbours, similarity


def merge_best(best: Tensor, names: Tensor, scores: Tensor, names_of_columns: Tensor | int) -> None:
    """Take what is better in ``scores`` ``[q, m]`` into the ``best`` of each row ``[q, k]`` (descending) and its name.

    Only rows whose largest new score beats their last best one are sorted: a maximum costs far less than the order.

    Parameters
    ----------
    names_of_columns : int64 tensor [m], or int
        Names of the columns, or the first of consecutive ones.
    """
    import_whole("torch")
    import torch

    better = torch.nonzero(scores.amax(dim=1) > best[:, -1])[:, 0]
    if not len(better):
        return
    chosen = scores if len(better) == len(scores) else scores[better]
    values, at = chosen.topk(min(best.shape[1], scores.shape[1]))
    found = at + names_of_columns if isinstance(names_of_columns, int) else names_of_columns[at]
    both, order = torch.cat([best[better], values], dim=1).topk(best.shape[1])
    best[better] = both
    names[better] = torch.cat([names[better], found], dim=1).gather(1, order)


def tensor(array: NDArray[Any], device: str) -> Tensor:
    """``array`` as a tensor on the device; one that may not be written (a mapped file) is not written."""
    import_whole("torch")
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(array).to(device)
