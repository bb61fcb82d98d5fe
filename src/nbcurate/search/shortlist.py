"""The best few of the products that many blocks give, row by row, without sorting each block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST_PENDING = 2**23  # entries that wait to be sorted


class Shortlist:
    """The ``length`` best of each of ``n`` rows.

    Most products are no better than what a row has already: one comparison with its last best tells so. Those that are
    better are laid aside, and sorted together now and then. An entry is one number of 64 bits: the row, how far the
    product lies below the largest one, and the name, from its highest bits to its lowest; so plain sorting of numbers,
    which is three times as fast as that of records, brings them into order.

    Parameters
    ----------
    n, length : int
    n_names : int
        Names are below that.
    """

    def __init__(self, n: int, length: int, n_names: int) -> None:
        self._length = length
        self._name_bits = np.uint64(max(1, int(n_names).bit_length()))
        self._row_shift = np.uint64(64 - max(1, int(n).bit_length()))
        self._largest = 2 ** min(30, int(self._row_shift - self._name_bits) - 1)  # as many products lie below 0
        self._rows = np.arange(n, dtype=np.uint64) << self._row_shift
        nothing = (np.uint64(1) << self._row_shift) - np.uint64(1)
        self._entries = np.repeat(self._rows[:, None] | nothing, length, axis=1)
        self._nothing = int(nothing)
        self._pending: list[NDArray[np.uint64]] = []
        self._waiting = 0

    def offer(
        self,
        rows: NDArray[np.int32],
        scores: NDArray[np.int32] | NDArray[np.float32],
        names: NDArray[np.int32],
        without: NDArray[np.int32],
    ) -> None:
        """Take what is better of ``scores`` ``[q, m]``.

        Parameters
        ----------
        rows : int32 array [q]
            Whose they are.
        scores
            Products of codes, or cosines; always the same of the two.
        names : int32 array [m]
            Of the columns.
        without : int32 array [q]
            A name that does not count for that row: its own.
        """
        whole, width = self._whole(scores), len(names)
        least = self._least(rows)
        better = np.flatnonzero(whole > least[:, None])
        if len(better) > len(rows) * (most := self._length + 1):  # rows that have little as yet
            columns = np.argpartition(whole, width - most, axis=1)[:, width - most :]
            better = (columns + np.arange(len(rows))[:, None] * width).ravel()
            better = better[whole.ravel()[better] > np.repeat(least, most)]
        row, column = np.divmod(better, width)
        row, column, better = (part[names[column] != without[row]] for part in (row, column, better))
        kept = np.clip(whole.ravel()[better].astype(np.int64), -self._largest, self._largest - 1)
        below = (self._largest - 1 - kept).astype(np.uint64)
        self._pending.append(self._rows[rows[row]] | (below << self._name_bits) | names[column].astype(np.uint64))
        self._waiting += len(better)
        if self._waiting > _MOST_PENDING:
            self.settle()

    def settle(self) -> None:
        """Sort what was laid aside: from now on it takes more to be better."""
        if not self._waiting:
            return
        entries = np.sort(np.concatenate([*self._pending, self._entries.ravel()]))
        starts = np.searchsorted(entries, self._rows)
        self._entries = entries[starts[:, None] + np.arange(self._length)]
        self._pending, self._waiting = [], 0

    def names(self) -> NDArray[np.int32]:
        """Names ``[n, length]`` of what was offered and settled, best first; -1 where there is none."""
        found = self._entries & ((np.uint64(1) << self._name_bits) - np.uint64(1))
        is_nothing = (self._entries & np.uint64(self._nothing)) == np.uint64(self._nothing)
        return np.where(is_nothing, -1, found.astype(np.int64)).astype(np.int32)

    def _least(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """What a product must exceed to be taken."""
        below = (self._entries[rows, -1] & np.uint64(self._nothing)) >> self._name_bits
        return np.maximum(self._largest - 1 - below.astype(np.int64), -(2**31)).astype(np.int32)

    def _whole(self, scores: NDArray[np.int32] | NDArray[np.float32]) -> NDArray[np.int32]:
        """Whole numbers in the order of ``scores``: products of codes as they are, cosines in small steps."""
        if scores.dtype == np.int32:
            return scores.astype(np.int32, copy=False)
        return (np.clip(scores, -1, 1) * np.float32(self._largest - 1)).astype(np.int32)
