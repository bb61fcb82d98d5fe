"""What is black and white in pictures of more than 8 bits: one window for a whole data set, kept in its store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from ..imaging import UnreadableImageError, Window, takes_window
from ..imaging.levels import STRETCH_PERCENTILES
from ..store import Store
from ..store.items import Keys
from .reader import WINDOW, originals, window_of

#: What a user may say: two values in the files' own units, two percentiles (``("1%", "99%")``), or our two percentiles.
WindowChoice = tuple[float, float] | tuple[str, str] | Literal["percentiles"] | None

_PICTURES = 256  # that the percentiles of a data set are taken of
_VALUES = 4096  # of each picture, so that all count alike


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Percentiles of the values of a data set, 0 to 100."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 100:
            raise ValueError(f"window=('{self.low:g}%', '{self.high:g}%'): the smaller one first, from 0% to 100%.")


class WindowSetting:
    """The window that a user asks for, for a store. Made before a source is read, kept once its pictures are known.

    Parameters
    ----------
    store : Store
    asked : pair of numbers, pair of percentiles, "percentiles" or None
        None leaves the store as it is.

    Raises
    ------
    TypeError, ValueError
        If it is no window, or pictures of the store were seen through another one: what was made of them (thumbnails,
        measures, vectors) cannot be compared with what would be made now.
    """

    def __init__(self, store: Store, asked: Any) -> None:
        self._store = store
        self._asked = _read(asked)
        self._settled = self._asked is None or self._is_kept()
        if not self._settled and _anything_seen(store):
            raise ValueError(
                f"window={asked!r}: the pictures of {store.path} were seen through another window "
                f"({_in_words(store.setting(WINDOW))}), and have thumbnails, measures or vectors of that. Give "
                "store= a new path to see them through this one."
            )

    def keep(self) -> list[str]:
        """Keep it in the store; what a person should know of it."""
        if self._settled or self._asked is None:
            return []
        deep = _deep(self._store)
        if isinstance(self._asked, Window):
            found = self._asked
        else:
            values = _sample(self._store, deep)
            if not values.size:
                return ["window: no picture has more than 8 bits, so there are no values to take percentiles of."]
            low, high = np.percentile(values, (self._asked.low, self._asked.high))
            if not low < high:
                return [f"window: the pictures have one value, {low:g}, and nothing between black and white."]
            found = Window(float(low), float(high))
        self._store.keep_setting(WINDOW, {"low": found.low, "high": found.high, "percentiles": self._percentiles()})
        return [] if len(deep) else ["window: no picture has more than 8 bits, so it changes none."]

    def _percentiles(self) -> list[float] | None:
        return [self._asked.low, self._asked.high] if isinstance(self._asked, Percentiles) else None

    def _is_kept(self) -> bool:
        """Whether the store has just this window. Percentiles stay the values that they were when they were taken."""
        kept = self._store.setting(WINDOW)
        if kept is None:
            return False
        if isinstance(self._asked, Percentiles):
            return kept["percentiles"] == self._percentiles()
        return self._asked == window_of(self._store)


def _read(asked: Any) -> Window | Percentiles | None:
    if asked is None:
        return None
    if isinstance(asked, str) and asked == "percentiles":
        return Percentiles(*STRETCH_PERCENTILES)
    if isinstance(asked, tuple | list) and len(asked) == 2:
        if all(isinstance(side, str) and side.strip().endswith("%") for side in asked):
            return Percentiles(*(float(side.strip()[:-1]) for side in asked))
        if all(isinstance(side, int | float | np.number) and not isinstance(side, bool) for side in asked):
            return Window(*map(float, asked))
    raise TypeError(
        f"window={asked!r}: give the values that are black and white, as (0, 4095); percentiles of the data set, as "
        "('1%', '99%'); or 'percentiles'."
    )


def _deep(store: Store) -> Keys:
    """Keys of items whose pictures have more than 8 bits, one for each content."""
    items = store.items
    modes = items.table.column("mode").to_pylist()
    rows = np.flatnonzero(items.shown & np.array([takes_window(mode) for mode in modes], bool))
    return items.keys[rows[np.unique(items.contents[rows], return_index=True)[1]]]


def _anything_seen(store: Store) -> bool:
    """Whether a thumbnail, a measure or a vector was made of a picture that a window changes."""
    items = store.items
    contents = items.contents[items.rows_of_keys(_deep(store))]
    store.media.flush()
    store.properties.flush()
    made = [store.media, store.properties, *(e for e in store.embeddings() if not e.recipe.get("given"))]
    return any(len(part.missing(contents)) < len(contents) for part in made)


def _sample(store: Store, keys: Keys) -> NDArray[np.float64]:
    """Values of some of the pictures of these items, as many of each; pictures that cannot be read have none."""
    chosen = keys[np.unique(np.linspace(0, len(keys) - 1, min(len(keys), _PICTURES)).round().astype(np.intp))]
    files = {original.place: original for original in originals(store, chosen)}  # boxes share their image
    found: list[NDArray[np.float64]] = []
    for original in tqdm(files.values(), desc="choosing the window", unit="img"):
        try:
            numbers = original.numbers()
        except UnreadableImageError:
            continue
        if numbers is not None:
            found.append(numbers.sample(_VALUES).ravel().astype(np.float64))
    return np.concatenate(found) if found else np.empty(0)


def _in_words(kept: dict[str, Any] | None) -> str:
    if kept is None:
        return "each with the range of its own values"
    percentiles = kept["percentiles"]
    of = f", percentiles {percentiles[0]:g} and {percentiles[1]:g}" if percentiles else ""
    return f"{kept['low']:g} to {kept['high']:g}{of}"
