"""Ids and vectors as a user gives them, as text and numbers: a row that is neither costs itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from ..store.column_types import of_pandas, plain
from .frame import of_several_kinds, texts
from .odd_cells import without_lists


@dataclass(frozen=True, slots=True)
class GivenVectors:
    """Rows that have an id, and what to say of the others.

    Attributes
    ----------
    ids : list of str
    vectors : float32 array [n, d]
        A row of NaN where something else than so many numbers was given.
    images, labels : sequence or None
        Aligned with the ids.
    problems : list of str
    """

    ids: list[str]
    vectors: NDArray[np.float32]
    images: Sequence[Any] | None
    labels: Sequence[Any] | None
    problems: list[str]


def as_given(
    ids: Sequence[Any], vectors: ArrayLike, images: Sequence[Any] | None, labels: Sequence[Any] | None
) -> GivenVectors:
    """The rows of a user's vectors that have an id.

    Raises
    ------
    ValueError
        If they are no table of numbers, the lengths differ, or an id is there twice.
    """
    names, problems = _names(ids)
    rows, odd = _rows(vectors)
    for argument, values in {"ids": names, "images": images, "labels": labels}.items():
        if values is not None and len(values) != len(rows):
            raise ValueError(f"{argument} has {len(values):,} entries for {len(rows):,} vectors.")
    there = [at for at, name in enumerate(names) if name is not None]
    if len(there) < len(names):
        first = names.index(None)
        problems.append(f"{len(names) - len(there):,} rows have no id in ids, such as row {first}: passed over.")
        images, labels = (None if of is None else [list(of)[at] for at in there] for of in (images, labels))
        rows = rows[there]
    if odd:
        problems.append(f"{len(odd):,} vectors are no {rows.shape[1]} numbers, such as that in row {odd[0]}: left out.")
    kept = [name for name in names if name is not None]
    twice = next((name for name, count in Counter(kept).items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"The id {twice!r} is there twice: ids name one item each.")
    return GivenVectors(kept, rows, images, labels, problems)


def as_column(values: Sequence[Any]) -> pa.Array:
    """Values of a user's as Arrow; texts where it has no one type for them."""
    try:
        return of_pandas(values) if hasattr(values, "iloc") else plain(pa.array(list(values), from_pandas=True))
    except (ValueError, TypeError, OverflowError, NotImplementedError):  # texts beside numbers, or beside lists
        return of_several_kinds(values)[0]


def _names(ids: Sequence[Any]) -> tuple[list[str | None], list[str]]:
    """The ids as text, None where there is none, and what to say of lists among them."""
    kept, told = without_lists("ids", list(ids))
    return texts(pa.chunked_array([as_column(kept if told else ids)])), told


def _rows(vectors: ArrayLike) -> tuple[NDArray[np.float32], list[int]]:
    """The vectors ``[n, d]``, and the numbers of those that are no ``d`` numbers."""
    odd: list[int] = []
    with np.errstate(over="ignore"):  # what is too large is infinite then, and told as such
        try:
            rows = np.asarray(vectors, np.float32)
        except (ValueError, TypeError, OverflowError):
            rows, odd = _row_by_row(vectors)
    if rows.ndim != 2 or not rows.shape[1]:
        raise ValueError(f"vectors has shape {rows.shape}: a table [n, d] is needed, a row for each id.")
    return rows, odd


def _row_by_row(vectors: Any) -> tuple[NDArray[np.float32], list[int]]:
    """As many numbers a row as most rows have; NaN in the others."""
    found: list[NDArray[np.float32] | None] = []
    for vector in vectors:
        try:
            row = np.asarray(vector, np.float32)
        except (ValueError, TypeError, OverflowError):
            row = None
        found.append(row if row is not None and row.ndim == 1 and len(row) else None)
    widths = Counter(len(row) for row in found if row is not None)
    if not widths:
        raise ValueError("vectors holds no row of numbers: a table [n, d] is needed, a row for each id.")
    width = widths.most_common(1)[0][0]
    odd = [at for at, row in enumerate(found) if row is None or len(row) != width]
    nothing = np.full(width, np.nan, np.float32)
    return np.stack([row if row is not None and len(row) == width else nothing for row in found]), odd
