"""How unsure a user's model is of each item, as they give it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..collection.alignment import align
from ..collection.item_set import ItemSet
from ..collection.predictions import Predictions, PredictionSets
from .evaluation import Evaluation


def read_uncertainty(items: ItemSet, given: Any) -> NDArray[np.float64]:
    """A number an item, in the order of ids: float64 [n], 0 for those that are not named.

    Parameters
    ----------
    given : Series, mapping, array_like [n], str, Predictions or Evaluation
        Numbers by id or in the order of ids; or predictions, by their name or as they are, or an evaluation of them.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If some are negative or NaN, or do not fit the items.
    """
    found = align(items, _told_by_model(items, given), "uncertainty")
    values = np.zeros(len(items))
    try:
        values[found.rows] = np.asarray(found.values, float)
    except (TypeError, ValueError):
        raise TypeError("uncertainty: give one number an item, from 0 up.") from None
    if not (values >= 0).all():
        raise ValueError("uncertainty: negative or NaN for some items; give numbers from 0 up.")
    return values


def _told_by_model(items: ItemSet, given: Any) -> Any:
    """What kept predictions, or an evaluation of some, tell of these items; anything else as it is."""
    model = PredictionSets(items)[given] if isinstance(given, str) else given
    if not isinstance(model, Predictions | Evaluation):
        return given
    doubt = model.uncertainty()
    return doubt[doubt.index.isin(items.ids)]
