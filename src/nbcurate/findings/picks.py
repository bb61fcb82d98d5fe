"""The finding of a function that picks a subset: items in the order in which to take them, and how good they are."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..collection.distinct import DistinctItems
from ..collection.item_set import ItemSet
from ..collection.shares import Classes
from ..collection.vector_set import VectorSet
from ..curate.pick_order import PickOrder
from ..display.numbers import similarity_in_words
from ..store.items import Keys
from .finding import Finding
from .recipe import make_recipe
from .report import Report

if TYPE_CHECKING:
    import pandas as pd


#: Random draws that a subset is held against, as by :meth:`Dataset.report`.
_DRAWS = 5


class Picks(Finding):
    """A subset of a data set, in the order of picking: ``head(n)`` is the subset for a smaller budget.

    Attributes
    ----------
    shares : DataFrame or None
        Where classes were balanced, a row a class: ``available`` items, ``wanted`` by the shares that were asked for,
        and ``picked``; after :meth:`Dataset.curate` also how many of them were ``dropped``. A class that has fewer than
        wanted gave all it has, and the others more.
    dropped : dict of str to str
        Where items were dropped before picking, by :meth:`Dataset.curate`: their ids, and why.
    """

    _page_at = "findings.faces.finding_page.picks_page"

    def __init__(
        self,
        *arguments: Any,
        encoder: str | None,
        shares: pd.DataFrame | None = None,
        dropped: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self.shares = shares
        self.dropped = dict(dropped or {})
        self._encoder = encoder

    @cached_property
    def report(self) -> Report:
        """The subset against the whole and against random draws of the same size."""
        from .subset_measures import report_of

        items = self._items
        assert isinstance(items, VectorSet)  # what picks from fewer has no vectors to pick by
        return report_of(items, items.keys_of(self.ids), _DRAWS, self._encoder, seed=0)

    def _taken(self, positions: Any) -> Any:
        part = super()._taken(positions)
        part.__dict__.pop("report", None)
        return part


@dataclass(frozen=True, eq=False)
class PickReasons:
    """Why each pick was taken, in words made when they are asked for."""

    distinct: DistinctItems
    order: PickOrder
    keys: Keys
    ids_of: Callable[[Keys], list[str]]
    classes: Classes | None = None

    def __call__(self, positions: NDArray[np.intp]) -> list[str]:
        """The reasons of the picks at these positions."""
        return [self._of(int(place)) for place in positions]

    def _of(self, place: int) -> str:
        words = f"pick {place + 1} of {len(self.keys)}"
        if place >= len(self.order.rows):
            return f"{words}: a copy of another item, as no distinct one was left"
        row = self.order.rows[place]
        words += f", {self.classes.describe(row)}" if self.classes is not None else ""
        if not place:
            return words
        before = self.order.rows[:place]
        cosine = self.distinct.vectors[before] @ self.distinct.vectors[row]
        nearest = int(cosine.argmax())
        name = self.ids_of(self.distinct.keys[before[nearest : nearest + 1]])[0]
        likeness = similarity_in_words(float(cosine[nearest]))
        return f"{words}; of the picks before it {name} is most like it, with a similarity of {likeness}"


def make_picks(
    dataset: ItemSet,
    kind: str,
    parameters: Mapping[str, Any],
    distinct: DistinctItems,
    keys: Keys,
    order: PickOrder,
    meaning: str,
    *,
    classes: Classes | None = None,
    wanted: NDArray[np.floating] | None = None,
) -> Picks:
    """The finding of what was picked: its scores, reasons and recipe.

    Parameters
    ----------
    keys : uint64 array
        The picks; those after the rows of ``order`` are copies.
    meaning : str
        Of the scores, which are the gains relative to the largest.
    classes, wanted
        Where classes were balanced, these and their shares.
    """
    scores = np.zeros(len(keys), np.float32)
    scores[: len(order.gains)] = order.gains / max(order.gains.max(initial=0), 1e-12)
    ids_of = dataset.store.items.ids_of_keys
    return Picks(
        dataset, kind, keys, scores, PickReasons(distinct, order, keys, ids_of, classes),
        recipe=make_recipe(kind, parameters, dataset.keys, distinct.embeddings),
        score_meaning=meaning,
        columns={} if classes is None else {"class": classes.names_of(order.rows)},
        encoder=distinct.embeddings.name,
        shares=None if classes is None else classes.table(order.rows, len(order.rows), wanted),
    )  # fmt: skip


def warn_of_too_few(kind: str, picked: int, n: int, items: int, rest: Mapping[str, int], hint: str = "") -> None:
    """Say so where fewer are picked than were asked for, and what became of the others.

    Parameters
    ----------
    kind : str
        The method that picked.
    items : int
        How many items there are.
    rest : mapping of str to int
        By what they are, such as ``are exact copies``, how many were not picked.
    hint : str
        A sentence on what to do.
    """
    if picked >= n:
        return
    why = ", ".join(f"{count:,} {what}" for what, count in rest.items() if count)
    reason = f"as there are {items:,} items{f', of which {why}' if why else ''}"
    warnings.warn(f"{kind}: {picked:,} of {n:,}, {reason}.{f' {hint}' if hint else ''}", stacklevel=4)
