"""What a function that picks returns: rows in the order in which to take them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PickOrder:
    """Rows in the order in which they were picked: any budget is a prefix.

    Attributes
    ----------
    rows : int array [m]
    gains : float64 array [m]
        What each added to the objective when it was picked, not negative; its meaning is the function's.
    """

    rows: NDArray[np.intp]
    gains: NDArray[np.float64]
