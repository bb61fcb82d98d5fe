"""What was found of pairs of pictures: remembered, so that the next function need not compare them again."""

from __future__ import annotations

import weakref

import numpy as np
from numpy.typing import NDArray

from ..store import Store
from ..store.items import Keys

_MOST = 4_000_000  # pairs a store; 48 MB


class Verdicts:
    """How far the pictures of pairs of contents agree. A content never changes, so a verdict stays true.

    In memory alone, and bounded: when they become too many, only the last ones are kept.
    """

    def __init__(self) -> None:
        self._known = (np.empty(0, np.uint64), np.empty(0, np.float32))  # names of pairs, ascending, and agreement

    @classmethod
    def of(cls, store: Store) -> Verdicts:
        """Those of a store, as long as it is open in this process."""
        return _VERDICTS.setdefault(store, cls())

    def recall(self, pairs: Keys) -> NDArray[np.float32]:
        """What is known of these pairs of contents ``[m, 2]``: float32 [m], NaN where nothing is."""
        names, agreement = self._known
        if not len(names):
            return np.full(len(pairs), np.nan, np.float32)
        wanted = _names(pairs)
        at = np.searchsorted(names, wanted).clip(max=len(names) - 1)
        return np.where(names[at] == wanted, agreement[at], np.float32(np.nan))

    def remember(self, pairs: Keys, agreement: NDArray[np.float32]) -> None:
        """Keep verdicts; NaN, where a picture could not be read, is none: it may be there the next time."""
        judged = np.flatnonzero(np.isfinite(agreement))[:_MOST]
        names, known = self._known
        if len(names) + len(judged) > _MOST:
            names, known = names[:0], known[:0]
        names, first = np.unique(np.concatenate([_names(pairs[judged]), names]), return_index=True)
        self._known = (names, np.concatenate([agreement[judged], known])[first])


def _names(pairs: Keys) -> NDArray[np.uint64]:
    """One number for each pair, whichever way round. Keys count up from 0, so they fit into half of it."""
    ends = np.sort(pairs, axis=1).astype(np.uint64)
    return (ends[:, 0] << np.uint64(32)) | ends[:, 1]


_VERDICTS: weakref.WeakKeyDictionary[Store, Verdicts] = weakref.WeakKeyDictionary()
