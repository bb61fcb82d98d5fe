"""Labels as arrays: one class an item, or several, in the one form that every algorithm reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import scipy.sparse as sp

#: What one item is labelled as: a class, several, or nothing that is known.
Label = str | Collection[str] | None


@dataclass(frozen=True, eq=False)
class ClassLabels:
    """The classes of n items.

    Attributes
    ----------
    names : list of str
        The classes, sorted.
    codes : int32 array [m]
        Numbers of classes, those of the first item first; inside an item ascending, each once.
    starts : int64 array [n + 1]
        Where each item's codes begin; the last is m.
    known : bool array [n]
        Whether an item is labelled at all. One with an empty list is: it has none of the classes.
    several : bool
        Whether these were lists.
    """

    names: list[str]
    codes: NDArray[np.int32]
    starts: NDArray[np.int64]
    known: NDArray[np.bool_]
    several: bool

    def __len__(self) -> int:
        return len(self.known)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many classes each item has: int64 [n]."""
        return np.diff(self.starts)

    @cached_property
    def items(self) -> NDArray[np.intp]:
        """The item that each of :attr:`codes` belongs to: int [m]."""
        return np.repeat(np.arange(len(self)), self.sizes)

    @cached_property
    def single(self) -> NDArray[np.int32]:
        """Class of each item, -1 for none: int32 [n].

        Raises
        ------
        ValueError
            If these are lists.
        """
        if self.several:
            raise ValueError("These are lists of classes: an item has no single one.")
        codes = np.full(len(self), -1, np.int32)
        codes[self.sizes > 0] = self.codes
        return codes

    @cached_property
    def members(self) -> sp.csr_array:
        """Which item has which class: a sparse matrix [n, classes] of ones, float32."""
        import scipy.sparse as sp  # here, as views that only write labels out would wait for it

        ones = np.ones(len(self.codes), np.float32)
        return sp.csr_array((ones, self.codes, self.starts), (len(self), len(self.names)))

    def counts(self, inside: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """Items of each class, of all or of those inside; an item counts in each of its classes: int [classes]."""
        codes = self.codes if inside is None else self.codes[inside[self.items]]
        return np.bincount(codes, minlength=len(self.names))

    def take(self, rows: NDArray[np.integer]) -> ClassLabels:
        """The labels of these items, in that order; of the same classes."""
        sizes = self.sizes[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(starts[-1]) - np.repeat(starts[:-1] - self.starts[rows], sizes)
        return ClassLabels(self.names, self.codes[places], starts, self.known[rows], self.several)

    def values(self) -> NDArray[np.object_]:
        """The labels as people write them: object array [n] of str, or of lists of str; None for what is not known."""
        names = np.array(self.names, object)
        found = np.full(len(self), None, object)
        for row in np.flatnonzero(self.known).tolist():
            held = names[self.codes[self.starts[row] : self.starts[row + 1]]].tolist()
            found[row] = held if self.several else held[0]
        return found


def encode_labels(labels: Iterable[Label]) -> ClassLabels:
    """Labels as arrays; of several classes where one of them is a list, a tuple, a set or an array."""
    held: list[Collection[str] | None] = []
    several = False
    for label in labels:
        listed = label is not None and not isinstance(label, str)
        several |= listed
        held.append(label if listed else None if label is None else (label,))  # pyright: ignore[reportArgumentType]
    names = sorted({name for of_item in held if of_item is not None for name in of_item})
    code = {name: at for at, name in enumerate(names)}
    rows = [sorted({code[name] for name in of_item}) if of_item is not None else [] for of_item in held]
    sizes = np.array([len(row) for row in rows], np.int64)
    codes = np.array([number for row in rows for number in row], np.int32)
    known = np.array([of_item is not None for of_item in held], bool)
    return ClassLabels(names, codes, np.concatenate([[0], np.cumsum(sizes)]), known, several)


def labels_from_members(members: NDArray[np.bool_], names: list[str]) -> ClassLabels:
    """Lists of classes from a table of which item has which: bool [n, classes]."""
    starts = np.concatenate([[0], np.cumsum(members.sum(axis=1))])
    codes = np.nonzero(members)[1].astype(np.int32)
    return ClassLabels(list(names), codes, starts, np.ones(len(members), bool), True)


def in_words(label: Any) -> str | None:
    """What a person reads of a label: the class, or all of them with commas; ``no class`` for an empty list."""
    if label is None or isinstance(label, str):
        return label
    return ", ".join(map(str, label)) or "no class"
