"""What a search returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..display.numbers import similarity_in_words
from ..display.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

    from ..display.album import Album
    from .examples import Examples


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class SearchResult(Shown):
    """Items near a query, the nearest first. Every function that takes ids takes it, too.

    Attributes
    ----------
    ids : list of str
    similarity : float32 array [k]
        Cosine similarity to the query in [-1, 1], descending.
    album : Album or None
        The pictures of the data set that was searched.
    positive, negative : Examples or None
        What it was searched with, and what the results should be unlike.
    """

    _page_at = "search.result_page.result_page"

    ids: list[str]
    similarity: NDArray[np.float32]
    album: Album | None = field(default=None, repr=False)
    positive: Examples | None = field(default=None, repr=False)
    negative: Examples | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: what was found, without its pictures."""
        return type(self), (self.ids, self.similarity)

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

    def __repr__(self) -> str:
        first = zip(self.ids[:3], self.similarity[:3], strict=True)
        head = ", ".join(f"{item_id!r} {similarity_in_words(float(value))}" for item_id, value in first)
        return f"SearchResult({len(self)} items: {head}{', …' if len(self) > 3 else ''})"
