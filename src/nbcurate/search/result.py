"""What a search returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """Items near a query, the nearest first. Every function that takes ids takes it, too.

    Attributes
    ----------
    ids : list of str
    similarity : float32 array [k]
        Cosine similarity to the query in [-1, 1], descending.
    """

    ids: list[str]
    similarity: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self.ids

    def to_pandas(self) -> pd.DataFrame:
        """A row an item: ``id``, ``similarity``."""
        import pandas as pd

        return pd.DataFrame({"id": self.ids, "similarity": self.similarity})

    def _repr_html_(self) -> str:
        return self.to_pandas().to_html(max_rows=20)

    def __repr__(self) -> str:
        first = zip(self.ids[:3], self.similarity[:3], strict=True)
        head = ", ".join(f"{item_id!r} {value:.3f}" for item_id, value in first)
        return f"SearchResult({len(self)} items: {head}{', …' if len(self) > 3 else ''})"
