"""Copies and shots of one scene among a data set's items: which pairs to look at, and what each turns out to be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..arguments import require_threshold
from ..collection.distinct import DistinctItems, distinct_items
from ..collection.vector_set import VectorSet
from ..curate.copies import EVIDENCE, Chance, Evidence, Relation, level_of_chance, likeness, relations
from ..curate.duplicates import CopyPairs, find_near_vectors, near_pairs
from ..store.items import Keys
from .comparisons import Comparisons
from .keypoint_neighbours import keypoint_neighbours

_NEAREST = 6  # neighbours by vectors that are looked at
_ROUNDS = 3  # of comparing copies of one picture with each other
_PARTNERS = 20
_LEAST_SIDE = 32  # px of the shorter side of an object
_UNRELATED = 300  # pairs on which chance is measured


@dataclass(frozen=True)
class ItemCopies:
    """The copies among a data set's items, before anything is kept or dropped.

    Attributes
    ----------
    distinct : DistinctItems
        The m of n items that the pairs count.
    pairs : CopyPairs
        Copies and parts; and shots of one scene, where these were asked for.
    evidence : EVIDENCE array [pairs]
        What was seen of each; zeros where only vectors were compared. Of each pair the item with the smaller content
        key is the first.
    """

    distinct: DistinctItems
    pairs: CopyPairs
    evidence: Evidence


def copies_of_items(
    dataset: VectorSet,
    *,
    threshold: float | Literal["auto"],
    pixels: bool,
    scenes: bool,
    min_likeness: float | None = None,
    encoder: str | None,
) -> ItemCopies:
    """The pairs of a data set's distinct items that are copies; see :meth:`Dataset.duplicates`.

    Parameters
    ----------
    min_likeness : float, optional
        Where the user has judged pairs: every pair of at least this likeness is a copy, whatever else is known of it.
    """
    require_threshold(threshold)
    if not isinstance(scenes, bool | np.bool_):
        raise TypeError(f"scenes={scenes!r}: give True or False.")
    distinct = distinct_items(dataset, encoder)
    alone = find_near_vectors(*distinct.graph, threshold=threshold)
    if not pixels or len(distinct) < 2:
        return ItemCopies(distinct, alone, np.zeros(len(alone.rows), EVIDENCE))
    compared = PictureComparison(distinct)
    rows, evidence = compared.within(np.inf if threshold == "auto" else float(threshold))
    sure = likeness(evidence, compared.chance)
    if min_likeness is None:
        relation = relations(evidence, rows, compared.chance)
    else:
        relation = np.where(sure >= min_likeness, Relation.EDITED_COPY, Relation.NONE).astype(np.uint8)
    wanted = (relation > Relation.NONE) & (scenes | (relation != Relation.SAME_SCENE))
    wanted &= ~too_small_to_tell(distinct)[rows].any(axis=1)
    seen = CopyPairs(rows[wanted], distances(distinct, rows[wanted]), sure[wanted], relation[wanted])
    blind = ~compared.readable(alone.rows)
    return ItemCopies(
        distinct, seen.plus(alone.part(blind)), np.append(evidence[wanted], np.zeros(blind.sum(), EVIDENCE))
    )


def too_small_to_tell(distinct: DistinctItems) -> NDArray[np.bool_]:
    """Which items are objects so small that what they agree in is blur: no verdict is given on them: bool [n]."""
    items = distinct.store.items
    rows = items.rows_of_keys(distinct.keys)
    if not items.are_boxes[rows].any():
        return np.zeros(len(rows), bool)
    table = items.table.select(["width", "height"]).take(pa.array(rows))
    sides = [table.column(side).fill_null(_LEAST_SIDE).to_numpy() for side in ("width", "height")]
    return items.are_boxes[rows] & (np.minimum(*sides) < _LEAST_SIDE)


class PictureComparison:
    """The pictures of a data set's distinct items, compared in pairs.

    Parameters
    ----------
    distinct : DistinctItems
    """

    def __init__(self, distinct: DistinctItems) -> None:
        self._distinct = distinct
        self._store = distinct.store
        self._contents: Keys = distinct.contents
        self._comparisons = Comparisons.of(self._store)

    def within(self, limit: float) -> tuple[NDArray[np.int32], Evidence]:
        """The pairs that are worth comparing, up to a cosine distance, and what is seen of each.

        Neighbours by vectors, and pictures that share keypoints; and where two are copies of a third, these two.

        Returns
        -------
        rows : int32 array [m, 2]
            The item with the smaller content key first.
        evidence : EVIDENCE array [m]
        """
        neighbours, similarity = self._distinct.graph
        by_vectors = near_pairs(neighbours[:, :_NEAREST], similarity[:, :_NEAREST], limit)[0]
        found = keypoint_neighbours(self._store, self._contents)
        row, column = np.nonzero(found >= 0)
        new = np.concatenate([by_vectors, np.stack([row, found[row, column]], axis=1)])
        rows, evidence = np.empty((0, 2), np.int32), np.empty(0, EVIDENCE)
        for _ in range(_ROUNDS):
            new = _without(np.unique(self.in_order(new), axis=0), rows)
            if np.isfinite(limit):
                new = new[distances(self._distinct, new) <= limit]
            if not len(new):
                break
            seen, known = self.evidence(new)
            rows, evidence = np.concatenate([rows, new[known]]), np.concatenate([evidence, seen[known]])
            kinds = relations(evidence, rows, self.chance)
            new = pairs_of_a_third(rows[(kinds > Relation.NONE) & (kinds != Relation.SAME_SCENE)])
        return rows, evidence

    def evidence(self, rows: NDArray[np.integer]) -> tuple[Evidence, NDArray[np.bool_]]:
        """What is seen of pairs, the smaller content key first, and for which the pictures could be read."""
        return self._comparisons.evidence(self._store, self._contents[rows].reshape(-1, 2))

    def readable(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """For which pairs both pictures can be read."""
        return self.evidence(self.in_order(rows))[1]

    @cached_property
    def chance(self) -> Chance:
        """How far pictures of this data set agree that have nothing to do with each other."""
        evidence, known = self.evidence(self.in_order(unrelated_pairs(self._distinct.vectors, _UNRELATED)))
        return level_of_chance(evidence[known])

    def in_order(self, rows: NDArray[np.integer]) -> NDArray[np.int32]:
        """The pairs with the smaller content key first."""
        swapped = self._contents[rows[:, 0]] > self._contents[rows[:, 1]]
        return np.where(swapped[:, None], rows[:, ::-1], rows).astype(np.int32)


def pairs_of_a_third(rows: NDArray[np.integer]) -> NDArray[np.int32]:
    """Pairs of rows that are both in a pair with a third one, up to 20 for each of it: [m, 2]."""
    ends = np.concatenate([rows, rows[:, ::-1]])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    starts = np.flatnonzero(np.diff(ends[:, 0], prepend=-1))
    found = [np.empty((0, 2), np.int32)]
    for partners in np.split(ends[:, 1], starts[1:]):
        few = partners[:_PARTNERS]
        found.append(np.stack([few[at] for at in np.triu_indices(len(few), 1)], axis=1).astype(np.int32))
    return np.concatenate(found)


def _without(rows: NDArray[np.int32], others: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those of the pairs that are not among the others."""
    names, known = (pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1] for pairs in (rows, others))
    return rows[~np.isin(names, known)]


def unrelated_pairs(vectors: NDArray[np.float32], n: int, *, seed: int = 0) -> NDArray[np.int32]:
    """Up to ``n`` random pairs of rows [m, 2] that are farther apart than most: the far half of twice as many."""
    rng = np.random.default_rng(seed)
    size = len(vectors)
    if size * (size - 1) // 2 <= 2 * n:
        pairs = np.stack(np.triu_indices(size, 1), axis=1)
    else:
        pairs = rng.integers(0, size, (2 * n, 2))
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    cosine = (vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(axis=1)
    far = np.argsort(cosine, kind="stable")[: (len(pairs) + 1) // 2]
    return pairs[far].astype(np.int32)


def distances(distinct: DistinctItems, rows: NDArray[np.integer]) -> NDArray[np.float32]:
    """Cosine distance of each pair: float32 [m]."""
    vectors = distinct.vectors
    cosine = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), 65_536):
        part = rows[start : start + 65_536]
        cosine[start : start + 65_536] = (vectors[part[:, 0]] * vectors[part[:, 1]]).sum(axis=1)
    return (1.0 - cosine).clip(min=0.0)
