"""What shows next to nothing, and is the exception in its data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Of the spread of the middle half, what lies farther below it is an outlier (Tukey's fence, on the scale of ratios).
_FENCE = 1.5
#: What is not below this share of the median is no outlier, however alike the others are.
_OF_MEDIAN = 0.5


def shows_too_little(
    values: NDArray[np.floating], limit: float, *, among: NDArray[np.floating] | None = None
) -> NDArray[np.bool_]:
    """Which are below a limit under which a picture shows nothing, and are outliers of their data set: bool [n].

    Both are asked for, because what is little in one data set is all there is in another: fields of a dark microscope
    are black to a photographer, and digits of 28 px are thumbnails.

    Parameters
    ----------
    values : float array [n]
        Such as contrast, not negative; NaN where it is not known, which is never too little.
    limit : float
    among : float array, optional
        Values of the whole data set; ``values`` by default.

    References
    ----------
    Tukey, "Exploratory data analysis", 1977: fences at 1.5 times the spread of the middle half, here of the logarithms.
    """
    known = values if among is None else among
    known = known[np.isfinite(known)]
    if not len(known):
        return np.zeros(len(values), bool)
    low, median, high = np.quantile(known, [0.25, 0.5, 0.75])
    fence = min(low * (low / high) ** _FENCE, _OF_MEDIAN * median) if high > 0 else 0.0
    return (values < limit) & (values < fence)
