"""Whether two pictures show the same pixels: one may be re-encoded, resized, brightened, mirrored, cropped, drawn upon.

Vectors say what a picture shows, so two shots of one thing are as near as a picture and its copy. Pixels tell them
apart: laid over each other, copies agree in every detail, look-alikes only in their outlines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import gaussian_filter, map_coordinates
from threadpoolctl import threadpool_limits

Grey = NDArray[np.float32]

_PREPARED = 1_000  # pictures whose spectra are held: some 300 kB each
_COARSE = 32  # px, longest side, where the crop is searched for
_FINE = 96  # px, longest side, where it is aligned and judged
_PADDED = 64  # px, side of the Fourier transforms: twice the coarse side
_SCALES = np.geomspace(1.0, 0.5, 13)  # of a crop's longest side to the whole picture's
_BLOCK = 8  # px, side of the blocks that are judged one by one
_TEXTURE = 3.0  # grey levels; a block that varies less says nothing
_PLAIN = 0.01  # variance of an evened picture that counts as none
_AGREES = 0.75  # correlation of a block from which it counts as the same
_PLAUSIBLE = 0.6  # coarse correlation below which no alignment is tried
_TRIED = 2  # of the four ways, those that promise most
_BEYOND_DOUBT = 0.8  # agreement from which no other way is tried
_STEPS = 10  # of Gauss and Newton
_LONGEST_STEP = np.array([0.1, 0.1, 4.0, 4.0])  # of scale down, across; top, left in px


def pixel_similarity(
    pictures: Mapping[int, NDArray[np.uint8]],
    pairs: NDArray[np.integer],
    ways: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """How far the pictures of each pair agree when one is laid over the other.

    The better of four ways is taken: as they are and mirrored, the first as part of the second and the other way
    round. The place and scale of the part are searched for by normalised cross-correlation, refined to fractions of a
    pixel by Gauss-Newton steps that also fit gain and offset, and judged block by block, so that neither brightness nor
    something drawn over a part of the picture matters.

    Parameters
    ----------
    pictures : mapping of int to uint8 array [h, w]
        Grey pictures, by number.
    pairs : int array [m, 2]
        Numbers of pictures.
    ways : bool array [m, 4], optional
        Which of the ways to try, in the order of :attr:`nbcurate.curate.layouts.LayoutMatch.ways`; all by default.

    Returns
    -------
    float32 array [m]
        Share of the textured blocks that agree, in [0, 1]; NaN for a pair of which a picture is missing.

    References
    ----------
    Lewis (1995), "Fast normalized cross-correlation". Baker and Matthews (2004), "Lucas-Kanade 20 years on".
    """
    prepared: dict[int, _Picture] = {}
    result = np.full(len(pairs), np.nan, np.float32)
    with threadpool_limits(1):  # the products are too small to share
        for at in np.lexsort((pairs[:, 1], pairs[:, 0])):
            names = [int(name) for name in pairs[at]]
            if all(name in pictures for name in names):
                if len(prepared) > _PREPARED:
                    prepared.clear()
                for name in names:
                    if name not in prepared:
                        prepared[name] = _Picture(pictures[name])
                tried = range(4) if ways is None else np.flatnonzero(ways[at]).tolist()
                result[at] = _similarity(prepared[names[0]], prepared[names[1]], tried)
    return result


class _Picture:
    """A picture in the two sizes that are compared, and the spectra of its crops to be."""

    def __init__(self, grey: NDArray[np.uint8]) -> None:
        self.grey = _resized(grey.astype(np.float32), _FINE)
        self._spectra: dict[bool, NDArray[np.complex64]] = {}

    @cached_property
    def fine(self) -> Grey:
        return _evened(self.grey, _FINE / 12)

    @cached_property
    def coarse(self) -> Grey:
        return _evened(_resized(self.grey, _COARSE), _COARSE / 8)

    def mirrored(self) -> _Picture:
        """The picture as a mirror shows it."""
        other = object.__new__(_Picture)
        other.grey, other.fine, other.coarse = self.grey[:, ::-1], self.fine[:, ::-1], self.coarse[:, ::-1]
        return other

    def template_shapes(self) -> list[tuple[int, int]]:
        """Height and width of the picture at each scale, in coarse px."""
        high, wide = self.coarse.shape
        return [(max(4, round(high * s)), max(4, round(wide * s))) for s in _SCALES]

    def template_spectra(self, mirrored: bool) -> NDArray[np.complex64]:
        """Conjugate spectra of the picture at each scale, mean 0 and length 1: [scales, padded, padded / 2 + 1]."""
        if mirrored not in self._spectra:
            padded = np.zeros((len(_SCALES), _PADDED, _PADDED), np.float32)
            source = self.coarse[:, ::-1] if mirrored else self.coarse
            for at, shape in enumerate(self.template_shapes()):
                small = _to_shape(source, shape)
                small = small - small.mean()
                padded[at, : shape[0], : shape[1]] = small / max(float(np.linalg.norm(small)), 1e-3)
            self._spectra[mirrored] = np.conj(_spectrum(padded))
        return self._spectra[mirrored]

    @cached_property
    def whole(self) -> _Whole:
        """What templates are compared with."""
        padded = np.zeros((_PADDED, _PADDED), np.float32)
        padded[: self.coarse.shape[0], : self.coarse.shape[1]] = self.coarse
        return _Whole(_spectrum(padded), _summed(self.coarse), _summed(self.coarse**2))


class _Whole(NamedTuple):
    """Spectrum of a coarse picture, and its summed areas, plain and squared."""

    spectrum: NDArray[np.complex64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]


def _similarity(a: _Picture, b: _Picture, tried: Sequence[int]) -> float:
    if a.grey.shape == b.grey.shape:  # most copies are of the whole, and need no search
        best = max(_agreeing_blocks(a.grey, b.grey), _agreeing_blocks(a.grey, b.grey[:, ::-1]))
        if best > _BEYOND_DOUBT:
            return best
    every = [(part, whole, mirrored) for mirrored in (False, True) for part, whole in ((a, b), (b, a))]
    ways = [every[way] for way in tried]
    places = [_find_part(part, whole, mirrored) for part, whole, mirrored in ways]
    promising = sorted(range(len(ways)), key=lambda way: -places[way].correlation)[:_TRIED]
    best = 0.0
    for way in promising:
        part, whole, mirrored = ways[way]
        if places[way].correlation < _PLAUSIBLE or best > _BEYOND_DOUBT:
            break
        best = max(best, _agreement(part.mirrored() if mirrored else part, whole, places[way]))
    return best


class _Place(NamedTuple):
    """Where a part lies in a whole: its scale, its top left corner in fine px, and how well it fits there."""

    correlation: float
    scale: float
    top: float
    left: float


def _find_part(part: _Picture, whole: _Picture, mirrored: bool) -> _Place:
    """The place in ``whole`` that is most like ``part``, at the coarse size."""
    spectrum, sums, squares = whole.whole
    maps = np.asarray(fft.irfft2(spectrum[None] * part.template_spectra(mirrored), s=(_PADDED, _PADDED)))
    high, wide = whole.coarse.shape
    to_fine = whole.fine.shape[0] / high
    best = _Place(-1.0, 1.0, 0.0, 0.0)
    for at, (h, w) in enumerate(part.template_shapes()):
        if h > high + 1 or w > wide + 1:
            continue
        h, w = min(h, high), min(w, wide)  # the sides are rounded
        variance = _windows(squares, h, w) - _windows(sums, h, w) ** 2 / (h * w)
        scores = maps[at, : high - h + 1, : wide - w + 1] / np.sqrt(variance.clip(min=h * w * _PLAIN))
        top, left = np.unravel_index(int(scores.argmax()), scores.shape)
        if scores[top, left] > best.correlation:
            best = _Place(float(scores[top, left]), float(_SCALES[at]), float(top) * to_fine, float(left) * to_fine)
    return best


def _agreement(part: _Picture, whole: _Picture, place: _Place) -> float:
    """Share of the textured blocks of ``part`` that agree with ``whole`` where it fits best, from ``place`` on.

    Gauss-Newton on scale down and across, top, left, gain and offset; px that disagree lose their weight.
    """
    rows, columns = np.mgrid[0 : part.fine.shape[0], 0 : part.fine.shape[1]].astype(np.float32)
    warp = np.array([place.scale, place.scale, place.top, place.left])
    flat_part, weights = part.fine.ravel(), np.float32(1.0)
    for _ in range(_STEPS):
        seen, inside = _seen_through(whole.fine, warp, rows, columns)
        down, across = np.gradient(seen)
        down, across = down / warp[0], across / warp[1]
        system = np.stack([down * rows, across * columns, down, across, seen, np.ones_like(seen)]).reshape(6, -1)
        weighted = system * (weights * inside.ravel())
        solution = np.linalg.solve(weighted @ system.T + 1e-3 * np.eye(6), weighted @ flat_part)
        gain, offset = solution[4:]
        if not 0.2 < gain < 5:
            return 0.0
        residual = np.abs(flat_part - seen.ravel() * gain - offset)
        weights = (1 / (1 + (residual / (4 * max(float(np.median(residual)), 0.05))) ** 2) ** 2).astype(np.float32)
        step = (solution[:4] / gain).clip(-_LONGEST_STEP, _LONGEST_STEP)
        warp = warp + step
        if not (0.4 < warp[0] < 1.3 and 0.4 < warp[1] < 1.3 and 0.7 < warp[0] / warp[1] < 1.4):
            return 0.0
        if (np.abs(step) < _LONGEST_STEP / 200).all():
            break
    seen, inside = _seen_through(whole.grey, warp, rows, columns)
    return _agreeing_blocks(part.grey, seen) if inside.mean() > 0.8 else 0.0


def _seen_through(whole: Grey, warp: NDArray[np.float64], rows: Grey, columns: Grey) -> tuple[Grey, NDArray[np.bool_]]:
    """``whole`` at the place of each px of a part, and which of these places lie inside it."""
    down, across = warp[0] * rows + warp[2], warp[1] * columns + warp[3]
    inside = (down >= -1) & (down <= whole.shape[0]) & (across >= -1) & (across <= whole.shape[1])
    seen = map_coordinates(whole, np.stack([down, across]), order=1, mode="nearest")
    return np.asarray(seen, np.float32), np.asarray(inside)


def _agreeing_blocks(a: Grey, b: Grey) -> float:
    """Share of the textured blocks of two aligned pictures that correlate."""
    blocks_a, blocks_b = _blocks(a), _blocks(b)
    std_a, std_b = blocks_a.std(axis=1), blocks_b.std(axis=1)
    textured = np.maximum(std_a, std_b) > _TEXTURE
    if textured.sum() < 4:  # two plain pictures
        return float(np.abs(a - b).mean() < _TEXTURE)
    covariance = ((blocks_a - blocks_a.mean(1, keepdims=True)) * (blocks_b - blocks_b.mean(1, keepdims=True))).mean(1)
    correlation = covariance / (std_a * std_b).clip(min=_TEXTURE**2 / 4)
    return float((correlation[textured] > _AGREES).mean())


def _blocks(picture: Grey) -> NDArray[np.float32]:
    """Square blocks of a picture, flat: [blocks, px]."""
    high, wide = picture.shape[0] // _BLOCK, picture.shape[1] // _BLOCK
    cut = picture[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide, _BLOCK)
    return cut.transpose(0, 2, 1, 3).reshape(high * wide, _BLOCK * _BLOCK)


def _evened(picture: Grey, radius: float) -> Grey:
    """Local mean 0 and spread about 1, so that light, shade and a bright caption weigh no more than the rest."""
    detail = picture - gaussian_filter(picture, radius)
    return np.asarray(detail / (np.sqrt(gaussian_filter(detail**2, radius)) + 2 * _TEXTURE), np.float32)


def _spectrum(pictures: NDArray[np.float32]) -> NDArray[np.complex64]:
    return np.asarray(fft.rfft2(pictures), np.complex64)


def _summed(picture: NDArray[np.floating]) -> NDArray[np.float64]:
    """Summed-area table, with a row and a column of zeros in front."""
    return np.pad(picture.cumsum(0, np.float64).cumsum(1), ((1, 0), (1, 0)))


def _windows(sums: NDArray[np.float64], high: int, wide: int) -> NDArray[np.float64]:
    """Sum below every window of that size."""
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


def _resized(picture: NDArray[np.float32], longest: int) -> Grey:
    """Scaled so that the longest side is ``longest`` px."""
    scale = longest / max(picture.shape)
    return _to_shape(picture, (max(4, round(picture.shape[0] * scale)), max(4, round(picture.shape[1] * scale))))


def _to_shape(picture: NDArray[np.float32], shape: tuple[int, int]) -> Grey:
    """Area average (or linear interpolation where it grows), one axis after the other."""
    down, across = _resampling(picture.shape[0], shape[0]), _resampling(picture.shape[1], shape[1])
    return np.asarray(down @ picture @ across.T, np.float32)


def _resampling(old: int, new: int) -> NDArray[np.float32]:
    """Triangle filter as wide as a new pixel: [new, old], rows summing to 1."""
    centres = (np.arange(new) + 0.5) * old / new - 0.5
    width = max(1.0, old / new)
    weights = np.maximum(0, 1 - np.abs(np.arange(old)[None, :] - centres[:, None]) / width)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
