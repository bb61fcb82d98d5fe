"""What a curation function returns: items, a score and a reason for each, and the recipe that made them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from ..arguments import require_count
from ..display.numbers import similarity_in_words
from ..display.shown import Shown
from ..store.ids import Ids, as_ids
from ..store.items import Keys
from .combining import joined_columns, joined_groups
from .recipe import Recipe, of_parts, of_view

if TYPE_CHECKING:
    import pandas as pd

    from ..collection.item_set import ItemSet

#: Reasons of the items at these positions of a finding, in words.
Reasons = Callable[[NDArray[np.intp]], list[str]]

_SHOWN = 10


class Finding(Shown):
    """Items that a curation function picked, each with a score and a reason, and as a whole with its recipe.

    Attributes
    ----------
    kind : str
        The function that found them, such as ``"duplicates"``.
    keys : uint64 array [m]
    scores : float32 array [m]
        In [0, 1]; what they mean is in :attr:`score_meaning`.
    groups : int32 array [m] or None
        Number of the group that each belongs to, -1 for none.
    label_column : str
        The column that the labels are of that it speaks of, and that a review of it changes.
    recipe : dict
        JSON-able: see :func:`nbcurate.findings.recipe.make_recipe`. :meth:`Dataset.replay` takes it.

    Parameters
    ----------
    items : ItemSet
        The data set that was looked at.
    reasons : callable or list of str
        A sentence for each item. A callable makes those of some positions when they are asked for: of a million items
        only a few are ever read.
    columns : mapping of str to arrays [m], optional
        What the function adds to :meth:`to_pandas`.
    flagged : bool array [m], optional
        In a ranking of all items, those past the function's threshold.
    """

    _page_at = "findings.faces.finding_page.finding_page"

    label_column: str = "label"

    def __init__(
        self,
        items: ItemSet,
        kind: str,
        keys: Keys,
        scores: NDArray[np.floating],
        reasons: Reasons | list[str],
        *,
        recipe: Recipe,
        score_meaning: str,
        groups: NDArray[np.integer] | None = None,
        columns: Mapping[str, Any] | None = None,
        flagged: NDArray[np.bool_] | None = None,
    ) -> None:
        self.kind = kind
        self.keys: Keys = np.asarray(keys, np.uint64)
        self.scores: NDArray[np.float32] = np.clip(np.asarray(scores, np.float32), 0.0, 1.0)
        self.groups: NDArray[np.int32] | None = None if groups is None else np.asarray(groups, np.int32)
        self.recipe = of_view(recipe, items)
        self.score_meaning = score_meaning
        self.columns = dict(columns or {})
        self._items = items
        self._reasons = reasons
        self._flagged = flagged

    # -- reading -------------------------------------------------------------------------------------------------

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the items, in the order of the finding."""
        return self._items.store.items.ids_of_keys(self.keys)

    @cached_property
    def reasons(self) -> list[str]:
        """Why each item was picked."""
        return self.reasons_at(np.arange(len(self.keys)))

    def reasons_at(self, positions: NDArray[np.intp]) -> list[str]:
        """The reasons of the items at these positions.

        Parameters
        ----------
        positions : int array [m]
            Places in the finding, from 0.
        """
        if callable(self._reasons):
            return self._reasons(np.asarray(positions, np.intp))
        return [self._reasons[position] for position in positions]

    @cached_property
    def flagged(self) -> list[str]:
        """The ids past the function's threshold; all of them where it has none."""
        return self.ids if self._flagged is None else self._items.store.items.ids_of_keys(self.keys[self._flagged])

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self.ids

    def to_pandas(self) -> pd.DataFrame:
        """A row an item: ``id``, ``score``, ``reason``, ``group``, and what the function adds."""
        import pandas as pd

        groups = self.groups if self.groups is not None else np.full(len(self), -1, np.int32)
        frame = {"id": self.ids, "score": self.scores, "reason": self.reasons, "group": groups}
        return pd.DataFrame({**frame, **self.columns})

    def head(self, n: int) -> Self:
        """The first ``n`` items of it.

        Parameters
        ----------
        n : int
        """
        part = self._taken(np.arange(min(require_count("n", n, least=0), len(self))))
        part.recipe = of_parts("head", [self.recipe], n=int(n))
        return part

    def to_review(self) -> Self:
        """What is worth a look: of a ranking of all items those past the threshold, otherwise every item."""
        if self._flagged is None or not self._flagged.any() or len(self) < len(self._items):
            return self
        part = self._taken(np.flatnonzero(self._flagged))
        part.recipe = of_parts("to_review", [self.recipe])
        return part

    # -- acting --------------------------------------------------------------------------------------------------

    def select(self) -> Self:
        """Make these the selection of the data set."""
        self._items.selection.apply("set", self.without_removed().keys)
        return self

    def without_removed(self) -> Self:
        """Those that are still in the data set; of items that have left it since, a warning tells how many."""
        items = self._items.store.items
        there = np.isin(self.keys, items.keys[items.shown])
        if there.all():
            return self
        gone = int((~there).sum())
        warnings.warn(
            f"{gone:,} of the {len(self):,} items of this finding ({self.kind}) have left the data set since it was "
            "made, and are passed over.",
            stacklevel=3,
        )
        return self._taken(np.flatnonzero(there))

    def __or__(self, other: Ids) -> Finding:
        """These and those of ``other``: a finding, a selection or ids.

        Of an item that both have, score, reason, group and columns are those of the left side.
        """
        theirs = self._as_finding(other)
        extra = theirs._taken(np.flatnonzero(~np.isin(theirs.keys, self.keys)))
        same_meaning = self.score_meaning == theirs.score_meaning
        joined = Finding(
            self._items, f"{self.kind} or {theirs.kind}",
            np.concatenate([self.keys, extra.keys]), np.concatenate([self.scores, extra.scores]),
            [*self.reasons, *extra.reasons],
            recipe=of_parts("or", [self.recipe, theirs.recipe]),
            score_meaning=self.score_meaning if same_meaning else "as each part's",
            groups=joined_groups(self, theirs), columns=joined_columns(self, theirs),
        )  # fmt: skip
        joined.label_column = (self if "suggested_label" in self.columns else theirs).label_column
        return joined

    def __and__(self, other: Ids) -> Finding:
        """Those of these that are in ``other``, too."""
        theirs = self._as_finding(other)
        return self._kept("and", theirs, np.isin(self.keys, theirs.keys))

    def __sub__(self, other: Ids) -> Finding:
        """Those of these that are not in ``other``."""
        theirs = self._as_finding(other)
        return self._kept("minus", theirs, ~np.isin(self.keys, theirs.keys))

    def __ror__(self, other: Ids) -> Finding:
        return self._as_finding(other) | self

    def __rand__(self, other: Ids) -> Finding:
        return self._as_finding(other) & self

    def __rsub__(self, other: Ids) -> Finding:
        return self._as_finding(other) - self

    # -- showing -------------------------------------------------------------------------------------------------

    def _summary(self) -> str:
        flagged = "" if self._flagged is None else f", {int(self._flagged.sum()):,} flagged"
        groups = "" if self.groups is None else f" in {len(np.unique(self.groups[self.groups >= 0])):,} groups"
        return f"{self.kind}: {len(self):,} items{groups}{flagged}"

    def __repr__(self) -> str:
        lines = [self._summary()]
        first = self.head(_SHOWN)
        told = zip(map(similarity_in_words, first.scores.tolist()), first.ids, first.reasons, strict=True)
        lines += [f"  {score}  {item}  {why}" for score, item, why in told]
        return "\n".join([*lines, *(["  …"] if len(self) > _SHOWN else [])])

    # -- parts ---------------------------------------------------------------------------------------------------

    def _taken(self, positions: NDArray[np.intp]) -> Self:
        """The items at these positions, with all that is known of them."""
        part = object.__new__(type(self))
        part.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("ids", "reasons", "flagged")})
        part.keys, part.scores = self.keys[positions], self.scores[positions]
        part.groups = None if self.groups is None else self.groups[positions]
        part.columns = {name: np.asarray(values)[positions] for name, values in self.columns.items()}
        part._flagged = None if self._flagged is None else self._flagged[positions]
        part._reasons = lambda at: self.reasons_at(positions[at])
        return part

    def _kept(self, operation: str, other: Finding, keep: NDArray[np.bool_]) -> Finding:
        part = self._taken(np.flatnonzero(keep))
        part.recipe = of_parts(operation, [self.recipe, other.recipe])
        return part

    def _as_finding(self, other: Ids) -> Finding:
        return other if isinstance(other, Finding) else given(self._items, as_ids(other, "the other side"))


def given(items: ItemSet, ids: Iterable[str]) -> Finding:
    """Ids as a finding, each once."""
    keys = items.store.items.keys_of_ids(dict.fromkeys(ids))
    return Finding(
        items, "given", keys, np.ones(len(keys), np.float32), ["given"] * len(keys),
        recipe={"function": "given", "parameters": {"ids": items.store.items.ids_of_keys(keys)}},
        score_meaning="1 for each that was given",
    )  # fmt: skip
