"""A fitted classifier that answers for items: by a stand-in where it has learnt from one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ...curate.class_labels import ClassLabels
from ...curate.class_scores import Array, OneClass, SeveralClasses
from ...curate.classifier import Fitted, Scorer
from ...curate.confusion import confusion
from ...curate.hidden_classifier import HiddenHead
from ...curate.logistic import LinearHead
from ..parts import Parts
from ..predictions import members_of, predictions_of
from .content_vectors import ContentVectors
from .head_figures import Figures, figures_of
from .seen_items import SeenItems

_NUMBERS = 1 << 22  # of vectors and probabilities that are made at once


@dataclass(frozen=True, eq=False)
class VectorClassifier:
    """What a head is made of.

    Attributes
    ----------
    fitted : Fitted
    seen : SeenItems
        What it has learnt from.
    classes : list of str
    several : bool
        Whether an item may have several of them.
    """

    fitted: Fitted
    seen: SeenItems
    classes: list[str]
    several: bool

    def probabilities(self, vectors: Array, scorer: Scorer | None = None) -> Array:
        """Probability of each class: float32 [n, classes]; by the head itself if by no other."""
        with threadpool_limits(1):  # threads that share products this small mostly wait for one another
            scores = (scorer or self.fitted.head).scores(vectors)
        return (SeveralClasses() if self.several else OneClass()).probabilities(scores)

    def of_items(self, found: ContentVectors, rows: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.intp], Array]]:
        """Rows of a data set, some thousand at a time, and their probabilities: out of fold of what was learnt from."""
        folds = self.seen.folds_of(found.embeddings, found.contents[rows])
        size = max(64, _NUMBERS // max(found.vectors.shape[1], len(self.classes)))
        for start in range(0, len(rows), size):
            block, of_block = rows[start : start + size], folds[start : start + size]
            probabilities = np.empty((len(block), len(self.classes)), np.float32)
            for fold in np.unique(of_block).tolist():
                inside = of_block == fold
                scorer = self.fitted.stand_ins[fold] if fold >= 0 else None
                probabilities[inside] = self.probabilities(found.vectors[found.at[block[inside]]], scorer)
            yield block, probabilities

    def predictions(self, probabilities: Array) -> tuple[list[Any], Array]:
        """The class of each item, or the list of them, and how sure that is; see :func:`predictions_of`."""
        return predictions_of(probabilities, self.classes, several=self.several)

    def figures(self, found: ContentVectors, labels: ClassLabels, parts: Parts) -> Figures:
        """How well it does on each part, and by class on the one that is held out; on its own items out of fold."""
        there = {name: rows for name in ("train", "val", "test") if len(rows := getattr(parts, name))}
        held_out, _ = parts.held_out
        part = held_out if held_out in there else "train"
        shares: dict[str, float] = {}
        judged: list[ClassLabels] = []
        for name, rows in there.items():
            given, predicted = labels.take(rows), self._predicted_labels(found, rows)
            shares[name] = confusion(given, predicted).accuracy()
            if name == part:
                judged = [given, predicted]
        return figures_of(shares, part, *judged)

    def _predicted_labels(self, found: ContentVectors, rows: NDArray[np.intp]) -> ClassLabels:
        """What these items are predicted to be."""
        sizes, codes = [np.zeros(1, np.int64)], [np.empty(0, np.int32)]
        for _, probabilities in self.of_items(found, rows):
            members = members_of(probabilities, several=self.several)
            sizes.append(members.sum(axis=1))
            codes.append(np.nonzero(members)[1].astype(np.int32))
        known = np.ones(len(rows), bool)
        return ClassLabels(self.classes, np.concatenate(codes), np.cumsum(np.concatenate(sizes)), known, self.several)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """All that it consists of, by name."""
        scorers = {"head": self.fitted.head} | {f"fold{at}": one for at, one in enumerate(self.fitted.stand_ins)}
        arrays = {f"{at}.{part.name}": getattr(one, part.name) for at, one in scorers.items() for part in fields(one)}  # pyright: ignore[reportArgumentType]
        return {**arrays, "seen.contents": self.seen.contents, "seen.folds": self.seen.folds}

    @classmethod
    def from_arrays(
        cls, arrays: dict[str, NDArray[Any]], made: str, classes: list[str], chosen: dict[str, Any], *, several: bool
    ) -> VectorClassifier:
        """The reverse of :meth:`to_arrays`.

        Raises
        ------
        KeyError
            If one is missing.
        """
        kind = HiddenHead if "head.outer" in arrays else LinearHead
        names = sorted(
            {name.partition(".")[0] for name in arrays if name.startswith("fold")}, key=lambda at: int(at[4:])
        )
        head, *others = (
            kind(**{part.name: arrays[f"{at}.{part.name}"] for part in fields(kind)}) for at in ["head", *names]
        )
        seen = SeenItems(made, arrays["seen.contents"], arrays["seen.folds"])
        return cls(Fitted(head, seen.folds, chosen, [], lambda: others), seen, classes, several)
