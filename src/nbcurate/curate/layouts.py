"""Whether one picture may be a copy of another, from a reduction of each to 32 by 32 px: fast, and rather yes than no.

Of pairs whose vectors are near most are no copies. Their reductions say so at a fiftieth of what an alignment of
their pixels costs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Side of a reduction in px.
SIDE = 32
#: Correlation below which no copy was seen, but for one in a hundred under a large caption or logo.
PLAUSIBLE = 0.85

_CELLS = 8  # of a crop's side
_PAIRS = 500  # compared at a time
_FLAT = 1.0  # length of the differences from the mean, in grey levels, that counts as none
_COLOURED = 10.0  # distance from grey, in levels, from which a cell has a hue
_FEWEST = 4  # coloured cells that can tell anything
_SAME_HUE = 0.8  # cosine of the angle between two hues


class LayoutMatch(NamedTuple):
    """How well reductions agree where one fits best into the other.

    Attributes
    ----------
    correlation : float32 array [m]
        Of their grey levels, in [-1, 1].
    ways : float32 array [m, 4]
        The same for the first as a part of the second, the other way round, and both with the part mirrored.
    hue : float32 array [m]
        Share of the cells coloured in both that have the same hue; 1 where too few are.
    """

    correlation: NDArray[np.float32]
    ways: NDArray[np.float32]
    hue: NDArray[np.float32]


def match_layouts(layouts: NDArray[np.uint8], pairs: NDArray[np.integer]) -> LayoutMatch:
    """Compare each of a pair, as it is and mirrored, with 169 crops of the other.

    Parameters
    ----------
    layouts : uint8 array [n, 32, 32, 3]
        RGB.
    pairs : int array [m, 2]
        Rows of ``layouts``.

    Notes
    -----
    A hue is the direction of (B - Y, R - Y), which neither brightness nor contrast turns.
    """
    matches = [_match(layouts, pairs[start : start + _PAIRS]) for start in range(0, len(pairs), _PAIRS)]
    none = LayoutMatch(*(np.empty(shape, np.float32) for shape in (0, (0, 4), 0)))
    return LayoutMatch(*(np.concatenate(parts) for parts in zip(none, *matches, strict=True)))


def _match(layouts: NDArray[np.uint8], pairs: NDArray[np.integer]) -> LayoutMatch:
    rows, ends = np.unique(pairs, return_inverse=True)
    ends = ends.reshape(pairs.shape)
    colours = layouts[rows].astype(np.float32)
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    crops = _crops(grey)
    whole = crops[:, 0]
    mirrored = whole.reshape(-1, _CELLS, _CELLS)[:, :, ::-1].reshape(whole.shape)
    wholes = np.stack([whole, mirrored], axis=2)
    a, b = ends.T
    # A part is like a crop of the whole: [m, crops, mirrored, which of the two is the whole].
    fits = np.stack([crops[b] @ wholes[a], crops[a] @ wholes[b]], axis=3).reshape(len(pairs), -1, 4)
    way = fits.max(axis=1).argmax(axis=1)
    crop = fits[np.arange(len(pairs)), :, way].argmax(axis=1)
    flipped, of_second = way >= 2, way % 2 == 0
    chroma = np.asarray(colours[..., [2, 0]] - grey[..., None], np.float32)
    hue = _same_hue(chroma[np.where(of_second, b, a)], chroma[np.where(of_second, a, b)], crop, flipped)
    return LayoutMatch(fits.max(axis=(1, 2)), fits.max(axis=1), hue)


def _crops(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every crop of every picture in 8 by 8 cells, mean 0 and length 1, the whole first: [n, crops, 64]."""
    down = np.tensordot(grey, _WINDOWS, axes=(1, 2))  # [n, wide, windows, cells]
    both = np.tensordot(down, _WINDOWS, axes=(1, 2))  # [n, windows, cells, windows, cells]
    crops = both.transpose(0, 1, 3, 2, 4).reshape(len(grey), len(_WINDOWS) ** 2, _CELLS**2)
    crops = crops - crops.mean(axis=2, keepdims=True)
    return crops / np.linalg.norm(crops, axis=2, keepdims=True).clip(min=_FLAT)


def _same_hue(
    part: NDArray[np.float32], whole: NDArray[np.float32], crop: NDArray[np.intp], mirrored: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Share of the coloured cells in which the crop of ``part`` has the hue of ``whole``: float32 [m]."""
    down, across = _WINDOWS[crop // len(_WINDOWS)], _WINDOWS[crop % len(_WINDOWS)]
    channels = np.moveaxis(part, 3, 1)  # [m, 2, 32, 32]
    cropped = down[:, None] @ channels @ across[:, None].transpose(0, 1, 3, 2)
    reduced = _WINDOWS[0] @ np.moveaxis(whole, 3, 1) @ _WINDOWS[0].T
    reduced = np.where(mirrored[:, None, None, None], reduced[..., ::-1], reduced)
    length, other = np.linalg.norm(cropped, axis=1), np.linalg.norm(reduced, axis=1)
    coloured = (length > _COLOURED) & (other > _COLOURED)
    cosine = (cropped * reduced).sum(axis=1) / (length * other).clip(min=1e-6)
    counted = coloured.sum(axis=(1, 2))
    same = (coloured & (cosine > _SAME_HUE)).sum(axis=(1, 2)) / counted.clip(min=1)
    return np.where(counted < _FEWEST, 1.0, same).astype(np.float32)


def _window(start: float, stop: float) -> NDArray[np.float32]:
    """Area averages of the part of a side from ``start`` to ``stop`` in cells: [cells, 32], rows summing to 1."""
    edges = np.linspace(start * SIDE, stop * SIDE, _CELLS + 1)
    px = np.arange(SIDE)
    covered = np.minimum(edges[1:, None], px + 1) - np.maximum(edges[:-1, None], px)
    return (covered.clip(min=0) / (edges[1] - edges[0])).astype(np.float32)


_WINDOWS = np.stack(
    [_window(0.0, 1.0)]
    + [_window(at, at + size) for size, n in ((0.86, 3), (0.74, 4), (0.62, 5)) for at in np.linspace(0, 1 - size, n)]
)  # the parts of a side that a crop may keep: [13, cells, 32]
