"""Predictions as a file or a table has them, whatever its format: not yet known of which items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

#: What the classes are given as: names; the ids of the categories of a COCO file; places in a list of classes.
ClassesAs = Literal["names", "categories", "places"]


class PredictionFileError(ValueError):
    """What holds no predictions of the expected form; the message says which file and what is wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class GivenPredictions:
    """What is predicted, aligned: m predictions.

    Attributes
    ----------
    title : str
        What to call the file in front of a person.
    names : list of str
        What the items are called there, each once.
    items : int array [m]
        Which of the names each prediction is of.
    classes : list of str
        Each once: names, or numbers as text, as ``classes_as`` says.
    codes : int32 array [m]
        Which of the classes each is.
    scores : float64 array [m]
    boxes : float64 array [m, 4] or None
        x, y, width, height.
    in_shares : bool
        Whether the boxes are in shares of the width and height of the picture, not in px.
    names_as : "items" or "images"
        Whether the names may first of all be ids of images in a COCO file.
    problems : list of str
        What was passed over, in words.
    """

    title: str
    names: list[str]
    items: NDArray[np.intp]
    classes: list[str]
    codes: NDArray[np.int32]
    scores: NDArray[np.float64]
    boxes: NDArray[np.float64] | None
    in_shares: bool = False
    classes_as: ClassesAs = "names"
    names_as: Literal["items", "images"] = "items"
    problems: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.items)


def numbered(values: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """The different values in the order in which they come, and which of them each is: int [m]."""
    place: dict[str, int] = {}
    found = np.fromiter((place.setdefault(value, len(place)) for value in values), np.intp, len(values))
    return list(place), found
