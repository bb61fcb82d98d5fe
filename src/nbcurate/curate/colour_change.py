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
    first, second = (cv2.GaussianBlur(picture, (0, 0), _BLUR)[within].astype(np.float64) for picture in (a, b))
    change, back = _unexplained(first, second), _unexplained(second, first)  # what is grey now had any colour before
    residual = change if change.mean() <= back.mean() else back
    weight = 1 / (1 + (residual / _UNLIKE) ** 2)
    luma_a, luma_b = first @ _LUMA, second @ _LUMA
    gain, offset = 1.0, float(np.mean(luma_b - luma_a))
    if luma_a.std() > 1:
        gain, offset = (float(value) for value in np.polyfit(luma_a, luma_b, 1, w=weight))
    hues_a, hues_b = first - luma_a[:, None], second - luma_b[:, None]
    chroma = (float(np.linalg.norm(hues_a, axis=1).mean()), float(np.linalg.norm(hues_b, axis=1).mean()))
    cast = float(np.linalg.norm(hues_b.mean(axis=0) - gain * hues_a.mean(axis=0)))
    return ColourChange(gain, offset, chroma, cast, float((residual > _UNLIKE).mean()))


def _unexplained(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each colour [n, 3] of the second from what the best affine change makes of the first."""
    system = np.hstack([first, np.ones((len(first), 1))])
    weight, residual = np.ones(len(first)), np.zeros(len(first))
    for _ in range(_ROUNDS):
        weighted = system * weight[:, None]
        change = np.linalg.solve(weighted.T @ system + 10 * np.eye(4), weighted.T @ second)
        residual = np.linalg.norm(system @ change - second, axis=1)
        weight = 1 / (1 + (residual / _UNLIKE) ** 2)
    return residual
