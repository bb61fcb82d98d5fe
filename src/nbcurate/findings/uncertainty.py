"""How unsure a user's model is of each item, as they give it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..collection.alignment import align
from ..collection.item_set import ItemSet


def read_uncertainty(items: ItemSet, given: Any) -> NDArray[np.float64]:
    """A number an item, in the order of ids: float64 [n], 0 for those that are not named.

    Raises
    ------
    TypeError
        If they are no numbers.
    ValueError
        If some are negative or NaN, or do not fit the items.
    """
    found = align(items, given, "uncertainty")
    values = np.zeros(len(items))
    try:
        values[found.rows] = np.asarray(found.values, float)
    except (TypeError, ValueError):
        raise TypeError("uncertainty: give one number an item, from 0 up.") from None
    if not (values >= 0).all():
        raise ValueError("uncertainty: negative or NaN for some items; give numbers from 0 up.")
    return values
