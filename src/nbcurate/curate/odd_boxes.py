"""Boxes that are probably no right ones, told by their geometry alone: arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .box_pairs import overlapping

#: Kinds, the surest first: of a box that is odd in several ways the first one that holds is its kind.
KINDS = ("double", "outside", "tiny", "huge", "narrow", "two classes")
_DOUBLE, _OUTSIDE, _TINY, _HUGE, _NARROW, _TWO = range(len(KINDS))
#: Boxes of a class from which its usual size and shape can be told.
_ENOUGH = 20
#: Robust standard deviations from what its class is like.
_FAR = 4.0
#: A box is small enough to be called tiny by comparison alone up to this side, px; and narrow from this ratio on.
_SMALL_SIDE, _LONG = 16.0, 5.0
#: Of a normal distribution, the standard deviation in units of the median distance to the median.
_SIGMA = 1.4826


@dataclass(frozen=True, slots=True, eq=False)
class OddBoxes:
    """What is odd about n boxes.

    Attributes
    ----------
    kind : int8 array [n]
        Place in :data:`KINDS`; -1 for a box that is not odd.
    score : float32 array [n]
        How far it is from being usual, in [0, 1].
    other : int array [n]
        Of a double the box that it repeats, of two classes the one in the same place; -1 otherwise.
    outside : float32 array [n]
        Share of the box that lies outside of its picture.
    overlap : float32 array [n]
        Intersection over union with ``other``.
    """

    kind: NDArray[np.int8]
    score: NDArray[np.float32]
    other: NDArray[np.intp]
    outside: NDArray[np.float32]
    overlap: NDArray[np.float32]


def find_odd_boxes(
    boxes: NDArray[np.floating],
    images: NDArray[np.integer],
    labels: NDArray[np.integer],
    sizes: NDArray[np.floating],
    *,
    tiny: float = 4.0,
    huge: float = 0.98,
    narrow: float = 15.0,
    overlap: float = 0.9,
) -> OddBoxes:
    """Boxes that are doubled, reach out of their picture, or are far smaller, larger or narrower than others.

    Parameters
    ----------
    boxes : float array [n, 4]
        x, y, width and height, px.
    images, labels : int arrays [n]
        The picture that each is on, and its class; -1 for none.
    sizes : float array [n, 2]
        Width and height of that picture, px; NaN where it is not known.
    tiny : float
        A box whose shorter side is below this, px; or that is below 16 px and far smaller than its class.
    huge : float
        A box that covers this share of its picture, where its class does not usually; or far larger than its class.
    narrow : float
        A box so many times as long as wide, or five times where its class is far from that.
    overlap : float
        Intersection over union from which two boxes of a picture are in one place: of one class the later one is a
        double; of two classes both are told of.
    """
    boxes, sizes = np.asarray(boxes, np.float64), np.asarray(sizes, np.float64)
    n = len(boxes)
    area = boxes[:, 2] * boxes[:, 3]
    shorter = boxes[:, 2:].min(axis=1, initial=np.inf) if n else np.empty(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = boxes[:, 2:].max(axis=1, initial=0) / shorter
        share = area / sizes.prod(axis=1)
        outside = _outside(boxes, sizes, area)
        size_off = _off(np.log(np.maximum(area, 1e-9)), labels)
        shape_off = _off(np.log(np.maximum(boxes[:, 2], 1e-9) / np.maximum(boxes[:, 3], 1e-9)), labels)
    usual_share = _median_of_class(share, labels)
    degrees = np.zeros((len(KINDS), n))
    edge = np.maximum(outside * np.sqrt(np.maximum(area, 0)), 0)
    degrees[_OUTSIDE] = np.where((outside > 0.01) & (edge > 1.0), 0.5 + outside / 2, 0)
    small = (shorter < tiny) | ((size_off < -_FAR) & (shorter < _SMALL_SIDE))
    degrees[_TINY] = np.where(small, 1 - shorter / (2 * _SMALL_SIDE), 0)
    large = ((share >= huge) & (usual_share < 0.5)) | ((size_off > _FAR) & (share > 0.5))
    degrees[_HUGE] = np.where(large, np.minimum(share, 1), 0)
    long = (ratio >= narrow) | ((np.abs(shape_off) > _FAR) & (ratio >= _LONG))
    degrees[_NARROW] = np.where(long, 1 - 1 / np.maximum(ratio, 1), 0)
    other, common = np.full(n, -1), np.zeros(n)
    for kind, same in ((_TWO, False), (_DOUBLE, True)):
        first, second, shared = _in_one_place(boxes, images, labels, overlap, same=same)
        other[second], common[second] = first, shared
        degrees[kind][second] = shared if same else shared / 2
    odd = degrees > 0
    kind = np.where(odd.any(axis=0), odd.argmax(axis=0), -1).astype(np.int8)
    score = np.where(kind >= 0, degrees[kind, np.arange(n)], 0)
    other = np.where(np.isin(kind, (_DOUBLE, _TWO)), other, -1)
    return OddBoxes(kind, score.astype(np.float32), other, outside.astype(np.float32), common.astype(np.float32))


def _outside(boxes: NDArray[np.float64], sizes: NDArray[np.float64], area: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each box outside of its picture; 0 where the size of that is not known."""
    inside = np.minimum(boxes[:, :2] + boxes[:, 2:], sizes) - np.maximum(boxes[:, :2], 0)
    return np.nan_to_num(1 - np.maximum(inside, 0).prod(axis=1) / area, nan=0.0, posinf=0.0, neginf=0.0)


def _off(values: NDArray[np.float64], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """How far each is from the median of its class, in robust standard deviations; 0 where the class is small."""
    found = np.zeros(len(values))
    for rows in _classes(labels):
        middle = np.median(values[rows])
        spread = _SIGMA * np.median(np.abs(values[rows] - middle))
        found[rows] = (values[rows] - middle) / max(spread, 0.1)
    return found


def _median_of_class(values: NDArray[np.float64], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    found = np.full(len(values), np.nanmedian(values) if np.isfinite(values).any() else 0.0)
    for rows in _classes(labels):
        if np.isfinite(values[rows]).any():
            found[rows] = np.nanmedian(values[rows])
    return found


def _classes(labels: NDArray[np.integer]) -> list[NDArray[np.intp]]:
    """The rows of each class that is large enough."""
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
    return [rows for rows in parts if len(rows) >= _ENOUGH]


def _in_one_place(
    boxes: NDArray[np.float64], images: NDArray[np.integer], labels: NDArray[np.integer], least: float, *, same: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """For each box that lies where an earlier one of its picture does, that one and how much they share."""
    pairs = overlapping(boxes, boxes, images, images, least=least)
    kept = (pairs.first < pairs.second) & ((labels[pairs.first] == labels[pairs.second]) == same)
    pairs = pairs.take(kept)
    order = np.lexsort((pairs.first, pairs.second))
    second, at = np.unique(pairs.second[order], return_index=True)
    return pairs.first[order][at], second, pairs.overlap[order][at]
