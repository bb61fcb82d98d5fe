"""Values of a column as a file of a curation has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ..store.json_values import from_json_values


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """The values that a column has, and their type as :mod:`nbcurate.store.json_values` notes it.

    Attributes
    ----------
    items : list of int
        Numbers of the items in the file.
    values : list
    type : str or None
    """

    items: list[int]
    values: list[Any]
    type: str | None = None

    def column(self) -> pa.Array:
        """The values as they were.

        Raises
        ------
        ValueError
            If they are not of the type.
        """
        try:
            return from_json_values(self.values, self.type)
        except (ValueError, TypeError, ArithmeticError, RecursionError, pa.ArrowException) as error:
            raise ValueError(f"Values of a column are none of the type {self.type!r:.40}: {error}") from None
