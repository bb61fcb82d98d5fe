"""Labelled boxes that a model's detections contradict: of another class, misplaced, doubled, and what has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .box_pairs import BoxPairs, overlapping
from .box_placement import misplaced_probability
from .detection import Detections, Objects
from .left_over import missing_label_probability
from .mutual_matching import match_mutually
from .rising_share import rising_share

#: Overlap from which a detection may be of an object at all, and from which it tells of its class.
_NEAR, _ON = 0.1, 0.5
#: Two labels of one class are looked at together from this overlap on, and are in one place where it is so high.
_TOGETHER, _ONE_PLACE = 0.5, 0.9
#: What a detection of another class counts where it is asked whose it is, and where its box should be.
_OTHER_CLASS = 0.5
#: A detection fits an object less than its own by so much and still tells of it.
_NEARLY = 0.15
#: A label that shares so much with its detection is in place; from the lower one on all that is beyond chance counts.
_IN_PLACE, _OFF = 0.75, 0.6
#: No model is surer than that a class is out of the question.
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class BoxIssues:
    """What is wrong with each of m labelled boxes, and where n detections show that one is missing.

    Attributes
    ----------
    evidence : float32 array [m, classes]
        Probability of each class by the detections alone; all the same where none is on the box.
    shifted : float64 array [m]
        How likely the box is misplaced.
    double : float64 array [m]
        How likely it repeats another label of its class: that of the two which fits worse.
    other : int array [m]
        That label, -1 for none.
    detection : int array [m]
        The detection of this object, -1 for none.
    overlap : float64 array [m]
        Of the label with it.
    missing : float64 array [n]
        How likely the detection is of an object without a label.
    trust : float64 array [n]
        Share of the detections of such a score that an object is under.
    """

    evidence: NDArray[np.float32]
    shifted: NDArray[np.float64]
    double: NDArray[np.float64]
    other: NDArray[np.intp]
    detection: NDArray[np.intp]
    overlap: NDArray[np.float64]
    missing: NDArray[np.float64]
    trust: NDArray[np.float64]


def find_box_issues(objects: Objects, detections: Detections, n_classes: int) -> BoxIssues:
    """Compare labelled boxes with what a model detects.

    How far detections of a score are to be trusted is told by the labels themselves: most of them are right.
    Detections and labels are paired one to one, those that fit best first; then a label is *misplaced* where its
    detection is farther off than usual for boxes of this size, and shares less than three quarters with it;
    *doubled* where another of its class overlaps it as only two boxes of one object do, and no second detection
    speaks for it; and one is *missing* where a sure detection is left over. Regions of many objects are not judged,
    nor is what lies in them.

    Parameters
    ----------
    objects, detections : Objects, Detections
        With classes from 0; those of detections may be -1 for others.
    n_classes : int

    References
    ----------
    Tkachenko, Thyagarajan, Mueller (2023), "ObjectLab: automated diagnosis of mislabeled images in object detection
    data": the kinds. How each is told differs: there by similarities, here by how often it would be so by chance.

    Examples
    --------
    >>> found = find_box_issues(objects, detections, n_classes=80)
    >>> np.flatnonzero(found.shifted > 0.5)
    """
    m, n = len(objects), len(detections)
    pairs = overlapping(
        detections.boxes, objects.boxes, detections.images, objects.images, least=_NEAR, crowd=objects.crowd
    )
    in_crowd = np.zeros(n, bool)
    in_crowd[pairs.first[objects.crowd[pairs.second] & (pairs.overlap >= _ON)]] = True
    pairs = pairs.take(~objects.crowd[pairs.second])
    same = detections.classes[pairs.first] == objects.classes[pairs.second]
    trust = trusted(detections.scores, pairs)
    chosen = match_mutually(pairs, pairs.overlap * trust[pairs.first] * np.where(same, 1.0, _OTHER_CLASS))
    of_object, overlap, shifted = np.full(m, -1, np.intp), np.zeros(m), np.zeros(m)
    own = np.zeros(n)
    rows, found = pairs.second[chosen], pairs.first[chosen]
    of_object[rows], overlap[rows], own[found] = found, pairs.overlap[chosen], pairs.overlap[chosen]
    off = misplaced_probability(objects.boxes[rows], detections.boxes[found], detections.scores[found])
    worth = np.clip((_IN_PLACE - overlap[rows]) / (_IN_PLACE - _OFF), 0, 1)
    shifted[rows] = off * worth * trust[found] * np.where(same[chosen], 1.0, _OTHER_CLASS)
    double, other = _doubles(objects, of_object, overlap)
    evidence = _class_evidence(pairs.take(pairs.overlap >= np.maximum(own[pairs.first] - _NEARLY, _ON)), objects,
                               detections, n_classes)  # fmt: skip
    taken = np.zeros(n, bool)
    taken[found] = True
    missing = _missing(objects, detections, taken | in_crowd)
    return BoxIssues(evidence, shifted, double, other, of_object, overlap, missing, trust)


def trusted(scores: NDArray[np.floating], pairs: BoxPairs) -> NDArray[np.float64]:
    """Share of the detections of about this score that are on a label, never less for a higher one: float64 [n]."""
    return rising_share(scores, np.bincount(pairs.first[pairs.overlap >= _ON], minlength=len(scores)) > 0)


def _class_evidence(pairs: BoxPairs, objects: Objects, detections: Detections, n_classes: int) -> NDArray[np.float32]:
    """Probability of each class by the detections that lie on each object, which labels alone do not tell."""
    evidence = np.zeros((len(objects), n_classes), np.float32)
    known = pairs.take(detections.classes[pairs.first] >= 0)
    if len(known):
        right = detections.classes[known.first] == objects.classes[known.second]
        share = rising_share(detections.scores[known.first], right).clip(1 / n_classes, 1 - _FLOOR)
        rest = (1 - share) / max(n_classes - 1, 1)
        said = np.log(share) - np.log(rest)
        surest = np.lexsort((-said, detections.classes[known.first], known.second))
        key = known.second[surest] * n_classes + detections.classes[known.first[surest]]
        once = surest[np.unique(key, return_index=True)[1]]  # two of one class on an object say the same
        evidence[known.second[once], detections.classes[known.first[once]]] = said[once]
    evidence -= evidence.max(axis=1, keepdims=True, initial=0)
    np.exp(evidence, out=evidence)
    evidence /= evidence.sum(axis=1, keepdims=True)
    return evidence


def _doubles(
    objects: Objects, of_object: NDArray[np.intp], overlap: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """How likely each label repeats another, and which: of a pair the one that its detection fits worse."""
    m = len(objects)
    score, other = np.zeros(m), np.full(m, -1, np.intp)
    pairs = overlapping(objects.boxes, objects.boxes, objects.images, objects.images, least=_TOGETHER)
    pairs = pairs.take(
        (pairs.first < pairs.second)
        & (objects.classes[pairs.first] == objects.classes[pairs.second])
        & ~objects.crowd[pairs.first]
        & ~objects.crowd[pairs.second]
    )
    if not len(pairs):
        return score, other
    seen = of_object >= 0
    both = seen[pairs.first] & seen[pairs.second]
    apart = both & (np.minimum(overlap[pairs.first], overlap[pairs.second]) > pairs.overlap)
    likely = _as_one_object(pairs, objects, seen, overlap)
    likely[apart] *= 0.5
    worse_first = overlap[pairs.first] < overlap[pairs.second]
    worse = np.where(worse_first, pairs.first, pairs.second)
    better = np.where(worse_first, pairs.second, pairs.first)
    order = np.argsort(likely, kind="stable")
    score[worse[order]], other[worse[order]] = likely[order], better[order]  # of several the likeliest stays
    return score, other


def _as_one_object(
    pairs: BoxPairs, objects: Objects, seen: NDArray[np.bool_], overlap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How well two labels agree, as labels and detections of one object do: the share of those that agree less."""
    side = np.sqrt(objects.boxes[:, 2:].prod(axis=1))
    known = np.flatnonzero(seen & (overlap >= _ON))
    order = known[np.argsort(side[known], kind="stable")]
    likely = np.empty(len(pairs))
    for at, (row, shared) in enumerate(zip(pairs.first.tolist(), pairs.overlap.tolist(), strict=True)):
        place = int(np.searchsorted(side[order], side[row]))
        near = overlap[order[max(place - 100, 0) : place + 100]]
        less = (np.count_nonzero(near <= shared) + 1) / (len(near) + 2)
        likely[at] = max(min(2 * less + 0.25, 1.0), float(shared >= _ONE_PLACE)) * min(shared + 0.3, 1.0)
    return likely


def _missing(objects: Objects, detections: Detections, taken: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How likely each detection that is left over is of an object without a label, of several on one the surest."""
    score = np.zeros(len(detections))
    left = np.flatnonzero(~taken)
    if not len(left):
        return score
    inside = _share_in_labels(objects, detections)
    told = taken | (
        inside < _ON
    )  # what is mostly in a label without being of it says nothing of labels that are missing
    likely = missing_label_probability(detections.scores, taken, told)
    score[left] = (likely * (1 - inside))[left]
    again = overlapping(
        detections.boxes[left], detections.boxes[left], detections.images[left], detections.images[left], least=_ON
    )
    first, second = left[again.first], left[again.second]
    behind = (detections.scores[first] > detections.scores[second]) | (
        (detections.scores[first] == detections.scores[second]) & (first < second)
    )
    score[second[behind]] = 0.0
    return score


def _share_in_labels(objects: Objects, detections: Detections) -> NDArray[np.float64]:
    """The largest part of each detection that lies in one label: a part of an object is no object that is missing."""
    inside = overlapping(
        detections.boxes, objects.boxes, detections.images, objects.images, least=1e-9,
        crowd=np.ones(len(objects), bool),
    )  # fmt: skip
    share = np.zeros(len(detections))
    np.maximum.at(share, inside.first, inside.overlap)
    return share.clip(max=1.0)
