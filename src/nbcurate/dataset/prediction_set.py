"""Predictions of models beside the labels."""

from __future__ import annotations

from ..collection.predictions import PredictionSets
from .object_set import ObjectSet


class PredictionSet(ObjectSet):
    """Items of which models have predicted something. Base class of :class:`Dataset`."""

    @property
    def predictions(self) -> PredictionSets:
        """What was added by :meth:`add_predictions`, by name: the newest version of each."""
        return PredictionSets(self)
