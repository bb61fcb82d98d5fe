"""Which boxes of two sets lie over each other, of all pictures at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Pairs that are looked at at a time: some 100 MB.
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class BoxPairs:
    """Pairs of boxes that overlap, ordered by the first, then by the second: p pairs.

    Attributes
    ----------
    first, second : int arrays [p]
        Rows of the two sets.
    overlap : float64 array [p]
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    overlap: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, chosen: NDArray[np.bool_]) -> BoxPairs:
        """Those for which this is true."""
        return BoxPairs(self.first[chosen], self.second[chosen], self.overlap[chosen])


def overlapping(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    groups_first: NDArray[np.integer],
    groups_second: NDArray[np.integer],
    *,
    least: float,
    crowd: NDArray[np.bool_] | None = None,
) -> BoxPairs:
    """The pairs of boxes of one group that overlap by ``least`` or more.

    Parameters
    ----------
    first, second : float64 arrays [n, 4], [m, 4]
        x, y, width, height.
    groups_first, groups_second : int arrays [n], [m]
        Such as the picture that each lies on.
    least : float
        Overlap from which a pair counts; above 0.
    crowd : bool array [m], optional
        Which of the second are regions of many objects: there the overlap is the share of the first that lies in it,
        else it is intersection over union.
    """
    order = np.argsort(groups_second, kind="stable")
    in_order = groups_second[order]
    starts = np.searchsorted(in_order, groups_first, "left")
    counts = np.searchsorted(in_order, groups_first, "right") - starts
    found = [
        _overlapping(first, second[order[at]], rows, order[at], least, None if crowd is None else crowd[order[at]])
        for rows, at in _candidates(starts, counts)
    ]
    if not found:
        nothing = np.empty(0, np.intp)
        return BoxPairs(nothing, nothing, np.empty(0))
    return BoxPairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _candidates(
    starts: NDArray[np.intp], counts: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows of the first set with places in the order of the second, in parts of limited size."""
    ends = np.cumsum(counts)
    row = 0
    while row < len(counts):
        before = int(ends[row - 1]) if row else 0
        stop = max(int(np.searchsorted(ends, before + _AT_ONCE, "right")), row + 1)
        sizes = counts[row:stop]
        rows = np.repeat(np.arange(row, stop), sizes)
        within = np.arange(int(sizes.sum())) - np.repeat(ends[row:stop] - sizes - before, sizes)
        if len(rows):
            yield rows, starts[rows] + within
        row = stop


def _overlapping(
    first: NDArray[np.float64], other: NDArray[np.float64], rows: NDArray[np.intp], second: NDArray[np.intp],
    least: float, crowd: NDArray[np.bool_] | None,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:  # fmt: skip
    mine = first[rows]
    across = np.minimum(mine[:, 2] + mine[:, 0], other[:, 2] + other[:, 0]) - np.maximum(mine[:, 0], other[:, 0])
    down = np.minimum(mine[:, 3] + mine[:, 1], other[:, 3] + other[:, 1]) - np.maximum(mine[:, 1], other[:, 1])
    touching = np.flatnonzero((across > 0) & (down > 0))
    common = across[touching] * down[touching]
    area, other_area = (boxes[touching, 2] * boxes[touching, 3] for boxes in (mine, other))
    union = area + other_area - common  # in this order, as pycocotools has it, to its last digit
    if crowd is not None:
        union = np.where(crowd[touching], area, union)
    overlap = common / union
    kept = touching[overlap >= least]
    return rows[kept], second[kept], overlap[overlap >= least]
