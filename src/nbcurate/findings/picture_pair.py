"""What is seen of one pair of pictures that are laid over each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..collection.compared_pictures import Colours, ComparedPictures, to_grey
from ..curate.alignment import CLOSE_LOOK, lay_over, refine
from ..curate.colour_change import compare_colours
from ..curate.copies import EVIDENCE
from ..curate.overlay import Overlap, compare
from ..curate.placement import Affine, Placement
from ..curate.surroundings import enlarged, framed

_PROMISING = 0.4  # agreement from which pictures are looked at closely
_SAME_PLACE = 0.02  # by which a map may differ from the identity where pixels are the same
_SAME_LEVEL = 8  # grey levels by which thumbnails of the same pixels may differ


def see(a: int, b: int, found: Placement, pictures: ComparedPictures) -> NDArray[np.void]:
    """Lay the pictures of two contents over each other, closely where that promises something: one EVIDENCE."""
    result = np.zeros((), EVIDENCE)
    first, second = (pictures.small(content) for content in (a, b))
    if first is None or second is None:
        return result
    first = _turned(first, found.mirrored)
    grey_first, grey_second = to_grey(first), to_grey(second)
    way = refine(grey_first, grey_second, found.map)
    seen = compare(grey_first, grey_second, way)
    result["points"], result["mirrored"], result["map"] = found.points, found.mirrored, way
    for name in Overlap._fields:
        result[name] = getattr(seen, name)
    if seen.agreement < _PROMISING:
        return result
    result["framed"] = framed(grey_first, grey_second, way)
    close = _close_look(a, b, way, (first.shape, second.shape), found.mirrored, pictures, result)
    if close is not None:
        result["fine_conflict"], result["fine_shared"] = close.conflict, close.shared
        result["fine_texture"] = close.texture
    laid, inside = lay_over(first.astype(np.float32), second.shape, way)
    colours = compare_colours(laid, second.astype(np.float32), inside)
    result["gain"], result["offset"], result["chroma"] = colours.gain, colours.offset, colours.chroma
    result["cast"], result["recoloured"] = colours.cast, colours.recoloured
    result["identical"] = _may_be_identical(first, second, way, found.mirrored) and _identical(a, b, pictures)
    return result


def _close_look(
    a: int,
    b: int,
    way: Affine,
    small: tuple[tuple[int, ...], tuple[int, ...]],
    mirrored: bool,
    pictures: ComparedPictures,
    result: NDArray[np.void],
) -> Overlap | None:
    """The overlap at the size of the fine pictures; None where there is no more to see. Notes which one is enlarged."""
    first, second = pictures.fine(a), pictures.fine(b)
    if first is None or second is None:
        return None
    first = _turned(first, mirrored)
    way = _enlarged(way, *small, first.shape, second.shape)
    result["enlarged"] = enlarged(first, second, way)
    if max(*first.shape, *second.shape) <= max(*small[0][:2], *small[1][:2]):
        return None
    return compare(first, second, way, CLOSE_LOOK)


def _enlarged(
    way: Affine, a: tuple[int, ...], b: tuple[int, ...], to_a: tuple[int, ...], to_b: tuple[int, ...]
) -> Affine:
    """A map between pictures of shapes ``a`` and ``b`` as one between the same pictures at other sizes."""

    def scaled(old: tuple[int, ...], new: tuple[int, ...]) -> NDArray[np.float64]:
        down, across = new[0] / old[0], new[1] / old[1]
        return np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])

    whole = scaled(b, to_b) @ np.vstack([way, [0, 0, 1]]) @ np.linalg.inv(scaled(a, to_a))
    return np.asarray(whole[:2], np.float64)


def _may_be_identical(a: Colours, b: Colours, way: Affine, mirrored: bool) -> bool:
    if mirrored or a.shape != b.shape or np.abs(way[:, :2] - np.eye(2)).max() > _SAME_PLACE:
        return False
    return bool(np.abs(a.astype(np.int16) - b).max() <= _SAME_LEVEL)


def _identical(a: int, b: int, pictures: ComparedPictures) -> bool:
    """Whether two files hold the same pixels, as decoded."""
    first, second = pictures.whole(a), pictures.whole(b)
    return first is not None and second is not None and np.array_equal(first, second)


def _turned(picture: NDArray[np.uint8], mirrored: bool) -> NDArray[np.uint8]:
    return np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture
