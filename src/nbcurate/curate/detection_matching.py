"""Which object each detection stands for: greedily, the surest first, as pycocotools matches them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .box_pairs import BoxPairs

#: pycocotools takes an overlap of exactly 1 for enough.
_ALL_BUT_NOTHING = 1 - 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Which object each detection stands for, in each of several lanes: a threshold and objects to ignore.

    Attributes
    ----------
    objects : int32 array [n, lanes]
        Row of the object, -1 for none.
    ignored : bool array [n, lanes]
        Whether that object counts for nothing.
    """

    objects: NDArray[np.int32]
    ignored: NDArray[np.bool_]


def match_detections(
    pairs: BoxPairs,
    groups: NDArray[np.integer],
    ranks: NDArray[np.integer],
    thresholds: NDArray[np.float64],
    ignore: NDArray[np.bool_],
    crowd: NDArray[np.bool_],
) -> Matches:
    """Match detections with the objects that they overlap.

    The detections of a group (a class on a picture) choose by their rank. Each takes the object that it overlaps most
    of those that are left and count; one that does not count only where none does. Regions of many objects are never
    used up. Of equal overlaps the object that comes last is taken.

    All groups are gone through at once, rank by rank, in all lanes.

    Parameters
    ----------
    pairs : BoxPairs
        Detections with objects of their group, ordered by the detection.
    groups, ranks : int arrays [n]
        Of each detection its group, and its place in it by score, from 0.
    thresholds : float64 array [lanes]
        Overlap from which a detection stands for an object.
    ignore : bool array [m, lanes]
        Which objects count for nothing in which lane: crowds are among them.
    crowd : bool array [m]

    References
    ----------
    Lin et al. (2014), "Microsoft COCO"; ``pycocotools.cocoeval.COCOeval.evaluateImg``.
    """
    lanes = len(thresholds)
    objects = np.full((len(groups), lanes), -1, np.int32)
    ignored = np.zeros((len(groups), lanes), bool)
    taken = np.zeros((len(crowd), lanes), bool)
    enough = np.minimum(thresholds, _ALL_BUT_NOTHING)
    for rows in _by_turn(pairs, groups, ranks):
        detection, other = pairs.first[rows], pairs.second[rows]
        free = (pairs.overlap[rows, None] >= enough) & (~taken[other] | crowd[other][:, None])
        starts = np.flatnonzero(np.r_[True, detection[1:] != detection[:-1]])
        chosen = _best(starts, pairs.overlap[rows], free, ignore[other])
        at, lane = np.nonzero(chosen >= 0)
        found = other[chosen[at, lane]]
        mine = detection[starts[at]]
        objects[mine, lane] = found
        ignored[mine, lane] = ignore[found, lane]
        taken[found, lane] = True
    return Matches(objects, ignored)


def _best(
    starts: NDArray[np.intp], overlap: NDArray[np.float64], free: NDArray[np.bool_], ignore: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Which pair each detection chooses: int [detections, lanes], -1 for none.

    Parameters
    ----------
    starts : int array [detections]
        Where the pairs of each begin.
    overlap : float64 array [p]
    free, ignore : bool arrays [p, lanes]
        Which objects may be chosen, and which of them do not count.
    """
    sizes = np.diff(np.r_[starts, len(overlap)])
    chosen = np.where(free[starts], starts[:, None], -1)  # right where there is no choice, as mostly
    several = np.flatnonzero(sizes > 1)
    if not len(several):
        return chosen
    rows = np.flatnonzero(np.repeat(sizes > 1, sizes))
    sizes = sizes[several]
    starts = np.cumsum(sizes) - sizes
    free, counts = free[rows], free[rows] & ~ignore[rows]
    any_counts = np.repeat(np.logical_or.reduceat(counts, starts), sizes, axis=0)
    value = np.where(np.where(any_counts, counts, free), overlap[rows, None], -1.0)
    best = np.repeat(np.maximum.reduceat(value, starts), sizes, axis=0)
    place = np.where((value == best) & (value >= 0), rows[:, None], -1)
    chosen[several] = np.maximum.reduceat(place, starts)
    return chosen


def _by_turn(pairs: BoxPairs, groups: NDArray[np.integer], ranks: NDArray[np.integer]) -> list[NDArray[np.intp]]:
    """Places of pairs, in parts: in each a detection a group at most, those that are surer in earlier parts."""
    if not len(pairs):
        return []
    new = np.r_[True, pairs.first[1:] != pairs.first[:-1]]
    detections = pairs.first[new]
    order = np.lexsort((ranks[detections], groups[detections]))
    in_order = groups[detections][order]
    starts = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]])
    turn = np.empty(len(detections), np.intp)
    turn[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    turns = turn[np.cumsum(new) - 1]
    by_turn = np.argsort(turns, kind="stable")
    return np.split(by_turn, np.cumsum(np.bincount(turns))[:-1])
