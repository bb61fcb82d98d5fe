"""Which classes are taken for which: counts of given against predicted labels, of one class an item or of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .class_labels import ClassLabels

if TYPE_CHECKING:
    import scipy.sparse as sp

#: Stands for no class: of several classes one may be missed and none be there in its place, or the other way round.
NOTHING = "(nothing)"


@dataclass(frozen=True, eq=False)
class Confusion:
    """Given against predicted labels of n items.

    An item of one class counts in one cell: the row of its own class, the column of the predicted one. Of several
    classes, each that is found counts on the diagonal, and each that is missed with each that is there in its place in
    their cell; where none is, in the column, or the row, of ``NOTHING``.

    Attributes
    ----------
    names : list of str
        The classes of rows and columns alike, sorted; ``NOTHING`` last, where there are lists.
    found, missed, added : sparse float32 array [n, classes]
        Ones where an item has a class that was given and predicted, given only, predicted only.
    known : bool array [n]
        Which items have both a label and a prediction: the others count nowhere.
    """

    names: list[str]
    found: sp.csr_array
    missed: sp.csr_array
    added: sp.csr_array
    known: NDArray[np.bool_]

    def counts(self) -> sp.csr_array:
        """Items in each cell, rows given, columns predicted: sparse int64 [classes, classes]."""
        import scipy.sparse as sp

        errors = self.missed.T @ self.added
        return sp.csr_array((errors + sp.diags_array(self.found.sum(axis=0))).astype(np.int64))

    def accuracy(self) -> float:
        """Share of the items with a label and a prediction of which all classes are right; nan where there are none."""
        wrong = (self.missed.sum(axis=1) + self.added.sum(axis=1)) > 0
        return float(1 - wrong[self.known].mean()) if self.known.any() else float("nan")

    def inside(self, given: str, predicted: str) -> NDArray[np.bool_]:
        """Which items count in a cell: bool [n].

        Raises
        ------
        KeyError
            If there is no such class.
        """
        for name in (given, predicted):
            if name not in self.names:
                raise KeyError(f"There is no class {name!r}: the classes are {', '.join(self.names)}.")
        row, column = self.names.index(given), self.names.index(predicted)
        if row == column:
            return _has(self.found, row)
        return _has(self.missed, row) & _has(self.added, column)


def confusion(given: ClassLabels, predicted: ClassLabels) -> Confusion:
    """Compare the labels of items with what was predicted for them.

    Parameters
    ----------
    given, predicted : ClassLabels
        Of the same items, in the same order; either may be lists.
    """
    import scipy.sparse as sp

    several = given.several or predicted.several
    names = sorted({*given.names, *predicted.names})
    known = given.known & predicted.known
    ours, theirs = (_members(labels, names, known) for labels in (given, predicted))
    found = sp.csr_array(ours.multiply(theirs))
    missed, added = ours - found, theirs - found
    if several:
        found, missed, added = (_widened(part, len(names) + 1) for part in (found, missed, added))
        lacking, surplus = missed.sum(axis=1), added.sum(axis=1)
        missed = missed + _in_last_column((surplus > 0) & (lacking == 0), len(names) + 1)
        added = added + _in_last_column((lacking > 0) & (surplus == 0), len(names) + 1)
        names = [*names, NOTHING]
    return Confusion(names, _without_zeros(found), _without_zeros(missed), _without_zeros(added), known)


def _members(labels: ClassLabels, names: Sequence[str], known: NDArray[np.bool_]) -> sp.csr_array:
    """Which item has which of these classes: sparse [n, names], of the known items."""
    import scipy.sparse as sp

    place = {name: at for at, name in enumerate(names)}
    columns = np.array([place[name] for name in labels.names], np.intp)[labels.codes]
    here = known[labels.items]
    ones = np.ones(int(here.sum()), np.float32)
    return sp.csr_array((ones, (labels.items[here], columns[here])), (len(labels), len(names)))


def _widened(part: sp.csr_array, width: int) -> sp.csr_array:
    import scipy.sparse as sp

    return sp.csr_array((part.data, part.indices, part.indptr), (len(part.indptr) - 1, width))


def _without_zeros(part: sp.csr_array) -> sp.csr_array:
    part.eliminate_zeros()
    return part


def _in_last_column(rows: NDArray[np.bool_], width: int) -> sp.csr_array:
    import scipy.sparse as sp

    at = np.flatnonzero(rows)
    return sp.csr_array((np.ones(len(at), np.float32), (at, np.full(len(at), width - 1))), (len(rows), width))


def _has(part: sp.csr_array, column: int) -> NDArray[np.bool_]:
    return part[:, [column]].toarray().ravel() > 0
