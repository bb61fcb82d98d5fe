"""From probabilities of classes to what an item is said to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LIKELY = 0.5  # probability from which an item with a list is said to have a class


def members_of(probabilities: NDArray[np.floating], *, several: bool) -> NDArray[np.bool_]:
    """Which item is predicted to have which class: bool [n, classes]."""
    if several:
        return probabilities >= _LIKELY
    return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]


def predictions_of(
    probabilities: NDArray[np.floating], classes: Sequence[str], *, several: bool
) -> tuple[list[Any], NDArray[np.floating]]:
    """The class of each item, or the list of them, and how sure that is: of a list, that all of it is right.

    Parameters
    ----------
    probabilities : float array [n, classes]
    """
    members = members_of(probabilities, several=several)
    if not several:
        return [classes[code] for code in members.argmax(axis=1).tolist()], probabilities.max(axis=1)
    names = np.array(classes, object)
    sure = np.where(members, probabilities, 1 - probabilities).prod(axis=1)
    return [names[row].tolist() for row in members], sure
