"""How the colours of one picture became those of another: brighter, grey, of another cast; or not by any one change."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

_BLUR = 2.0  # px, σ: edges that lie a px apart are no other colour
_EDGE = 9  # px, side of the square by which the overlap is eroded: its edge may be a frame's
_UNLIKE = 48.0  # levels, distance of colours that one change of all colours does not explain
_FEWEST_PX = 50
_ROUNDS = 3
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


class ColourChange(NamedTuple):
    """What became of the colours.

    Attributes
    ----------
    gain, offset : float
        Of the luma, in grey levels: the second is about ``gain`` times the first, plus ``offset``.
    chroma : tuple of float
        Mean distance from grey, in levels, of the first and of the second.
    cast : float
        Distance of the mean hues, in levels, less what the gain explains.
    recoloured : float
        Share of the px whose colour is not what one affine change of all colours makes of it, one way or the other.
    """

    gain: float
    offset: float
    chroma: tuple[float, float]
    cast: float
    recoloured: float


def compare_colours(a: NDArray[np.float32], b: NDArray[np.float32], inside: NDArray[np.floating]) -> ColourChange:
    """Fit one affine change of colours to two pictures that lie over each other, and see what it leaves.

    Parameters
    ----------
    a, b : float32 arrays [h, w, 3]
        RGB.
    inside : float array [h, w]
        Above 0 where both are.
    """
    within = cv2.erode(np.asarray(inside, np.float32), np.ones((_EDGE, _EDGE), np.uint8)) > 0
    if within.sum() < _FEWEST_PX:
        return ColourChange(1.0, 0.0, (0.0, 0.0), 0.0, 0.0)
    first, second = (_colours(picture, within) for picture in (a, b))
    change, back = _unexplained(first, second), _unexplained(second, first)  # what is grey now had any colour before
    residual = change if change.mean() <= back.mean() else back
    luma_a, luma_b = _LUMA @ first, _LUMA @ second
    gain, offset = 1.0, float(np.mean(luma_b - luma_a))
    if luma_a.std() > 1:
        gain, offset = _line(luma_a, luma_b, _weight(residual) ** 2)
    hues_a, hues_b = first - luma_a, second - luma_b
    chroma = (float(_length(hues_a).mean()), float(_length(hues_b).mean()))
    cast = float(np.linalg.norm(hues_b.mean(axis=1) - gain * hues_a.mean(axis=1)))
    return ColourChange(gain, offset, chroma, cast, float((residual > _UNLIKE).mean()))


def _colours(picture: NDArray[np.float32], within: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The colours of those px [3, n]: a row a channel, as sums over the short side of [n, 3] take six times as long."""
    planes = cv2.split(cv2.GaussianBlur(picture, (0, 0), _BLUR))
    return np.stack([plane[within] for plane in planes]).astype(np.float64)


def _unexplained(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each colour [3, n] of the second from what the best affine change makes of the first: [n]."""
    system = np.vstack([first, np.ones((1, first.shape[1]))])
    weight, residual = np.ones(first.shape[1]), np.zeros(first.shape[1])
    for _ in range(_ROUNDS):
        weighted = system * weight
        change = np.linalg.solve(weighted @ system.T + 10 * np.eye(4), weighted @ second.T)
        residual = _length(change.T @ system - second)
        weight = _weight(residual)
    return residual


def _weight(residual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Little for what is far off (Cauchy)."""
    return 1 / (1 + (residual / _UNLIKE) ** 2)


def _length(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(np.einsum("cn,cn->n", colours, colours))


def _line(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of the line of least squares."""
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    off = weight * (x - mean_x)
    slope = float(off @ (y - mean_y) / (off @ (x - mean_x)))
    return slope, float(mean_y - slope * mean_x)
