"""Whether ids name the frames of sequences, such as videos: neighbours in number that are neighbours in looks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NUMBER = re.compile(r"(\d+)(?=\D*$)")
_FEWEST = 20  # pairs of neighbours in number
_NEAREST = 4  # neighbours among which the next frame is: in a class of many, the next file is not
_FAR = 5  # numbers apart that two frames must be to be no neighbours
_OFTEN, _TIMES = 0.3, 2.0  # share of the frames next to each other that are near, and times that of those far apart


def frames_in_sequence(ids: Sequence[str], neighbours: NDArray[np.integer]) -> list[str]:
    """Two ids that are an example of frames next to each other, where the ids look like frames; else none.

    Numbered files are no frames in themselves. They are taken for such if one and the next are often among each other's
    nearest, and those that are five apart are not: files that are sorted by class are alike at any distance.

    Parameters
    ----------
    ids : sequence of str
    neighbours : int array [n, k]
        The kNN graph in the order of ``ids``, -1 for none.
    """
    series: dict[str, list[tuple[int, int]]] = {}
    for row, name in enumerate(ids):
        found = _NUMBER.search(name)
        if found is not None:
            series.setdefault(name[: found.start()] + "*" + name[found.end() :], []).append((int(found[1]), row))
    rows, numbers = [], []
    for frames in series.values():
        ordered = sorted(frames)
        numbers += [number for number, _ in ordered] + [-(_FAR**2)]
        rows += [row for _, row in ordered] + [-1]
    row, number = np.array(rows, np.intp), np.array(numbers, np.int64)
    following = np.flatnonzero(number[1:] - number[:-1] == 1) if len(row) else np.empty(0, np.intp)
    if len(following) < _FEWEST:
        return []
    later = following[following + _FAR < len(row)]
    later = later[number[later + _FAR] - number[later] == _FAR]
    near = _are_near(row[following], row[following + 1], neighbours)
    far = _are_near(row[later], row[later + _FAR], neighbours)
    if near.mean() < _OFTEN or (len(far) and near.mean() < _TIMES * far.mean()):
        return []
    example = int(following[int(near.argmax())])
    return [ids[int(row[example])], ids[int(row[example + 1])]]


def _are_near(a: NDArray[np.intp], b: NDArray[np.intp], neighbours: NDArray[np.integer]) -> NDArray[np.bool_]:
    return (neighbours[a, :_NEAREST] == b[:, None]).any(axis=1)
