"""Given against predicted classes of objects, each pair with the scores from which on it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..curate.detection_kinds import Kind
from ..findings.detection_tables import NOTHING
from .answers import Answer, slices, whole
from .drawn_labels import name_of

if TYPE_CHECKING:
    from ..dataset import Dataset
    from ..findings.evaluation_of_objects import ObjectEvaluation
    from ..findings.judged_objects import JudgedObjects
    from ..store.items import Keys


@dataclass(frozen=True, slots=True, eq=False)
class ObjectPairs:
    """p pairs of a given class and a predicted one; the last class, :data:`NOTHING`, stands for none.

    At a lowest score of s those count for which ``low < s <= high``: at each the counts are those of
    ``Evaluation.confusion``.

    Attributes
    ----------
    names : list of str
        Of the classes.
    keys : uint64 array [p]
        Of the item that a pair is on: the image, or the object.
    given, predicted : int32 arrays [p]
    low, high : float64 arrays [p]
    """

    names: list[str]
    keys: Keys
    given: NDArray[np.int32]
    predicted: NDArray[np.int32]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def at(self, score: float) -> ObjectPairs:
        """Those that count from a score on."""
        return self.where((self.low < score) & (score <= self.high))

    def where(self, chosen: NDArray[np.bool_]) -> ObjectPairs:
        """Those for which this is true."""
        given, predicted = self.given[chosen], self.predicted[chosen]
        return ObjectPairs(self.names, self.keys[chosen], given, predicted, self.low[chosen], self.high[chosen])

    def counts(self) -> NDArray[np.int64]:
        """How many there are of each given class (row) and predicted one: int64 [classes, classes]."""
        n = len(self.names)
        return np.bincount(self.given * np.int64(n) + self.predicted, minlength=n * n).reshape(n, n)

    def inside(self, given: str, predicted: str) -> Keys:
        """Keys of the items that pairs of these classes are on.

        Raises
        ------
        KeyError
            If there is no such class.
        """
        for name in (given, predicted):
            if name not in self.names:
                raise KeyError(f"There is no class {name!r}. There are {', '.join(map(repr, self.names))}.")
        codes = self.names.index(given), self.names.index(predicted)
        return np.unique(self.keys[(self.given == codes[0]) & (self.predicted == codes[1])])


#: The key of no item.
_NO_ITEM = np.uint64(2**64 - 1)
#: Below every score.
_LOWEST = -1.0
#: Above every score.
_HIGHEST = 2.0


def pairs_of(found: JudgedObjects, dataset: Dataset) -> ObjectPairs:
    """The pairs on the items of a data set of images, or of one of objects: there each pair is of an object."""
    truth, kinds, scores = found.truth, found.kinds, found.predictions.exact_scores
    objects, nothing = truth.objects, len(truth.classes)
    of = kinds.objects
    right, confused = kinds.kinds == Kind.RIGHT, kinds.kinds == Kind.CONFUSED
    by_right, by_confused = np.full(len(objects), _LOWEST), np.full(len(objects), _LOWEST)
    by_right[of[right]] = scores[right]
    rows = np.flatnonzero(confused)
    surest = rows[np.lexsort((rows, -scores[rows], of[rows]))]
    best = surest[np.unique(of[surest], return_index=True)[1]]
    by_confused[of[best]] = scores[best]
    rightly = np.flatnonzero(right)
    instead = best[scores[best] > by_right[of[best]]]  # they stand for their object where the right one does not count
    judged = np.flatnonzero(kinds.kinds != Kind.IGNORED)
    alone = judged[~right[judged]]
    until = scores[alone].copy()  # up to which they stand for nothing
    at = np.searchsorted(alone, instead)
    until[at] = by_right[of[instead]]
    wanted = np.flatnonzero(found.wanted)
    parts = [
        # object, prediction, low, high
        (of[rightly], rightly, np.full(len(rightly), _LOWEST), scores[rightly]),
        (of[instead], instead, by_right[of[instead]], scores[instead]),
        (np.full(len(alone), -1), alone, np.full(len(alone), _LOWEST), until),
        (wanted, np.full(len(wanted), -1), np.maximum(by_right, by_confused)[wanted], np.full(len(wanted), _HIGHEST)),
    ]
    object_, prediction, low, high = (np.concatenate(one) for one in zip(*parts, strict=True))
    keys = _keys(found, dataset, object_, prediction)
    given = np.append(objects.classes, nothing)[object_].astype(np.int32)
    predicted = np.append(found.classes, nothing)[prediction].astype(np.int32)
    pairs = ObjectPairs([*truth.classes, NOTHING], keys, given, predicted, low, high)
    return pairs.where(np.isin(keys, dataset.keys) & (low < high))


def _keys(
    found: JudgedObjects, dataset: Dataset, object_: NDArray[np.integer], prediction: NDArray[np.integer]
) -> Keys:
    """Of the item that each pair is on; none of the data set where there is none."""
    items = dataset.store.items
    if items.are_boxes.any():
        ids = found.truth.ids_of(np.arange(len(found.truth)))
        there = np.array([one in items for one in ids.tolist()], bool)
        keys = np.full(len(ids) + 1, _NO_ITEM, np.uint64)
        keys[:-1][there] = items.keys_of_ids(ids[there].tolist())
        return keys[object_]
    images = np.where(object_ >= 0, np.append(found.truth.objects.images, -1)[object_], -1)
    of_prediction = np.append(found.predictions.keys, _NO_ITEM)[prediction]
    return np.where(images >= 0, found.truth.keys[images.clip(0)], of_prediction).astype(np.uint64)


def pair_parts(evaluation: ObjectEvaluation, dataset: Dataset) -> Answer:
    """The answer to ``pairs`` of the wire."""
    pairs = pairs_of(evaluation.found, dataset)
    order = np.argsort(pairs.keys, kind="stable")
    answer = whole({"names": [name_of(name) for name in pairs.names]}, b"")
    for name, values, dtype in (
        ("key", pairs.keys, "<u4"),
        ("given", pairs.given, "<i4"),
        ("predicted", pairs.predicted, "<i4"),
        ("low", pairs.low, "<f8"),
        ("high", pairs.high, "<f8"),
    ):
        sent = values[order].astype(dtype)
        answer += slices({"column": name, "kind": "number", "dtype": sent.dtype.name}, sent)
    return answer
