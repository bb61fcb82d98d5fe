"""Class probabilities of the user's model, in the order of the data set's ids and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..collection.alignment import align
from ..collection.item_set import ItemSet

#: How far from 1 the sum of an item's probabilities may be: what half precision, or two decimals, leave.
_ROUNDING = 0.02


def read_probabilities(items: ItemSet, given: Any, classes: Sequence[str]) -> NDArray[np.float64]:
    """Probability of each class for each item, which has one of them: float64 [n, classes], rows that sum to 1.

    Parameters and errors are those of :func:`read_independent_probabilities`.

    Raises
    ------
    ValueError
        If a row does not sum to 1, too.
    """
    values = _read_table(items, given, classes)
    sums = values.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > _ROUNDING)
    if len(wrong):
        raise ValueError(
            f"pred_probs: {len(wrong):,} rows do not sum to 1, such as that of {items.ids[wrong[0]]!r}, which sums to "
            f"{sums[wrong[0]]:.3g}: give probabilities, such as a softmax of the logits."
        )
    return values / sums[:, None]


def read_independent_probabilities(items: ItemSet, given: Any, classes: Sequence[str]) -> NDArray[np.float64]:
    """Probability of each class for each item, which may have several: float64 [n, classes].

    Parameters
    ----------
    given : DataFrame or array_like [n, classes]
        A DataFrame is read by its index (see :func:`nbcurate.collection.alignment.align`) and by its columns, where
        these are named for the classes. Anything else is in the order of ids and of ``classes``.

    Raises
    ------
    ValueError
        If the shape, the names of the columns or the values do not fit; the message says which.
    """
    values = _read_table(items, given, classes)
    if (values > 1).any():
        raise ValueError("pred_probs holds values above 1: give probabilities, such as a sigmoid of the logits.")
    return values


def _read_table(items: ItemSet, given: Any, classes: Sequence[str]) -> NDArray[np.float64]:
    """Numbers that are 0 or more, for each item and class: float64 [n, classes]."""
    n = len(items)
    if isinstance(given, pd.DataFrame):
        aligned = align(items, given, "pred_probs")
        if len(aligned.rows) < n:
            raise ValueError(f"pred_probs: {n - len(aligned.rows):,} of {n:,} items have no row: give one for each.")
        given = _by_class(aligned.values, classes)
    try:
        values = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"pred_probs: give numbers, a row an item, a column a class in the order {classes}.") from None
    if values.shape != (n, len(classes)):
        raise ValueError(
            f"pred_probs has shape {values.shape}: it must be ({n}, {len(classes)}), a row an item in the order "
            f"of ds.ids, a column a class in the order {classes}."
        )
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("pred_probs holds values that are no probabilities: negative or not finite.")
    return values


def _by_class(frame: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """The columns in the order of the classes; as they are where they are only numbered."""
    if isinstance(frame.columns, pd.RangeIndex):
        return frame
    named = frame.set_axis([str(name) for name in frame.columns], axis=1)
    missing = [name for name in classes if name not in named.columns]
    unknown = [name for name in named.columns if name not in classes]
    if missing or unknown or not named.columns.is_unique:
        raise ValueError(
            f"pred_probs: its columns must be the classes {list(classes)}, each once; "
            f"missing {missing or 'none'}, unknown {unknown or 'none'}."
        )
    return named.reindex(columns=list(classes))
