"""Where a model errs more than elsewhere: slices of what was judged, with a bound for chance."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..curate.slice_rates import SliceRates, compare_slices
from ..display.shown import Shown
from ..store.items import Keys
from .slice_units import Division, Units

if TYPE_CHECKING:
    from ..collection.item_set import ItemSet


@dataclass(frozen=True, slots=True, eq=False)
class _Slice:
    name: str
    by: str
    of: Units
    things: NDArray[np.intp]


class WeakSlices(Shown):
    """Slices of what a model was judged on, those that are surest to be worse first.

    Attributes
    ----------
    table : DataFrame
        A row a slice: ``slice``, ``by``, ``of`` (objects: wrong where not found; predictions: where not right; items),
        ``support``, ``errors``, ``rate``, ``elsewhere``, ``difference``, ``lower`` (what the difference is at least, of
        all slices at once, but for one time in twenty), ``chance`` (the probability that it is chance, with all slices
        looked at) and ``worse``: whether it is, beyond chance.
    note : str
        In a sentence, what came of it.

    Examples
    --------
    >>> slices = ds.evaluate("yolo8").slices("class", min_support=5)
    >>> slices.table.query("worse")
    >>> slices.select("class: cat")
    """

    _page_at = "findings.faces.evaluation_page.weak_slices_page"

    def __init__(self, items: ItemSet, slices: list[_Slice], rates: list[SliceRates], looked_at: int) -> None:
        self._items = items
        joined = {
            name: np.concatenate([getattr(rate, name) for rate in rates]) if rates else np.empty(0)
            for name in SliceRates.__dataclass_fields__
        }
        frame = pd.DataFrame(
            {
                "slice": [f"{one.by}: {one.name}" for one in slices],
                "by": [one.by for one in slices],
                "of": [one.of.of for one in slices],
                "support": joined["support"].astype(int),
                "errors": joined["errors"].astype(int),
                "rate": joined["rate"],
                "elsewhere": joined["elsewhere"],
                "difference": joined["rate"] - joined["elsewhere"],
                "lower": joined["lower"],
                "chance": np.minimum(joined["chance"], 1.0),
                "worse": joined["lower"] > 0,
            }
        )
        order = frame.sort_values(["lower", "difference"], ascending=False, kind="stable").index
        self.table = frame.loc[order].reset_index(drop=True)
        self._slices = [slices[at] for at in order.tolist()]
        self.note = self._note(looked_at)

    def slice(self, name: str, of: str | None = None) -> list[str]:
        """Ids of the items in a slice, those on which most is wrong first.

        Parameters
        ----------
        name : str
            As in the column ``slice`` of :attr:`table`, or how it begins.
        of : str, optional
            ``"objects"`` or ``"predictions"``, where there are slices of both; the one that is worse by default.

        Raises
        ------
        KeyError
            If there is none; the message suggests the nearest one.
        """
        return self._items.store.items.ids_of_keys(self._keys(self._named(name, of)))

    def select(self, name: str, of: str | None = None) -> Self:
        """Make the items of a slice the selection of the data set.

        Parameters
        ----------
        name : str
            As in :meth:`slice`.
        of : str, optional
            As in :meth:`slice`.
        """
        self._items.selection.apply("set", self._keys(self._named(name, of)))
        return self

    def __len__(self) -> int:
        return len(self._slices)

    def __repr__(self) -> str:
        return f"{self.note}\n{self.table.head(10).to_string(index=False, float_format='{:.3f}'.format)}"

    def _named(self, name: str, of: str | None) -> _Slice:
        there = [(f"{one.by}: {one.name}", one) for one in self._slices if of in (None, one.of.of)]
        exact = [one for text, one in there if name in (text, one.name)]
        begun = exact or [one for text, one in there if text.startswith(name) or one.name.startswith(name)]
        if not begun:
            near = difflib.get_close_matches(name, [text.partition(" (")[0] for text, _ in there], n=1)
            hint = f"did you mean {near[0]!r}?" if near else "see .table."
            raise KeyError(f"There is no slice {name!r} among these {len(there):,}: {hint}")
        return begun[0]

    def _keys(self, one: _Slice) -> Keys:
        units = one.of
        items = units.items[one.things]
        wrong = np.bincount(items, units.wrong[one.things], minlength=len(units.keys))
        inside = np.unique(items)
        return units.keys[inside[np.argsort(-wrong[inside], kind="stable")]]

    def _note(self, looked_at: int) -> str:
        worse = self.table[self.table["worse"]]
        if not len(self.table):
            return f"no slices: of {looked_at:,} parts none is large enough to be looked at; lower min_support"
        if not len(worse):
            return f"{len(self.table):,} slices: in none of them it errs more than elsewhere beyond chance"
        names = ", ".join(dict.fromkeys(worse["slice"].tolist()[:3]))
        return (
            f"{len(self.table):,} slices: in {len(worse):,} it errs more than elsewhere beyond chance, such as {names}"
        )


def find_slices(
    items: ItemSet, judged: Sequence[Units], by: str | Sequence[str] | None, min_support: int
) -> WeakSlices:
    """See :meth:`Evaluation.slices`; ``judged`` is what they are of."""
    every = [(one, division) for one in judged if len(one.items) for division in one.divisions()]
    wanted = None if by is None else [by] if isinstance(by, str) else list(by)
    there = list(dict.fromkeys(division.by for _, division in every))
    for name in wanted or []:
        if name not in there:
            raise ValueError(
                f"by: there is nothing to divide by called {name!r}; there is {', '.join(there) or 'none'}."
            )
    chosen = [(units, division) for units, division in every if wanted is None or division.by in wanted]
    slices = [one for units, division in chosen for one in _parts(units, division)]
    large = [one for one in slices if min_support <= len(one.things) < len(one.of.items)]
    rates, ordered = [], []
    for units in dict.fromkeys(one.of for one in large):
        mine = [one for one in large if one.of is units]
        things = np.concatenate([one.things for one in mine])
        codes = np.repeat(np.arange(len(mine)), [len(one.things) for one in mine])
        risk = 0.05 * len(mine) / len(large)  # one in twenty for all of them, whatever they are of
        rates.append(compare_slices(things, codes, len(mine), units.wrong, units.items, risk=risk))
        ordered += mine
    return WeakSlices(items, ordered, rates, len(slices))


def _parts(units: Units, division: Division) -> list[_Slice]:
    order = np.argsort(division.parts, kind="stable")
    ends = np.cumsum(np.bincount(division.parts, minlength=len(division.names)))
    parts = np.split(division.things[order], ends[:-1]) if len(ends) else []
    return [_Slice(name, division.by, units, things) for name, things in zip(division.names, parts, strict=True)]
