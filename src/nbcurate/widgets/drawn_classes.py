"""The classes of what is drawn on pictures, the most frequent first: who is where has its colour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..store import Store
from .drawn_labels import has_objects, name_of
from .drawn_predictions import DrawnPredictions
from .palette import class_colour


class DrawnClasses:
    """How often each class is labelled and predicted. Counted once for as long as the items are the same."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._labels: tuple[Any, dict[str, int]] | None = None

    def ranked(self, drawn: DrawnPredictions | None) -> list[tuple[str, int, int]]:
        """Of each class its name, how many labels and how many predictions there are; the most frequent first."""
        counts: dict[str, list[int]] = {label: [count, 0] for label, count in self._labelled().items()}
        if drawn is not None:
            predictions = drawn.predictions
            sizes = np.bincount(predictions.codes, minlength=len(predictions.classes)).tolist()
            for label, count in zip(predictions.classes, sizes, strict=True):
                counts.setdefault(name_of(label), [0, 0])[1] += count
        ranked = sorted(counts.items(), key=lambda one: (-sum(one[1]), one[0]))
        return [(name, labels, said) for name, (labels, said) in ranked]

    def colours(self, drawn: DrawnPredictions | None) -> dict[str, tuple[int, int, int]]:
        """The colour of each class, as the views have it."""
        return {name: class_colour(rank) for rank, (name, _, _) in enumerate(self.ranked(drawn))}

    def _labelled(self) -> dict[str, int]:
        items = self._store.items
        if not has_objects(self._store):
            return {}
        if self._labels is None or self._labels[0] is not items:
            there = items.table.column("objects").filter(pa.array(items.shown))
            counted = pc.value_counts(pc.list_flatten(there))  # pyright: ignore[reportAttributeAccessIssue]
            counts: dict[str, int] = {}
            for one in counted.to_pylist():
                name = name_of(one["values"])
                counts[name] = counts.get(name, 0) + one["counts"]
            self._labels = (items, counts)
        return self._labels[1]
