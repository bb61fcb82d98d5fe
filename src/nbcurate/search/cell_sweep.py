"""Rows compared with the cells near them: an inverted file turned around.

So all rows that look into a cell are compared with its members by one product.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..store.import_whole import import_whole
from .cells import Cells
from .codes import Codes, products
from .neighbours import nearest_rows, tensor
from .shortlist import Shortlist

Part = tuple[NDArray[np.int32], NDArray[np.float32]]

_BLOCK_PRODUCTS = 2**21  # stay in the cache of a core while they are looked through
_EXACT_BYTES = 2 * 2**20


@dataclass(frozen=True, eq=False)
class CellSweep:
    """What it takes to find the neighbours of any rows.

    Attributes
    ----------
    vectors : float32 array [n, d]
    cells : Cells
        Of the vectors.
    codes : int8 array [n, d], or None
        Of the vectors, those of one cell side by side, as ``cells.rows`` lists them. None: the vectors are multiplied.
    centres : int8 or float32 array [c, d]
        Codes of the cells' centres, or the centres.
    reaches : tuple of float
        Ascending. A row looks into the cells whose centre's product is within the last of them of that of its nearest
        centre; in rounds, since what is found nearby spares most of what lies farther its sorting.
    candidates : int
        So many by their codes are ordered by their vectors.
    device : str
    """

    vectors: NDArray[np.float32]
    cells: Cells
    codes: NDArray[np.int8] | None
    centres: Codes
    reaches: tuple[float, ...]
    candidates: int
    device: str

    def neighbours(self, first: int, last: int, k: int, stop: threading.Event) -> Part:
        """Neighbours of the rows from ``first`` to ``last``, nearest first, and their cosine.

        Raises
        ------
        InterruptedError
            If ``stop`` was set meanwhile.
        """
        own = np.arange(first, last, dtype=np.int32)
        asking = self.vectors[first:last] if self.codes is None else self.codes[self._places[first:last]]
        best = Shortlist(last - first, self.candidates, len(self.vectors))
        for rows, cells in self._rounds(asking):
            for cell, part in self._blocks(rows, cells):
                if stop.is_set():
                    raise InterruptedError("The graph was not finished.")
                inside = slice(self.cells.starts[cell], self.cells.starts[cell + 1])
                members = self.cells.rows[inside]
                coded = self.vectors[members] if self.codes is None else self.codes[inside]
                best.offer(part, products(asking[part], coded, self.device).cpu().numpy(), members, own[part])
            best.settle()
        return self._ordered(own, best.names(), k)

    @cached_property
    def _places(self) -> NDArray[np.int32]:
        """Where each row is among the codes."""
        places = np.empty(len(self.vectors), np.int32)
        places[self.cells.rows] = np.arange(len(places), dtype=np.int32)
        return places

    def _rounds(self, asking: Codes) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint32]]]:
        """Rows of ``asking`` and cells that they look into; in the first round the nearest one of each."""
        rows, cells, gaps = [], [], []
        block = max(1, _BLOCK_PRODUCTS // len(self.centres))
        for start in range(0, len(asking), block):
            scores = products(asking[start : start + block], self.centres, self.device).cpu().numpy()
            least = scores.max(axis=1, keepdims=True) - np.asarray(self.reaches[-1]).astype(scores.dtype)
            row, cell = np.divmod(np.flatnonzero(scores >= least), len(self.centres))
            rows.append((start + row).astype(np.int32))
            cells.append(cell.astype(np.uint32))
            gaps.append(scores.max(axis=1)[row] - scores[row, cell])
        rows, cells, gaps = np.concatenate(rows), np.concatenate(cells), np.concatenate(gaps)
        done = np.zeros(len(gaps), bool)
        for reach in (0, *self.reaches):
            now = (gaps <= reach) & ~done
            done |= now
            yield rows[now], cells[now]

    def _blocks(self, rows: NDArray[np.int32], cells: NDArray[np.uint32]) -> Iterator[tuple[int, NDArray[np.int32]]]:
        """Each cell with rows that look into it, not too many at once."""
        order = np.argsort(cells.astype(np.uint16) if len(self.centres) < 2**16 else cells, kind="stable")
        ends = np.cumsum(np.bincount(cells, minlength=len(self.centres)))
        for cell in np.flatnonzero((np.diff(ends, prepend=0) > 0) & (self.cells.sizes > 0)):
            looking = rows[order[ends[cell - 1] if cell else 0 : ends[cell]]]
            block = max(1, _BLOCK_PRODUCTS // int(self.cells.sizes[cell]))
            for start in range(0, len(looking), block):
                yield int(cell), looking[start : start + block]

    def _ordered(self, own: NDArray[np.int32], candidates: NDArray[np.int32], k: int) -> Part:
        """The ``k`` most similar of the candidates ``[q, c]`` of the rows ``own``."""
        import_whole("torch")
        import torch

        rows, similarity = np.empty((len(own), k), np.int32), np.empty((len(own), k), np.float32)
        width = self.vectors.shape[1]
        block = max(1, _EXACT_BYTES // (4 * width * candidates.shape[1]))
        for start in range(0, len(own), block):
            part = slice(start, start + block)
            names = candidates[part]
            near = tensor(self.vectors[names.ravel()], "cpu").view(*names.shape, width)
            scores = torch.bmm(near, tensor(self.vectors[own[part]], "cpu").unsqueeze(2)).squeeze(2)
            scores[tensor(names < 0, "cpu")] = -torch.inf
            best, at = scores.topk(k)
            rows[part], similarity[part] = np.take_along_axis(names, at.numpy(), axis=1), best.clamp(max=1.0).numpy()
        short = np.flatnonzero(similarity[:, -1] == -np.inf)  # the cells around it hold fewer than k
        if len(short):
            asked = own[short].astype(np.intp)
            rows[short], similarity[short] = nearest_rows(self.vectors, asked, k, device=self.device)
        return rows, similarity
