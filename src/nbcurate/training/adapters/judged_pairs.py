"""Pairs of items that a person has judged, as keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ...dataset import Dataset

_WANTED = "learn_from= takes 'label', 'selection', or a list of (id, id, True or False)"


def read_pairs(dataset: Dataset, pairs: Sequence[Sequence[Any]]) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Keys ``[m, 2]``, and whether the two belong together: bool ``[m]``.

    Raises
    ------
    ValueError
        If these are no such pairs, one is of an item and itself, or all are judged the same.
    UnknownItemError
        If an id is not there.
    """
    if not isinstance(pairs, Iterable):
        raise ValueError(f"{_WANTED}, got {pairs!r:.80}.")
    triples: list[tuple[Any, ...]] = [
        tuple(pair) if isinstance(pair, Iterable) and not isinstance(pair, str) else (pair,) for pair in pairs
    ]
    wrong = [one for one in triples if len(one) != 3 or not isinstance(one[2], bool | np.bool_)]
    if wrong or not triples:
        raise ValueError(f"{_WANTED}, got {repr(wrong[0])[:80] if wrong else 'an empty list'}.")
    keys = dataset.keys_of([item for first, second, _ in triples for item in (first, second)], "learn_from")
    keys = keys.reshape(-1, 2)
    same = keys[:, 0] == keys[:, 1]
    if same.any():
        raise ValueError(f"learn_from= pairs {triples[int(np.argmax(same))][0]!r} with itself: leave that pair out.")
    alike = np.array([bool(judged) for *_, judged in triples])
    if alike.all() or not alike.any():
        kinds = ("True", "do not belong") if alike.all() else ("False", "belong")
        raise ValueError(
            f"learn_from= holds {len(alike):,} pairs, all judged {kinds[0]}: add some whose items {kinds[1]} together."
        )
    return keys, alike
