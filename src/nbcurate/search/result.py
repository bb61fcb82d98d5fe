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
    """Items near a query, the nearest first.

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

    def __iter__(self) -> Iterator[tuple[str, float]]:
        """Pairs of id and similarity."""
        return zip(self.ids, self.similarity.tolist(), strict=True)

    def to_pandas(self) -> pd.DataFrame:
        """A row an item: ``id``, ``similarity``."""
        import pandas as pd

        return pd.DataFrame({"id": self.ids, "similarity": self.similarity})

    def _repr_html_(self) -> str:
        return self.to_pandas().to_html(max_rows=20)

    def __repr__(self) -> str:
        head = ", ".join(f"{item_id!r} {value:.3f}" for item_id, value in list(self)[:3])
        return f"SearchResult({len(self)} items: {head}{', …' if len(self) > 3 else ''})"
