"""Pairs of vectors that are near, and groups of copies around the one that is kept."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .copies import Relation

#: Cosine distance up to which vectors alone make a copy, as a part of :func:`reference_distance`.
TIGHT = 0.25
_REFERENCE_NEIGHBOUR = 10


@dataclass(frozen=True, slots=True, eq=False)
class CopyPairs:
    """Pairs judged copies.

    Attributes
    ----------
    rows : int32 array [m, 2]
    distance : float32 array [m]
        Cosine distance.
    likeness : float32 array [m]
        In [0, 1]: how sure it is, by the pictures; or where only vectors were compared, 1 for equal ones down to 0.5 at
        the threshold.
    relation : uint8 array [m]
        See :class:`nbcurate.curate.copies.Relation`.
    """

    rows: NDArray[np.int32]
    distance: NDArray[np.float32]
    likeness: NDArray[np.float32]
    relation: NDArray[np.uint8]

    def part(self, which: NDArray[np.bool_]) -> CopyPairs:
        """Some of the pairs."""
        return CopyPairs(self.rows[which], self.distance[which], self.likeness[which], self.relation[which])

    def plus(self, other: CopyPairs) -> CopyPairs:
        """These and others."""
        return CopyPairs(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.distance, other.distance]),
            np.concatenate([self.likeness, other.likeness]),
            np.concatenate([self.relation, other.relation]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CopyGroups:
    """Groups of copies.

    Attributes
    ----------
    group : int32 array [n]
        Number of the group of each row, -1 for a row without copies.
    representative : int32 array [n]
        The row that is kept of each row's group; itself where it has no copies.
    pair : int32 array [n]
        Position in the pairs of the one that joins the row to its representative, -1 for none.
    """

    group: NDArray[np.int32]
    representative: NDArray[np.int32]
    pair: NDArray[np.int32]


def reference_distance(similarity: NDArray[np.float32]) -> float:
    """What is near in these data: the median cosine distance to the tenth neighbour.

    Not to the first: that one is a copy where half of the data are copies.

    Parameters
    ----------
    similarity : float32 array [n, k]
        Of the kNN graph, descending; -inf for none.
    """
    if similarity.size == 0:
        return 0.0
    column = similarity[:, min(_REFERENCE_NEIGHBOUR, similarity.shape[1]) - 1]
    known = column[np.isfinite(column)]
    return float(1.0 - np.median(known)) if len(known) else 0.0


def near_pairs(
    neighbors: NDArray[np.int32], similarity: NDArray[np.float32], limit: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Each pair of rows that the kNN graph has within a cosine distance, once.

    Returns
    -------
    rows : int32 array [m, 2]
        Smaller row first, ascending.
    distance : float32 array [m]
    """
    row, column = np.nonzero((1.0 - similarity <= limit) & (neighbors >= 0))
    ends = np.stack([row.astype(np.int32), neighbors[row, column]], axis=1)
    ends.sort(axis=1)
    _, first = np.unique(ends[:, 0].astype(np.int64) * max(len(neighbors), 1) + ends[:, 1], return_index=True)
    return ends[first], (1.0 - similarity[row, column])[first].clip(min=0.0)


def find_near_vectors(
    neighbors: NDArray[np.int32], similarity: NDArray[np.float32], *, threshold: float | Literal["auto"] = "auto"
) -> CopyPairs:
    """Pairs of rows whose vectors are so near that they are taken for copies, where there are no pictures to compare.

    Parameters
    ----------
    neighbors : int32 array [n, k]
        Rows of the nearest neighbours, -1 for none.
    similarity : float32 array [n, k]
        Cosine, descending.
    threshold : float or "auto"
        Cosine distance up to which two are copies. "auto": 0.25 of :func:`reference_distance`, so that it means the
        same for every encoder.
    """
    reference = max(reference_distance(similarity), 1e-5)
    limit = TIGHT * reference if threshold == "auto" else float(threshold)
    rows, distance = near_pairs(neighbors, similarity, limit)
    likeness = (1.0 - 0.5 * distance / max(limit, 1e-9)).astype(np.float32)
    return CopyPairs(rows, distance, likeness, np.full(len(rows), Relation.ALIKE, np.uint8))


def star_cover(n: int, pairs: CopyPairs, priority: NDArray[np.floating] | None = None) -> CopyGroups:
    """Groups in which every member is a copy of the one that is kept.

    The row with the most copies takes them all, then the one with the most of what is left, and so on. So a group is as
    wide as one pair may be, however long a chain of likenesses runs through the data. Of each group the row of
    the highest priority is kept that is a copy of all others in it.

    Parameters
    ----------
    n : int
        Number of rows.
    pairs : CopyPairs
    priority : float array [n], optional
        Which to keep: the sharpest, the largest. The first by default.

    References
    ----------
    Aslam, Pelekhov and Rus (2004), "The star clustering algorithm for static and dynamic information organization".
    """
    priority = -np.arange(n, dtype=np.float64) if priority is None else np.asarray(priority, np.float64)
    group, representative = np.full(n, -1, np.int32), np.arange(n, dtype=np.int32)
    joins = np.full(n, -1, np.int32)
    copies: dict[int, dict[int, int]] = {}
    for at, (a, b) in enumerate(pairs.rows.tolist()):
        copies.setdefault(a, {})[b] = at
        copies.setdefault(b, {})[a] = at
    free = set(copies)
    by_degree = _DegreeQueue({row: len(others) for row, others in copies.items()}, priority)
    number = 0
    while (centre := by_degree.pop(lambda row: len(copies[row].keys() & free) if row in free else 0)) is not None:
        members = [centre, *sorted(copies[centre].keys() & free)]
        kept = max(
            (row for row in members if all(other == row or other in copies[row] for other in members)),
            key=lambda row: (priority[row], -row),
        )
        for row in members:
            group[row], representative[row] = number, kept
            joins[row] = copies[kept].get(row, -1)
        free.difference_update(members)
        number += 1
    return CopyGroups(group, representative, joins)


class _DegreeQueue:
    """Rows by their number of free copies, most first, then by priority; a number that has shrunk is put back."""

    def __init__(self, degree: dict[int, int], priority: NDArray[np.float64]) -> None:
        self._priority = priority
        self._heap = [(-count, -priority[row], row) for row, count in degree.items()]
        heapq.heapify(self._heap)

    def pop(self, degree_now: Callable[[int], int]) -> int | None:
        """The first row that has a free copy; None when there is no more."""
        while self._heap:
            count, rank, row = heapq.heappop(self._heap)
            now = degree_now(row)
            if now == -count:
                return row
            if now > 0:
                heapq.heappush(self._heap, (-now, rank, row))
        return None
