"""From what was seen of pairs of pictures to what they are to each other: copies, parts, shots of one scene.

What two pictures agree in by accident depends on the data: pages of text, forms and boards share more than photographs
do. So it is measured on pairs of the data set that have nothing to do with each other, and a verdict has to lie far
beyond it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .placement import FEWEST_POINTS

#: What is seen of a pair of pictures, as :func:`nbcurate.curate.placement.place` and
#: :func:`nbcurate.curate.overlay.compare` measure it; ``fine_`` at more detail. All zero where nothing was found.
EVIDENCE = np.dtype(
    [
        ("points", np.uint16), ("mirrored", np.bool_), ("identical", np.bool_), ("map", np.float32, (2, 3)),
        ("agreement", np.float32), ("intact", np.float32), ("conflict", np.float32), ("differing", np.float32),
        ("shared", np.float32), ("texture", np.float32), ("busier", np.float32), ("covered", np.float32, 2),
        ("framed", np.float32, 2), ("enlarged", np.bool_, 2),
        ("fine_conflict", np.float32), ("fine_shared", np.float32), ("fine_texture", np.float32),
        ("gain", np.float32), ("offset", np.float32), ("chroma", np.float32, 2), ("cast", np.float32),
        ("recoloured", np.float32),
    ]
)  # fmt: skip
Evidence = NDArray[np.void]

#: Mean distance from grey, in levels, below which a picture is grey and above which it is in colour.
GREY, COLOURED = 4.0, 8.0

_AGREEMENT, _SHARED = 0.6, 0.5  # least, of copies
_WHOLE = 0.9  # least agreement where nothing was drawn on or covered
_NO_CONFLICT, _NOT_DIFFERING, _NOT_RECOLOURED = 0.005, 0.02, 0.01  # most, where nothing was drawn on or covered
_CONFLICT, _DIFFERING, _RECOLOURED = 0.2, 0.35, 0.2  # most, where something was: a caption, a watermark
_INTACT = 0.3  # least of the cells that it left alone
_SIMILAR = 0.4  # agreement from which pictures that are no copies may be filled-in forms of one kind
_LEAST_TEXTURE = 10.0  # windows that are compared, below which there is too little to tell
_FINE_TEXTURE = 5.0  # the same, for what only the finer look shows
_INSIDE = 0.93  # share of one picture that must lie in the other, for a copy; or what lies outside
_FRAMED = 0.6  # must be of one colour by this share
_WHOLLY = 0.95  # share of a picture from which it counts as all of it
_BUSIER = 0.3  # logarithm of a ratio of contrasts, from which something was drawn on one of the two
_PART = 0.5  # share of the larger below which the smaller is a part of it
_SCENE_POINTS = 15  # least, for two shots of one scene
_SHARED_BY = 3  # pictures that differ from one another, from which what they share is a template
_TAIL = 0.95  # quantile of what unrelated pairs agree in
_FEWEST_UNRELATED = 40  # pairs, below which nothing is known of chance


class Relation(IntEnum):
    """What the pictures of a pair are to each other."""

    NONE = 0
    SAME_FILE = 1
    SAME_PIXELS = 2
    EDITED_COPY = 3
    PART_OF = 4
    SAME_SCENE = 5
    ALIKE = 6
    SAME_IMAGE = 7

    @property
    def words(self) -> str:
        """As people read it: ``"edited copy"``."""
        return self.name.lower().replace("_", " ")


class Chance(NamedTuple):
    """What a pair of the data set must exceed, so that it is no accident.

    Attributes
    ----------
    points : float
        Points that agree on one map.
    agreement : float
        Share of the overlap that shows the same.
    """

    points: float = FEWEST_POINTS
    agreement: float = _AGREEMENT


def level_of_chance(unrelated: Evidence) -> Chance:
    """How far pairs that have nothing to do with each other agree, and so what a copy must exceed.

    Half as many points again as the 95th percentile, and half of what lies between its agreement and a perfect one.
    Pairs that agree in every detail are left out: where a data set is full of copies, some are drawn as unrelated.

    Parameters
    ----------
    unrelated : EVIDENCE array [m]
        Of pairs drawn at random from those that are far apart. Fewer than 40 say nothing.
    """
    chance = unrelated[~(_clean(unrelated) & (_shared(unrelated) > _WHOLE))]
    if len(chance) < _FEWEST_UNRELATED:
        return Chance()
    points, agreement = (float(np.quantile(chance[name], _TAIL)) for name in ("points", "agreement"))
    return Chance(max(FEWEST_POINTS, 1.5 * points), max(_AGREEMENT, (1 + agreement) / 2))


def relations(evidence: Evidence, rows: NDArray[np.integer], chance: Chance) -> NDArray[np.uint8]:
    """The :class:`Relation` of each pair, by its evidence and by what else its pictures agree with: uint8 [m].

    Parameters
    ----------
    evidence : EVIDENCE array [m]
    rows : int array [m, 2]
        Numbers of the two pictures.
    chance : Chance
        See :func:`level_of_chance`.

    Notes
    -----
    Pictures that agree but for a caption are copies; twenty forms filled in differently agree as far. What tells them
    apart is how many there are: a pair that differs somewhere is none if both of its pictures differ as little from
    three or more others that differ from one another.
    """
    seen = (evidence["points"] >= chance.points) & (evidence["texture"] >= _LEAST_TEXTURE)
    alike = seen & (evidence["agreement"] >= chance.agreement) & (_shared(evidence) >= _SHARED)
    clean = alike & _clean(evidence)
    drawn_on = (
        alike & ~clean & (evidence["points"] >= 2 * chance.points)
        & (_conflict(evidence) <= _CONFLICT) & (evidence["differing"] <= _DIFFERING)
        & (evidence["recoloured"] <= _RECOLOURED) & (evidence["intact"] >= _INTACT)
    )  # fmt: skip
    similar = ~clean & (evidence["agreement"] >= _SIMILAR)
    smaller, larger = evidence["covered"].max(axis=1), evidence["covered"].min(axis=1)
    template = _of_one_template(rows, similar, clean)
    inside = (smaller >= _INSIDE) | (evidence["framed"].max(axis=1) >= _FRAMED)
    copies = (clean | (drawn_on & ~template)) & inside
    # Filled-in forms agree exactly where they agree; what is shot twice does not.
    scene = seen & (evidence["points"] >= max(_SCENE_POINTS, 2 * chance.points))
    scene &= ~(template & (_shared(evidence) >= _SHARED))
    result = np.full(len(evidence), Relation.NONE, np.uint8)
    result[scene | (clean & ~inside)] = Relation.SAME_SCENE
    result[copies] = Relation.EDITED_COPY
    result[copies & (larger < _PART)] = Relation.PART_OF
    result[copies & evidence["identical"]] = Relation.SAME_PIXELS
    return result


def likeness(evidence: Evidence, chance: Chance) -> NDArray[np.float32]:
    """How sure it is that the pictures of each pair are one, in [0, 1]: how far both figures lie beyond chance.

    0 where no map was found, near 1 where hundreds of points agree and nothing differs.
    """
    points = 1 - chance.points / np.maximum(evidence["points"] + chance.points, 1)
    agreement = evidence["agreement"] * (1 - _conflict(evidence)) * _shared(evidence) ** 0.5
    return np.where(evidence["points"] > 0, np.sqrt(points * agreement), 0.0).astype(np.float32)


def losses(evidence: Evidence) -> NDArray[np.int8]:
    """How much worse each of the two pictures of a pair is than the other: int8 [m, 2].

    One each for colours that are gone, for being a part of the other (where that is no frame around it), for a frame,
    for something drawn on it, and for being an enlargement.
    """
    own, other = evidence["covered"], evidence["covered"][:, ::-1]
    grey = (evidence["chroma"] < GREY) & (evidence["chroma"][:, ::-1] > COLOURED)
    frame = (own < _WHOLLY) & (other >= _WHOLLY) & (evidence["framed"] >= _FRAMED)
    part = (own >= _WHOLLY) & (other < _WHOLLY) & (evidence["framed"][:, ::-1] < _FRAMED)
    signs = np.stack([-evidence["busier"], evidence["busier"]], axis=1)
    drawn = (signs > _BUSIER) & ~_clean(evidence)[:, None]
    return np.asarray(np.sum([grey, frame, part, drawn, evidence["enlarged"]], axis=0), np.int8)


def _conflict(evidence: Evidence) -> NDArray[np.float32]:
    fine = np.where(evidence["fine_texture"] >= _FINE_TEXTURE, evidence["fine_conflict"], 0)
    return np.asarray(np.maximum(evidence["conflict"], fine), np.float32)


def _shared(evidence: Evidence) -> NDArray[np.float32]:
    fine = np.where(evidence["fine_texture"] >= _FINE_TEXTURE, evidence["fine_shared"], 1)
    return np.asarray(np.minimum(evidence["shared"], fine), np.float32)


def _clean(evidence: Evidence) -> NDArray[np.bool_]:
    """Where nothing was drawn on, covered or exchanged."""
    whole = (evidence["agreement"] >= _WHOLE) & (_conflict(evidence) <= _NO_CONFLICT)
    same = (evidence["differing"] <= _NOT_DIFFERING) & (evidence["recoloured"] <= _NOT_RECOLOURED)
    return np.asarray(whole & same, bool)


def _of_one_template(
    rows: NDArray[np.integer], similar: NDArray[np.bool_], clean: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Whether both pictures of each pair are similar to three others or more that differ from one another: bool [m]."""
    if not similar.any():
        return np.zeros(len(rows), bool)
    names, ends = np.unique(rows, return_inverse=True)
    ends = ends.reshape(-1, 2)
    joins = ends[clean]
    size = (len(names), len(names))
    graph = coo_array((np.ones(len(joins), np.int8), (joins[:, 0], joins[:, 1])), shape=size)
    picture = connected_components(graph, directed=False)[1]  # copies without a difference count as one
    a, b = picture[ends[similar]].T
    others = np.unique(np.concatenate([np.stack([a, b], axis=1), np.stack([b, a], axis=1)]), axis=0)
    others = others[others[:, 0] != others[:, 1]]
    differing = np.bincount(others[:, 0], minlength=int(picture.max()) + 1)
    return np.asarray((differing[picture[ends]] >= _SHARED_BY).all(axis=1), bool)
