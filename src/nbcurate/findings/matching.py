"""Which items of this data set are those that a file from another one names: by id, or by content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..store.items import Items, Keys

#: Above so many pairs of copies, they are paired in their order, not by what their ids have in common.
_MOST_PAIRS = 100_000


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found.

    Attributes
    ----------
    keys : int64 array [n]
        Key of the item that each is here; -1 for none.
    by_content : list of int
        Positions of those that have another name here.
    other_content : list of int
        Positions of those whose id is another picture here, while theirs is nowhere.
    missing : list of int
        Positions of those that are not here, and neither is their content.
    """

    keys: NDArray[np.int64]
    by_content: list[int] = field(default_factory=list)
    other_content: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    def keys_at(self, numbers: Sequence[int]) -> Keys:
        """Keys of those of these items that were found, in their order."""
        found = self.keys[np.asarray(numbers, np.intp)]
        return found[found >= 0].astype(np.uint64)


def match_items(items: Items, ids: Sequence[str], contents: Sequence[str], going: Collection[int] = ()) -> Matched:
    """Find the items of other ids and contents; each item here is one of theirs at most.

    An id is taken where its content agrees, or where one of the two has none. Otherwise an item of that content is
    looked for, of several copies the one whose id ends most alike: folders above the images may have other names here.

    Parameters
    ----------
    items : Items
        Those that were removed count, too: what is asked for may have been done already.
    contents : sequence of str
        Hash of each; "" for none.
    going : collection of int
        Positions of those that are to leave. Where there are fewer copies here than there, they come last.
    """
    rows = np.flatnonzero(items.has_status("ok", "missing", "removed"))
    rows = rows[np.argsort(items.shown[rows], kind="stable")]  # of one id, the one that is shown is found last
    names, hashes = (
        [value or "" for value in items.table.column(name).take(pa.array(rows)).to_pylist()]
        for name in ("id", "content_hash")
    )
    at_id = {name: at for at, name in enumerate(names)}
    found = np.full(len(ids), -1, np.int64)
    for number, (name, content) in enumerate(zip(ids, contents, strict=True)):
        at = at_id.get(name)
        if at is not None and (not content or not hashes[at] or content == hashes[at]):
            found[number] = at
    by_content = _pair_copies(found, ids, contents, names, hashes, set(going))
    lost: list[int] = np.flatnonzero(found < 0).tolist()
    keys = np.where(found >= 0, items.keys[rows].astype(np.int64)[found], -1) if len(rows) else found
    return Matched(
        keys,
        by_content=by_content,
        other_content=[number for number in lost if ids[number] in at_id],
        missing=[number for number in lost if ids[number] not in at_id],
    )


def _pair_copies(
    found: NDArray[np.int64],
    ids: Sequence[str],
    contents: Sequence[str],
    names: Sequence[str],
    hashes: Sequence[str],
    going: set[int],
) -> list[int]:
    """Fill in those of ``found`` that another item of the same content can be; which these are."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for number in np.flatnonzero(found < 0).tolist():
        if contents[number]:
            wanted[contents[number]].append(number)
    taken = set(found[found >= 0].tolist())
    free: dict[str, list[int]] = defaultdict(list)
    for at in reversed(range(len(hashes))):  # those that are shown first
        if hashes[at] in wanted and at not in taken:
            free[hashes[at]].append(at)
    paired: list[int] = []
    for content, numbers in wanted.items():
        places = free.get(content, [])
        for number, at in _pairs(numbers, places, ids, names, going):
            found[number] = at
            paired.append(number)
    return sorted(paired)


def _pairs(
    numbers: list[int], places: list[int], ids: Sequence[str], names: Sequence[str], going: set[int]
) -> list[tuple[int, int]]:
    """Pairs of the two, those whose ids end most alike first; where there are too few places, those that stay."""
    scarce = len(places) < len(numbers)
    if len(numbers) * len(places) > _MOST_PAIRS:
        return list(zip(sorted(numbers, key=lambda number: number in going), places, strict=False))
    alike = sorted(
        (scarce and number in going, -_same_end(ids[number], names[at]), number in going, row, column, number, at)
        for row, number in enumerate(numbers)
        for column, at in enumerate(places)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for *_, number, at in alike:
        if number not in pairs and at not in taken:
            pairs[number] = at
            taken.add(at)
    return list(pairs.items())


def _same_end(first: str, second: str) -> int:
    """How many parts of two paths agree, from the end."""
    count = 0
    for a, b in zip(reversed(first.split("/")), reversed(second.split("/")), strict=False):
        if a != b:
            break
        count += 1
    return count
