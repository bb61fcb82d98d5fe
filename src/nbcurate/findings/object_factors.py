"""What items of a class are to be spread over: their looks, and of objects their sizes and places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import DistinctItems
from ..collection.item_set import ItemSet
from ..collection.object_spread import are_objects, boxes_of, picture_sizes, place_levels, size_levels
from ..curate.class_labels import ClassLabels
from ..curate.clustering import cluster


def factors_of(
    dataset: ItemSet, distinct: DistinctItems, classes: NDArray[np.integer], seed: int
) -> list[NDArray[np.integer]]:
    """Of each distinct item its look, and of objects the third of its class that its size is in, and its place."""
    looks = cluster(distinct.vectors, *distinct.graph, seed=seed)[0].labels
    if not are_objects(dataset):
        return [looks]
    boxes = boxes_of(dataset)
    places = place_levels(boxes, picture_sizes(dataset, boxes))[distinct.rows]
    return [looks, size_levels(boxes[distinct.rows], classes), places]


def spread_of(dataset: ItemSet, labels: ClassLabels) -> dict[str, NDArray[np.intp]]:
    """Of each object the third of its class that its size is in, and its place on its picture."""
    boxes = boxes_of(dataset)
    first = np.full(len(boxes), -1)
    first[labels.items[::-1]] = labels.codes[::-1]
    return {"size": size_levels(boxes, first), "place": place_levels(boxes, picture_sizes(dataset, boxes))}
