"""Ranges of numbers as classes: named as intervals, such as ``"[0.2, 0.4)"``, by which numbers are balanced."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_INTERVAL = re.compile(rf"\[({_NUMBER}), ({_NUMBER})\)")
#: Of an interval's width: so near below an edge a number is taken for the edge, which was rounded when it was written.
_NEAR = 1e-9


@dataclass(frozen=True, slots=True)
class NumberBins:
    """Intervals that do not overlap, in ascending order: each from its lower edge up to, and without, its upper one.

    Attributes
    ----------
    names : list of str
    edges : float array [b, 2]
    """

    names: list[str]
    edges: NDArray[np.float64]

    def codes(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """In which interval each number is; -1 for none, and for what is not a number."""
        low, high = self.edges[:, 0], self.edges[:, 1]
        near = _NEAR * (high - low)
        at = np.searchsorted(low - near, values, side="right") - 1
        inside = (at >= 0) & (values < (high - near)[at])
        return np.where(inside, at, -1)


def bins_named(names: Iterable[str]) -> NumberBins | None:
    """The intervals of these names; None where one of them is no interval.

    Raises
    ------
    ValueError
        If an interval is empty, or two overlap.
    """
    found = {str(name): _INTERVAL.fullmatch(str(name)) for name in names}
    if not found or not all(found.values()):
        return None
    edges = {name: tuple(map(float, match.groups())) for name, match in found.items() if match}
    ordered = sorted(edges, key=edges.__getitem__)
    bounds = np.array([edges[name] for name in ordered])
    empty = np.flatnonzero(~(bounds[:, 0] < bounds[:, 1]))
    if len(empty):
        raise ValueError(f"{ordered[empty[0]]!r} holds no number: give the lower edge first.")
    overlap = np.flatnonzero(bounds[1:, 0] < bounds[:-1, 1] - _NEAR * (bounds[:-1, 1] - bounds[:-1, 0]))
    if len(overlap):
        raise ValueError(f"{ordered[overlap[0]]!r} and {ordered[overlap[0] + 1]!r} overlap.")
    return NumberBins(ordered, bounds)
