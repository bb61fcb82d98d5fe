"""Which columns have other values since a version of the items: who shows them need not read the others again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

#: So many commits back it is known what they changed.
_MOST = 256
#: What an item is: a change of it is more than another value.
_MORE = frozenset({"key", "id", "status", "content", "root", "path", "content_hash"})


class ValueChanges:
    """The latest commits of values, each from the version before to the one after. The store holds its lock."""

    def __init__(self) -> None:
        self._commits: OrderedDict[int, tuple[int, frozenset[str]]] = OrderedDict()

    def note(self, before: int, after: int, columns: Iterable[str]) -> None:
        """Commits have made version ``after`` of ``before``, and changed values of these columns, nothing else."""
        if after == before:
            return
        self._commits[before] = (after, frozenset(columns) - {"key"})
        while len(self._commits) > _MOST:
            self._commits.popitem(last=False)

    def between(self, before: int, after: int) -> frozenset[str] | None:
        """The columns whose values differ between two versions; None where that is not known, or more differs."""
        names: frozenset[str] = frozenset()
        while before != after:
            if before not in self._commits:
                return None
            before, changed = self._commits[before]
            names |= changed
        return None if names & _MORE else names
