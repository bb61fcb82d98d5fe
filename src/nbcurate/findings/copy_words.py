"""What was seen of a copy, in words: what was done to the picture that it is a copy of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..curate.copies import COLOURED, GREY, Relation
from ..curate.keypoints import working_size
from ..curate.placement import Affine
from ..display.numbers import share_in_words, similarity_in_words

Size = tuple[int, int]

_FRAMED = 0.6  # share of what lies around that is of one colour
_WHOLE = 0.95  # share of a picture from which it counts as all of it
_TURNED = 2.0  # degrees
_RESIZED, _SQUEEZED = 0.1, 0.06  # of a side
_CAST = 10.0  # the same, of a cast
_BRIGHTER, _CONTRAST = 15.0, 0.15  # grey levels; of the gain
_DRAWN_ON = 0.05
_PART_TOLD = 0.5  # below, the relation tells how much of the picture it is


def copy_in_words(
    relation: Relation,
    evidence: Any,
    kept: str,
    sizes: Sequence[Size | None],
    *,
    is_first: bool,
    distance: float,
) -> str:
    """Why an item is a copy of the one that is kept: "the same picture as a.jpg: cropped to 62% (143 details match)".

    Parameters
    ----------
    relation : Relation
    evidence : EVIDENCE
        Of the pair.
    kept : str
        Id of the one that is kept.
    sizes : sequence of (int, int) or None
        Width and height in px of the item, and of the one that is kept.
    is_first : bool
        Whether the item is the first of the pair.
    distance : float
        Cosine distance of their vectors.
    """
    points = f"{int(evidence['points'])} details match"
    match relation:
        case Relation.ALIKE:
            return f"looks like {kept} to the model, {similarity_in_words(1 - distance)}; no pictures were compared"
        case Relation.SAME_PIXELS:
            return f"the same picture as {kept}, pixel for pixel, in another file"
        case Relation.SAME_SCENE:
            same = share_in_words(float(evidence["agreement"]))
            return f"another photograph of the scene of {kept}: {same} of what both show is the same ({points})"
    own, others = (float(share) for share in (evidence["covered"] if is_first else evidence["covered"][::-1]))
    done = ", ".join(what_was_done(evidence, sizes, is_first=is_first))
    if relation == Relation.PART_OF and others < own:
        return f"a part of {kept}: {', '.join(filter(None, [f'{share_in_words(others)} of it', done]))} ({points})"
    if relation == Relation.PART_OF:
        return f"{kept} is a part of it: {', '.join(filter(None, [share_in_words(own), done]))} ({points})"
    return f"the same picture as {kept}{f': {done}' if done else ''} ({points})"


def what_was_done(evidence: Any, sizes: Sequence[Size | None], *, is_first: bool) -> list[str]:
    """The changes that made an item of the one that is kept, each in a few words; see :func:`copy_in_words`."""
    own, others = evidence["covered"] if is_first else evidence["covered"][::-1]
    way = np.asarray(evidence["map"], np.float64)
    way = way if is_first else _inverse(way)  # from the item to the one that is kept
    done = []
    if _PART_TOLD <= others < _WHOLE:
        done.append(f"cropped to {others:.0%}")
    if own < _WHOLE <= others:
        flat = evidence["framed"][0 if is_first else 1] >= _FRAMED
        done.append(f"framed, with {1 - own:.0%} around it" if flat else f"with {1 - own:.0%} more around it")
    if evidence["mirrored"]:
        done.append("mirrored")
    return [*done, *_shape_words(way, sizes), *_colour_words(evidence, is_first), *_drawn_words(evidence)]


def _shape_words(way: Affine, sizes: Sequence[Size | None]) -> list[str]:
    """Turned, squeezed, resized."""
    words = []
    # From the item to the one that is kept: it was turned the other way. Rows count down, so positive is clockwise.
    angle = -float(np.degrees(np.arctan2(way[1, 0] - way[0, 1], way[0, 0] + way[1, 1])))
    if abs(angle) > _TURNED:
        round_ = "" if abs(angle) > 180 - _TURNED else " clockwise" if angle > 0 else " anticlockwise"
        words.append(f"turned by {abs(angle):.0f}°{round_}")
    longer, shorter = np.linalg.svd(way[:, :2])[1]
    if longer > (1 + _SQUEEZED) * shorter:
        words.append(f"squeezed to {shorter / longer:.0%}")
    own, kept = sizes
    if own is not None and kept is not None:
        # Px of the kept one to a px, along the side that was not squeezed.
        scale = shorter * _reduction(own) / _reduction(kept)
        if abs(np.log(scale)) > np.log(1 + _RESIZED):
            words.append(f"{'reduced' if scale > 1 else 'enlarged'} to {1 / scale:.0%}")
    return words


def _reduction(size: Size) -> float:
    """Working px to a px of the picture."""
    return max(working_size(*size)) / max(size)


def _colour_words(evidence: Any, is_first: bool) -> list[str]:
    """Grey, of another cast, brighter, of more contrast."""
    own, kept = evidence["chroma"] if is_first else evidence["chroma"][::-1]
    gain, offset = float(evidence["gain"]), float(evidence["offset"])
    if is_first:  # the figures go from the first to the second, the words from the kept one to the item
        gain, offset = (1 / gain, -offset / gain) if gain > 0.1 else (1.0, 0.0)
    words = []
    if own < GREY and kept > COLOURED:
        words.append("in grey")
    elif kept < GREY and own > COLOURED:
        words.append("coloured")
    elif evidence["cast"] > _CAST:
        words.append("recoloured")
    change = 128 * gain + offset - 128
    if abs(change) > _BRIGHTER:
        words.append("brighter" if change > 0 else "darker")
    elif abs(gain - 1) > _CONTRAST:
        words.append(f"with {'more' if gain > 1 else 'less'} contrast")
    return words


def _drawn_words(evidence: Any) -> list[str]:
    share = float(max(evidence["differing"], evidence["conflict"]))
    return [f"drawn on or covered, {share:.0%} of what it shows"] if share > _DRAWN_ON else []


def _inverse(way: Affine) -> NDArray[np.float64]:
    return np.linalg.inv(np.vstack([way, [0.0, 0.0, 1.0]]))[:2]
