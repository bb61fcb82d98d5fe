"""Reviewing a finding: what a person decides about each of its items."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..collection.vector_set import VectorSet
from ..store.items import Keys, UnknownItemError
from .finding import Finding

if TYPE_CHECKING:
    import pandas as pd

#: ``clear`` takes back what was decided.
Decision = Literal["keep", "reject", "relabel", "clear"]
#: Keeps values of a column: its name, the keys, a value for each.
KeepColumn = Callable[[str, Keys, pa.Array], object]

#: How the columns begin that decisions are kept in.
REVIEW_PREFIX = "review_"
#: What the column says, by code; 0 is not decided.
WORDS = (None, "kept", "rejected", "relabelled")
_CODES: Mapping[str, int] = {"clear": 0, "keep": 1, "reject": 2, "relabel": 3}


class Review:
    """The decisions about a finding's items, kept as a column of the data set.

    A review that was interrupted goes on where it was: decisions are read from that column.

    Parameters
    ----------
    dataset : VectorSet
        What the finding is about.
    finding : Finding
    name : str, optional
        Names the review; the kind of the finding by default.
    keep : callable, optional
        How the column is kept; in the data set by default.

    Attributes
    ----------
    column : str
        ``review_<name>``: ``kept``, ``rejected``, ``relabelled``, or no value.
    codes : int32 array [m]
        What was decided of each item of the finding: index into ``WORDS``.
    """

    def __init__(
        self, dataset: VectorSet, finding: Finding, name: str | None = None, *, keep: KeepColumn | None = None
    ) -> None:
        self.name = name or finding.kind
        self.finding = finding
        self.column = f"{REVIEW_PREFIX}{re.sub(r'[^0-9a-z]+', '_', self.name.lower()).strip('_') or 'finding'}"
        self._dataset = dataset
        self._keep = keep or _keep_in(dataset)
        self._order = np.argsort(finding.keys, kind="stable")
        self.codes = self._stored_codes()

    @property
    def standing(self) -> NDArray[np.intp]:
        """Where in the finding the items are that are still in the data set: int [m]. What left is not decided."""
        items = self._dataset.store.items
        return np.flatnonzero(items.shown[items.rows_of_keys(self.finding.keys)])

    @property
    def decided(self) -> int:
        """Number of items that were decided, of those that are still there."""
        return int((self.codes[self.standing] > 0).sum())

    @property
    def label_column(self) -> str:
        """The column that relabelling changes."""
        return self.finding.label_column

    @cached_property
    def suggestions(self) -> list[str | list[str] | None]:
        """The label, or list of labels, that the finding suggests for each item; None where it suggests none."""
        suggested = self.finding.columns.get("suggested_label")
        return [None] * len(self.finding) if suggested is None else [_label(label) for label in suggested]

    @property
    def partners(self) -> NDArray[np.int64]:
        """Key of the item that each is shown beside (of copies the one that stays): int64 [m], -1 for none.

        One that has left the data set is none any more.
        """
        beside = self.finding.columns.get("representative")
        if beside is None:
            return np.full(len(self.finding), -1, np.int64)
        names, items = [_text(name) for name in beside], self._dataset.store.items
        known = [name for name in dict.fromkeys(names) if name is not None and name in items]
        keys = dict(zip(known, items.keys_of_ids(known).astype(np.int64), strict=True))
        return np.array([keys.get(name or "", -1) for name in names], np.int64)

    def decide(self, keys: Keys, decision: Decision) -> Callable[[], None]:
        """Decide about some of the finding's items; what takes that back.

        Parameters
        ----------
        keys : uint64 array [m]
        decision : str
            ``"keep"``, ``"reject"``, ``"relabel"`` or ``"clear"``.

        Returns
        -------
        callable
            Takes the decision back.

        Raises
        ------
        UnknownItemError
            If one of them is not in the finding, or has left the data set; then nothing is decided.
        """
        places = self.places(keys)
        gone = keys[~np.isin(places, self.standing)]
        if len(gone):
            name = self._dataset.store.items.ids_of_keys(gone[:1])[0]
            raise UnknownItemError(f"{name!r} has left the data set since it was found.")
        before = self.codes[places]
        self._set(places, np.full(len(places), _CODES[decision], np.int32))
        return lambda: self._set(places, before)

    def follow(self, keys: Keys, words: pa.Array) -> None:
        """See what was decided elsewhere, of items of this finding and others: ``words`` are those of ``WORDS``.

        Parameters
        ----------
        keys : uint64 array [m]
        words : pyarrow array of str [m]
        """
        places = self._places(keys)
        changed = self.codes.copy()
        changed[places[places >= 0]] = np.array([WORDS.index(word) for word in words.to_pylist()], np.int32)[
            places >= 0
        ]
        self.codes = changed

    def places(self, keys: Keys) -> NDArray[np.intp]:
        """Where items are in the finding.

        Parameters
        ----------
        keys : uint64 array [m]

        Returns
        -------
        int array [m]
            Places from 0.

        Raises
        ------
        UnknownItemError
            If an item is not in the finding.
        """
        places = self._places(keys)
        if (places < 0).any():
            raise UnknownItemError(f"Some of these {len(keys):,} items are not in the finding {self.name!r}.")
        return places

    def to_pandas(self) -> pd.DataFrame:
        """The finding's table with a column ``decision``."""
        return self.finding.to_pandas().assign(decision=[WORDS[code] for code in self.codes])

    def __repr__(self) -> str:
        return f"Review({self.name!r}: {self.decided:,} of {len(self.finding):,} decided)"

    def _places(self, keys: Keys) -> NDArray[np.intp]:
        """Where items are in the finding; -1 for those that are not in it."""
        found = self.finding.keys
        if not len(found):
            return np.full(len(keys), -1, np.intp)
        places = self._order[np.searchsorted(found, keys, sorter=self._order).clip(max=len(found) - 1)]
        return np.where(found[places] == keys, places, -1)

    def _set(self, places: NDArray[np.intp], codes: NDArray[np.int32]) -> None:
        changed = self.codes.copy()
        changed[places] = codes
        words = pa.array([WORDS[code] for code in codes], pa.string())
        self._keep(self.column, self.finding.keys[places], words)
        self.codes = changed  # what could not be kept was not decided

    def _stored_codes(self) -> NDArray[np.int32]:
        codes = np.zeros(len(self.finding), np.int32)
        if self.column in self._dataset.column_names:
            keys, words = self._dataset.keys, self._dataset.column(self.column).to_pylist()
            known = {int(key): WORDS.index(word) for key, word in zip(keys, words, strict=True) if word in WORDS[1:]}
            codes[:] = [known.get(int(key), 0) for key in self.finding.keys]
        return codes


def _keep_in(dataset: VectorSet) -> KeepColumn:
    def keep(name: str, keys: Keys, values: pa.Array) -> None:
        ids = dataset.store.items.ids_of_keys(keys)
        dataset.add_column(name, dict(zip(ids, values.to_pylist(), strict=True)))

    return keep


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _label(value: object) -> str | list[str] | None:
    return [str(name) for name in value] if isinstance(value, list | tuple | np.ndarray) else _text(value)
