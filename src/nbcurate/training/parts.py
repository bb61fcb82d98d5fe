"""Which items are learnt from, which choose, and which judge."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..collection.words import class_name
from ..curate.class_labels import ClassLabels

if TYPE_CHECKING:
    from ..dataset import Dataset

#: What people call the parts.
_CALLED = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
#: Shares of the parts of a split that has to be made.
_SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows of a data set, in the order of its ids: those that have a label and are not rejected.

    Attributes
    ----------
    train, val, test : int array
        What is learnt from; what regularisation, the best epoch and the like are chosen by; what neither saw.
    column : str
        The column that says so.
    """

    train: NDArray[np.intp]
    val: NDArray[np.intp]
    test: NDArray[np.intp]
    column: str

    @property
    def held_out(self) -> tuple[str, NDArray[np.intp]]:
        """The part to judge by, and its name: the test part, or the validation part where there is none."""
        return ("test", self.test) if len(self.test) else ("val", self.val)

    def require(self, *names: str) -> None:
        """Raise a ValueError that says what to do, where one of the parts is empty."""
        for name in names:
            if not len(getattr(self, name)):
                raise ValueError(
                    f"The column {self.column!r} puts no labelled item in {name!r}: "
                    "ds.split(train=0.7, val=0.15, test=0.15) makes parts that share no copies."
                )


def parts_of(
    dataset: Dataset, labels: ClassLabels, column: str = "split", *, stratify: str | None = "label", seed: int = 0
) -> Parts:
    """The rows of the parts that a column names; where nothing is split yet, by a split that is made now, and told.

    What was rejected in the selection, and what has no label, is in no part.

    Parameters
    ----------
    dataset : Dataset
    labels : ClassLabels
        Of its items.
    column : str
        Holds ``train``, ``val`` (or ``valid``, ``validation``, ``dev``) and ``test``; other values are no part.
    stratify : str, optional
        The column of the labels, for a split that is made now.
    seed : int
        Of a split that is made now.

    Raises
    ------
    KeyError
        If there is no such column.
    ValueError
        If it names no part that is known, or fewer than two classes are there to be told apart.

    Warns
    -----
    UserWarning
        Where a split is made, and where the same picture is in two parts.
    """
    require_two_classes(labels)
    said = [class_name(value, column) for value in dataset.column(column).to_pylist()]
    if not any(said):
        said = _split_now(dataset, column, stratify, seed)
    named = np.array([(name or "").strip().lower() for name in said])
    usable = labels.known & ~np.isin(dataset.keys, dataset.selection.marks.rejected)
    rows = {part: np.flatnonzero(usable & np.isin(named, names)) for part, names in _CALLED.items()}
    if not len(rows["train"]):
        there = ", ".join(repr(name) for name in sorted(set(filter(None, said)))[:5])
        raise ValueError(
            f"The column {column!r} puts no labelled item in 'train' that is not rejected (it holds "
            f"{there or 'nothing'}): name the column that holds train, val and test, or make one with ds.split()."
        )
    parts = Parts(**rows, column=column)
    _warn_of_copies(dataset, parts)
    return parts


def require_two_classes(labels: ClassLabels) -> None:
    """Raise a ValueError that says what to do, where there is nothing to tell apart."""
    there = np.flatnonzero(labels.counts())
    if not labels.known.any():
        raise ValueError("No item has a label, so there is nothing to learn: ds.relabel({id: label, ...}) gives some.")
    if len(there) < 2 and not (labels.several and len(there) and (labels.sizes[labels.known] == 0).any()):
        only = labels.names[there[0]] if len(there) else "none"
        raise ValueError(
            f"There is one class ({only!r}), and so nothing to tell apart: label some items as something else, or name "
            "another column, label=..."
        )


def _split_now(dataset: Dataset, column: str, stratify: str | None, seed: int) -> list[str | None]:
    if column != "split":
        raise ValueError(f"The column {column!r} is empty: fill it with train, val and test, or run ds.split().")
    train, val, test = _SHARES.values()
    made = dataset.split(train, val, test, stratify=stratify, seed=seed)
    sizes = ", ".join(f"{part} {int((made.parts == part).sum()):,}" for part in _SHARES)
    warnings.warn(
        f"There was no split, so one was made that keeps copies together and is now the column 'split' ({sizes}); "
        "ds.split() makes another.",
        stacklevel=4,
    )
    return made.parts.tolist()


def _warn_of_copies(dataset: Dataset, parts: Parts) -> None:
    """Say where the very same picture is learnt from and judged by."""
    items = dataset.store.items
    contents = items.contents[items.rows_of_keys(dataset.keys)]
    judged = np.concatenate([parts.val, parts.test])
    across = np.isin(contents[judged], contents[parts.train])
    if across.any():
        example = dataset.ids[judged[across][0]]
        warnings.warn(
            f"{int(across.sum()):,} items of the validation and test parts are the same pictures as items of the "
            f"training part, such as {example!r}: figures will look better than they are. ds.split() keeps copies "
            f"together; ds.check_split({parts.column!r}).leaks lists near copies, too.",
            stacklevel=4,
        )
