"""The items that a store has already, and which of them the records of a source are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from struct import pack, unpack

import numpy as np
import pyarrow as pa

from ..store import Store
from .arrow_root import ArrowRoot
from .record import Record
from .root import FolderRoot, RemoteRoot, Root, open_root
from .source import Source

#: A place in the world, and the box on the picture there.
Place = tuple[str, tuple[float, ...] | None]


class KnownItems:
    """What is in a store, as aligned lists: also what could not be read, and what the user has taken out.

    Attributes
    ----------
    keys, ids, status, content_hash, bytes, modified_ns, given_by, given_name : list
        Columns of the items table.
    places : list of Place or None
        Where the picture of each lies; None for one without.
    """

    def __init__(self, store: Store) -> None:
        items = store.items
        rows = np.flatnonzero(items.has_status("ok", "missing", "unreadable", "removed"))
        here = pa.array(rows)

        def column(name: str) -> list:
            return items.table.column(name).take(here).to_pylist()

        self.keys: list[int] = items.keys[rows].tolist()
        self.ids: list[str] = column("id")
        self.status: list[str] = column("status")
        self.content_hash: list[str] = column("content_hash")
        self.bytes: list[int | None] = column("bytes")
        self.modified_ns: list[int | None] = column("modified_ns")
        self.given_by: list[str | None] = column("given_by")
        self.given_name: list[str] = [
            name or item_id for name, item_id in zip(column("given_name"), self.ids, strict=True)
        ]
        self.roots: list[int] = column("root")
        self.paths: list[str | None] = column("path")
        roots = [open_root(text) for text in store.roots]
        parts = zip(self.roots, self.paths, column("box"), strict=True)
        self.places = [place_of(roots[root], path, box) for root, path, box in parts]

    def __len__(self) -> int:
        return len(self.keys)

    def has_own_name(self, row: int) -> bool:
        """Whether a source gave it a name, and did not only tell its path."""
        return self.given_name[row] != self.paths[row]


def place_of(root: Root, path: str | None, box: Sequence[float] | None) -> Place | None:
    """Where a picture lies, the same for one file under whatever root it is found; None without a picture."""
    if path is None:
        return None
    sides = None if box is None else unpack("4f", pack("4f", *box))  # in half the digits, as the store keeps them
    if isinstance(root, FolderRoot):
        return root.file(path), sides
    if isinstance(root, RemoteRoot):
        return root.place(path), sides
    return (f"{root.text}#{path}", sides) if isinstance(root, ArrowRoot) else None


def name_in_memory(source: Source, known: KnownItems, root: Root, number: int, records: Sequence[Record]) -> str:
    """How the store notes a source that is in no file: as one that is there, if it is that one.

    It is, where the user gave the same root. Where the root was only derived from the paths, it is the one whose items
    of the same names mostly lie at the same places: of two tables that both count their rows from 0 none is the other.
    """
    text = source.named(f"@{number}")
    if source.rooted:
        return text
    places = {record.id: place_of(root, record.path, record.box) for record in records}
    same: Counter[str] = Counter()
    other: Counter[str] = Counter()
    for row, (given_by, name) in enumerate(zip(known.given_by, known.given_name, strict=True)):
        if given_by is not None and given_by.startswith(source.named("@")) and name in places:
            here, there = places[name], known.places[row]
            (same if here == there or None in (here, there) else other)[given_by] += 1
    agreeing = [name for name in same if same[name] >= other[name]]
    if agreeing:
        return max(agreeing, key=same.__getitem__)
    return next(name for name in _numbered(text) if name not in other)


def match(known: KnownItems, given_by: str, root: Root, number: int, records: Sequence[Record]) -> list[int | None]:
    """The row in ``known`` of each record, None for one that is new.

    A record is the item that the same source called so. Or that of any source that lies at the same place, unless both
    have names of their own that differ: two rows of a table may speak of one file.
    """
    by_name = {known.given_name[row]: row for row in range(len(known)) if known.given_by[row] == given_by}
    for row in range(len(known)):  # written by a version that did not note the source
        if known.given_by[row] is None and known.roots[row] == number:
            by_name.setdefault(known.ids[row], row)
    found = [by_name.get(record.id) for record in records]
    used = set(found)
    at_place: dict[Place, list[int]] = defaultdict(list)
    for row, place in enumerate(known.places):
        if place is not None and row not in used:
            at_place[place].append(row)
    places = [place_of(root, record.path, record.box) for record in records]
    wanted = Counter(place for place, row in zip(places, found, strict=True) if row is None)
    for at, record in enumerate(records):
        place = places[at]
        if found[at] is None and place is not None:
            there = [row for row in at_place.get(place, ()) if row not in used]
            found[at] = _same_thing(known, record, there, alone=wanted[place] == 1)
            used.add(found[at])
    return found


def _same_thing(known: KnownItems, record: Record, rows: list[int], *, alone: bool) -> int | None:
    """Which of the items at the place of a record it is; ``alone``: it is the only record there."""
    for row in rows:
        if known.given_name[row] == record.id:
            return row
    if record.box is not None or not alone:
        return None
    nameless = record.id == record.path
    return next((row for row in rows if nameless or not known.has_own_name(row)), None)


def _numbered(text: str) -> Iterator[str]:
    yield text
    number = 2
    while True:
        yield f"{text}~{number}"
        number += 1
