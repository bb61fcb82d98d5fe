"""What is wrong with each detection: badly placed, of another class, a double, or nothing there; what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from .box_pairs import BoxPairs
from .detection import MOST_ON_A_PICTURE, Detections, Objects, of_one_class, overlapping_objects, ranked
from .detection_matching import match_detections

#: Overlap from which a detection has to do with an object at all.
BACKGROUND = 0.1


class Kind(IntEnum):
    """What a detection is."""

    RIGHT = 0
    BADLY_PLACED = 1
    CONFUSED = 2
    DOUBLE = 3
    FALSE_POSITIVE = 4
    IGNORED = 5

    @property
    def words(self) -> str:
        """As people read it."""
        return self.name.lower().replace("_", " ")


#: Kinds of detections that tell that an object was seen, if not rightly: it is not missed.
SEEING = (Kind.RIGHT, Kind.BADLY_PLACED, Kind.CONFUSED)


@dataclass(frozen=True, slots=True, eq=False)
class DetectionKinds:
    """What each of n detections is.

    Attributes
    ----------
    kinds : int8 array [n]
        See :class:`Kind`.
    objects : int32 array [n]
        Row of the object that it has to do with, -1 for none.
    overlaps : float64 array [n]
        With that object; 0 for none.
    """

    kinds: NDArray[np.int8]
    objects: NDArray[np.int32]
    overlaps: NDArray[np.float64]

    def missed(self, objects: Objects, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which objects no detection that is ``shown`` (bool [n]) has to do with: bool [m]."""
        return ~objects.crowd & ~self.of_kind(objects, shown, *SEEING)

    def of_kind(self, objects: Objects, shown: NDArray[np.bool_], *kinds: Kind) -> NDArray[np.bool_]:
        """Which objects have a detection that is ``shown`` of one of these kinds: bool [m]."""
        found = np.zeros(len(objects), bool)
        here = shown & (self.objects >= 0) & np.isin(self.kinds, kinds)
        found[self.objects[here]] = True
        return found


def kinds_of(
    objects: Objects, detections: Detections, overlap: float = 0.5, pairs: BoxPairs | None = None
) -> DetectionKinds:
    """Tell what each detection is.

    Detections and objects of a class are matched as :func:`~nbcurate.curate.detection.average_precision` does it, at
    one overlap. What is left is, by the object that fits best: a *double*, where its object has a surer detection;
    *confused*, where it lies on an object of another class; *badly placed*, where the object of its class is overlapped
    by more than 0.1, and less than it takes; or a *false positive*. Of several objects those that no detection is right
    on go first. What lies in a crowd, or behind the hundred surest of a class on a picture, is ignored.

    Parameters
    ----------
    objects, detections : Objects, Detections
    overlap : float
        Intersection over union from which a detection stands for an object.
    pairs : BoxPairs, optional
        What :func:`~nbcurate.curate.detection.overlapping_objects` found at ``min(overlap, 0.1)``.

    References
    ----------
    Bolya, Foley, Hays, Hoffman (2020), "TIDE: a general toolbox for identifying object detection errors".

    Examples
    --------
    >>> found = kinds_of(objects, detections)
    >>> [Kind(kind).words for kind in found.kinds]
    """
    pairs = overlapping_objects(objects, detections, min(BACKGROUND, overlap)) if pairs is None else pairs
    groups, ranks = ranked(detections)
    counted = ranks < MOST_ON_A_PICTURE
    pairs = pairs.take(counted[pairs.first])
    near = of_one_class(pairs, objects, detections, overlap)
    matches = match_detections(near, groups, ranks, np.array([overlap]), objects.crowd[:, None], objects.crowd)
    matched, in_crowd = matches.objects[:, 0], matches.ignored[:, 0]
    kinds = np.full(len(detections), Kind.FALSE_POSITIVE, np.int8)
    kinds[matched >= 0] = Kind.RIGHT
    kinds[in_crowd | ~counted] = Kind.IGNORED
    of = np.where(in_crowd, -1, matched).astype(np.int32)
    found = np.zeros(len(objects), bool)
    found[of[of >= 0]] = True
    rest = pairs.take((kinds[pairs.first] == Kind.FALSE_POSITIVE) & ~objects.crowd[pairs.second])
    same = detections.classes[rest.first] == objects.classes[rest.second]
    placed = same & (rest.overlap < overlap)
    double = same & ~placed
    confused = ~same & (rest.overlap >= overlap)
    explains = np.select([double, confused, placed], [Kind.DOUBLE, Kind.CONFUSED, Kind.BADLY_PLACED], -1)
    rest, explains = rest.take(explains >= 0), explains[explains >= 0]
    best = _best(rest, explains != Kind.BADLY_PLACED, found)
    kinds[rest.first[best]], of[rest.first[best]] = explains[best], rest.second[best]
    return DetectionKinds(kinds, of, _overlap_with(of, pairs))


def _best(pairs: BoxPairs, firmly: NDArray[np.bool_], found: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Of each detection the pair that explains it: by most overlap, of badly placed ones with what is not found yet.

    A double lies on an object that is found, so among firm overlaps that makes no difference.
    """
    free = ~found[pairs.second] & ~firmly
    order = np.lexsort((pairs.overlap, free, firmly, pairs.first))
    in_order = pairs.first[order]
    last = np.r_[in_order[1:] != in_order[:-1], True][: len(order)]
    return order[last]


def _overlap_with(of: NDArray[np.int32], pairs: BoxPairs) -> NDArray[np.float64]:
    overlaps = np.zeros(len(of))
    chosen = of[pairs.first] == pairs.second
    overlaps[pairs.first[chosen]] = pairs.overlap[chosen]
    return overlaps
