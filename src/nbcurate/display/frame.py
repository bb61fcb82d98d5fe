"""A small table of numbers and names on a page, from a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .layout import table
from .markup import escaped, name_in_short
from .numbers import similarity_in_words
from .page import Pieces

if TYPE_CHECKING:
    import pandas as pd


def frame_table(frame: pd.DataFrame, columns: Sequence[Any] | None = None) -> Pieces:
    """A row a row under the names of the columns (all by default); what is in the index names it."""
    shown = list(frame.columns if columns is None else columns)
    values = [frame[column].tolist() for column in shown]
    body = [
        [name_in_short(name, 70), *map(_cell, row)]
        for name, row in zip(frame.index, zip(*values, strict=True), strict=True)
    ]
    return table(["", *(escaped(str(column).replace("_", " "), 40) for column in shown)], body)


def figure(value: float) -> str:
    """A number in three digits or so; a dash for none."""
    if not np.isfinite(value):
        return "–"
    if abs(value) < 10:
        return similarity_in_words(value)
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return figure(value) if isinstance(value, float) else escaped(value, 80)
